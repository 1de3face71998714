/** The work report of approved work, where its system asks for one: who writes it, what it is compared with, who is told. */
import { expect, test } from '@jest/globals';
import {
  decideTicket,
  expireTickets,
  type FlowSettings,
  listReconciliations,
  noteEntered,
  reconcileTickets,
  remindWaiting,
  reportWork,
  requestAccess,
  ticketSteps,
} from '../../approvals/index.ts';
import { execute, sql } from '../../foundation/index.ts';
import { RiskSettingsSchema } from '../../identity/rows.ts';
import { z } from 'zod';
import { codeOf, HOUR, type World, world } from './world.ts';

const FLOW: FlowSettings = {
  calendar: { zone: 'Asia/Tokyo', opensMinutes: 0, closesMinutes: 24 * 60, holidays: new Set() },
  ladder: { remind: 60, substitutes: 120, second_line: 240 },
  ladders: new Map(),
};
const nothing = z.never();

const ask = (house: World, hours: number | undefined) =>
  execute(
    house.database,
    sql(nothing)`UPDATE systems SET risk = ${JSON.stringify({ workReportHours: hours })} WHERE name = 'crm'`,
  );

/** Approved, entered, done, and over with its window. */
async function worked(house: World, enter = true) {
  const targets = [await house.targetId('crm-db')];
  const plan = { purpose: 'Patch the database', workPlan: '1. Stop\n2. Patch', lastsSeconds: 3_600 };
  const { id, actDigest } = await requestAccess(house, house.people.aoki, { targets, ...plan });
  await decideTicket(house, house.people.tanaka, id, { decision: 'approve', reason: 'needed', actDigest });
  if (enter) {
    const session = await house.session('aoki');
    await noteEntered(house, { ticket: id, session, person: house.idOf('aoki') });
    await execute(house.fresh.owner, sql(nothing)`UPDATE sessions SET ticket_id = ${id} WHERE id = ${session}`);
    await execute(
      house.database,
      sql(nothing)`UPDATE sessions SET closed_at = ${house.clock.now()}, close_reason = 'ended' WHERE id = ${session}`,
    );
  }
  house.clock.advance(HOUR);
  await expireTickets(house);
  return id;
}

const climb = (house: World) => remindWaiting({ ...house, flow: FLOW });
const may = async (house: World, id: Awaited<ReturnType<typeof worked>>) =>
  (await ticketSteps(house, house.people.aoki, id)).may.report;

test('is refused where no system asks for one, and from anybody but who worked', async () => {
  await using house = await world();
  const free = await worked(house);
  expect(await may(house, free)).toBe(false);
  expect(await codeOf(reportWork(house, house.people.aoki, free, { text: 'done' }))).toBe('transition_forbidden');
  await ask(house, 24);
  const due = await worked(house);
  expect(await may(house, due)).toBe(true);
  expect(await codeOf(reportWork(house, house.people.tanaka, due, { text: 'done' }))).toBe('not_permitted');
  expect(await codeOf(Promise.resolve().then(() => reportWork(house, house.people.aoki, due, { text: ' ' })))).toBe(
    'request_invalid',
  );
  expect(await may(house, free)).toBe(false); // Asked for later, it does not reach back.
});

test('is waited for before asked and done are compared, and is part of the comparison', async () => {
  await using house = await world();
  await ask(house, 24);
  const id = await worked(house);
  expect(await reconcileTickets(house)).toBe(0);
  const view = await reportWork(house, house.people.aoki, id, { text: 'Patched, and restarted.' });
  expect(view).toMatchObject({ kind: 'access', reportHours: 24, messages: [{ kind: 'report' }] });
  expect((await house.events('ticket.work_reported')).at(-1)).toMatchObject({ actor: house.idOf('aoki'), ticket: id });
  expect(await reconcileTickets(house)).toBe(1);
  const [report] = await listReconciliations(house, house.people.tanaka, id);
  expect(report?.lines).toContainEqual(expect.objectContaining({ what: 'report', verdict: 'match', done: [1] }));
  house.clock.advance(48 * HOUR);
  expect(await climb(house)).toBe(0);
});

test('that is overdue climbs to who owes it and to the second line, and is a deviation', async () => {
  await using house = await world();
  await ask(house, 24);
  const id = await worked(house);
  house.clock.advance(24 * HOUR);
  expect(await climb(house)).toBe(0);
  expect(await reconcileTickets(house)).toBe(1);
  const [report] = await listReconciliations(house, house.people.tanaka, id);
  expect(report).toMatchObject({ verdict: 'deviation' });
  expect(report?.lines[0]).toMatchObject({ what: 'report', verdict: 'deviation', done: [0] });
  house.clock.advance(HOUR);
  expect(await climb(house)).toBe(1);
  house.clock.advance(3 * HOUR);
  expect(await climb(house)).toBe(1);
  expect((await house.events('ticket.reminded')).map(({ body }) => [body['phase'], body['step']])).toEqual([
    ['report', 'remind'],
    ['report', 'second_line'],
  ]);
  await reportWork(house, house.people.aoki, id, { text: 'Late, but here.' });
  house.clock.advance(240 * HOUR);
  expect(await climb(house)).toBe(0);
});

test('of work nobody began is not asked for; hours that make no sense are refused', async () => {
  await using house = await world();
  await ask(house, 1);
  const id = await worked(house, false);
  expect(await may(house, id)).toBe(false);
  house.clock.advance(48 * HOUR);
  expect(await climb(house)).toBe(0);
  for (const odd of [0, -1, 1.5, 721, '24']) {
    expect(RiskSettingsSchema.safeParse({ workReportHours: odd }).success).toBe(false);
  }
});
