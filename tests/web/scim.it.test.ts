/** SCIM as an identity provider's client speaks it, with the habits of widespread ones. */
import { describe, expect, test } from '@jest/globals';
import supertest from 'supertest';
import { LIMITS, Secret } from '../../foundation/index.ts';
import { createScimToken, findKey, openWebSession, provisionPerson, revokeScimToken } from '../../identity/index.ts';
import { createOidcClient } from '../../web/api/index.ts';
import { enrolledKeyOf } from '../identity/locks-support.ts';
import { browser, type Web, web } from './world.ts';

const ISSUER = 'https://login.example.com';
const OTHER = 'https://other.example.com';
const PUBLIC_URL = new URL('http://127.0.0.1:8080/');
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

const provider = (name: string, issuer: string) =>
  createOidcClient({
    ...{ name, title: name, issuer: new URL(issuer), clientId: 'sekisho', clientSecret: new Secret('s'.repeat(20)) },
    ...{ publicUrl: PUBLIC_URL, allowInsecure: false, provisioning: 'scim' },
    roleOfGroup: { 'it-maintenance': 'maintainer', owners: 'owner' },
  });

interface Scim extends AsyncDisposable {
  readonly site: Web;
  readonly call: (method: string, path: string, body?: object, more?: Record<string, string>) => Promise<Answer>;
  readonly tokenId: string;
}
interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Record<string, unknown>;
}

async function scim(issuer = ISSUER, site?: Web): Promise<Scim> {
  const opened = site ?? (await web({ providers: [provider('staff', ISSUER), provider('partners', OTHER)] }));
  const { id, token } = await createScimToken(opened.house, { issuer, label: 'test' });
  return {
    site: opened,
    tokenId: id,
    call: async (method, path, body, more = {}) => {
      const agent = supertest(opened.app);
      const url = `/scim/v2${path}`;
      const request: Readonly<Record<string, () => supertest.Test>> = {
        GET: () => agent.get(url),
        POST: () => agent.post(url),
        PUT: () => agent.put(url),
        PATCH: () => agent.patch(url),
        DELETE: () => agent.delete(url),
      };
      const asked = request[method]!().set({ authorization: `Bearer ${token.expose()}`, ...more });
      const { status, headers, text } = await (body === undefined
        ? asked
        : asked.set('content-type', 'application/scim+json').send(JSON.stringify(body)));
      const json = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
      return { status, headers, body: json };
    },
    [Symbol.asyncDispose]: () => (site === undefined ? opened[Symbol.asyncDispose]() : Promise.resolve()),
  };
}

const user = (subject: string, more: object = {}) => ({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
  userName: `${subject}@example.com`,
  externalId: subject,
  displayName: `Name of ${subject}`,
  emails: [{ value: `${subject}@example.com`, type: 'work', primary: true }],
  preferredLanguage: 'ja-JP',
  active: true,
  ...more,
});

const personOf = async ({ site }: Scim, id: unknown) => {
  const { rows } = await site.house.database.pool.query<Record<string, unknown>>(
    'SELECT * FROM persons WHERE id = $1',
    [id],
  );
  return rows[0];
};

