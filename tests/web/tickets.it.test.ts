import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { completeRedemption, redeemTicket } from '../../approvals/index.ts';
import { newUuid, sha256 } from '../../foundation/index.ts';
import type { TicketId } from '../../policy/index.ts';
import { DUMP, HOUR, START } from '../approvals/world.ts';
import { type Web, web } from './world.ts';

const Ticket = z.looseObject({ id: z.custom<TicketId>(), number: z.number(), actDigest: z.string() });
const REASON = 'Checked with the client';

function form(site: Web, act: string): Record<string, unknown> {
  const now = site.house.clock.now().getTime();
  return {
    ...{ refusedActId: act, purpose: '月次報告', client: 'Client A', rowsMax: 1_200, bytesMax: 100_000 },
    notBefore: new Date(now).toISOString(),
    notAfter: new Date(now + HOUR).toISOString(),
  };
}

describe('a refused act', () => {
  test('of somebody else is as absent as none', async () => {
    await using site = await web();
    const act = await site.house.refuse('aoki');
    const chen = await site.as('chen');
    const [theirs, none] = [
      await chen.get(`/api/refused-acts/${act}`),
      await chen.get(`/api/refused-acts/${newUuid(START)}`),
    ];
    expect([theirs.status, none.status]).toEqual([404, 404]);
    expect(theirs.body).toEqual(none.body);
  });

  test('of one’s own fills in the form', async () => {
    await using site = await web();
    const act = await site.house.refuse('aoki');
    const { at } = await (await site.as('aoki')).get(`/api/refused-acts/${act}`);
    expect(at('refusedAct')).toEqual({
      id: act,
      text: DUMP,
      target: { name: 'crm-db', systemTitle: { en: 'Customers', ja: '顧客管理' } },
      judgement: expect.objectContaining({ verdict: 'needs_ticket' }),
      refusedAt: START.toISOString(),
      assets: [{ kind: 'table', name: 'crm.customers', dataClass: 'personal', recordCount: 1_000 }],
      suggested: { rowsMax: 1_300, bytesMax: 1_331_200, destination: 'workstation' },
    });
  });
});

describe('a request over HTTP', () => {
  test('with a missing, unknown or malformed field is refused by its name', async () => {
    await using site = await web();
    const aoki = await site.as('aoki');
    const whole = form(site, await site.house.refuse('aoki'));
    const { purpose: _, ...missing } = whole;
    const faults: [object, string][] = [
      [missing, 'purpose'],
      [{ ...whole, approved: true }, 'approved'],
      [{ ...whole, actText: 'mysqldump crm' }, 'actText'],
      [{ ...whole, rowsMax: '10' }, 'rowsMax'],
      [{ ...whole, rowsMax: 1e400 }, 'rowsMax'],
      [{ ...whole, notAfter: 'tomorrow' }, 'notAfter'],
      [{ ...whole, notAfter: '2026-04-01T01:00:00' }, 'notAfter'],
      [{ ...whole, refusedActId: '1' }, 'refusedActId'],
      [{ ...whole, purpose: 'a\0b' }, 'purpose'],
    ];
    for (const [fields, name] of faults) {
      const { status, code, at } = await aoki.post('/api/tickets', fields);
      expect([name, status, code]).toEqual([name, 400, 'request_invalid']);
      expect(at('error', 'message')).toContain(name);
    }
    expect((await aoki.get('/api/tickets')).body).toEqual({ tickets: [] });
  });

  test('from somebody else’s act is not found', async () => {
    await using site = await web();
    const fields = form(site, await site.house.refuse('aoki'));
    expect((await (await site.as('chen')).post('/api/tickets', fields)).status).toBe(404);
  });
});

test('a reason of ten megabytes is refused before it is read', async () => {
  await using site = await web();
  const { id, actDigest } = await site.house.ask('aoki');
  const decision = { decision: 'approve', reason: 'x'.repeat(10 * 1024 * 1024), actDigest };
  const { status, code } = await (await site.as('tanaka')).post(`/api/tickets/${id}/decision`, decision);
  expect([status, code]).toEqual([413, 'request_too_large']);
  expect(await site.house.stateOf(id)).toBe('requested');
});

