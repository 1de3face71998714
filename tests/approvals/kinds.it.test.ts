/** Work, transfers and emergencies: who may ask, who may say yes, and what that opens. */
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import {
  climbOverdueReviews,
  decideTicket,
  expireTickets,
  finishEmergency,
  reportWork,
  requestAccess,
  requestTransfer,
  reviewEmergency,
  revokeTicket,
  startEmergency,
  ticketSteps,
  type TicketView,
} from '../../approvals/index.ts';
import { execute, LIMITS, one, sql } from '../../foundation/index.ts';
import { loadAuthorizationFacts, lockPerson } from '../../identity/index.ts';
import { authorizeTarget, type SystemId } from '../../policy/index.ts';
import { codeOf, HOUR, type Name, START, type World, world } from './world.ts';

const nothing = z.never();
const DAY = 24 * HOUR;

const setRisk = (house: World, system: string, risk: object) =>
  execute(house.database, sql(nothing)`UPDATE systems SET risk = ${JSON.stringify(risk)} WHERE name = ${system}`);

async function enters(house: World, name: Name, loginName = 'crm-db') {
  const { person } = house.people[name];
  const decision = authorizeTarget(await loadAuthorizationFacts(house, { person, loginName, action: 'exec' }));
  return decision.allowed ? (decision.authorization.ticket ?? 'without a ticket') : decision.reason;
}

async function askWork(house: World, name: Name, target = 'crm-db', lastsSeconds = 3_600): Promise<TicketView> {
  const targets = [await house.targetId(target)];
  const asked = { targets, purpose: 'Patch the database', workPlan: '1. Stop\n2. Patch\n3. Start', lastsSeconds };
  return requestAccess(house, house.people[name], asked);
}

const decide = (house: World, name: Name, { id, actDigest }: TicketView, decision: 'approve' | 'reject' = 'approve') =>
  decideTicket(house, house.people[name], id, { decision, reason: 'needed', actDigest });

async function start(house: World, name: Name, target = 'crm-db'): Promise<TicketView> {
  const asked = { targets: [await house.targetId(target)], reason: 'The shop is down', hours: 2 };
  return startEmergency(house, house.people[name], asked);
}

const systemId = async (house: World, name: string): Promise<SystemId> =>
  (
    await one(
      house.database,
      sql(z.strictObject({ id: z.custom<SystemId>() }))`SELECT id FROM systems WHERE name = ${name}`,
    )
  ).id;

