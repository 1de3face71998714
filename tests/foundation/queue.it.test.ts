import { once } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { createLog, type JobKind, JobQueues, type QueueBackend, Secret } from '../../foundation/index.ts';
import { freshDatabase } from '../support/database.ts';
import { describeWith } from '../support/partners.ts';
import { freePort } from '../support/free-port.ts';
import { startScript } from '../support/child.ts';
import { startRedis } from '../support/redis.ts';

type Mail = z.infer<typeof Mail>;
const Mail = z.strictObject({ to: z.string() });

const log = createLog('silent');
/** After which a worker counts as dead. */
const LEASE_MS = 500;

interface Backend extends AsyncDisposable {
  readonly backend: QueueBackend;
}

/** What a queue promises, whatever stands behind it. */
function keepsTheContract(open: () => Promise<Backend>): void {
  let serial = 0;
  const mail = (): JobKind<Mail> => ({ name: `mail-${serial++}`, payload: Mail });

  test('refuses a payload of another shape before it is stored', async () => {
    await using store = await open();
    await using queues = new JobQueues(store.backend, log);
    const hostile = { to: 'a', bcc: 'b' } as Mail;
    await expect(queues.add(mail(), hostile)).rejects.toThrow(z.ZodError);
  });

  test('does a job that was added before any worker was there', async () => {
    await using store = await open();
    await using queues = new JobQueues(store.backend, log);
    const kind = mail();
    await queues.add(kind, { to: 'tanaka' });
    const done = new EventTarget();
    const first = once(done, 'tanaka');
    queues.work(kind, ({ to }) => Promise.resolve(void done.dispatchEvent(new Event(to))));
    await first;
  });

  test('takes two jobs of one id for one job', async () => {
    await using store = await open();
    await using queues = new JobQueues(store.backend, log);
    const kind = mail();
    await queues.add(kind, { to: 'once' }, { id: 'outbox-1' });
    await queues.add(kind, { to: 'twice' }, { id: 'outbox-1' });
    await queues.add(kind, { to: 'last' }, { id: 'outbox-2' });
    const seen: string[] = [];
    const done = new EventTarget();
    const last = once(done, 'last');
    queues.work(
      kind,
      ({ to }) => {
        seen.push(to);
        done.dispatchEvent(new Event(to));
        return Promise.resolve();
      },
      1,
    );
    await last;
    expect(seen).toEqual(['once', 'last']);
  });

  test('tries again what failed', async () => {
    await using store = await open();
    await using queues = new JobQueues(store.backend, log);
    const kind = mail();
    let tries = 0;
    const done = new EventTarget();
    const second = once(done, 'second');
    queues.work(kind, () => {
      tries += 1;
      if (tries === 1) return Promise.reject(new Error('the mail server is away'));
      done.dispatchEvent(new Event('second'));
      return Promise.resolve();
    });
    await queues.add(kind, { to: 'tanaka' });
    await second;
    expect(tries).toBe(2);
  });

  test('a delayed job waits its time', async () => {
    await using store = await open();
    await using queues = new JobQueues(store.backend, log);
    const kind = mail();
    const done = new EventTarget();
    const ran = once(done, 'ran');
    queues.work(kind, () => Promise.resolve(void done.dispatchEvent(new Event('ran'))));
    const added = performance.now();
    await queues.add(kind, { to: 'later' }, { delayMs: 600 });
    await ran;
    expect(performance.now() - added).toBeGreaterThanOrEqual(550);
  });

  test('does the same work again and again, from one schedule however often it is asked for', async () => {
    await using store = await open();
    await using queues = new JobQueues(store.backend, log);
    const kind = mail();
    let ran = 0;
    const done = new EventTarget();
    const third = once(done, 'third');
    await queues.every(kind, { to: 'inspector' }, 300);
    await queues.every(kind, { to: 'inspector' }, 300);
    const begun = performance.now();
    queues.work(kind, () => {
      ran += 1;
      if (ran === 3) done.dispatchEvent(new Event('third'));
      return Promise.resolve();
    });
    await third;
    // Two schedules would be at the third run after one interval.
    expect(performance.now() - begun).toBeGreaterThan(400);
  });

  test('gives the job of a worker that was killed over it to another, once', async () => {
    await using store = await open();
    const kind = mail();
    const { kind: what, url } = store.backend;
    const told = { kind: what, url: url.expose(), name: kind.name, leaseMs: LEASE_MS };
    await using queues = new JobQueues(store.backend, log, LEASE_MS);
    await queues.add(kind, { to: 'tanaka' });
    await using victim = startScript('tests/foundation/queue-worker-child.ts', [JSON.stringify(told)]);
    expect(await victim.nextLine()).toBe('in hand');
    await victim.kill('SIGKILL');
    await queues.add(kind, { to: 'last' }, { delayMs: 4 * LEASE_MS });
    const seen: string[] = [];
    const done = new EventTarget();
    const last = once(done, 'last');
    queues.work(kind, ({ to }) => {
      seen.push(to);
      return Promise.resolve(void done.dispatchEvent(new Event(to)));
    });
    await last;
    expect(seen).toEqual(['tanaka', 'last']);
  });

  test('does once what was handed over twice and done meanwhile', async () => {
    await using store = await open();
    await using queues = new JobQueues(store.backend, log);
    const kind = mail();
    const seen: string[] = [];
    const done = new EventTarget();
    const [first, last] = [once(done, 'first'), once(done, 'last')];
    queues.work(
      kind,
      ({ to }) => {
        seen.push(to);
        return Promise.resolve(void done.dispatchEvent(new Event(to)));
      },
      1,
    );
    await queues.add(kind, { to: 'first' }, { id: 'outbox-1' });
    await first;
    await queues.add(kind, { to: 'again' }, { id: 'outbox-1' });
    await queues.add(kind, { to: 'last' }, { id: 'outbox-2' });
    await last;
    expect(seen).toEqual(['first', 'last']);
  });

  test('finishes the job in hand before it closes', async () => {
    await using store = await open();
    await using queues = new JobQueues(store.backend, log);
    const kind = mail();
    const hand = new EventTarget();
    const begun = once(hand, 'begun');
    let finish: () => void = () => undefined;
    let finished = false;
    queues.work(kind, async () => {
      const told = new Promise<void>((resolve) => (finish = resolve));
      hand.dispatchEvent(new Event('begun'));
      await told;
      finished = true;
    });
    await queues.add(kind, { to: 'tanaka' });
    await begun;
    const closed = queues[Symbol.asyncDispose]();
    finish();
    await closed;
    expect(finished).toBe(true);
  });
}

