import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { many, sql } from '../../foundation/index.ts';
import {
  applyInventory,
  type InventoryInput,
  InventorySchema,
  listOpenTargets,
  listPersons,
} from '../../identity/index.ts';
import { codeOf, type House, house, ISSUER } from './people.ts';

const person = (subject: string, ...roles: ('maintainer' | 'owner')[]) => ({
  subject,
  name: `Name of ${subject}`,
  email: `${subject}@example.com`,
  employer: 'Mihon Direct',
  locale: 'ja' as const,
  roles,
});

const BASE: InventoryInput = {
  issuer: ISSUER,
  people: [
    person('aoki', 'maintainer'),
    { ...person('chen', 'maintainer'), contractEndsAt: '2026-09-30T15:00:00Z' },
    person('tanaka', 'owner'),
  ],
  systems: [
    {
      name: 'crm',
      titleEn: 'Customer records',
      titleJa: '顧客管理',
      owners: ['tanaka'],
      assets: [
        { kind: 'table', name: 'crm.customers', dataClass: 'personal', recordCount: 9_280_000 },
        { kind: 'path', name: '/srv/crm', dataClass: 'personal' },
      ],
    },
  ],
  targets: [
    { name: 'crm-db', system: 'crm', host: '127.0.0.1', port: 22, hostKey: 'ssh-ed25519 AAAA', mode: 'guarded-line' },
  ],
  accounts: [
    { target: 'crm-db', person: 'aoki', account: 'aoki' },
    { target: 'crm-db', person: 'chen', account: 'chen' },
  ],
  grants: [
    { target: 'crm-db', person: 'aoki', actions: ['exec', 'shell'], expiresAt: '2026-12-31T15:00:00+09:00' },
    { target: 'crm-db', person: 'chen', actions: ['shell'], expiresAt: new Date('2026-12-31T15:00:00Z') },
  ],
};

const apply = (h: House, changed: Partial<InventoryInput> = {}) =>
  applyInventory(h, InventorySchema.parse({ ...BASE, ...changed }));

/** Every row the inventory writes, to compare before and after. */
async function snapshot(h: House): Promise<unknown[]> {
  const tables = [
    'persons',
    'identities',
    'systems',
    'system_owners',
    'protected_assets',
    'targets',
    'target_accounts',
    'grants',
    'audit_events',
  ];
  const rows = tables.map((table) => `SELECT '${table}' AS t, to_jsonb(x)::text AS row FROM ${table} x`);
  const { rows: all } = await h.owner.pool.query<{ t: string; row: string }>(
    `${rows.join(' UNION ALL ')} ORDER BY 1, 2`,
  );
  return all;
}

async function refusal(h: House, changed: Partial<InventoryInput>): Promise<{ code: string; message: string }> {
  const before = await snapshot(h);
  try {
    await apply(h, changed);
  } catch (thrown) {
    expect(await snapshot(h)).toEqual(before); // All or nothing.
    if (thrown instanceof Error && 'code' in thrown) return { code: String(thrown.code), message: thrown.message };
    throw thrown;
  }
  return { code: 'accepted', message: '' };
}

const accounts = (...list: [string, string][]): Partial<InventoryInput> => ({
  accounts: list.map(([subject, account]) => ({ target: 'crm-db', person: subject, account })),
});

describe('applyInventory refuses, names the entry, and leaves nothing behind', () => {
  test('two people with one account', async () => {
    await using h = await house();
    expect(await refusal(h, accounts(['aoki', 'maint'], ['chen', 'maint']))).toEqual({
      code: 'account_shared',
      message: expect.stringMatching(/account maint of chen on crm-db: .*somebody else/),
    });
    await apply(h);
    expect((await refusal(h, accounts(['aoki', 'chen']))).message).toMatch(/account chen of aoki on crm-db/);
  });

  test.each(['root', 'admin', 'postgres', 'ansible', 'shared'])(
    'the account name %s, which means a role',
    async (name) => {
      await using h = await house();
      expect(await refusal(h, accounts(['aoki', name]))).toEqual({
        code: 'account_shared',
        message: expect.stringContaining(`account ${name} of aoki on crm-db`),
      });
    },
  );

  test('the account of somebody who is no longer listed, for anybody else', async () => {
    await using h = await house();
    await apply(h);
    await apply(h, { ...accounts(['aoki', 'aoki']), grants: [] });
    expect((await refusal(h, { ...accounts(['aoki', 'chen']), grants: [] })).code).toBe('account_shared');
  });

  test.each<[string, Partial<InventoryInput>, RegExp]>([
    [
      'an owner nobody knows',
      { systems: [{ ...BASE.systems[0]!, owners: ['nobody'] }] },
      /system crm: there is no person nobody/,
    ],
    [
      'a target of no system',
      { targets: [{ ...BASE.targets[0]!, system: 'erp' }] },
      /target crm-db: there is no system erp/,
    ],
    [
      'an account on no target',
      { accounts: [{ target: 'erp-db', person: 'aoki', account: 'aoki' }] },
      /there is no target erp-db/,
    ],
    [
      'a grant for nobody',
      { grants: [{ ...BASE.grants[0]!, person: 'nobody' }] },
      /grant of nobody on crm-db: there is no person/,
    ],
    ['one person twice', { people: [...BASE.people, BASE.people[0]!] }, /person aoki: listed twice/],
    ['one target twice', { targets: [...BASE.targets, BASE.targets[0]!] }, /target crm-db%crm: listed twice/],
    ['two accounts of one person', accounts(['aoki', 'aoki'], ['aoki', 'aoki2']), /aoki on crm-db: listed twice/],
    ['one grant twice', { grants: [...BASE.grants, BASE.grants[0]!] }, /grant of aoki on crm-db: listed twice/],
    ['a value no column takes', { systems: [{ ...BASE.systems[0]!, titleEn: 'a\u0000b' }] }, /system crm: refused/],
  ])('%s', async (_name, changed, message) => {
    await using h = await house();
    expect(await refusal(h, changed)).toEqual({ code: 'config_invalid', message: expect.stringMatching(message) });
  });
});