describe('work on a system that asks for tickets', () => {
  test('is refused without one, before its approval, after its time, after its revocation and for others', async () => {
    await using house = await world();
    expect(await enters(house, 'aoki')).toBe('without a ticket');
    await setRisk(house, 'crm', { tickets: 'required' });
    expect(await enters(house, 'aoki')).toBe('ticket_required');
    expect(await enters(house, 'aoki', 'billing-db')).toBe('without a ticket');
    const asked = await askWork(house, 'aoki');
    expect(await enters(house, 'aoki')).toBe('ticket_required');
    await decide(house, 'tanaka', asked);
    expect(await enters(house, 'aoki')).toBe(asked.id);
    expect(await enters(house, 'chen')).toBe('ticket_required');
    await revokeTicket(house, house.people.sato, asked.id, 'not now');
    expect(await enters(house, 'aoki')).toBe('ticket_required');
    await decide(house, 'tanaka', await askWork(house, 'aoki'));
    house.clock.advance(HOUR);
    expect(await enters(house, 'aoki')).toBe('ticket_required');
  });

  test('begins its time at the approval where that was asked, and ends by itself', async () => {
    await using house = await world();
    const asked = await askWork(house, 'aoki');
    house.clock.advance(5 * HOUR);
    const approved = await decide(house, 'tanaka', asked);
    expect(approved).toMatchObject({
      state: 'approved',
      notBefore: new Date(START.getTime() + 5 * HOUR),
      notAfter: new Date(START.getTime() + 6 * HOUR),
    });
    house.clock.advance(HOUR);
    expect(await expireTickets(house)).toBe(1);
    expect(await house.stateOf(asked.id)).toBe('expired');
    house.clock.advance(-HOUR);
    expect(await enters(house, 'aoki')).toBe('without a ticket');
    await setRisk(house, 'crm', { tickets: 'required' });
    // A clock that jumps back revives nothing.
    expect(await enters(house, 'aoki')).toBe('ticket_required');
  });

  test('is asked for only where the ticket would let the person in', async () => {
    await using house = await world();
    const ask = async (name: Name, target: string) => codeOf(askWork(house, name, target));
    expect(await ask('tanaka', 'crm-db')).toBe('not_found');
    await execute(
      house.database,
      sql(nothing)`UPDATE grants SET revoked_at = ${START} WHERE person_id = ${house.idOf('chen')}`,
    );
    expect(await ask('chen', 'crm-db')).toBe('not_permitted');
    await lockPerson(house, house.people.kimura, { personId: house.idOf('aoki'), reason: 'inquiry' });
    expect(await ask('aoki', 'crm-db')).toBe('person_locked');
    expect(await house.events('ticket.work_requested')).toEqual([]);
  });

  test('needs an owner of every system it touches, and is shown whose yes is missing', async () => {
    await using house = await world();
    const targets = [await house.targetId('crm-db'), await house.targetId('billing-db')];
    const plan = { purpose: 'Move a table', workPlan: 'as agreed', lastsSeconds: 600 };
    const asked = await requestAccess(house, house.people.aoki, { targets, ...plan });
    const missing = async () => (await ticketSteps(house, house.people.tanaka, asked.id)).missing.length;
    expect(await missing()).toBe(2);
    expect((await decide(house, 'tanaka', asked)).state).toBe('requested');
    expect(await codeOf(decide(house, 'tanaka', asked))).toBe('transition_forbidden');
    expect(await missing()).toBe(1);
    expect((await decide(house, 'mori', asked)).state).toBe('approved');
    expect((await house.events('ticket.approved')).map(({ body }) => body['missing'])).toEqual([1, 0]);
  });

  test('needs as many different owners as the system says; of two at the same moment both count', async () => {
    await using house = await world();
    await setRisk(house, 'crm', { approvers: 2 });
    const asked = await askWork(house, 'aoki');
    const codes = await Promise.all([codeOf(decide(house, 'tanaka', asked)), codeOf(decide(house, 'sato', asked))]);
    expect(codes).toEqual(['accepted', 'accepted']);
    expect(await house.stateOf(asked.id)).toBe('approved');
    await setRisk(house, 'billing', { approvers: 2 });
    expect(await codeOf(askWork(house, 'aoki', 'billing-db'))).toBe('no_approver');
  });

  test('of a sole owner needs the second line, and of a manager nobody who reports to them', async () => {
    await using house = await world();
    const own = await askWork(house, 'yamada', 'lonely-db');
    expect(await codeOf(decide(house, 'yamada', own))).toBe('own_request');
    expect(await codeOf(decide(house, 'tanaka', own))).toBe('not_found');
    expect((await decide(house, 'kimura', own)).state).toBe('approved');
    await execute(
      house.database,
      sql(nothing)`UPDATE persons SET manager_id = ${house.idOf('yamada')} WHERE id = ${house.idOf('tanaka')}`,
    );
    const crm = await askWork(house, 'yamada');
    expect(await codeOf(decide(house, 'tanaka', crm))).toBe('reports_to_requester');
    expect((await decide(house, 'sato', crm)).state).toBe('approved');
    expect((await house.events('ticket.decision_refused')).map(({ body }) => body['reason'])).toContain(
      'reports_to_requester',
    );
  });
});

describe('a transfer', () => {
  test('needs both owners, and is asked by who has to do with where it comes from', async () => {
    await using house = await world();
    const [from, to] = [await systemId(house, 'crm'), await systemId(house, 'billing')];
    const asked = { from, to, purpose: 'Invoices', description: '120 addresses', parcel: null, lastsSeconds: 3_600 };
    expect(await codeOf(requestTransfer(house, house.people.suzuki, asked))).toBe('not_found');
    expect(await codeOf(requestTransfer(house, house.people.aoki, { ...asked, to: from }))).toBe('request_invalid');
    expect(await codeOf(requestTransfer(house, house.people.aoki, { ...asked, parcel: 9 }))).toBe('request_invalid');
    const ticket = await requestTransfer(house, house.people.aoki, asked);
    expect(ticket.systems.map(({ name, side }) => [name, side])).toEqual([
      ['crm', 'from'],
      ['billing', 'to'],
    ]);
    expect((await decide(house, 'tanaka', ticket)).state).toBe('requested');
    expect((await decide(house, 'mori', ticket)).state).toBe('approved');
    const rejected = await requestTransfer(house, house.people.aoki, asked);
    expect((await decide(house, 'mori', rejected, 'reject')).state).toBe('rejected');
    expect(await codeOf(decide(house, 'tanaka', rejected))).toBe('transition_forbidden');
  });
});

