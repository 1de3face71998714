/** The pool with real processes and a clock that is moved: who is ended, who is replaced, and when no more are started. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { createLog, LIMITS, newUuid } from '../../foundation/index.ts';
import { STATUS_MS } from '../../main/workers/messages.ts';
import { WorkerPool, type WorkerSettings } from '../../main/workers/pool.ts';
import type { LostWorker } from '../../main/workers/worker-process.ts';
import type { LeafLog } from '../../recorder/index.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { runToEnd } from '../support/run-to-end.ts';

const ENTRY = fileURLToPath(new URL('./acting-worker-child.mjs', import.meta.url));
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 30_000;
const RECOVERY_MS = 5_000;
const SILENT_TURNS = (LIMITS.workerSilenceSeconds * 1_000) / STATUS_MS;

let clock: ManualClock;
let server: Server;
let pool: WorkerPool;
let lost: LostWorker[];
let recover: () => Promise<void>;
let changed: () => void;
const clients: Socket[] = [];

beforeEach(async () => {
  clock = new ManualClock();
  lost = [];
  recover = () => Promise.resolve();
  changed = () => undefined;
  server = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'clearImmediate', 'queueMicrotask', 'performance'] });
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await pool[Symbol.asyncDispose]();
  jest.useRealTimers();
  server.close();
});

function settings(dataDirectory = '/nowhere'): WorkerSettings {
  const where = { dataDirectory, databaseUrl: 'postgres://nowhere', poolSize: 1, logLevel: 'silent' as const };
  return { ...where, gatewayId: newUuid(clock.now()), vaultRecipients: [], config: {} as WorkerSettings['config'] };
}

async function startPool(count: number): Promise<void> {
  const leafLog = { append: () => Promise.reject(new Error('nothing is recorded here')) } as unknown as LeafLog;
  pool = await WorkerPool.start({
    ...{ count, settings: settings(), clock, entry: ENTRY, log: createLog('silent'), leafLog },
    exports: { intent: () => Promise.reject(new Error('nothing leaves here')) },
    witnesses: () => ({ accepted: null, lateSince: null }),
    recover: async (worker) => {
      lost.push(worker);
      changed();
      await recover();
    },
  });
}

interface Held {
  readonly client: Socket;
  readonly pid: number;
  /** Resolves when the pool counts it no more. */
  readonly left: Promise<void>;
}

/** Hands a connection to the worker with the fewest, which does as `words` say; resolves when it did. */
async function tell(words: string): Promise<Held> {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const accepted = once(server, 'connection');
  const client = connect(address.port, '127.0.0.1');
  client.on('error', () => undefined);
  clients.push(client);
  const [socket] = (await accepted) as [Socket];
  const answer = Promise.race([once(client, 'data'), once(client, 'close')]) as Promise<[Buffer | boolean]>;
  const left = new Promise<void>((resolve) => {
    const place = { sourceAddress: '127.0.0.1', signedIn: () => undefined, left: resolve };
    pool.serve(socket, place, Buffer.from(words));
  });
  return { client, left, pid: Number((await answer)[0]) };
}

/** Has the worker with the fewest connections say something. */
async function hearFrom(): Promise<number> {
  const { client, left, pid } = await tell('hold');
  client.destroy();
  await left;
  return pid;
}

/** Resolves when so many have ended. */
function ended(count: number): Promise<void> {
  return new Promise((resolve) => {
    changed = () => {
      if (lost.length >= count) resolve();
    };
    changed();
  });
}

/** In real time: what a process does is an event of the outside. */
async function untilServing(count: number): Promise<void> {
  while (pool.serving !== count) await new Promise((resolve) => setImmediate(resolve));
}

/** As long as a process takes to start: one that the pool had started would serve by then. */
async function aProcessStarts(): Promise<void> {
  for (let at = 0; at < 3; at += 1) expect((await runToEnd(process.execPath, ['-e', ''])).status).toBe(0);
}

test('one that is silent for too long is killed, its sibling is not, and another takes its place', async () => {
  await startPool(2);
  const { pid, left } = await tell('hold');
  process.kill(pid, 'SIGSTOP');
  jest.advanceTimersByTime(SILENT_TURNS * STATUS_MS);
  expect(await hearFrom()).not.toBe(pid);
  expect(lost).toEqual([]);
  jest.advanceTimersByTime(STATUS_MS);
  await ended(1);
  await left;
  expect(lost).toMatchObject([{ cause: 'SIGKILL' }]);
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  jest.advanceTimersByTime(FIRST_DELAY_MS);
  await untilServing(2);
  expect(lost).toHaveLength(1);
});

