import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import {
  type ApprovalDecision,
  decideTicket,
  findTicket,
  listTickets,
  revokeTicket,
  ticketSteps,
  type TicketView,
  withdrawTicket,
} from '../../approvals/index.ts';
import { execute, newUuid, sql } from '../../foundation/index.ts';
import { lockPerson } from '../../identity/index.ts';
import type { TicketId } from '../../policy/index.ts';
import { codeOf, HOUR, type Name, START, type World, world } from './world.ts';

const decide = (
  house: World,
  name: Name,
  ticket: TicketView,
  more: { decision?: ApprovalDecision; actDigest?: string } = {},
) =>
  decideTicket(house, house.people[name], ticket.id, {
    decision: more.decision ?? 'approve',
    reason: 'Needed for the monthly report',
    actDigest: more.actDigest ?? ticket.actDigest,
  });

const refusals = async (house: World) =>
  (await house.events('ticket.decision_refused')).map(({ actor, body }) => [actor, body['decision'], body['reason']]);

describe('a decision', () => {
  test('on one’s own request is refused even to an owner who is an administrator, and written down', async () => {
    await using house = await world();
    const ticket = await house.ask('yamada');
    expect(await codeOf(decide(house, 'yamada', ticket))).toBe('own_request');
    expect(await codeOf(decide(house, 'yamada', ticket, { decision: 'reject' }))).toBe('own_request');
    expect(await house.stateOf(ticket.id)).toBe('requested');
    const id = house.idOf('yamada');
    expect(await refusals(house)).toEqual([
      [id, 'approve', 'own_request'],
      [id, 'reject', 'own_request'],
    ]);
  });

  test('by somebody who sees the ticket but owns nothing is not permitted, and written down', async () => {
    await using house = await world();
    const ticket = await house.ask('aoki');
    expect(await codeOf(decide(house, 'suzuki', ticket))).toBe('not_permitted');
    expect(await codeOf(decide(house, 'kimura', ticket))).toBe('not_permitted');
    expect((await refusals(house)).map(([, , reason]) => reason)).toEqual(['not_an_owner', 'not_an_owner']);
  });

  test('by a stranger to the ticket finds none, whether it is there or not, and the attempt is written down', async () => {
    await using house = await world();
    const ticket = await house.ask('aoki');
    expect(await codeOf(decide(house, 'mori', ticket))).toBe('not_found');
    expect(await codeOf(decide(house, 'chen', ticket))).toBe('not_found');
    expect(await codeOf(decide(house, 'mori', { ...ticket, id: newUuid(START) as TicketId }))).toBe('not_found');
    expect((await refusals(house)).map(([actor]) => actor)).toEqual([house.idOf('mori'), house.idOf('chen')]);
    expect(await findTicket(house, house.people.mori, ticket.id)).toBeUndefined();
  });

  test('about another act than the one asked for is refused', async () => {
    await using house = await world();
    const ticket = await house.ask('aoki');
    const other = 'f'.repeat(64);
    expect(await codeOf(decide(house, 'tanaka', ticket, { actDigest: other }))).toBe('transition_forbidden');
    expect((await refusals(house))[0]?.[2]).toBe('other_act');
    expect(await house.stateOf(ticket.id)).toBe('requested');
  });

  test('after another owner decided is refused', async () => {
    await using house = await world();
    const ticket = await house.ask('aoki');
    await decide(house, 'tanaka', ticket);
    expect(await codeOf(decide(house, 'sato', ticket, { decision: 'reject' }))).toBe('transition_forbidden');
    expect(await codeOf(decide(house, 'tanaka', ticket, { decision: 'reject' }))).toBe('transition_forbidden');
    expect((await refusals(house)).map(([, , reason]) => reason)).toEqual(['wrong_state', 'already_decided']);
    expect(await house.stateOf(ticket.id)).toBe('approved');
  });

  test('by a locked owner, and by one whose contract has ended, is refused', async () => {
    await using house = await world();
    const ticket = await house.ask('aoki');
    await lockPerson(house, house.people.kimura, { personId: house.idOf('tanaka'), reason: 'inquiry' });
    expect(await codeOf(decide(house, 'tanaka', ticket))).toBe('person_locked');
    await execute(
      house.database,
      sql(z.never())`UPDATE persons SET contract_ends_at = ${START} WHERE id = ${house.idOf('sato')}`,
    );
    expect(await codeOf(decide(house, 'sato', ticket))).toBe('not_found');
    expect((await refusals(house)).map(([, , reason]) => reason)).toEqual(['locked', 'not_an_owner']);
  });

  test('after the time to decide is refused', async () => {
    await using house = await world();
    const ticket = await house.ask('aoki');
    house.clock.advance(HOUR);
    expect(await codeOf(decide(house, 'tanaka', ticket))).toBe('transition_forbidden');
    expect((await refusals(house))[0]?.[2]).toBe('expired');
  });

  test('without a reason is refused', async () => {
    await using house = await world();
    const ticket = await house.ask('aoki');
    const bare = { decision: 'approve' as const, reason: '  ', actDigest: ticket.actDigest };
    await expect(decideTicket(house, house.people.tanaka, ticket.id, bare)).rejects.toThrow('reason');
  });

  test('is found again page by page, each ticket once', async () => {
    await using house = await world();
    const asked = [];
    for (let at = 0; at < 5; at += 1) asked.push((await house.ask('aoki')).number);
    for (const [name, box] of [
      ['aoki', 'mine'],
      ['tanaka', 'inbox'],
      ['suzuki', 'all'],
    ] as const) {
      const seen: number[] = [];
      for (let before: number | undefined; seen.length <= asked.length; ) {
        const page = await listTickets(house, house.people[name], { box, limit: 2, before });
        seen.push(...page.map(({ number }) => number));
        before = page.at(-1)?.number;
        if (page.length < 2) break;
      }
      expect(seen).toEqual(asked.toReversed());
    }
  });

  test('of two owners at the same moment counts once', async () => {
    await using house = await world();
    const ticket = await house.ask('aoki');
    const codes = await Promise.all([
      codeOf(decide(house, 'tanaka', ticket)),
      codeOf(decide(house, 'sato', ticket, { decision: 'reject' })),
    ]);
    expect(codes.toSorted()).toEqual(['accepted', 'transition_forbidden']);
    const decided = await findTicket(house, house.people.aoki, ticket.id);
    expect(decided?.approvals).toHaveLength(1);
    expect([...(await house.events('ticket.approved')), ...(await house.events('ticket.rejected'))]).toHaveLength(1);
  });

  test('of an owner moves the ticket, with its event, and shows who and why', async () => {
    await using house = await world();
    const ticket = await house.ask('aoki');
    const approved = await decide(house, 'tanaka', ticket);
    expect(approved).toMatchObject({
      state: 'approved',
      approvals: [
        { approver: { id: house.idOf('tanaka') }, decision: 'approve', reason: 'Needed for the monthly report' },
      ],
    });
    expect(await house.events('ticket.approved')).toEqual([
      {
        type: 'ticket.approved',
        actor: house.idOf('tanaka'),
        ticket: ticket.id,
        body: { reason: 'Needed for the monthly report', actDigest: ticket.actDigest, as: 'owner', missing: 0 },
      },
    ]);
    const rejected = await decide(house, 'sato', await house.ask('chen'), { decision: 'reject' });
    expect(rejected.state).toBe('rejected');
  });
});

