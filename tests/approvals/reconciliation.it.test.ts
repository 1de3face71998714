/** Reports of asked and done on the real database: who gets one, who hears of it, and what has no other side. */
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import {
  completeRedemption,
  decideTicket,
  type ExportView,
  expireTickets,
  listReconciliations,
  listUnmatched,
  notify,
  listNotifications,
  reconcileTickets,
  redeemTicket,
} from '../../approvals/index.ts';
import { execute, many, sha256, sql } from '../../foundation/index.ts';
import { DUMP, HOUR, type Name, START, type World, world } from './world.ts';

const nothing = z.never();
const DAY = { from: START, until: new Date(START.getTime() + 24 * HOUR) };

async function approved(house: World): Promise<ExportView> {
  const ticket = await house.ask('aoki');
  const { id, actDigest } = ticket;
  await decideTicket(house, house.people.tanaka, id, { decision: 'approve', reason: 'needed', actDigest });
  return ticket;
}

async function use(house: World, ticket: ExportView, rows: number): Promise<string> {
  const sessionId = await house.session('aoki');
  const asked = { personId: house.idOf('aoki'), targetId: await house.targetId('crm-db'), digest: ticket.actDigest };
  await redeemTicket(house, { ...asked, sessionId, text: DUMP });
  const result = { rows, bytes: 9, sha256: sha256('x'), exitStatus: 0, customers: 1 };
  await completeRedemption(house, ticket.id, { outcome: 'completed', ...result });
  return sessionId;
}

const close = (house: World, session: string) =>
  execute(
    house.database,
    sql(nothing)`UPDATE sessions SET closed_at = ${house.clock.now()}, close_reason = 'ended' WHERE id = ${session}`,
  );

const reportsOf = async (house: World, name: Name) => {
  const reports = await listReconciliations(house, house.people[name]);
  return reports.map(({ number, verdict }) => [number, verdict]);
};

describe('asked and done', () => {
  test('are not compared while the session goes on, and once when two look at the same time', async () => {
    await using house = await world();
    const ticket = await approved(house);
    const session = await use(house, ticket, 10);
    expect(await reconcileTickets(house)).toBe(0);
    await close(house, session);
    const both = await Promise.all([reconcileTickets(house), reconcileTickets(house)]);
    expect(both[0] + both[1]).toBe(1);
    expect(await house.events('ticket.reconciled')).toMatchObject([
      { ticket: ticket.id, actor: null, body: { verdict: 'match', deviations: [], unexplained: [] } },
    ]);
    const [report] = await listReconciliations(house, house.people.aoki, ticket.id);
    expect(report?.lines.find(({ what }) => what === 'rows')).toMatchObject({
      ...{ asked: [1_200], done: [10], evidence: [{ session }] },
    });
  });

  test('that deviate are told to the owners and the second line, and not to strangers', async () => {
    await using house = await world();
    const ticket = await approved(house);
    await close(house, await use(house, ticket, 5_000));
    await reconcileTickets(house);
    const outbox = await many(
      house.database,
      sql(z.strictObject({ id: z.string() }))`SELECT id FROM outbox WHERE topic = 'ticket.deviates'`,
    );
    expect(outbox).toHaveLength(1);
    await notify(house, { outbox: outbox[0]!.id, topic: 'ticket.deviates', ticket: ticket.id, state: 'used' });
    const heard = async (name: Name) =>
      (await listNotifications(house.database, house.idOf(name))).map(({ kind }) => kind);
    expect(await heard('tanaka')).toEqual(['ticket.deviates']);
    expect(await heard('kimura')).toEqual(['ticket.deviates']);
    expect(await heard('mori')).toEqual([]);
    expect(await reportsOf(house, 'tanaka')).toEqual([[ticket.number, 'deviation']]);
    expect(await reportsOf(house, 'suzuki')).toEqual([[ticket.number, 'deviation']]);
    for (const stranger of ['mori', 'chen'] as const) expect(await reportsOf(house, stranger)).toEqual([]);
  });

  test('stay as they were written, whoever tries to change them', async () => {
    await using house = await world();
    const ticket = await approved(house);
    await close(house, await use(house, ticket, 5_000));
    await reconcileTickets(house);
    for (const database of [house.database, house.fresh.owner]) {
      await expect(execute(database, sql(nothing)`UPDATE reconciliations SET verdict = 'match'`)).rejects.toThrow(
        /append-only|permission denied/,
      );
    }
  });
});

describe('the daily queue', () => {
  test('has the ticket nobody came with and the session that names none, for who answers for the system', async () => {
    await using house = await world();
    const session = await house.session('chen');
    const ticket = await approved(house);
    expect((await listUnmatched(house, house.people.tanaka, DAY)).tickets).toEqual([]);
    house.clock.advance(2 * HOUR);
    await expireTickets(house);
    expect((await listUnmatched(house, house.people.tanaka, DAY)).tickets).toMatchObject([{ id: ticket.id }]);
    const ids = async (name: Name) =>
      (await listUnmatched(house, house.people[name], DAY)).sessions.map(({ id }) => id);
    expect(await ids('tanaka')).toEqual([]);
    await execute(house.database, sql(nothing)`UPDATE systems SET risk = '{"tickets":"required"}' WHERE name = 'crm'`);
    expect(await ids('tanaka')).toContain(session);
    expect(await ids('suzuki')).toContain(session);
    expect(await ids('mori')).toEqual([]);
    expect((await listUnmatched(house, house.people.mori, DAY)).tickets).toEqual([]);
    expect((await listUnmatched(house, house.people.suzuki, DAY)).tickets).toHaveLength(1);
  });
});