describe('a ticket over HTTP', () => {
  test('of other people is not found, to look at or to act on', async () => {
    await using site = await web();
    const { id, actDigest } = await site.house.ask('aoki');
    const decision = { decision: 'approve', reason: REASON, actDigest };
    for (const name of ['chen', 'mori'] as const) {
      const stranger = await site.as(name);
      const answers = [
        await stranger.get(`/api/tickets/${id}`),
        await stranger.post(`/api/tickets/${id}/decision`, decision),
        await stranger.post(`/api/tickets/${id}/withdraw`),
        await stranger.post(`/api/tickets/${id}/revoke`, { reason: REASON }),
      ];
      expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
      expect((await stranger.get('/api/tickets?box=all')).body).toEqual({ tickets: [] });
    }
    expect(await site.house.stateOf(id)).toBe('requested');
  });

  test('is not approved by who asked for it, an owner and administrator though they are', async () => {
    await using site = await web();
    const { id, actDigest } = await site.house.ask('yamada');
    const yamada = await site.as('yamada');
    const decision = { decision: 'approve', reason: REASON, actDigest };
    const { status, code } = await yamada.post(`/api/tickets/${id}/decision`, decision);
    expect([status, code]).toEqual([403, 'own_request']);
    expect((await yamada.get(`/api/tickets/${id}`)).at('may')).toEqual({
      ...{ approve: false, reject: false, askBack: false, answer: false, withdraw: true, revoke: false },
      ...{ finish: false, report: false, review: false },
    });
    expect(await site.house.events('ticket.decision_refused')).toHaveLength(1);
  });

  test('is not approved for another act, nor by a second owner after the first', async () => {
    await using site = await web();
    const { id, actDigest } = await site.house.ask('aoki');
    const [tanaka, sato] = [await site.as('tanaka'), await site.as('sato')];
    const decide = (by: typeof tanaka, digest: string) =>
      by.post(`/api/tickets/${id}/decision`, { decision: 'approve', reason: REASON, actDigest: digest });
    expect((await decide(tanaka, 'a'.repeat(64))).status).toBe(409);
    expect((await decide(tanaka, 'short')).status).toBe(400);
    expect((await decide(tanaka, actDigest)).status).toBe(200);
    const { status, code } = await decide(sato, actDigest);
    expect([status, code]).toEqual([409, 'transition_forbidden']);
  });

  test('goes its whole way: asked, decided, used once, and shown with what left', async () => {
    await using site = await web();
    const { house } = site;
    const act = await house.refuse('aoki');
    const [aoki, tanaka] = [await site.as('aoki'), await site.as('tanaka')];
    const asked = await aoki.post('/api/tickets', form(site, act));
    expect(asked.status).toBe(201);
    const { ticket } = z.object({ ticket: Ticket }).parse(asked.body);
    expect(ticket).toMatchObject({ state: 'requested', actText: DUMP, createdAt: START.toISOString(), result: null });
    expect((await tanaka.get('/api/me')).at('inboxCount')).toBe(1);
    const inbox = await tanaka.get('/api/tickets?box=inbox');
    expect(inbox.at('tickets')).toEqual([ticket]);
    expect((await tanaka.get(`/api/tickets/${ticket.id}`)).at('may')).toMatchObject({ approve: true, withdraw: false });
    const { actDigest } = ticket;
    const decision = { decision: 'approve', reason: REASON, actDigest };
    const approved = await tanaka.post(`/api/tickets/${ticket.id}/decision`, decision);
    expect(approved.at('ticket', 'approvals')).toEqual([
      {
        approver: { id: house.idOf('tanaka'), name: 'Name of tanaka' },
        ...{ decision: 'approve', as: 'owner', reason: REASON },
        decidedAt: START.toISOString(),
      },
    ]);
    const sessionId = await house.session('aoki');
    const use = {
      personId: house.idOf('aoki'),
      targetId: await house.targetId('crm-db'),
      digest: actDigest,
      text: DUMP,
    };
    expect((await redeemTicket(house, { ...use, sessionId })).redeemed).toBe(true);
    const left = { outcome: 'completed', rows: 1_000, bytes: 50_000, exitStatus: 0 } as const;
    await completeRedemption(house, ticket.id, { ...left, sha256: sha256('what left') });
    const used = await aoki.get(`/api/tickets/${ticket.id}`);
    expect(used.at('ticket', 'state')).toBe('used');
    expect(used.at('ticket', 'result')).toEqual({
      ...left,
      ...{ sha256: sha256('what left').toString('hex'), finishedAt: START.toISOString(), sessionId },
    });
    const session = await (await site.as('suzuki')).get(`/api/sessions/${sessionId}`);
    expect(session.at('ticket')).toEqual({ id: ticket.id, number: ticket.number });
  });

  test('is withdrawn by its requester and revoked by an owner', async () => {
    await using site = await web();
    const [first, second] = [await site.house.ask('aoki'), await site.house.ask('aoki')];
    const [aoki, tanaka] = [await site.as('aoki'), await site.as('tanaka')];
    expect((await tanaka.post(`/api/tickets/${first.id}/withdraw`)).status).toBe(403);
    expect((await aoki.post(`/api/tickets/${first.id}/withdraw`)).at('ticket', 'state')).toBe('withdrawn');
    const decision = { decision: 'approve', reason: REASON, actDigest: second.actDigest };
    await tanaka.post(`/api/tickets/${second.id}/decision`, decision);
    expect((await tanaka.post(`/api/tickets/${second.id}/revoke`, {})).status).toBe(400);
    expect((await aoki.post(`/api/tickets/${second.id}/revoke`, { reason: REASON })).status).toBe(403);
    const revoked = await tanaka.post(`/api/tickets/${second.id}/revoke`, { reason: REASON });
    expect(revoked.at('ticket', 'state')).toBe('revoked');
  });
});