describe('taking back', () => {
  test('a request is for its requester alone, and only while it waits', async () => {
    await using house = await world();
    const ticket = await house.ask('aoki');
    expect(await codeOf(withdrawTicket(house, house.people.tanaka, ticket.id))).toBe('not_permitted');
    expect(await codeOf(withdrawTicket(house, house.people.chen, ticket.id))).toBe('not_found');
    expect((await withdrawTicket(house, house.people.aoki, ticket.id)).state).toBe('withdrawn');
    expect(await codeOf(withdrawTicket(house, house.people.aoki, ticket.id))).toBe('transition_forbidden');
    expect(await codeOf(decide(house, 'tanaka', ticket))).toBe('transition_forbidden');
    expect(await house.events('ticket.withdrawn')).toHaveLength(1);
  });

  test('an approval is for owners alone, and only before its use', async () => {
    await using house = await world();
    const ticket = await house.ask('aoki');
    expect(await codeOf(revokeTicket(house, house.people.sato, ticket.id, 'no'))).toBe('transition_forbidden');
    await decide(house, 'tanaka', ticket);
    expect(await codeOf(revokeTicket(house, house.people.aoki, ticket.id, 'no'))).toBe('not_permitted');
    expect(await codeOf(revokeTicket(house, house.people.mori, ticket.id, 'no'))).toBe('not_found');
    expect((await revokeTicket(house, house.people.sato, ticket.id, 'too broad')).state).toBe('revoked');
    expect((await house.events('ticket.revoked'))[0]?.body).toEqual({ reason: 'too broad' });
  });
});

describe('who sees a ticket', () => {
  test('is its requester, the owners of its system, auditors and security officers, and nobody else', async () => {
    await using house = await world();
    const ticket = await house.ask('aoki');
    const seen = async (name: Name): Promise<boolean> =>
      (await listTickets(house, house.people[name], { box: 'all', limit: 10 })).some(({ id }) => id === ticket.id);
    const seers: string[] = [];
    for (const name of ['aoki', 'chen', 'tanaka', 'sato', 'mori', 'yamada', 'suzuki', 'kimura'] as const) {
      if (await seen(name)) seers.push(name);
    }
    expect(seers).toEqual(['aoki', 'tanaka', 'sato', 'yamada', 'suzuki', 'kimura']);
  });

  test('the inbox has what the owner can decide now: not their own, not the decided, not the overdue', async () => {
    await using house = await world();
    const inbox = async (name: Name): Promise<TicketId[]> =>
      (await listTickets(house, house.people[name], { box: 'inbox', limit: 10 })).map(({ id }) => id);
    const [own, other] = [await house.ask('yamada'), await house.ask('aoki')];
    expect(await inbox('tanaka')).toEqual([other.id, own.id]);
    expect(await inbox('yamada')).toEqual([other.id]);
    expect(await inbox('suzuki')).toEqual([]);
    await decide(house, 'sato', other);
    expect(await inbox('tanaka')).toEqual([own.id]);
    house.clock.advance(HOUR);
    expect(await inbox('tanaka')).toEqual([]);
  });

  test('the steps shown are those that would be taken', async () => {
    await using house = await world();
    const ticket = await house.ask('yamada');
    const none = {
      ...{ approve: false, reject: false, askBack: false, answer: false, withdraw: false, revoke: false },
      ...{ finish: false, report: false, review: false },
    };
    const steps = async (name: Name, view: TicketView) => (await ticketSteps(house, house.people[name], view.id)).may;
    expect(await steps('yamada', ticket)).toEqual({ ...none, withdraw: true });
    expect(await steps('suzuki', ticket)).toEqual(none);
    expect(await steps('tanaka', ticket)).toEqual({ ...none, approve: true, reject: true, askBack: true });
    const approved = await decide(house, 'tanaka', ticket);
    expect(await steps('tanaka', approved)).toEqual({ ...none, revoke: true });
    expect(await house.events('ticket.decision_refused')).toEqual([]);
  });
});