describe('an emergency', () => {
  test('opens nothing for who is locked, is no maintainer, has no account, or asks for too long', async () => {
    await using house = await world();
    expect(await codeOf(start(house, 'tanaka'))).toBe('not_found');
    const targets = [await house.targetId('crm-db')];
    const long = { targets, reason: 'down', hours: 5 };
    expect(await codeOf(startEmergency(house, house.people.aoki, long))).toBe('request_invalid');
    await lockPerson(house, house.people.kimura, { personId: house.idOf('aoki'), reason: 'inquiry' });
    expect(await codeOf(start(house, 'aoki'))).toBe('person_locked');
    expect(await house.events('emergency.started')).toEqual([]);
  });

  test('opens a target without a grant or an approval, until it is over, and a lock ends it', async () => {
    await using house = await world();
    await setRisk(house, 'crm', { tickets: 'required' });
    await execute(
      house.database,
      sql(nothing)`UPDATE grants SET revoked_at = ${START} WHERE person_id = ${house.idOf('aoki')}`,
    );
    expect(await enters(house, 'aoki')).toBe('not_found');
    const ticket = await start(house, 'aoki');
    expect(await enters(house, 'aoki')).toBe(ticket.id);
    expect(await enters(house, 'aoki', 'billing-db')).toBe('not_found');
    expect(await enters(house, 'chen')).toBe('ticket_required');
    await finishEmergency(house, house.people.aoki, ticket.id);
    expect(await enters(house, 'aoki')).toBe('not_found');
    const second = await start(house, 'aoki');
    expect(await enters(house, 'aoki')).toBe(second.id);
    await lockPerson(house, house.people.kimura, { personId: house.idOf('aoki'), reason: 'inquiry' });
    expect(await enters(house, 'aoki')).toBe('locked');
  });

  test('is ended by its time, by an owner or by the second line, and then its review is due', async () => {
    await using house = await world();
    const [first, second, third] = [
      await start(house, 'aoki'),
      await start(house, 'chen'),
      await start(house, 'yamada'),
    ];
    expect((await revokeTicket(house, house.people.kimura, second.id, 'enough')).state).toBe('review_due');
    expect((await revokeTicket(house, house.people.sato, third.id, 'enough')).state).toBe('review_due');
    house.clock.advance(2 * HOUR);
    expect(await expireTickets(house)).toBe(1);
    expect(await house.stateOf(first.id)).toBe('review_due');
    expect(await enters(house, 'aoki')).toBe('without a ticket');
  });

  test('is reviewed by somebody else, after a report, and by nobody twice', async () => {
    await using house = await world();
    const { id } = await start(house, 'yamada');
    const review = (name: Name) =>
      codeOf(reviewEmergency(house, house.people[name], id, { finding: 'in_order', reason: 'read the recording' }));
    expect(await review('tanaka')).toBe('transition_forbidden');
    await finishEmergency(house, house.people.yamada, id);
    expect(await review('tanaka')).toBe('transition_forbidden');
    expect(await codeOf(reportWork(house, house.people.tanaka, id, { text: 'done' }))).toBe('not_permitted');
    await reportWork(house, house.people.yamada, id, { text: 'Restarted the database.' });
    expect(await review('yamada')).toBe('own_request');
    expect(await review('mori')).toBe('not_found');
    expect(await review('suzuki')).toBe('not_permitted');
    expect(await review('kimura')).toBe('accepted');
    expect(await review('tanaka')).toBe('transition_forbidden');
    const reasons = (await house.events('ticket.decision_refused')).map(({ body }) => body['reason']);
    expect(reasons).toEqual(
      expect.arrayContaining(['wrong_state', 'no_report', 'not_the_requester', 'own_request', 'not_an_owner']),
    );
  });

  test('whose review is overdue is told of, then locks the right to another one until it is reviewed', async () => {
    await using house = await world();
    // START is a Wednesday at nine in Japan: due on Thursday at eighteen.
    const ticket = await start(house, 'aoki');
    expect(ticket).toMatchObject({ reviewBy: new Date('2026-04-02T09:00:00.000Z') });
    expect(await climbOverdueReviews(house)).toBe(0);
    house.clock.advance(DAY + 9 * HOUR);
    expect(await climbOverdueReviews(house)).toBe(1);
    expect(await climbOverdueReviews(house)).toBe(0);
    expect(await codeOf(start(house, 'aoki', 'billing-db'))).toBe('accepted');
    house.clock.advance(DAY);
    // Refused from the very moment on, whether or not anything was told yet.
    expect(await codeOf(start(house, 'aoki', 'billing-db'))).toBe('emergency_locked');
    // The one begun meanwhile is overdue by now as well.
    expect(await climbOverdueReviews(house)).toBe(2);
    expect(await house.events('emergency.review_overdue')).toHaveLength(2);
    expect(await house.events('emergency.right_locked')).toHaveLength(1);
    await expireTickets(house);
    await reportWork(house, house.people.aoki, ticket.id, { text: 'Restarted.' });
    await reviewEmergency(house, house.people.tanaka, ticket.id, { finding: 'deviation', reason: 'late' });
    expect(await codeOf(start(house, 'aoki', 'billing-db'))).toBe('accepted');
  });

  test('tells the owners and the second line at once, by the outbox of its own transaction', async () => {
    await using house = await world();
    await start(house, 'aoki');
    const row = await one(house.database, sql(z.strictObject({ topic: z.string() }))`SELECT topic FROM outbox`);
    expect(row.topic).toBe('emergency.started');
  });

  test('is one of so many that are not reviewed, even of those begun at the same moment', async () => {
    await using house = await world();
    const codes = await Promise.all(
      Array.from({ length: LIMITS.emergenciesUnreviewedMax + 2 }, () => codeOf(start(house, 'aoki'))),
    );
    expect(codes.filter((code) => code === 'accepted')).toHaveLength(LIMITS.emergenciesUnreviewedMax);
    expect(codes.filter((code) => code === 'too_many_requests')).toHaveLength(2);
  });
});
