/** A contractor at work when the last day of the contract is over, with the real ssh. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Clock, systemClock } from '../../foundation/index.ts';
import { endContracts } from '../../identity/index.ts';
import { endOfDay, wallClock } from '../../policy/index.ts';
import { TestGateway } from '../support/gateway.ts';
import { describeWith } from '../support/partners.ts';
import { asOwner, expectOneLine, lastSession, newest, personId } from './support/house.ts';
import { startSsh } from './support/live-ssh.ts';

const ZONE = 'Asia/Tokyo';
const LEFT_MS = 4_000;

/** The real clock, moved to some seconds before midnight in Tokyo once everything is set up. */
class EveningClock implements Clock {
  #laterMs = 0;
  readonly now = (): Date => new Date(systemClock.now().getTime() + this.#laterMs);
  readonly micros = (): bigint => systemClock.micros() + BigInt(this.#laterMs) * 1_000n;
  toEndOf(day: string): void {
    this.#laterMs = endOfDay(day, ZONE).getTime() - LEFT_MS - systemClock.now().getTime();
  }
}

describeWith(['ssh', 'ssh-keygen'], 'a contract', () => {
  const clock = new EveningClock();
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start({ clock });
    await gateway.key('chen');
    await gateway.key('aoki');
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  test('that is over at midnight in Japan ends the live session of its person and of nobody else, and opens nothing', async () => {
    const { year, month, day } = wallClock(clock.now(), ZONE);
    const today = new Date(Date.UTC(year, month - 1, day)).toISOString().slice(0, 10);
    const chen = await personId(gateway, 'chen');
    await asOwner(gateway, 'UPDATE persons SET contract_ends_at = $1 WHERE id = $2', [endOfDay(today, ZONE), chen]);
    clock.toEndOf(today);
    await using live = await startSsh(gateway, 'chen', ['echo up; sleep 60']);
    await using other = await startSsh(gateway, 'aoki', ['echo up; sleep 60']);
    await Promise.all([live.sees('up'), other.sees('up')]);
    const result = await live.ended;
    expect(clock.now().getTime()).toBeGreaterThanOrEqual(endOfDay(today, ZONE).getTime());
    expect(clock.now().getTime()).toBeLessThan(endOfDay(today, ZONE).getTime() + 1_000);
    expectOneLine(result.stderr, 'session_expired');
    expect(other.process.exitCode).toBeNull();
    expect(await lastSession(gateway, 'chen')).toMatchObject({ reason: 'expired', isSealed: true });
    // What is left of theirs ends with the job that also does this.
    await endContracts({ database: gateway.database, clock });
    const told = await newest(gateway.database, 'contract.ended');
    expect(told.body).toMatchObject({ person: chen, sponsor: await personId(gateway, 'tanaka') });
    const refused = await gateway.ssh('chen', 'echo in');
    expect([refused.stdout.toString(), refused.stderr]).toEqual(['', expect.stringContaining('Permission denied')]);
    expect((await (await gateway.person('chen')).get('/api/me')).status).toBe(401);
    expect((await (await gateway.person('tanaka')).get('/api/notifications')).json).toMatchObject({
      notifications: expect.arrayContaining([expect.objectContaining({ kind: 'contract.ended' })]),
    });
  });
});
