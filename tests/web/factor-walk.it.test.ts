/** Every state a console's sign-in can be in, made by its real steps: what it opens, against the written table. */
import { expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { openWebSession } from '../../identity/index.ts';
import { sessionFactor } from '../../policy/index.ts';
import { ISSUER } from '../approvals/world.ts';
import { CONSOLE_STATES, CONSOLE_TABLE, type ConsoleState } from '../policy/factor-table.ts';
import { withApp } from './factor-app.ts';
import { type Browser, browser, type Web, web } from './world.ts';

const MINUTE = 60_000;
const STRICT = {
  factorRules: { web: 'required', webMinutes: 15 },
  sites: { originOf: (label: string) => `http://${label}.localhost` },
} as const;

/** Signed in by the provider, with the second factor it says it asked for. */
async function byProvider(site: Web, minutesAgo: number | undefined): Promise<Browser> {
  const factorAt = minutesAgo === undefined ? null : new Date(site.house.clock.now().getTime() - minutesAgo * MINUTE);
  const { token } = await openWebSession(site.house, {
    ...{ person: site.house.people.kimura.person, issuer: ISSUER, idToken: null, sourceAddress: '127.0.0.1' },
    ...{ assurance: factorAt === null ? 'single' : 'multi', factorAt },
  });
  return browser(site.app, `sekisho=${token.expose()}`);
}

/** All but the passkey, which needs an authenticator: a browser with one walks that way. */
const MADE: Readonly<Record<Exclude<ConsoleState, 'passkey'>, (site: Web) => Promise<Browser>>> = {
  'provider, single': (site) => byProvider(site, undefined),
  'provider, more than one factor, a moment ago': (site) => byProvider(site, 1),
  'provider, more than one factor, too long ago': (site) => byProvider(site, 15),
  'code of the app': async (site) => {
    const own = await byProvider(site, undefined);
    await withApp(site, own);
    return own;
  },
  'code that was used before': async (site) => {
    const code = await withApp(site, await byProvider(site, undefined));
    const own = await byProvider(site, undefined);
    expect((await own.post('/api/factors/step-up/totp', { code: code() })).code).toBe('factor_refused');
    return own;
  },
  'factor of another sign-in': async (site) => {
    await withApp(site, await byProvider(site, undefined));
    return byProvider(site, undefined);
  },
  'factor of somebody else': async (site) => {
    const code = await withApp(site, await site.as('chen'));
    const own = await byProvider(site, undefined);
    await withApp(site, await byProvider(site, undefined));
    expect((await own.post('/api/factors/step-up/totp', { code: code(1) })).code).toBe('factor_refused');
    return own;
  },
};

test.each(CONSOLE_STATES.filter((state) => state !== 'passkey'))('%s opens what the table says', async (state) => {
  await using site = await web(STRICT);
  const { pool } = site.house.fresh.owner;
  await pool.query(`UPDATE targets SET web = '{"scheme": "http"}', mode = 'recorded' WHERE name = 'crm-db'`);
  const own = await MADE[state](site);
  const enter = () => own.get(`/auth/sites/crm-db?state=${randomBytes(32).toString('base64url')}`);
  expect((await enter()).status).toBe(303); // A system that leaves it to the sign-in.
  await pool.query(`UPDATE systems SET risk = '{"secondFactor": "always"}'`);
  const entered = await enter();
  const act = await own.post(`/api/persons/${site.house.idOf('aoki')}/lock`, { reason: '確認' });
  const shown = (await own.get('/api/factors')).at('servesUntil') !== null;
  expect({
    act: act.status === 204 ? 'done' : act.code,
    site: entered.status === 303 && entered.headers['location']?.includes('code=') ? 'begins' : 'refused',
    terminal: sessionFactor('terminal', { always: true, shown, confirmed: false }),
  }).toEqual(CONSOLE_TABLE[state]);
});
