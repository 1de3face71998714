/** The one PostgreSQL of a test run: real, embedded, without fsync, in a directory of its own. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { Cleanup, createLog } from '../../foundation/index.ts';
import { startEmbeddedPostgres } from '../../main/embedded-postgres/index.ts';
import { migrate } from '../../main/migrate.ts';
import { MIGRATIONS_DIRECTORY } from './paths.ts';
import { tempDirectory } from './temp-directory.ts';
import { withDatabase } from './urls.ts';

export const TEMPLATE = 'sekisho_template';

/** Names of the environment variables by which workers find the server. */
export const TEST_URLS = {
  admin: 'SEKISHO_TEST_ADMIN_URL',
  owner: 'SEKISHO_TEST_OWNER_URL',
  gateway: 'SEKISHO_TEST_GATEWAY_URL',
} as const;

export interface TestPostgres extends AsyncDisposable {
  readonly admin: string;
  readonly owner: string;
  readonly gateway: string;
}

/** Starts the server and migrates the database that every fresh one is cloned from. */
export async function startTestPostgres(): Promise<TestPostgres> {
  const cleanup = new Cleanup();
  try {
    const directory = cleanup.use(await tempDirectory());
    const log = createLog('silent');
    const server = cleanup.use(
      await startEmbeddedPostgres({
        directory: join(directory.path, 'postgres'),
        log,
        settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '300' },
      }),
    );
    const owner = new URL(server.ownerUrl.expose());
    const admin = new URL(owner);
    admin.username = 'postgres';
    admin.password = await superuserPassword(server.home);
    admin.pathname = '/postgres';
    await createTemplate(admin.href);
    await migrate({ ownerUrl: withDatabase(server.ownerUrl, TEMPLATE), directory: MIGRATIONS_DIRECTORY, log });
    return {
      admin: admin.href,
      owner: owner.href,
      gateway: server.gatewayUrl.expose(),
      [Symbol.asyncDispose]: () => cleanup[Symbol.asyncDispose](),
    };
  } catch (thrown) {
    await cleanup[Symbol.asyncDispose]();
    throw thrown;
  }
}

async function createTemplate(adminUrl: string): Promise<void> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  await client.query(`CREATE DATABASE ${TEMPLATE} OWNER sekisho_owner`);
  await client.end();
}

async function superuserPassword(home: string): Promise<string> {
  const stored: unknown = JSON.parse(await readFile(join(home, 'credentials.json'), 'utf8'));
  if (typeof stored === 'object' && stored !== null && 'superuser' in stored) return String(stored.superuser);
  throw new Error('The credentials file has no superuser.');
}
