/** Roles, keys, sign-ins of SSH connections, notifications, locks: the routes that are not about tickets or sessions. */
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { notify } from '../../approvals/index.ts';
import { newUuid, rawPublicKey, sshString } from '../../foundation/index.ts';
import { findSignIn, requestSignIn } from '../../identity/index.ts';
import { DUMP } from '../approvals/world.ts';
import { each, web } from './world.ts';

function publicKeyLine(comment: string): string {
  const { publicKey } = generateKeyPairSync('ed25519');
  const raw = rawPublicKey(publicKey);
  return `ssh-ed25519 ${Buffer.concat([sshString('ssh-ed25519'), sshString(raw)]).toString('base64')} ${comment}`;
}

describe('audit events', () => {
  test('are for auditors and security officers, and are filtered by type and paged', async () => {
    await using site = await web();
    for (let n = 0; n < 3; n++) await site.house.refuse('aoki');
    for (const name of ['aoki', 'tanaka', 'yamada'] as const) {
      const { status, code } = await (await site.as(name)).get('/api/audit-events');
      expect([name, status, code]).toEqual([name, 403, 'not_permitted']);
    }
    const suzuki = await site.as('suzuki');
    const { at } = await suzuki.get('/api/audit-events?type=act.refused');
    expect(at('events')).toHaveLength(3);
    expect(at('events', 0)).toMatchObject({ type: 'act.refused', actorName: 'Name of aoki', body: { text: DUMP } });
    const older = await suzuki.get(`/api/audit-events?type=act.refused&before=${String(at('events', 0, 'seq'))}`);
    expect(each(older.at('events'), 'seq')).toEqual([at('events', 1, 'seq'), at('events', 2, 'seq')]);
    expect((await (await site.as('kimura')).get('/api/audit-events')).status).toBe(200);
  });
});

describe('persons', () => {
  test('are listed and locked by security officers and administrators alone, and nobody locks themselves', async () => {
    await using site = await web();
    const [aoki, kimura] = [site.house.idOf('aoki'), site.house.idOf('kimura')];
    for (const name of ['aoki', 'tanaka', 'suzuki'] as const) {
      const browser = await site.as(name);
      const answers = [
        await browser.get('/api/persons'),
        await browser.post(`/api/persons/${aoki}/lock`, { reason: 'because' }),
        await browser.post(`/api/persons/${aoki}/unlock`),
      ];
      expect([name, ...answers.map(({ status }) => status)]).toEqual([name, 403, 403, 403]);
    }
    const officer = await site.as('kimura');
    expect((await officer.post(`/api/persons/${kimura}/lock`, { reason: 'me' })).status).toBe(403);
    expect((await officer.post(`/api/persons/${aoki}/lock`, {})).status).toBe(400);
    expect((await officer.post(`/api/persons/${newUuid(new Date())}/lock`, { reason: 'who' })).status).toBe(404);
    expect((await officer.post(`/api/persons/${aoki}/lock`, { reason: '調査のため' })).status).toBe(204);
    const listed = await officer.get('/api/persons');
    const index = each(listed.at('persons'), 'id').indexOf(aoki);
    expect(listed.at('persons', index)).toMatchObject({
      ...{ name: 'Name of aoki', roles: ['maintainer'], locked: true },
      lock: { reason: '調査のため', lockedBy: { name: 'Name of kimura' } },
    });
    expect((await officer.post(`/api/persons/${aoki}/unlock`)).status).toBe(204);
    expect((await (await site.as('aoki')).get('/api/me')).status).toBe(200);
  });
});

describe('SSH keys', () => {
  test('that cannot be read, are enrolled already or are somebody else’s are refused', async () => {
    await using site = await web();
    const [aoki, chen] = [await site.as('aoki'), await site.as('chen')];
    const unreadable = await aoki.post('/api/ssh-keys', { publicKey: 'ssh-dss AAAA', label: '' });
    expect([unreadable.status, unreadable.code]).toEqual([400, 'key_invalid']);
    const publicKey = publicKeyLine('laptop');
    const enrolled = await aoki.post('/api/ssh-keys', { publicKey, label: '' });
    expect([enrolled.status, enrolled.at('key', 'label')]).toEqual([201, 'laptop']);
    const again = await chen.post('/api/ssh-keys', { publicKey, label: '' });
    expect([again.status, again.code]).toEqual([409, 'key_taken']);
    const path = `/api/ssh-keys/${encodeURIComponent(String(enrolled.at('key', 'fingerprint')))}`;
    expect((await chen.remove(path)).status).toBe(404);
    expect((await aoki.get('/api/ssh-keys')).at('keys')).toHaveLength(1);
    expect((await aoki.remove(path)).status).toBe(204);
    expect((await aoki.get('/api/ssh-keys')).at('keys')).toEqual([]);
  });
});

