/** A whole gateway in this process, with the console as it was built, on a real PostgreSQL. */
import { Cleanup } from '../../foundation/index.ts';
import { TestGateway } from '../../tests/support/gateway.ts';
import { startTestPostgres, TEST_URLS } from '../../tests/support/postgres.ts';

export interface Console extends AsyncDisposable {
  readonly gateway: TestGateway;
}

export async function startConsole(): Promise<Console> {
  const cleanup = new Cleanup();
  try {
    const postgres = cleanup.use(await startTestPostgres());
    for (const [role, name] of Object.entries(TEST_URLS)) process.env[name] = String(Reflect.get(postgres, role));
    const gateway = cleanup.use(await TestGateway.start());
    return { gateway, [Symbol.asyncDispose]: () => cleanup[Symbol.asyncDispose]() };
  } catch (thrown) {
    await cleanup[Symbol.asyncDispose]();
    throw thrown;
  }
}
