/** Every route of a ticket, asked by every role in every state, against a table written by hand. */
import { describe, expect, test } from '@jest/globals';
import { completeRedemption, redeemTicket, requestAccess, startEmergency } from '../../approvals/index.ts';
import { sha256 } from '../../foundation/index.ts';
import type { TicketId } from '../../policy/index.ts';
import { HOUR, type Name } from '../approvals/world.ts';
import { type Browser, type Web, web } from './world.ts';

const REASON = 'Checked with the client';
const ROUTES = ['view', 'decision', 'question', 'answer', 'withdraw', 'revoke', 'finish', 'report', 'review'] as const;
type Route = (typeof ROUTES)[number];

/** aoki asked; tanaka owns the system; mori owns another; suzuki audits; kimura is the second line; yamada administers too. */
const PEOPLE = ['aoki', 'tanaka', 'mori', 'suzuki', 'kimura', 'chen'] as const satisfies readonly Name[];
type Person = (typeof PEOPLE)[number];

const STATES = [
  'requested',
  'asked_back',
  'approved',
  'in_use',
  'used',
  'rejected',
  'withdrawn',
  'revoked',
  'expired',
] as const;
const EMERGENCY_STATES = ['in_use', 'review_due', 'reviewed'] as const;

/** The states in which the step is taken, by whom; everything else is refused with the code after it. */
type Rule = { readonly [Who in Person]: { readonly taken: readonly string[]; readonly else: string } };
const hidden = { taken: [], else: 'not_found' };
const never = (code: string) => ({ taken: [], else: code });
const taken = (states: readonly string[], code = 'transition_forbidden') => ({ taken: states, else: code });
const strangers = { mori: hidden, chen: hidden };
const onlookers = { suzuki: never('not_permitted'), kimura: never('not_permitted'), ...strangers };

const EXPORT: Readonly<Record<Route, Rule>> = {
  view: {
    ...{ aoki: taken(STATES), tanaka: taken(STATES), suzuki: taken(STATES), kimura: taken(STATES) },
    ...strangers,
  },
  decision: { aoki: never('own_request'), tanaka: taken(['requested']), ...onlookers },
  question: { aoki: never('own_request'), tanaka: taken(['requested']), ...onlookers },
  answer: { aoki: taken(['asked_back']), tanaka: never('not_permitted'), ...onlookers },
  withdraw: { aoki: taken(['requested', 'asked_back']), tanaka: never('not_permitted'), ...onlookers },
  revoke: { aoki: never('not_permitted'), tanaka: taken(['approved']), ...onlookers },
  finish: { aoki: never('transition_forbidden'), tanaka: never('not_permitted'), ...onlookers },
  report: { aoki: never('transition_forbidden'), tanaka: never('not_permitted'), ...onlookers },
  review: {
    ...{ aoki: never('transition_forbidden'), tanaka: never('transition_forbidden') },
    ...{ suzuki: never('transition_forbidden'), kimura: never('transition_forbidden'), ...strangers },
  },
};

const EMERGENCY: Readonly<Record<Route, Rule>> = {
  view: {
    ...{ aoki: taken(EMERGENCY_STATES), tanaka: taken(EMERGENCY_STATES) },
    ...{ suzuki: taken(EMERGENCY_STATES), kimura: taken(EMERGENCY_STATES), ...strangers },
  },
  decision: { aoki: never('own_request'), tanaka: never('transition_forbidden'), ...onlookers },
  question: { aoki: never('own_request'), tanaka: never('transition_forbidden'), ...onlookers },
  answer: { aoki: never('transition_forbidden'), tanaka: never('not_permitted'), ...onlookers },
  withdraw: { aoki: never('transition_forbidden'), tanaka: never('not_permitted'), ...onlookers },
  revoke: {
    ...{ aoki: never('not_permitted'), tanaka: taken(['in_use']), suzuki: never('not_permitted') },
    ...{ kimura: taken(['in_use']), ...strangers },
  },
  finish: { aoki: taken(['in_use']), tanaka: never('not_permitted'), ...onlookers },
  report: { aoki: taken(['in_use', 'review_due']), tanaka: never('not_permitted'), ...onlookers },
  review: {
    ...{ aoki: never('own_request'), tanaka: taken(['review_due']), suzuki: never('not_permitted') },
    ...{ kimura: taken(['review_due']), ...strangers },
  },
};

