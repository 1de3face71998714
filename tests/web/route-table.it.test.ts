/** Every route that the console's API has, found in it, beside a table written by hand: who is refused for who they are. */
import { expect, test } from '@jest/globals';
import { newUuid } from '../../foundation/index.ts';
import type { Name } from '../approvals/world.ts';
import { apiRoutes } from './api-routes.ts';
import { type Answer, type Browser, browser, web } from './world.ts';

const ID = newUuid(new Date());
const REASON = 'Asked for by the table';

/** One of each role; `d` administers, and owns and works as well, which opens nothing to an administrator. */
const PEOPLE = { m: 'aoki', o: 'tanaka', a: 'suzuki', s: 'kimura', d: 'yamada' } as const satisfies Record<
  string,
  Name
>;
type Role = keyof typeof PEOPLE;
const EVERYBODY = 'moasd';

/** Calls of `sekisho login`, before anybody is signed in. */
const OPEN = ['POST /api/logins', 'POST /api/logins/poll', 'POST /api/logins/revoke'];

/** Routes that are not everybody's: who is let on to what stands behind them, and what is sent. */
const RESTRICTED: Readonly<Record<string, readonly [roles: string, content?: object]>> = {
  'GET /api/audit-events': ['as'],
  'GET /api/configuration': ['asd'],
  'GET /api/custody': ['as'],
  'GET /api/deliveries': ['sd'],
  'GET /api/exports/audit-events.:format': ['as'],
  'GET /api/health/recorder': ['asd'],
  'GET /api/persons': ['sd'],
  'GET /api/search': ['as'],
  'GET /api/search/health': ['as'],
  'GET /api/target-secrets': ['d'],
  'POST /api/account-reports': ['sd', {}],
  'POST /api/target-secrets': ['d', { targetId: ID, personId: ID, secret: 'of the table' }],
  'POST /api/target-secrets/rotation': ['d', { targetId: ID, personId: ID }],
  'POST /api/deliveries/:id/again': ['d', {}],
  'POST /api/grants/:id/end': ['mosd', { reason: REASON }],
  'POST /api/locks': ['osd', { kind: 'target', subject: 'nowhere', reason: REASON }],
  'POST /api/locks/:id/lift': ['osd', {}],
  'POST /api/persons/:id/leave': ['sd', { reason: REASON }],
  'POST /api/persons/:id/lock': ['sd', { reason: REASON }],
  'POST /api/persons/:id/unlock': ['sd', {}],
  'POST /api/sessions/:id/keystrokes': ['a', { reason: REASON }],
  'POST /api/systems/targets/:id/check': ['sd', {}],
  'POST /api/systems/targets/:id/host-key': ['d', { fingerprint: `SHA256:${'A'.repeat(43)}`, reason: REASON }],
  'POST /api/reviews': ['osd', { scope: 'system', subject: 'crm', dueAt: '2026-04-08T00:00:00Z' }],
};