describe('a call of SCIM', () => {
  test('without a token, with a wrong, revoked or expired one is refused, in the form of SCIM', async () => {
    await using at = await scim();
    const wrong = await supertest(at.site.app)
      .get('/scim/v2/Users')
      .set('authorization', `Bearer sekisho_scim_${'a'.repeat(43)}`);
    expect([wrong.status, wrong.headers['content-type'], JSON.parse(wrong.text)]).toMatchObject([
      401,
      'application/scim+json; charset=utf-8',
      { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: '401' },
    ]);
    expect((await supertest(at.site.app).get('/scim/v2/Users')).status).toBe(401);
    expect((await at.call('GET', '/Users')).status).toBe(200);
    await revokeScimToken(at.site.house, at.tokenId);
    expect((await at.call('GET', '/Users')).status).toBe(401);
    await using next = await scim(ISSUER, at.site);
    at.site.house.clock.advance(LIMITS.scimTokenDays * 86_400_000);
    expect((await next.call('GET', '/Users')).status).toBe(401);
  });

  test('sees nobody of another provider', async () => {
    await using at = await scim();
    await using other = await scim(OTHER, at.site);
    const { body } = await at.call('POST', '/Users', user('aoki'));
    expect((await other.call('GET', `/Users/${String(body['id'])}`)).status).toBe(404);
    expect((await other.call('GET', '/Users')).body).toMatchObject({ totalResults: 0 });
    const group = { displayName: 'owners', members: [{ value: body['id'] }] };
    expect((await other.call('POST', '/Groups', group)).body).toMatchObject({
      status: '400',
      scimType: 'invalidValue',
    });
  });

  test('beyond the limit of a minute waits', async () => {
    await using at = await scim();
    const app = supertest(at.site.app);
    for (let n = 0; n < LIMITS.scimCallsPerMinuteMax; n += 100)
      await Promise.all(Array.from({ length: 100 }, () => app.get('/scim/v2/Users')));
    const refused = await at.call('GET', '/Users');
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '60']);
    at.site.house.clock.advance(60_000);
    expect((await at.call('GET', '/Users')).status).toBe(200);
  });

  test.each([
    ['userName sw "a"', 'invalidFilter'],
    ['userName eq "a" or id eq "b"', 'invalidFilter'],
    ['password eq "a"', 'invalidFilter'],
    [`${'id eq "a" and '.repeat(20)}id eq "a"`, 'invalidFilter'],
  ])('with the filter %s is refused', async (filter, scimType) => {
    await using at = await scim();
    const { status, body } = await at.call('GET', `/Users?filter=${encodeURIComponent(filter)}`);
    expect([status, body]).toMatchObject([400, { scimType }]);
  });

  test('names what there is', async () => {
    await using at = await scim();
    expect((await at.call('GET', '/ServiceProviderConfig')).body).toMatchObject({
      patch: { supported: true },
      etag: { supported: true },
    });
    expect((await at.call('GET', '/ResourceTypes')).body).toMatchObject({ totalResults: 2 });
    expect((await at.call('GET', '/Schemas')).body).toMatchObject({ totalResults: 3 });
    expect((await at.call('GET', '/Nothing')).status).toBe(404);
  });
});