/** Work: as an export, but its owner ends it while it goes on too, and who worked reports where their system asks. */
const ACCESS: Readonly<Record<Route, Rule>> = {
  ...EXPORT,
  revoke: { ...EXPORT.revoke, tanaka: taken(['approved', 'in_use']) },
  report: { ...EXPORT.report, aoki: taken(['in_use', 'used', 'revoked']) },
};
/** Where the system asks for no report, or it was asked after the request, there is none. */
const UNREPORTED: Readonly<Record<Route, Rule>> = { ...ACCESS, report: EXPORT.report };

interface Asked {
  readonly id: TicketId;
  readonly actDigest: string;
}

function call(browser: Browser, route: Route, { id, actDigest }: Asked) {
  const path = `/api/tickets/${id}`;
  switch (route) {
    case 'view':
      return browser.get(path);
    case 'decision':
      return browser.post(`${path}/decision`, { decision: 'approve', reason: REASON, actDigest });
    case 'revoke':
      return browser.post(`${path}/revoke`, { reason: REASON });
    case 'review':
      return browser.post(`${path}/review`, { finding: 'in_order', reason: REASON });
    case 'withdraw':
    case 'finish':
      return browser.post(`${path}/${route}`, {});
    case 'question':
    case 'answer':
    case 'report':
      return browser.post(`${path}/${route}`, { text: REASON });
  }
}

/** A ticket is put into the state by the database itself: what the routes do then must not depend on how it came there. */
async function inState(site: Web, id: TicketId, state: string): Promise<void> {
  await site.house.fresh.owner.pool.query('UPDATE tickets SET state = $2 WHERE id = $1', [id, state]);
}

async function walk(
  site: Web,
  {
    rules,
    states,
    ask,
  }: { rules: Readonly<Record<Route, Rule>>; states: readonly string[]; ask: () => Promise<Asked> },
): Promise<string[]> {
  const wrong: string[] = [];
  const browsers = new Map<Person, Browser>();
  for (const person of PEOPLE) browsers.set(person, await site.as(person));
  for (const state of states) {
    for (const route of ROUTES) {
      let ticket: Asked | undefined;
      for (const person of PEOPLE) {
        const rule = rules[route][person];
        ticket ??= await ask();
        await inState(site, ticket.id, state);
        const { status, code } = await call(browsers.get(person)!, route, ticket);
        const expected = rule.taken.includes(state) ? 'taken' : rule.else;
        const got = status === 200 ? 'taken' : code;
        if (got !== expected) wrong.push(`${state} ${route} ${person}: ${String(got)}, not ${expected}`);
        // A step that was taken leaves its trace; the next person gets a fresh ticket.
        if (got === 'taken' && route !== 'view') ticket = undefined;
      }
    }
  }
  return wrong;
}

describe('every route of a ticket, for every role in every state,', () => {
  test('does with an export what the table says', async () => {
    await using site = await web();
    const act = await site.house.refuse('aoki');
    const ask = async (): Promise<Asked> => {
      await site.house.fresh.owner.pool.query("UPDATE tickets SET state = 'withdrawn' WHERE state = 'requested'");
      return site.house.ask('aoki', { act });
    };
    expect(await walk(site, { rules: EXPORT, states: STATES, ask })).toEqual([]);
  });

  test('does with an emergency what the table says', async () => {
    await using site = await web();
    const { house } = site;
    const targets = [await house.targetId('crm-db')];
    const ask = async (): Promise<Asked> => {
      await house.fresh.owner.pool.query("UPDATE tickets SET state = 'reviewed'");
      const ticket = await startEmergency(house, house.people.aoki, { targets, reason: 'down', hours: 1 });
      await house.fresh.owner.pool.query(
        `INSERT INTO ticket_messages (id, ticket_id, author_id, kind, text, written_at)
         VALUES (gen_random_uuid(), $1, $2, 'report', 'done', now())`,
        [ticket.id, house.idOf('aoki')],
      );
      return ticket;
    };
    expect(await walk(site, { rules: EMERGENCY, states: EMERGENCY_STATES, ask })).toEqual([]);
  });
});

