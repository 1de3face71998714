import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openRecordingReader, verifySession, decodeWebStep, type WebDone } from '../../recorder/index.ts';
import { recordingFiles } from '../../main/recording-source.ts';
import { TestGateway } from '../support/gateway.ts';
import { waitFor } from '../support/wait-for.ts';
import { asOwner, events, lastSession, newest, personId } from './support/house.ts';
import { SiteBrowser } from './support/site-browser.ts';
import { decide, ended, type Ticket } from './support/tickets.ts';

const HOUR_MS = 3_600_000;

describe('a site behind the gateway', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start();
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  async function ask(act: string, destination: 'vault' | 'workstation'): Promise<Ticket> {
    const { json, status } = await (await gateway.person('aoki')).post('/api/tickets', {
      ...{ refusedActId: act, purpose: '委託元からの照会への回答', client: '株式会社サンプル', destination },
      ...{ rowsMax: 10_000, bytesMax: 1_000_000, notBefore: new Date(), notAfter: new Date(Date.now() + HOUR_MS) },
    });
    expect([status, json]).toEqual([201, expect.anything()]);
    const ticket = json['ticket'] as Ticket;
    expect((await decide(gateway, 'tanaka', ticket)).status).toBe(200);
    return ticket;
  }

  async function steps(sessionId: string): Promise<WebDone[]> {
    const reader = openRecordingReader(await recordingFiles(gateway.running.directory.root));
    const found: WebDone[] = [];
    for await (const frame of reader.frames(sessionId)) {
      if (frame.type !== 'w') continue;
      const step = decodeWebStep(frame.payload);
      if (step.step === 'done') found.push(step);
    }
    return found;
  }

  test('a host that is no site is answered by none', async () => {
    const nowhere = new SiteBrowser(gateway, 'no-such-site');
    expect((await nowhere.get('/')).status).toBe(421);
  });

  test('who is not signed in is sent to the console and sees nothing of the site', async () => {
    const browser = new SiteBrowser(gateway, 'crm-admin');
    const answer = await browser.get('/customers');
    expect(answer.status).toBe(303);
    expect(answer.headers.location).toMatch(
      new RegExp(`^${gateway.running.publicUrl.origin}/auth/sites/crm-admin\\?state=`),
    );
    expect((await browser.ask('/customers', { headers: { accept: 'application/json' } })).status).toBe(401);
  });

  test('a code is good once, and in the browser that began alone', async () => {
    const { cookie } = await gateway.person('aoki');
    const browser = new SiteBrowser(gateway, 'crm-admin');
    const code = await browser.codeFor(cookie);
    const thief = new SiteBrowser(gateway, 'crm-admin');
    await thief.get('/');
    expect((await thief.follow(code)).headers.location).toContain('/auth/sites/');
    expect((await browser.follow(code)).headers.location).toBe('/');
    const again = await browser.follow(code);
    expect(again.headers.location).toContain('/auth/sites/');
    expect(await newest(gateway.database, 'site.entry_refused')).toBeDefined();
  });

  test('who has no grant on it is told so, and the site is not asked', async () => {
    const browser = await SiteBrowser.enter(gateway, 'tanaka');
    const answer = await browser.get('/customers');
    expect([answer.status, answer.text]).toEqual([403, expect.stringContaining('<main>')]);
    expect(answer.text).not.toContain('架空県');
  });

  test('a person works as themselves: the site is told by a token that only the gateway makes', async () => {
    const browser = await SiteBrowser.enter(gateway, 'aoki');
    const forged = {
      'x-sekisho-identity': 'eyJhbGciOiJub25lIn0.e30.',
      X_Sekisho_Identity: 'x',
      'x-forwarded-for': '10.9.9.9',
    };
    const answer = await browser.get('/customers', { headers: forged });
    expect([answer.status, answer.text]).toEqual([200, expect.stringContaining('(aoki)')]);
    expect(answer.text).toContain('sekisho-banner');
  });

  test('a download is stopped before its first byte, asked for, approved, and lies in the vault', async () => {
    const browser = await SiteBrowser.enter(gateway, 'aoki');
    const refused = await browser.get('/customers/export.csv');
    expect(refused.status).toBe(403);
    expect(refused.text).not.toContain('000-0000');
    expect(refused.headers['content-disposition']).toBeUndefined();
    const act = /tickets\/new\?act=([0-9a-f-]{36})/.exec(refused.text)?.[1] ?? '';
    const suggested = await (await gateway.person('aoki')).get(`/api/refused-acts/${act}`);
    expect(JSON.stringify(suggested.json)).toContain('GET /customers/export.csv');
    const ticket = await ask(act, 'vault');
    const done = await browser.get('/customers/export.csv');
    expect([done.status, done.text]).toEqual([200, expect.stringContaining('P-')]);
    expect(done.text).not.toContain('000-0000');
    const end = await ended(gateway, ticket);
    expect(end).toMatchObject({
      state: 'used',
      result: { outcome: 'completed', rows: 1201 },
      parcel: { outcome: 'sealed' },
    });
    expect((await browser.get('/customers/export.csv')).status).toBe(403);
  });

  test('with a ticket for the workstation the file itself comes, once', async () => {
    const browser = await SiteBrowser.enter(gateway, 'aoki');
    const refused = await browser.get('/customers/export.csv?all=1');
    const act = /tickets\/new\?act=([0-9a-f-]{36})/.exec(refused.text)?.[1] ?? '';
    const ticket = await ask(act, 'workstation');
    const file = await browser.get('/customers/export.csv?all=1');
    expect([file.status, file.headers['cache-control']]).toEqual([200, 'no-store']);
    expect(file.text.split('\r\n')).toHaveLength(1202);
    expect(await ended(gateway, ticket)).toMatchObject({ result: { outcome: 'completed', bytes: file.body.length } });
    expect((await browser.get('/customers/export.csv?all=1')).status).toBe(403);
  });

  test('paging through screens spends the budget of every other channel', async () => {
    const browser = await SiteBrowser.enter(gateway, 'chen');
    expect((await browser.get('/customers?page=1')).status).toBe(200);
    expect((await browser.get('/customers?page=2')).status).toBe(200);
    const third = await browser.get('/customers?page=3');
    expect([third.status, third.text]).toEqual([403, expect.stringContaining('tickets/new?act=')]);
    expect(third.text).not.toContain('000-0000');
    expect((await browser.get('/customers?page=1')).status).toBe(200);
    const [charged] = await events(gateway.database, 'budget.exceeded');
    expect(charged?.body).toMatchObject({ kind: 'persons', window: 'session' });
  });

  test('a lock ends the session within a second, and the recording is a trail that verifies', async () => {
    const browser = await SiteBrowser.enter(gateway, 'chen');
    expect((await browser.get('/customers/7?token=geheim')).status).toBe(200);
    const session = await lastSession(gateway, 'chen');
    const locked = await (await gateway.person('kimura')).post(`/api/persons/${await personId(gateway, 'chen')}/lock`, {
      reason: 'x',
    });
    expect(locked.status).toBe(204);
    const sealed = await waitFor('the sealed session', async () => {
      const now = await asOwner(
        gateway,
        'SELECT close_reason, r.session_id FROM sessions s JOIN recordings r ON r.session_id = s.id WHERE s.id = $1',
        [session.id],
      );
      return now[0];
    });
    expect(sealed['close_reason']).toBe('locked');
    expect((await browser.get('/customers/7')).status).not.toBe(200);
    const trail = await steps(session.id);
    expect(trail).toEqual([
      expect.objectContaining({
        method: 'GET',
        url: '/customers/7?token=[redacted 6]',
        status: 200,
        outcome: 'passed',
        title: '顧客詳細',
        kind: 'page',
      }),
    ]);
    const report = await verifySession({
      ...(await recordingFiles(gateway.running.directory.root)),
      sessionId: session.id,
    });
    expect(report.verdict).toBe('VERIFIED-UNWITNESSED');
  });
});
