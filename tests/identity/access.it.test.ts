import { describe, expect, test } from '@jest/globals';
import {
  applyInventory,
  InventorySchema,
  listOpenTargets,
  loadAuthorizationFacts,
  lockPerson,
} from '../../identity/index.ts';
import { authorizeTarget, type Principal, type SessionKind } from '../../policy/index.ts';
import { codeOf, type House, house, ISSUER } from './people.ts';

async function withTarget(): Promise<{
  h: House;
  aoki: Principal;
  ask: (loginName?: string, action?: SessionKind) => Promise<string>;
}> {
  const h = await house();
  const aoki = await h.signIn('aoki', 'maintainer');
  await applyInventory(
    h,
    InventorySchema.parse({
      issuer: ISSUER,
      people: [],
      systems: [
        {
          name: 'crm',
          titleEn: 'CRM',
          titleJa: '顧客管理',
          owners: [],
          assets: [{ kind: 'path', name: '/srv', dataClass: 'personal' }],
        },
      ],
      targets: ['crm-db', 'crm-web'].map((name) => ({
        ...{ name, system: 'crm', host: '127.0.0.1', port: 22, hostKey: 'ssh-ed25519 AAAA', mode: 'recorded' },
      })),
      accounts: [{ target: 'crm-db', person: 'aoki', account: 'aoki' }],
      grants: [
        { target: 'crm-db', person: 'aoki', actions: ['shell'], expiresAt: '2026-04-02T00:00:00Z' },
        { target: 'crm-web', person: 'aoki', actions: ['shell'], expiresAt: '2026-04-02T00:00:00Z' },
      ],
    }),
  );
  const ask = async (loginName = 'crm-db', action: SessionKind = 'shell') => {
    const decision = authorizeTarget(await loadAuthorizationFacts(h, { person: aoki.person, loginName, action }));
    return decision.allowed ? `as ${decision.authorization.account}` : decision.reason;
  };
  return { h, aoki, ask };
}

describe('the facts lead to a refusal', () => {
  test.each(['erp-db', '', 'CRM-DB', 'crm-db\u0000', "' OR 1=1 --", 'a'.repeat(10_000)])(
    'for the login name %j, which is no target',
    async (loginName) => {
      const { h, ask } = await withTarget();
      await using _closed = h;
      expect(await ask(loginName)).toBe('not_found');
    },
  );

  test('without an account, without the action, after the end, and when locked', async () => {
    const { h, aoki, ask } = await withTarget();
    await using _closed = h;
    expect(await ask('crm-web')).toBe('no_account');
    expect(await ask('crm-db', 'exec')).toBe('action_not_granted');
    h.clock.set('2026-04-02T00:00:00Z');
    expect(await ask()).toBe('grant_expired');
    expect(await listOpenTargets(h, aoki.person.id)).toEqual([]);
    h.clock.set('2026-04-01T00:00:00Z');
    const officer = await h.signIn('kimura', 'security_officer');
    await lockPerson(h, officer, { personId: aoki.person.id, reason: 'inquiry' });
    expect(await ask()).toBe('locked');
    expect(await listOpenTargets(h, aoki.person.id)).toEqual([]);
  });

  test('when the role went away after the sign-in, whatever the caller remembers', async () => {
    const { h, aoki, ask } = await withTarget();
    await using _closed = h;
    await h.signIn('aoki', 'auditor');
    expect(aoki.person.roles).toEqual(['maintainer']);
    expect(await ask()).toBe('not_a_maintainer');
    expect(await listOpenTargets(h, aoki.person.id)).toEqual([]);
  });

  test('when the contract has ended', async () => {
    const { h, aoki, ask } = await withTarget();
    await using _closed = h;
    await h.owner.pool.query(`UPDATE persons SET contract_ends_at = '2026-03-31T15:00:00Z'`);
    expect(await ask()).toBe('contract_ended');
    expect(await listOpenTargets(h, aoki.person.id)).toEqual([]);
  });

  test("when the grant was revoked, or is somebody else's", async () => {
    const { h, ask } = await withTarget();
    await using _closed = h;
    const chen = await h.signIn('chen', 'maintainer');
    await h.owner.pool.query('UPDATE grants SET person_id = $1', [chen.person.id]);
    expect(await ask()).toBe('not_found');
  });
});