describe('every route of a ticket for work, for every role in every state,', () => {
  test.each([
    ['where its system asks for a report', 24, ACCESS],
    ['where it asks for none', undefined, UNREPORTED],
  ] as const)('does %s what the table says', async (_where, workReportHours, rules) => {
    await using site = await web();
    const { house } = site;
    const { pool } = house.fresh.owner;
    await pool.query("UPDATE systems SET risk = $1 WHERE name = 'crm'", [JSON.stringify({ workReportHours })]);
    const targets = [await house.targetId('crm-db')];
    const ask = async (): Promise<Asked> => {
      await pool.query("UPDATE tickets SET state = 'withdrawn' WHERE state = 'requested'");
      const plan = { purpose: 'Patch', workPlan: 'Stop, patch, start', lastsSeconds: 3_600 };
      return requestAccess(house, house.people.aoki, { targets, ...plan });
    };
    expect(await walk(site, { rules, states: STATES, ask })).toEqual([]);
  });
});

test('requests of the other kinds go their way over HTTP, and a stranger to them sees nothing', async () => {
  await using site = await web();
  const { house } = site;
  const [aoki, chen, tanaka] = [await site.as('aoki'), await site.as('chen'), await site.as('tanaka')];
  const choices = await aoki.get('/api/tickets/choices');
  expect(choices.at('targets')).toHaveLength(3);
  const targets = [await house.targetId('crm-db')];
  const asked = await aoki.post('/api/tickets/access', {
    ...{ targets, purpose: 'Patch', workPlan: 'Stop, patch, start', lastsSeconds: 3_600 },
  });
  expect([asked.status, asked.at('ticket', 'kind'), asked.at('ticket', 'state')]).toEqual([201, 'access', 'requested']);
  const id = String(asked.at('ticket', 'id'));
  expect((await chen.get(`/api/tickets/${id}`)).status).toBe(404);
  expect((await tanaka.get('/api/me')).at('inboxCount')).toBe(1);
  expect((await tanaka.get(`/api/tickets/${id}`)).at('missing')).toMatchObject([{ as: 'owner', count: 1 }]);
  for (const wrong of [
    { targets: [] },
    { targets: ['x'] },
    { lastsSeconds: 0 },
    { notBefore: new Date().toISOString() },
  ]) {
    const body = { targets, purpose: 'Patch', workPlan: 'Stop', lastsSeconds: HOUR / 1_000, ...wrong };
    expect((await aoki.post('/api/tickets/access', body)).code).toBe('request_invalid');
  }
  const draft = await aoki.post('/api/tickets/drafts', { kind: 'access', content: { purpose: 'half' } });
  expect(draft.status).toBe(201);
  expect((await chen.remove(`/api/tickets/drafts/${String(draft.at('draft', 'id'))}`)).status).toBe(404);
  expect((await aoki.remove(`/api/tickets/drafts/${String(draft.at('draft', 'id'))}`)).status).toBe(204);
  const emergency = await aoki.post('/api/tickets/emergency', { targets, reason: 'down', hours: 1 });
  expect([emergency.status, emergency.at('ticket', 'state')]).toEqual([201, 'in_use']);
  expect((await aoki.post('/api/tickets/emergency', { targets, reason: '', hours: 1 })).code).toBe('request_invalid');
  expect((await (await site.as('kimura')).get('/api/substitutes')).status).toBe(200);
});

test('a ticket for several uses is shown with what is left of it', async () => {
  await using site = await web();
  const { house } = site;
  const ticket = await house.ask('aoki', { usesMax: 2, rowsMax: 50 });
  const tanaka = await site.as('tanaka');
  await tanaka.post(`/api/tickets/${ticket.id}/decision`, {
    ...{ decision: 'approve', reason: REASON, actDigest: ticket.actDigest },
  });
  const act = { personId: house.idOf('aoki'), digest: ticket.actDigest, text: ticket.actText };
  const sessionId = await house.session('aoki');
  await redeemTicket(house, { ...act, targetId: await house.targetId('crm-db'), sessionId });
  const result = { outcome: 'completed', rows: 20, bytes: 9, exitStatus: 0, sha256: sha256('x') } as const;
  await completeRedemption(house, ticket.id, result);
  const seen = await tanaka.get(`/api/tickets/${ticket.id}`);
  expect(seen.at('ticket')).toMatchObject({ state: 'approved', uses: 1, usesMax: 2, rowsUsed: 20 });
});
