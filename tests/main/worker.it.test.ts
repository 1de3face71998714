import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { newUuid, systemClock } from '../../foundation/index.ts';
import { type Start, startMessage } from '../../main/workers/messages.ts';
import { freshDatabase } from '../support/database.ts';
import { ROOT } from '../support/paths.ts';
import { tempDirectory } from '../support/temp-directory.ts';

const REGISTER = fileURLToPath(new URL('../support/typescript/register.mjs', import.meta.url));
const ENTRY = 'main/workers/entry.ts';

/** A worker process without the gateway that would start it; killed with `await using`. */
function startWorker(script = ENTRY) {
  const child: ChildProcess = fork(join(ROOT, script), [], {
    cwd: ROOT,
    execArgv: ['--import', REGISTER],
    env: {},
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const errors: Buffer[] = [];
  child.stderr?.on('data', (bytes: Buffer) => errors.push(bytes));
  const ended = once(child, 'exit'); // 'close' does not come to who disconnected.
  return {
    child,
    message: async (): Promise<unknown> => ((await once(child, 'message')) as unknown[])[0],
    /** Answered when its ears are open: a connection whose socket was lost on the way has ended. */
    listens: async (): Promise<void> => {
      const answer = once(child, 'message');
      child.send({ type: 'connection', id: 7, sourceAddress: '192.0.2.1', head: null });
      expect(await answer).toEqual([{ type: 'closed', id: 7 }, undefined]);
    },
    /** Its exit status; null when a signal ended it. */
    status: async (): Promise<unknown> => ((await ended) as unknown[])[0],
    log: () => Buffer.concat(errors).toString(),
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function startOf(databaseUrl: string, dataDirectory: string): Start {
  const id = (): string => newUuid(systemClock.now());
  return {
    ...{ slot: 1, workerId: id(), gatewayId: id(), dataDirectory, databaseUrl, poolSize: 2, logLevel: 'info' },
    vaultRecipients: ['age1'],
    config: {
      mode: 'demo',
      http: { host: '127.0.0.1', port: 1, publicUrl: 'http://127.0.0.1:1' },
    } as Start['config'],
  };
}

test('a worker refuses a database that is not there, says why, and ends', async () => {
  await using worker = startWorker();
  const { path } = await tempDirectory();
  worker.child.send(startMessage(startOf('postgres://nobody:hidden@127.0.0.1:1/nothing', path)));
  const answer = await worker.message();
  expect(answer).toEqual({ type: 'start_refused', message: expect.stringContaining('database') });
  expect(JSON.stringify(answer)).not.toContain('hidden');
  expect(await worker.status()).toBe(0);
  expect(worker.log()).not.toContain('hidden');
});

test('a worker of another protocol does not start', async () => {
  await using worker = startWorker();
  await using db = await freshDatabase();
  const { path } = await tempDirectory();
  worker.child.send({ ...startMessage(startOf(db.url.expose(), path)), protocol: 1 });
  expect(await worker.status()).toBe(1);
  expect(worker.log()).toContain('process.uncaught');
});

test('a worker in which an error is not caught logs it and ends', async () => {
  await using worker = startWorker('tests/main/broken-worker-child.ts');
  worker.child.send({ type: 'drain' });
  expect(await worker.status()).toBe(1);
  expect(worker.log()).toContain('thrown where nobody listens');
});

test('a worker whose gateway is gone ends by itself', async () => {
  await using worker = startWorker();
  await worker.listens();
  worker.child.disconnect();
  expect(await worker.status()).toBe(1);
});

test('a worker whose gateway is gone before it listened ends by itself', async () => {
  await using worker = startWorker();
  worker.child.disconnect();
  expect(await worker.status()).toBe(1);
});

test('a worker that is sent a signal goes on: what a signal means is for the gateway to say', async () => {
  await using worker = startWorker();
  await worker.listens();
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT'] as const) worker.child.kill(signal);
  await worker.listens();
  worker.child.send({ type: 'stop' });
  expect(await worker.status()).toBe(0);
});
