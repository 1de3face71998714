/** What time and crashes do to tickets. */
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import {
  decideTicket,
  expireTickets,
  recoverRedemptions,
  redeemTicket,
  type TicketView,
} from '../../approvals/index.ts';
import { execute, LIMITS, newUuid, sha256, sql } from '../../foundation/index.ts';
import type { ConnectionId, SessionId } from '../../policy/index.ts';
import { rootOf, start } from '../recorder/support/recordings.ts';
import { testRecordings } from '../support/recordings.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { DUMP, exportView, HOUR, type World, world } from './world.ts';

async function approved(house: World): Promise<TicketView> {
  const { id, actDigest } = await house.ask('aoki');
  return decideTicket(house, house.people.tanaka, id, { decision: 'approve', reason: 'needed', actDigest });
}

async function redeemed(house: World): Promise<{ ticket: TicketView; session: SessionId }> {
  const ticket = await approved(house);
  const session = await house.session('aoki');
  const act = { personId: house.idOf('aoki'), targetId: await house.targetId('crm-db'), digest: ticket.actDigest };
  expect((await redeemTicket(house, { ...act, sessionId: session, text: DUMP })).redeemed).toBe(true);
  return { ticket, session };
}

const close = (house: World, session: SessionId) =>
  execute(
    house.database,
    sql(z.never())`
      UPDATE sessions SET closed_at = ${house.clock.now()}, close_reason = 'gateway_lost' WHERE id = ${session}`,
  );

describe('expiry', () => {
  test('takes what was not decided and what was not used in time, each with its event, and nothing else', async () => {
    await using house = await world();
    const waiting = await house.ask('aoki');
    const { ticket: used } = await redeemed(house);
    const unused = await approved(house);
    const day = LIMITS.ticketDecisionHours * HOUR;
    const later = await house.ask('chen', { notAfter: new Date(house.clock.now().getTime() + 3 * day) });
    expect(await expireTickets(house)).toBe(0);
    house.clock.advance(HOUR);
    expect(await expireTickets(house)).toBe(2);
    expect(await house.stateOf(waiting.id)).toBe('expired');
    expect(await house.stateOf(unused.id)).toBe('expired');
    expect(await house.stateOf(used.id)).toBe('in_use');
    expect(await house.stateOf(later.id)).toBe('requested');
    expect((await house.events('ticket.expired')).map(({ ticket, actor, body }) => [ticket, actor, body])).toEqual([
      [waiting.id, null, { from: 'requested' }],
      [unused.id, null, { from: 'approved' }],
    ]);
    house.clock.advance(day - HOUR);
    expect(await expireTickets(house)).toBe(1);
    expect(await house.stateOf(later.id)).toBe('expired');
  });

  test('by two processes at once happens once to each ticket', async () => {
    await using house = await world();
    for (let n = 0; n < 5; n++) await house.ask('aoki');
    house.clock.advance(HOUR);
    const [left, right] = await Promise.all([expireTickets(house), expireTickets(house)]);
    expect(left + right).toBe(5);
    expect(await house.events('ticket.expired')).toHaveLength(5);
  });
});

describe('recovery after a crash', () => {
  test('leaves alone a use whose session is still open', async () => {
    await using house = await world();
    const { ticket } = await redeemed(house);
    expect(await recoverRedemptions(house)).toBe(0);
    expect(await house.stateOf(ticket.id)).toBe('in_use');
  });

  test('aborts a use whose session has ended, once', async () => {
    await using house = await world();
    const { ticket, session } = await redeemed(house);
    await close(house, session);
    const counts = await Promise.all([recoverRedemptions(house), recoverRedemptions(house)]);
    expect(counts.toSorted()).toEqual([0, 1]);
    const view = await exportView(house, house.people.aoki, ticket.id);
    expect(view).toMatchObject({ state: 'aborted', result: { outcome: 'interrupted', exitStatus: null } });
    expect(await house.events('ticket.completed')).toHaveLength(1);
  });

  test('counts from the recording what had left since the use began', async () => {
    await using house = await world();
    await using directory = await tempDirectory();
    const { clock } = house;
    await using recorder = await start(directory.path, { clock });
    const ticket = await approved(house);
    const [session, targetId] = [await house.session('aoki'), await house.targetId('crm-db')];
    const personId = house.idOf('aoki');
    const recording = await recorder.openRecording({
      ...{ sessionId: session, personId, targetId, account: 'aoki', kind: 'exec', command: DUMP },
      connectionId: newUuid(clock.now()) as ConnectionId,
      ...{ columns: 80, rows: 24, term: '' },
    });
    await recording.append('o', Buffer.from('shown before\n'));
    clock.advance(1_000);
    await redeemTicket(house, { personId, targetId, digest: ticket.actDigest, sessionId: session, text: DUMP });
    await recording.append('o', Buffer.from('row 1\nrow 2\n'));
    await recording.append('i', Buffer.from('typed\n'));
    await recording.append('e', Buffer.from('warning\n'));
    await recording.close();
    await close(house, session);
    expect(await recoverRedemptions({ ...house, recordings: testRecordings(rootOf(directory.path)) })).toBe(1);
    const view = await exportView(house, house.people.aoki, ticket.id);
    const left = 'row 1\nrow 2\nwarning\n';
    expect(view?.result).toMatchObject({ rows: 3, bytes: left.length, sha256: sha256(left).toString('hex') });
  });
});