describe('the queue on PostgreSQL, as the gateway role', () => {
  keepsTheContract(async () => {
    const db = await freshDatabase();
    return {
      backend: { kind: 'postgres', url: db.url },
      [Symbol.asyncDispose]: () => db[Symbol.asyncDispose](),
    };
  });
});

describeWith('redis-server', 'the queue on Redis', () => {
  keepsTheContract(async () => {
    const redis = await startRedis();
    return {
      backend: { kind: 'redis', url: redis.url },
      [Symbol.asyncDispose]: () => redis[Symbol.asyncDispose](),
    };
  });

  test('that is away keeps neither a start nor a stop waiting, and learns the schedules when it is there', async () => {
    const port = await freePort();
    const url = new Secret(`redis://127.0.0.1:${port}`);
    const kind: JobKind<Mail> = { name: 'schedule', payload: Mail };
    const queues = new JobQueues({ kind: 'redis', url }, log);
    await queues.every(kind, { to: 'inspector' }, 200);
    const done = new EventTarget();
    let ran = once(done, 'ran');
    queues.work(kind, () => Promise.resolve(void done.dispatchEvent(new Event('ran'))));
    const first = await startRedis(port);
    await ran;
    await first[Symbol.asyncDispose]();
    // The second knows nothing of what the first had in mind.
    const second = await startRedis(port);
    ran = once(done, 'ran');
    await ran;
    await second[Symbol.asyncDispose]();
    await queues[Symbol.asyncDispose]();
  });
});
