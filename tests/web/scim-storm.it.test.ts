/** A provider that sends everything at once, several times and in any order: people stay one each, and nothing fails. */
import { expect, test } from '@jest/globals';
import supertest from 'supertest';
import { decideTicket } from '../../approvals/index.ts';
import { Secret } from '../../foundation/index.ts';
import { createScimToken } from '../../identity/index.ts';
import { createOidcClient } from '../../web/api/index.ts';
import { codeOf, ISSUER, type Name } from '../approvals/world.ts';
import { type Web, web } from './world.ts';

const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const STAFF = createOidcClient({
  ...{
    name: 'staff',
    title: 'staff',
    issuer: new URL(ISSUER),
    clientId: 'sekisho',
    clientSecret: new Secret('s'.repeat(20)),
  },
  ...{ publicUrl: new URL('http://127.0.0.1:8080/'), allowInsecure: false, provisioning: 'scim', roleOfGroup: {} },
});
const user = (subject: string) => ({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
  ...{ userName: `${subject}@example.com`, externalId: subject, displayName: `Name of ${subject}`, active: true },
});
const active = (value: boolean) => ({ schemas: [PATCH], Operations: [{ op: 'replace', path: 'active', value }] });

async function caller(site: Web) {
  const { token } = await createScimToken(site.house, { issuer: ISSUER, label: 'storm' });
  return async (method: 'post' | 'patch', path: string, body: object) => {
    const { status, text } = await supertest(site.app)
      [method](`/scim/v2${path}`)
      .set({ authorization: `Bearer ${token.expose()}`, 'content-type': 'application/scim+json' })
      .send(JSON.stringify(body));
    return { status, body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown> };
  };
}

const counted = (statuses: readonly number[]) =>
  Object.fromEntries([...new Set(statuses)].toSorted().map((one) => [one, statuses.filter((s) => s === one).length]));

test('the same people sent four times at once are made once each', async () => {
  await using site = await web({ providers: [STAFF] });
  const call = await caller(site);
  const subjects = Array.from({ length: 10 }, (_, n) => `storm-${n}`);
  const sent = await Promise.all([1, 2, 3, 4].flatMap(() => subjects.map((one) => call('post', '/Users', user(one)))));
  expect(counted(sent.map(({ status }) => status))).toEqual({ 201: 10, 409: 30 });
  const made = (await site.house.events('person.provisioned')).filter(({ body }) =>
    JSON.stringify(body).includes('storm-'),
  );
  expect(made).toHaveLength(10);
});

test('two people who are given one name at once do not both get it', async () => {
  await using site = await web({ providers: [STAFF] });
  const call = await caller(site);
  const ids = await Promise.all(
    ['one', 'two'].map(async (one) => (await call('post', '/Users', user(one))).body['id']),
  );
  const name = { schemas: [PATCH], Operations: [{ op: 'replace', path: 'userName', value: 'same@example.com' }] };
  for (let round = 0; round < 4; round += 1) {
    const sent = await Promise.all(ids.map((id) => call('patch', `/Users/${String(id)}`, name)));
    const taken = sent.filter(({ status }) => status === 200).length;
    expect([taken, counted(sent.map(({ status }) => status))]).toEqual([1, { 200: 1, 409: 1 }]);
    const own = (id: unknown, n: number) => ({
      schemas: [PATCH],
      Operations: [{ op: 'replace', path: 'userName', value: `own-${round}-${n}-${String(id)}@example.com` }],
    });
    for (const [n, id] of ids.entries())
      expect((await call('patch', `/Users/${String(id)}`, own(id, n))).status).toBe(200);
  }
});

test('nor do two groups', async () => {
  await using site = await web({ providers: [STAFF] });
  const call = await caller(site);
  const group = (displayName: string) => ({ schemas: [GROUP], displayName });
  const made = await Promise.all(['a', 'a', 'b'].map((name) => call('post', '/Groups', group(name))));
  expect(counted(made.map(({ status }) => status))).toEqual({ 201: 2, 409: 1 });
  const ids = made.filter(({ status }) => status === 201).map(({ body }) => String(body['id']));
  const name = { schemas: [PATCH], Operations: [{ op: 'replace', path: 'displayName', value: 'same' }] };
  const sent = await Promise.all(ids.map((id) => call('patch', `/Groups/${id}`, name)));
  expect(counted(sent.map(({ status }) => status))).toEqual({ 200: 1, 409: 1 });
});

test('people deactivated in a storm, while their requests are decided, keep nothing, and no call fails', async () => {
  await using site = await web({ providers: [STAFF] });
  const { house } = site;
  const call = await caller(site);
  const names: Name[] = ['aoki', 'chen'];
  for (const name of names) expect((await call('post', '/Users', user(name))).status).toBe(201);
  for (let round = 0; round < 4; round += 1) {
    for (const name of names) {
      await call('patch', `/Users/${house.idOf(name)}`, active(true));
      await house.fresh.owner.pool.query('UPDATE persons SET roles = $2 WHERE id = $1 AND NOT roles @> $2', [
        house.idOf(name),
        ['maintainer'],
      ]);
    }
    await house.fresh.owner.pool.query('UPDATE grants SET revoked_at = NULL');
    const asked = await Promise.all(names.map((name) => house.ask(name)));
    const off = names.flatMap((name) =>
      [1, 2, 3].map(() => () => call('patch', `/Users/${house.idOf(name)}`, active(false))),
    );
    const decided = asked.map(
      ({ id, actDigest }) =>
        () =>
          codeOf(decideTicket(house, house.people.tanaka, id, { decision: 'approve', reason: 'needed', actDigest })),
    );
    const [statuses, codes] = await Promise.all([
      Promise.all(off.map((one) => one())),
      Promise.all(decided.map((one) => one())),
    ]);
    expect(statuses.filter(({ status }) => status !== 200)).toEqual([]);
    for (const [n, { id }] of asked.entries()) {
      // First approved and then taken back, or withdrawn before anybody decided: open it is never.
      expect(codes[n] === 'accepted' ? 'revoked' : 'withdrawn').toBe(await house.stateOf(id));
    }
  }
  expect(await house.events('person.deactivated')).toHaveLength(8);
});