describe('the facts', () => {
  test("lead in as the person's own account, with the assets of the system", async () => {
    const { h, aoki, ask } = await withTarget();
    await using _closed = h;
    expect(await ask()).toBe('as aoki');
    const facts = await loadAuthorizationFacts(h, { person: aoki.person, loginName: 'crm-db', action: 'shell' });
    expect(facts).toMatchObject({
      person: aoki.person,
      locks: [],
      target: { name: 'crm-db', host: '127.0.0.1', port: 22, hostKey: 'ssh-ed25519 AAAA', mode: 'recorded' },
      account: 'aoki',
      grant: { actions: ['shell'], expiresAt: new Date('2026-04-02T00:00:00Z') },
      action: 'shell',
      now: h.clock.now(),
      assets: [{ kind: 'path', name: '/srv', dataClass: 'personal', recordCount: null }],
    });
    expect((await listOpenTargets(h, aoki.person.id)).map(({ name }) => name)).toEqual(['crm-db']); // crm-web has no account.
  });

  test('take of several grants the one that names the action, then the one that lasts longest', async () => {
    const { h, ask } = await withTarget();
    await using _closed = h;
    await h.owner.pool.query(`INSERT INTO grants (id, person_id, target_id, actions, expires_at, created_at)
      SELECT gen_random_uuid(), person_id, target_id, '{exec}', '2026-04-09', now() FROM grants`);
    expect([await ask('crm-db', 'shell'), await ask('crm-db', 'exec')]).toEqual(['as aoki', 'as aoki']);
    h.clock.set('2026-04-05T00:00:00Z');
    expect([await ask('crm-db', 'shell'), await ask('crm-db', 'exec')]).toEqual(['grant_expired', 'as aoki']);
  });

  test('of a person who is not there are not loaded', async () => {
    const { h, aoki } = await withTarget();
    await using _closed = h;
    const ghost = { ...aoki.person, id: '01970000-0000-7000-8000-000000000000' as typeof aoki.person.id };
    expect(await codeOf(loadAuthorizationFacts(h, { person: ghost, loginName: 'crm-db', action: 'shell' }))).toBe(
      'not_found',
    );
  });
});

describe('two systems with a target of one name', () => {
  const BOTH = InventorySchema.parse({
    issuer: ISSUER,
    people: [],
    systems: ['crm', 'billing'].map((name) => ({ name, titleEn: name, titleJa: name, owners: [] })),
    targets: ['crm', 'billing'].map((system, at) => ({
      ...{ name: 'db', system, host: '127.0.0.1', port: 22 + at, hostKey: 'ssh-ed25519 AAAA', mode: 'recorded' },
    })),
    accounts: ['crm', 'billing'].map((system) => ({ target: `db%${system}`, person: 'aoki', account: 'aoki' })),
    grants: ['crm', 'billing'].map((system) => ({
      ...{ target: `db%${system}`, person: 'aoki', actions: ['shell'], expiresAt: '2026-04-02T00:00:00Z' },
    })),
  });

  async function withBoth() {
    const h = await house();
    const aoki = await h.signIn('aoki', 'maintainer');
    await applyInventory(h, BOTH);
    const portOf = async (loginName: string): Promise<number | string> => {
      const facts = await loadAuthorizationFacts(h, { person: aoki.person, loginName, action: 'shell' });
      const decision = authorizeTarget(facts);
      return decision.allowed ? decision.authorization.target.port : decision.reason;
    };
    return { h, aoki, portOf };
  }

  test('the name alone is refused to who may enter both, and the system told with it leads to the right one', async () => {
    const { h, aoki, portOf } = await withBoth();
    await using _closed = h;
    expect(await portOf('db')).toBe('ambiguous');
    expect(await portOf('db%crm')).toBe(22);
    expect(await portOf('db%billing')).toBe(23);
    for (const wrong of ['db%erp', 'db%', '%crm', 'db%crm%billing', 'db%CRM'])
      expect(await portOf(wrong)).toBe('not_found');
    const open = await listOpenTargets(h, aoki.person.id);
    expect(open.map(({ loginName }) => loginName)).toEqual(['db%billing', 'db%crm']);
  });

  test('the name alone leads in when the other one is not granted', async () => {
    const { h, aoki, portOf } = await withBoth();
    await using _closed = h;
    await applyInventory(h, { ...BOTH, grants: BOTH.grants.slice(1) });
    expect(await portOf('db')).toBe(23);
    expect((await listOpenTargets(h, aoki.person.id)).map(({ loginName }) => loginName)).toEqual(['db']);
  });

  test('an inventory that names one of them by the name alone is refused', async () => {
    const { h } = await withBoth();
    await using _closed = h;
    const grants = [{ ...BOTH.grants[0]!, target: 'db' }];
    await expect(applyInventory(h, { ...BOTH, grants })).rejects.toThrow('write target%system');
  });
});