describe('a user', () => {
  test('is refused twice, without its subject, and with another subject later', async () => {
    await using at = await scim();
    const made = await at.call('POST', '/Users', user('aoki'));
    expect([made.status, made.headers['etag']]).toEqual([201, 'W/"1"']);
    expect((await at.call('POST', '/Users', user('aoki'))).body).toMatchObject({
      status: '409',
      scimType: 'uniqueness',
    });
    const { externalId: _, ...nameless } = user('chen');
    expect((await at.call('POST', '/Users', nameless)).body).toMatchObject({ scimType: 'invalidValue' });
    const path = `/Users/${String(made.body['id'])}`;
    expect((await at.call('PUT', path, user('aoki', { externalId: 'chen' }))).body).toMatchObject({
      scimType: 'mutability',
    });
    expect((await at.call('PUT', path, user('aoki'), { 'if-match': 'W/"7"' })).status).toBe(412);
    expect((await at.call('POST', '/Users', user('b', { displayName: 'a\u0000b' }))).status).toBe(400);
    expect((await at.call('POST', '/Users', user('b', { displayName: 'x'.repeat(201) }))).status).toBe(400);
  });

  test('of who signed in before is the same person', async () => {
    await using at = await scim();
    const known = {
      issuer: ISSUER,
      subject: 'aoki',
      name: 'A',
      email: null,
      employer: '',
      locale: 'ja',
      roles: [],
    } as const;
    const person = await provisionPerson(at.site.house, { ...known, roles: [...known.roles] });
    expect((await at.call('POST', '/Users', user('aoki'))).body).toMatchObject({ id: person.id });
  });

  test('alone is let in where people come by SCIM', async () => {
    await using at = await scim();
    const claims = {
      issuer: ISSUER,
      subject: 'newcomer',
      name: 'A',
      email: null,
      employer: '',
      locale: 'ja' as const,
      roles: [],
    };
    await expect(provisionPerson(at.site.house, claims, 'scim')).rejects.toMatchObject({ code: 'sign_in_failed' });
    const { body } = await at.call('POST', '/Users', user('newcomer'));
    expect(await provisionPerson(at.site.house, claims, 'scim')).toMatchObject({
      id: body['id'],
      name: 'Name of newcomer',
    });
  });

  test('has its manager, who is nobody else and somebody', async () => {
    await using at = await scim();
    const boss = (await at.call('POST', '/Users', user('tanaka'))).body['id'];
    const { body } = await at.call(
      'POST',
      '/Users',
      user('aoki', { [ENTERPRISE]: { manager: { value: boss }, organization: 'Mihon' } }),
    );
    expect(body).toMatchObject({ [ENTERPRISE]: { manager: { value: boss } } });
    expect(await personOf(at, body['id'])).toMatchObject({ manager_id: boss, employer: 'Mihon' });
    const itself = user('aoki', { [ENTERPRISE]: { manager: { value: body['id'] } } });
    expect((await at.call('PUT', `/Users/${String(body['id'])}`, itself)).body).toMatchObject({
      scimType: 'invalidValue',
    });
    const gone = { Operations: [{ op: 'Replace', path: `${ENTERPRISE}:manager`, value: 'nobody' }] };
    expect((await at.call('PATCH', `/Users/${String(body['id'])}`, gone)).status).toBe(400);
    const none = { Operations: [{ op: 'remove', path: `${ENTERPRISE}:manager` }] };
    expect((await at.call('PATCH', `/Users/${String(body['id'])}`, none)).status).toBe(200);
    expect(await personOf(at, body['id'])).toMatchObject({ manager_id: null });
  });

  test('that is deactivated is out at once, at the console too, and comes back only by reactivation', async () => {
    await using at = await scim();
    const { body } = await at.call('POST', '/Users', user('aoki'));
    const claims = {
      issuer: ISSUER,
      subject: 'aoki',
      name: 'A',
      email: null,
      employer: '',
      locale: 'ja' as const,
      roles: [],
    };
    const person = await provisionPerson(at.site.house, claims, 'scim');
    const own = { person, issuer: ISSUER, idToken: null, sourceAddress: '127.0.0.1' };
    const { token } = await openWebSession(at.site.house, own);
    const aoki = browser(at.site.app, `sekisho=${token.expose()}`);
    expect((await aoki.get('/api/me')).status).toBe(200);
    const off = { schemas: [PATCH], Operations: [{ op: 'Replace', value: { active: 'False' } }] };
    expect((await at.call('PATCH', `/Users/${String(body['id'])}`, off)).body).toMatchObject({ active: false });
    expect((await aoki.get('/api/me')).code).toBe('not_authenticated');
    await expect(openWebSession(at.site.house, own)).rejects.toMatchObject({ code: 'person_deactivated' });
    const on = { schemas: [PATCH], Operations: [{ op: 'replace', path: 'active', value: true }] };
    expect((await at.call('PATCH', `/Users/${String(body['id'])}`, on)).body).toMatchObject({ active: true });
    await openWebSession(at.site.house, own);
    expect((await at.call('DELETE', `/Users/${String(body['id'])}`)).status).toBe(204);
    expect((await at.call('GET', `/Users/${String(body['id'])}`)).status).toBe(404);
    await expect(openWebSession(at.site.house, own)).rejects.toMatchObject({ code: 'person_deactivated' });
    expect((await at.site.house.events('person.deactivated')).length).toBe(2);
  });

  test('that is deactivated keeps nothing: tickets, keys, grants and substitutes end with the sign-ins', async () => {
    await using site = await web({ providers: [provider('staff', ISSUER)] });
    await using at = await scim(ISSUER, site);
    const { house } = site;
    const key = await enrolledKeyOf(house, 'aoki');
    const asked = await house.ask('aoki');
    const { body } = await at.call('POST', '/Users', user('aoki'));
    expect(body['id']).toBe(house.idOf('aoki'));
    const off = { schemas: [PATCH], Operations: [{ op: 'replace', path: 'active', value: false }] };
    expect((await at.call('PATCH', `/Users/${String(body['id'])}`, off)).status).toBe(200);
    const place = { sourceAddress: '192.0.2.1', approvedSince: null };
    expect((await findKey(house, key.blob, place))?.state).toBe('revoked');
    expect(await house.stateOf(asked.id)).toBe('withdrawn');
    const { rows } = await house.database.pool.query(
      'SELECT 1 FROM grants WHERE person_id = $1 AND revoked_at IS NULL',
      [house.idOf('aoki')],
    );
    expect(rows).toEqual([]);
    expect(await house.events('person.deactivated')).toMatchObject([
      { actor: null, body: { issuer: ISSUER, ended: { keys: 1, grants: 3, tickets: 1 } } },
    ]);
  });

  test('is found by name without case, and page by page', async () => {
    await using at = await scim();
    for (const subject of ['a', 'b', 'c']) {
      await at.call('POST', '/Users', user(subject));
      at.site.house.clock.advance(1_000);
    }
    const found = await at.call(
      'GET',
      `/Users?filter=${encodeURIComponent('userName eq "B@EXAMPLE.com" and active eq true')}`,
    );
    expect(found.body).toMatchObject({ totalResults: 1, Resources: [{ externalId: 'b' }] });
    const page = await at.call('GET', '/Users?startIndex=2&count=1');
    expect(page.body).toMatchObject({
      totalResults: 3,
      startIndex: 2,
      itemsPerPage: 1,
      Resources: [{ externalId: 'b' }],
    });
    expect((await at.call('GET', '/Users?count=0')).body).toMatchObject({ totalResults: 3, itemsPerPage: 0 });
  });
});