describe('the sign-in of an SSH connection', () => {
  test('cannot be found by guessing: wrong codes are counted, right ones are not', async () => {
    await using site = await web();
    const { house } = site;
    const asked = await requestSignIn(house, { loginName: 'crm-db', sourceAddress: '192.0.2.7', seconds: 180 });
    const aoki = await site.as('aoki');
    const path = `/api/ssh-sign-ins/${asked.code}`;
    for (let n = 0; n < 20; n++) expect((await aoki.get(path)).status).toBe(200);
    const statuses: number[] = [];
    for (let n = 0; n < 12; n++) statuses.push((await aoki.get('/api/ssh-sign-ins/ZZZZ-2222')).status);
    expect(statuses).toEqual([...Array<number>(10).fill(404), 429, 429]);
    expect((await aoki.get(path)).status).toBe(429);
    expect((await aoki.post(`${path}/decision`, { decision: 'approved' })).status).toBe(429);
    expect((await (await site.as('chen')).get(path)).status).toBe(200);
    house.clock.advance(60_000);
    expect((await aoki.get(path)).status).toBe(200);
  });

  test('is approved by a maintainer alone, and once', async () => {
    await using site = await web();
    const asked = await requestSignIn(site.house, { loginName: 'crm-db', sourceAddress: '192.0.2.7', seconds: 180 });
    const path = `/api/ssh-sign-ins/${asked.code}`;
    const [aoki, tanaka] = [await site.as('aoki'), await site.as('tanaka')];
    expect((await tanaka.post(`${path}/decision`, { decision: 'approved' })).status).toBe(403);
    expect((await aoki.post(`${path}/decision`, { decision: 'yes' })).status).toBe(400);
    expect((await aoki.get(path)).at('signIn')).toEqual({
      ...{ code: asked.code, loginName: 'crm-db', sourceAddress: '192.0.2.7', state: 'pending' },
      expiresAt: asked.expiresAt.toISOString(),
      purpose: 'sign_in',
      choices: expect.arrayContaining([expect.objectContaining({ words: asked.words })]) as unknown,
    });
    expect((await aoki.post(`${path}/decision`, { decision: 'approved', words: asked.words })).status).toBe(204);
    expect((await aoki.post(`${path}/decision`, { decision: 'denied' })).status).toBe(409);
    expect((await findSignIn(site.house, asked.code))?.state).toBe('approved');
  });
});

describe('one’s own page', () => {
  test('says who one is, what is open and in which language', async () => {
    await using site = await web();
    const aoki = await site.as('aoki');
    expect((await aoki.get('/api/me')).body).toEqual({
      person: {
        ...{ id: site.house.idOf('aoki'), name: 'Name of aoki', employer: '', email: null },
        ...{ locale: 'en', roles: ['maintainer'] },
      },
      ssh: { host: '127.0.0.1', port: 2222, hostKeyFingerprint: 'SHA256:abc' },
      ...{ mode: 'demo', inboxCount: 0, notificationCount: 0, witnessDelay: null },
    });
    expect((await aoki.patch('/api/me', { locale: 'ja' })).at('person', 'locale')).toBe('ja');
    const targets = await aoki.get('/api/targets');
    expect(each(targets.at('targets'), 'name')).toEqual(['billing-db', 'crm-db', 'lonely-db']);
    expect((await (await site.as('tanaka')).get('/api/targets')).body).toEqual({ targets: [] });
  });
});

describe('notifications', () => {
  test('of other people can be neither seen nor marked as read', async () => {
    await using site = await web();
    const { house } = site;
    const ticket = await house.ask('aoki');
    const news = { topic: 'ticket.requested', ticket: ticket.id, state: 'requested' } as const;
    await notify(house, { ...news, outbox: newUuid(house.clock.now()) });
    const [tanaka, mori] = [await site.as('tanaka'), await site.as('mori')];
    const { at } = await tanaka.get('/api/notifications');
    expect(at('notifications')).toMatchObject([
      {
        kind: 'ticket.requested',
        payload: { ticket: ticket.id, number: ticket.number, requesterName: 'Name of aoki', targetName: 'crm-db' },
        readAt: null,
      },
    ]);
    const path = `/api/notifications/${String(at('notifications', 0, 'id'))}/read`;
    expect((await mori.get('/api/notifications')).at('notifications')).toEqual([]);
    expect((await mori.post(path)).status).toBe(404);
    expect((await tanaka.get('/api/me')).at('notificationCount')).toBe(1);
    expect((await tanaka.post(path)).status).toBe(204);
    expect((await tanaka.get('/api/me')).at('notificationCount')).toBe(0);
  });
});