describe('the schema refuses', () => {
  test.each<[string, unknown]>([
    ['an unknown field', { ...BASE, admins: [] }],
    ['an unknown role', { ...BASE, people: [{ ...person('x'), roles: ['root'] }] }],
    ['an action nobody knows', { ...BASE, grants: [{ ...BASE.grants[0], actions: ['root'] }] }],
    ['a grant without an end', { ...BASE, grants: [{ target: 'crm-db', person: 'aoki', actions: ['shell'] }] }],
    ['a grant without actions', { ...BASE, grants: [{ ...BASE.grants[0], actions: [] }] }],
    ['a host with a space', { ...BASE, targets: [{ ...BASE.targets[0], host: 'a -oProxyCommand=x' }] }],
    ['an account with an option dash', { ...BASE, accounts: [{ target: 'crm-db', person: 'aoki', account: '-l' }] }],
    ['a time without a zone', { ...BASE, grants: [{ ...BASE.grants[0], expiresAt: '2026-12-31T15:00:00' }] }],
  ])('%s', (_name, inventory) => expect(InventorySchema.safeParse(inventory).success).toBe(false));
});

describe('applyInventory', () => {
  test('applied again, or by several processes at once, changes nothing and says nothing', async () => {
    await using h = await house();
    await Promise.all([apply(h), apply(h), apply(h)]);
    const before = await snapshot(h);
    h.clock.advance(60_000);
    await apply(h);
    expect(await snapshot(h)).toEqual(before);
    const [event, ...more] = await h.events('inventory.applied');
    expect(more).toEqual([]);
    expect(event?.body).toEqual({
      changes: [
        'person aoki',
        'person chen',
        'person tanaka',
        'system crm',
        'owner tanaka of crm',
        'asset table crm.customers of crm',
        'asset path /srv/crm of crm',
        'target crm-db',
        'account aoki of aoki on crm-db',
        'account chen of chen on crm-db',
        'grant of aoki on crm-db',
        'grant of chen on crm-db',
      ].map((entry) => ({ change: 'added', entry })),
    });
  });

  test('opens targets to the granted, each as themselves, until the grant or the contract ends', async () => {
    await using h = await house();
    await apply(h);
    const people = new Map((await listPersons(h.database)).map(({ person: one }) => [one.email, one.id]));
    const open = (subject: string) => listOpenTargets(h, people.get(`${subject}@example.com`)!);
    expect(await open('tanaka')).toEqual([]);
    expect(await open('chen')).toMatchObject([{ account: 'chen', expiresAt: new Date('2026-09-30T15:00:00Z') }]);
    expect(await open('aoki')).toEqual([
      {
        ...{ name: 'crm-db', systemName: 'crm', loginName: 'crm-db', host: '127.0.0.1', port: 22 },
        legacyAlgorithms: false,
        systemTitle: { en: 'Customer records', ja: '顧客管理' },
        account: 'aoki',
        actions: ['shell', 'exec'],
        expiresAt: new Date('2026-12-31T06:00:00Z'),
        mode: 'guarded-line',
        assets: [
          { kind: 'path', name: '/srv/crm', dataClass: 'personal', recordCount: null },
          { kind: 'table', name: 'crm.customers', dataClass: 'personal', recordCount: 9_280_000 },
        ],
      },
    ]);
  });

  test('takes owners away and revokes grants that are no longer listed, keeps accounts and assets, and says so', async () => {
    await using h = await house();
    await apply(h);
    await apply(h, {
      systems: [{ ...BASE.systems[0]!, owners: ['chen'], assets: [] }],
      grants: [BASE.grants[0]!],
      accounts: [],
    });
    expect((await h.events('inventory.applied')).at(-1)?.body).toEqual({
      changes: [
        { change: 'added', entry: 'owner chen of crm' },
        { change: 'removed', entry: 'owner Name of tanaka of crm' },
        { change: 'revoked', entry: 'grant of Name of chen on crm-db' },
      ],
    });
    const count = z.strictObject({
      owners: z.string(),
      accounts: z.string(),
      assets: z.string(),
      grants: z.string(),
      live: z.string(),
    });
    const [counts] = await many(
      h.database,
      sql(
        count,
      )`SELECT (SELECT count(*) FROM system_owners) AS owners, (SELECT count(*) FROM target_accounts) AS accounts,
        (SELECT count(*) FROM protected_assets) AS assets, (SELECT count(*) FROM grants) AS grants,
        (SELECT count(*) FROM grants WHERE revoked_at IS NULL) AS live`,
    );
    expect(counts).toEqual({ owners: '1', accounts: '2', assets: '2', grants: '2', live: '1' });
  });

  test('gives a revoked grant back as a new one, so that the time between stays in the record', async () => {
    await using h = await house();
    await apply(h);
    await apply(h, { grants: [] });
    await apply(h);
    const { rows } = await h.owner.pool.query('SELECT revoked_at IS NULL AS live FROM grants ORDER BY 1');
    expect(rows).toEqual([{ live: false }, { live: false }, { live: true }, { live: true }]);
  });

  test('does not revoke a grant that a person gave', async () => {
    await using h = await house();
    await apply(h);
    await h.owner.pool.query('UPDATE grants SET granted_by = person_id');
    await apply(h, { grants: [] });
    const { rows } = await h.owner.pool.query('SELECT 1 FROM grants WHERE revoked_at IS NULL');
    expect(rows).toHaveLength(2);
  });

  test('brings changes of targets, grants and contracts in, each as one change', async () => {
    await using h = await house();
    await apply(h);
    await apply(h, {
      people: [BASE.people[0]!, { ...person('chen', 'maintainer') }, BASE.people[2]!],
      targets: [{ ...BASE.targets[0]!, port: 2222 }],
      grants: [BASE.grants[0]!, { ...BASE.grants[1]!, actions: ['shell', 'exec'] }],
    });
    expect((await h.events('inventory.applied')).at(-1)?.body).toEqual({
      changes: ['person chen', 'target crm-db', 'grant of chen on crm-db'].map((entry) => ({
        change: 'changed',
        entry,
      })),
    });
  });

  test('ends a contract given by its last day when that day is over in Japan, or in the zone that is named', async () => {
    await using h = await house();
    const [aoki, chen, tanaka] = BASE.people;
    const people = [aoki!, { ...chen!, contractEndsAt: '2026-09-30', sponsor: 'tanaka' }, tanaka!];
    const ofChen = async () => (await listPersons(h.database)).find(({ person: one }) => one.name === 'Name of chen');
    await apply(h, { people });
    expect(await ofChen()).toMatchObject({
      person: { contractEndsAt: new Date('2026-09-30T15:00:00Z') },
      sponsor: { name: 'Name of tanaka', left: false },
    });
    await apply(h, { people, zone: 'Europe/Berlin' });
    expect((await ofChen())?.person.contractEndsAt).toEqual(new Date('2026-09-30T22:00:00Z'));
    await apply(h, { people: [aoki!, { ...chen!, sponsor: null }, tanaka!] });
    expect((await ofChen())?.sponsor).toBeNull();
    const itself = apply(h, { people: [aoki!, { ...chen!, sponsor: 'chen' }, tanaka!] });
    expect(await codeOf(itself)).toBe('config_invalid');
    expect(InventorySchema.safeParse({ ...BASE, zone: 'Asia/Nowhere' }).success).toBe(false);
  });

  test('does not give back a role that the identity provider took away', async () => {
    await using h = await house();
    await apply(h);
    await h.signIn('tanaka');
    await apply(h);
    const tanaka = (await listPersons(h.database)).find((one) => one.person.email === 'tanaka@example.com');
    expect(tanaka?.person.roles).toEqual([]);
  });

  test('announces who lost access to the gateways', async () => {
    await using h = await house();
    await apply(h);
    const chen = (await listPersons(h.database)).find((one) => one.person.email === 'chen@example.com');
    const told = new Promise<string>((resolve) => {
      void h.database.listen('sekisho_access_changed', resolve, () => void apply(h, { grants: [BASE.grants[0]!] }));
    });
    expect(await told).toBe(chen?.person.id);
  });

  test('the constraints hold without it: the database refuses a shared account from anybody', async () => {
    await using h = await house();
    await apply(h);
    const steal = h.owner.pool.query(`UPDATE target_accounts SET account = 'aoki' WHERE account = 'chen'`);
    expect(await codeOf(steal)).toBe('23505');
    expect(await codeOf(h.owner.pool.query(`UPDATE target_accounts SET account = 'root'`))).toBe('23514');
  });
});