describe('a group', () => {
  test('gives its members their roles, and takes them with it', async () => {
    await using at = await scim();
    const [aoki, chen] = [
      (await at.call('POST', '/Users', user('aoki'))).body['id'],
      (await at.call('POST', '/Users', user('chen'))).body['id'],
    ];
    const made = await at.call('POST', '/Groups', { displayName: 'it-maintenance', members: [{ value: aoki }] });
    expect(made.status).toBe(201);
    const path = `/Groups/${String(made.body['id'])}`;
    const roles = async (id: unknown) => (await personOf(at, id))?.['roles'];
    expect([await roles(aoki), await roles(chen)]).toEqual([['maintainer'], []]);
    const patch = (operation: object) => at.call('PATCH', path, { schemas: [PATCH], Operations: [operation] });
    expect((await patch({ op: 'Add', path: 'members', value: [{ value: chen }] })).status).toBe(200);
    expect([await roles(aoki), await roles(chen)]).toEqual([['maintainer'], ['maintainer']]);
    await patch({ op: 'remove', path: `members[value eq "${String(aoki)}"]` });
    expect(await roles(aoki)).toEqual([]);
    await patch({ op: 'replace', value: { displayName: 'owners' } });
    expect(await roles(chen)).toEqual(['owner']);
    await patch({ op: 'Remove', path: 'members', value: [{ value: chen }] });
    expect(await roles(chen)).toEqual([]);
    await patch({ op: 'add', path: 'members', value: [{ value: chen }] });
    expect((await at.call('GET', '/Groups?excludedAttributes=members')).body).toMatchObject({
      Resources: [{ members: [] }],
    });
    expect((await at.call('DELETE', path)).status).toBe(204);
    expect(await roles(chen)).toEqual([]);
  });

  test('is refused by a name that is taken, with nobody as a member, and by a path that means the object itself', async () => {
    await using at = await scim();
    const { body } = await at.call('POST', '/Groups', { displayName: 'owners' });
    expect((await at.call('POST', '/Groups', { displayName: 'owners' })).body).toMatchObject({
      scimType: 'uniqueness',
    });
    const nobody = { displayName: 'x', members: [{ value: '0190a0de-0000-7000-8000-000000000000' }] };
    expect((await at.call('POST', '/Groups', nobody)).body).toMatchObject({ scimType: 'invalidValue' });
    const path = `/Groups/${String(body['id'])}`;
    for (const bad of ['__proto__', 'members[', 'a b']) {
      const { body: answer } = await at.call('PATCH', path, { Operations: [{ op: 'add', path: bad, value: {} }] });
      expect([bad, answer]).toMatchObject([bad, { status: '400' }]);
    }
  });
});