/** What is one's own, or answered as if it were not there for who may not see it: routes by what they are about. */
const OWN = [
  ...['DELETE /api/certificates/:serial', 'DELETE /api/factors/passkeys/:id', 'DELETE /api/factors/totp'],
  ...['DELETE /api/ssh-keys/:fingerprint', 'DELETE /api/substitutes/:id', 'DELETE /api/tickets/drafts/:id'],
  ...['GET /api/account-reports', 'GET /api/certificates', 'GET /api/exports/sessions.:format'],
  ...['GET /api/exports/tickets.:format', 'GET /api/factors', 'GET /api/gate', 'GET /api/home', 'GET /api/locks'],
  ...['GET /api/logins/:code', 'GET /api/me', 'GET /api/notifications', 'GET /api/programs'],
  ...['GET /api/reconciliations', 'GET /api/reconciliations/:id', 'GET /api/reconciliations/unmatched'],
  ...['GET /api/refused-acts/:id', 'GET /api/reviews', 'GET /api/reviews/:id', 'GET /api/reviews/:id/review.csv'],
  ...['GET /api/sessions', 'GET /api/sessions/:id', 'GET /api/sessions/:id/live', 'GET /api/sessions/facets'],
  ...['GET /api/sessions/:id/recording.cast', 'GET /api/sessions/:id/replay/index.json'],
  ...['GET /api/sessions/:id/replay/segments/:segment.json', 'GET /api/ssh-keys', 'GET /api/ssh-sign-ins/:code'],
  ...['GET /api/sessions/:id/trail', 'GET /api/sessions/:id/trail.har'],
  ...['GET /api/sessions/:id/exports/:file', 'GET /api/sessions/:id/transcript'],
  ...['GET /api/substitutes', 'GET /api/targets', 'GET /api/tickets', 'GET /api/tickets/:id'],
  ...['GET /api/tickets/choices', 'GET /api/tickets/drafts', 'GET /api/web-sessions'],
  ...['GET /api/systems', 'GET /api/systems/targets/:id'],
  ...['GET /api/me/notifications', 'GET /api/terminals', 'PATCH /api/me/notifications', 'POST /api/deliveries/again'],
  ...['POST /api/links/open', 'POST /api/terminals', 'POST /api/terminals/:id/openers'],
  ...['GET /api/parcels', 'GET /api/parcels/:number', 'GET /api/parcels/routes', 'POST /api/parcels/:number/decision'],
  ...['DELETE /api/tokens/current', 'GET /api/openapi.json', 'GET /api/reference'],
  ...['POST /api/parcels/:number/download', 'GET /api/parcels/:number/download/:download'],
  ...['PATCH /api/me', 'PATCH /api/tickets/drafts/:id', 'POST /api/erasures/:id/decision'],
  ...['POST /api/factors/passkeys', 'POST /api/factors/passkeys/options', 'POST /api/factors/step-up/options'],
  ...['POST /api/factors/step-up/passkey', 'POST /api/factors/step-up/totp', 'POST /api/factors/totp'],
  ...['POST /api/factors/totp/confirm', 'POST /api/judge', 'POST /api/logins/:code/decision'],
  ...['POST /api/notifications/:id/read', 'POST /api/programs/:id/decision'],
  ...['POST /api/reviews/:id/items/:item/decision', 'POST /api/reviews/:id/sign', 'POST /api/sessions/:id/end'],
  ...['POST /api/sessions/:id/erasures', 'POST /api/sessions/:id/hold', 'POST /api/sessions/:id/message'],
  ...['POST /api/sessions/:id/pause', 'POST /api/sessions/:id/release', 'POST /api/sessions/:id/replay'],
  ...['POST /api/sessions/:id/resume', 'POST /api/sessions/:id/verify', 'POST /api/sessions/:id/watch'],
  ...['POST /api/ssh-keys', 'POST /api/ssh-sign-ins/:code/decision', 'POST /api/substitutes', 'POST /api/tickets'],
  ...['answer', 'decision', 'finish', 'question', 'report', 'review', 'revoke', 'withdraw'].map(
    (step) => `POST /api/tickets/:id/${step}`,
  ),
  ...['access', 'drafts', 'emergency', 'transfer'].map((kind) => `POST /api/tickets/${kind}`),
  ...['POST /api/web-sessions/:id/end', 'POST /api/web-sessions/end-all'],
];

function ask(who: Browser, route: string, content: object = {}): Promise<Answer> {
  const [method = '', path = ''] = route.split(' ');
  const url = path.replaceAll(/:\w+/g, ID);
  if (method === 'GET') return who.get(url);
  if (method === 'DELETE') return who.remove(url);
  return method === 'PATCH' ? who.patch(url, content) : who.post(url, content);
}

test('a route that was added has its place in the table', async () => {
  await using site = await web();
  expect(apiRoutes(site.app)).toEqual([...OWN, ...OPEN, ...Object.keys(RESTRICTED)].sort());
});

test('nobody is let on to any of them without a sign-in, or from the page of another site', async () => {
  await using site = await web();
  const foreign = browser(site.app, await site.cookieOf('yamada'), 'https://evil.example');
  for (const route of apiRoutes(site.app).filter((one) => !OPEN.includes(one))) {
    const answer = await ask(browser(site.app, ''), route);
    expect([route, answer.status, answer.code]).toEqual([route, 401, 'not_authenticated']);
    if (route.startsWith('GET ')) continue;
    expect([route, (await ask(foreign, route)).code]).toEqual([route, 'origin_refused']);
  }
});

test('each says no to those, and to those alone, who may not for who they are', async () => {
  await using site = await web();
  for (const [role, name] of Object.entries(PEOPLE) as [Role, Name][]) {
    for (const route of apiRoutes(site.app).filter((one) => !OPEN.includes(one))) {
      const [roles, content] = RESTRICTED[route] ?? [EVERYBODY];
      // A sign-in of its own for each: one of the routes ends them all.
      const { code } = await ask(await site.as(name), route, content);
      expect([role, route, code === 'not_permitted' ? 'refused' : 'let on']).toEqual([
        ...[role, route, roles.includes(role) ? 'let on' : 'refused'],
      ]);
    }
  }
});
