/** Tickets that wait climb the ladder: on the real database, with two workers and a clock that jumps. */
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import {
  askBack,
  chooseSubstitute,
  decideTicket,
  type FlowSettings,
  listNotifications,
  notify,
  remindWaiting,
} from '../../approvals/index.ts';
import { many, sql } from '../../foundation/index.ts';
import type { TicketId } from '../../policy/index.ts';
import { HOUR, type Name, type World, world } from './world.ts';

/** START is 9:00 on a Wednesday in Tokyo. */
const FLOW: FlowSettings = {
  calendar: { zone: 'Asia/Tokyo', opensMinutes: 9 * 60, closesMinutes: 18 * 60, holidays: new Set() },
  ladder: { remind: 60, substitutes: 120, second_line: 240 },
  ladders: new Map([['billing', { remind: 5, substitutes: null, second_line: null }]]),
};

const climb = (house: World) => remindWaiting({ ...house, flow: FLOW });
const long = (house: World) => ({ notAfter: new Date(house.clock.now().getTime() + 48 * HOUR) });
const steps = async (house: World) => (await house.events('ticket.reminded')).map(({ body }) => body['step']);

/** Works the reminders in the outbox as the queue does. */
async function deliver(house: World, ticket: TicketId): Promise<void> {
  const Row = z.strictObject({ id: z.string(), to: z.enum(['owners', 'requester', 'substitutes', 'second_line']) });
  const rows = await many(
    house.database,
    sql(Row)`SELECT id, payload ->> 'to' AS to FROM outbox WHERE topic = 'ticket.waiting' ORDER BY created_at`,
  );
  for (const { id, to } of rows) {
    await notify(house, { outbox: id, topic: 'ticket.waiting', ticket, state: 'requested', to });
  }
}
const heard = async (house: World, name: Name) =>
  (await listNotifications(house.database, house.idOf(name))).filter(({ kind }) => kind === 'ticket.waiting').length;

describe('a ticket that waits', () => {
  test('is not told of before its time, after a decision, and never twice by two workers at once', async () => {
    await using house = await world();
    const { id, actDigest } = await house.ask('aoki', long(house));
    house.clock.advance(HOUR - 1);
    expect(await climb(house)).toBe(0);
    house.clock.advance(1);
    const both = await Promise.all([climb(house), climb(house)]);
    expect(both[0] + both[1]).toBe(1);
    await decideTicket(house, house.people.tanaka, id, { decision: 'approve', reason: 'needed', actDigest });
    house.clock.advance(8 * HOUR);
    expect(await climb(house)).toBe(0);
    expect(await steps(house)).toEqual(['remind']);
  });

  test('reaches owners, then the substitutes, then the second line, and each once', async () => {
    await using house = await world();
    const now = house.clock.now();
    const substitute = { substitute: house.idOf('mori'), startsAt: now, endsAt: new Date(now.getTime() + 72 * HOUR) };
    await chooseSubstitute(house, house.people.tanaka.person, substitute);
    const { id } = await house.ask('aoki', long(house));
    house.clock.advance(HOUR);
    await climb(house);
    await deliver(house, id);
    expect([await heard(house, 'tanaka'), await heard(house, 'mori'), await heard(house, 'kimura')]).toEqual([1, 0, 0]);
    house.clock.advance(HOUR);
    await climb(house);
    await deliver(house, id);
    expect([await heard(house, 'tanaka'), await heard(house, 'mori'), await heard(house, 'kimura')]).toEqual([1, 1, 0]);
    house.clock.advance(2 * HOUR);
    await climb(house);
    await climb(house);
    await deliver(house, id);
    expect([await heard(house, 'tanaka'), await heard(house, 'mori'), await heard(house, 'kimura')]).toEqual([1, 1, 1]);
    expect(await steps(house)).toEqual(['remind', 'substitutes', 'second_line']);
  });

  test('is told of no second time when the clock jumps back, and of all that is due when it jumps ahead', async () => {
    await using house = await world();
    await house.ask('aoki', long(house));
    house.clock.advance(5 * HOUR);
    expect(await climb(house)).toBe(3);
    house.clock.advance(-4 * HOUR);
    expect(await climb(house)).toBe(0);
    house.clock.advance(4 * HOUR);
    expect(await climb(house)).toBe(0);
  });

  test('reminds who has to answer, and waits anew after a question', async () => {
    await using house = await world();
    const { id } = await house.ask('aoki', long(house));
    house.clock.advance(HOUR);
    await climb(house);
    await askBack(house, house.people.tanaka, id, { text: 'Which month?' });
    expect(await climb(house)).toBe(0);
    house.clock.advance(HOUR);
    expect(await climb(house)).toBe(1);
    const [, last] = await house.events('ticket.reminded');
    expect(last?.body).toMatchObject({ phase: 'answer', step: 'remind' });
    await deliver(house, id);
    expect(await heard(house, 'aoki')).toBe(1);
  });
});