describe('relay hosts before a target', () => {
  const chain = (vias: Record<string, string | null>, accounts: string[]) =>
    InventorySchema.parse({
      issuer: ISSUER,
      people: [],
      systems: [{ name: 'crm', titleEn: 'CRM', titleJa: '顧客管理', owners: [] }],
      targets: Object.entries(vias).map(([name, via]) => ({
        ...{
          name,
          via,
          system: 'crm',
          host: `${name}.example`,
          port: 22,
          hostKey: 'ssh-ed25519 AAAA',
          mode: 'recorded',
        },
      })),
      accounts: accounts.map((target) => ({ target, person: 'aoki', account: `aoki-${target}` })),
      grants: [{ target: 'db', person: 'aoki', actions: ['shell'], expiresAt: '2026-04-02T00:00:00Z' }],
    });

  test('without an account on one of them there is no way in', async () => {
    const h = await house();
    await using _closed = h;
    const aoki = await h.signIn('aoki', 'maintainer');
    await applyInventory(h, chain({ db: 'inner', inner: 'outer', outer: null }, ['db', 'inner']));
    const facts = await loadAuthorizationFacts(h, { person: aoki.person, loginName: 'db', action: 'shell' });
    expect(authorizeTarget(facts)).toEqual({ allowed: false, reason: 'no_account_on_way' });
  });

  test('a circle, or more of them than the limit, is refused when the inventory is applied', async () => {
    const h = await house();
    await using _closed = h;
    await h.signIn('aoki', 'maintainer');
    await expect(applyInventory(h, chain({ db: 'a', a: 'b', b: 'a' }, ['db']))).rejects.toThrow('relay hosts');
    const long = { db: 'a', a: 'b', b: 'c', c: 'd', d: null };
    await expect(applyInventory(h, chain(long, ['db']))).rejects.toThrow('relay hosts');
  });

  test("stand outermost first, each with the person's own account", async () => {
    const h = await house();
    await using _closed = h;
    const aoki = await h.signIn('aoki', 'maintainer');
    await applyInventory(h, chain({ db: 'inner', inner: 'outer', outer: null }, ['db', 'inner', 'outer']));
    const facts = await loadAuthorizationFacts(h, { person: aoki.person, loginName: 'db', action: 'shell' });
    const decision = authorizeTarget(facts);
    if (!decision.allowed) throw new Error(decision.reason);
    expect(decision.authorization.via).toMatchObject([
      { target: { name: 'outer' }, account: 'aoki-outer' },
      { target: { name: 'inner' }, account: 'aoki-inner' },
    ]);
  });
});