test('one that grew too large takes no new connection, keeps those it has, and ends with the last of them', async () => {
  await startPool(1);
  const kept = await tell('hold');
  const allowed = await tell(`status ${LIMITS.workerResidentBytesMax}`);
  expect([allowed.pid, await hearFrom()]).toEqual([kept.pid, kept.pid]);
  const grown = await tell(`status ${LIMITS.workerResidentBytesMax + 1}`);
  await untilServing(0);
  await untilServing(1);
  expect(await hearFrom()).not.toBe(kept.pid);
  expect([kept.client.destroyed, lost]).toEqual([false, []]);
  for (const { client } of [kept, allowed, grown]) client.destroy();
  await ended(1);
  expect(lost).toMatchObject([{ cause: undefined }]);
});

test('one that was replaced ends its last session when its hours are over, and not before', async () => {
  await startPool(1);
  const kept = await tell('hold');
  await pool.reload(1, settings());
  expect(await hearFrom()).not.toBe(kept.pid);
  clock.advance(LIMITS.workerDrainHours * HOUR_MS - 1);
  jest.advanceTimersByTime(STATUS_MS);
  await aProcessStarts();
  expect([kept.client.destroyed, lost]).toEqual([false, []]);
  clock.advance(1);
  jest.advanceTimersByTime(STATUS_MS);
  await ended(1);
  await kept.left;
  expect(lost).toMatchObject([{ cause: undefined }]);
  expect(pool.serving).toBe(1);
});

test('one that breaks again and again is started later each time, then once a minute, and soon after a quiet minute', async () => {
  await startPool(1);
  const crash = async (times: number): Promise<void> => {
    await tell('exit 1');
    await ended(times);
    expect(lost).toHaveLength(times);
  };
  for (let times = 1; times <= LIMITS.workerRestartsPerMinuteMax; times += 1) {
    await crash(times);
    const delay = Math.min(FIRST_DELAY_MS * 2 ** (times - 1), LONGEST_DELAY_MS);
    jest.advanceTimersByTime(delay - 1);
    expect(pool.serving).toBe(0);
    jest.advanceTimersByTime(1);
    await untilServing(1);
  }
  await crash(LIMITS.workerRestartsPerMinuteMax + 1);
  jest.advanceTimersByTime(MINUTE_MS - 1);
  await aProcessStarts();
  expect(pool.serving).toBe(0);
  jest.advanceTimersByTime(1);
  await untilServing(1);
  clock.advance(MINUTE_MS);
  await crash(LIMITS.workerRestartsPerMinuteMax + 2);
  jest.advanceTimersByTime(FIRST_DELAY_MS);
  await untilServing(1);
});

test('while nothing of theirs can be sealed, no more are started than there are slots', async () => {
  recover = () => Promise.reject(new Error('the database is away'));
  await startPool(1);
  for (let times = 1; times <= LIMITS.sshWorkersMax; times += 1) {
    await tell('exit 1');
    await ended(times);
    clock.advance(MINUTE_MS);
    if (times === LIMITS.sshWorkersMax) break;
    jest.advanceTimersByTime(FIRST_DELAY_MS);
    await untilServing(1);
    lost.length = times; // Asked again for those before: not counted here.
  }
  jest.advanceTimersByTime(FIRST_DELAY_MS);
  await aProcessStarts();
  expect(pool.serving).toBe(0);
  await expect(pool.reload(1, settings())).rejects.toThrow('Too many earlier workers');
  recover = () => Promise.resolve();
  await jest.advanceTimersByTimeAsync(RECOVERY_MS);
  await untilServing(1);
}, 120_000);

test('those that break while a reload fails are all started anew', async () => {
  await startPool(2);
  const failed = expect(pool.reload(1, settings('/mute'))).rejects.toThrow('does not serve within');
  await tell('exit 1');
  await tell('exit 1');
  await ended(2);
  jest.advanceTimersByTime(LIMITS.workerStartSeconds * 1_000);
  await failed;
  await untilServing(2);
});
