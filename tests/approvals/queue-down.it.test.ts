/** The queue is away, or comes back and has forgotten everything: requests go on, and their news arrives. */
import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { dispatchOutbox, listNotifications, startNotifications } from '../../approvals/index.ts';
import { createLog, type JobKind, JobQueues } from '../../foundation/index.ts';
import { freePort } from '../support/free-port.ts';
import { describeWith } from '../support/partners.ts';
import { startRedis } from '../support/redis.ts';
import { waitFor } from '../support/wait-for.ts';
import { world } from './world.ts';

const LOG = createLog('silent');
const MINUTE = 60_000;

describeWith('redis-server', 'while Redis', () => {
  test('is away, requests are made; when it is back with nothing in mind, their news and its schedules are, too', async () => {
    await using house = await world();
    const port = await freePort();
    const first = await startRedis(port);
    await using queues = new JobQueues({ kind: 'redis', url: first.url }, LOG);
    const deps = { ...house, queues };
    const tick: JobKind<Record<string, never>> = { name: 'tick', payload: z.strictObject({}) };
    await queues.every(tick, {}, 200);

    await house.ask('aoki');
    // Handed over, and lost with the server that never worked it.
    expect(await dispatchOutbox(deps)).toBe(1);
    await first[Symbol.asyncDispose]();
    await house.ask('chen');
    const waiting = dispatchOutbox(deps);

    await using second = await startRedis(port);
    expect(second.url.expose()).toBe(first.url.expose());
    expect(await waiting).toBe(1);
    let ticks = 0;
    queues.work(tick, () => Promise.resolve(void (ticks += 1)));
    await waitFor('the schedule', () => ticks > 0);
    startNotifications(deps);
    const told = async () => (await listNotifications(house.database, house.idOf('tanaka'))).length;
    await waitFor('the news that was not lost', async () => (await told()) === 1);
    expect(await dispatchOutbox(deps)).toBe(0);
    house.clock.advance(5 * MINUTE + 1);
    expect(await dispatchOutbox(deps)).toBe(1);
    await waitFor('the news that was lost', async () => (await told()) === 2);
    house.clock.advance(60 * MINUTE);
    expect(await dispatchOutbox(deps)).toBe(0);
  });
});
