/** A system's risk settings, and the approval by which a person goes on near one of its limits. */
import { describe, expect, test } from '@jest/globals';
import {
  applyInventory,
  decideSignIn,
  findSignIn,
  type InventoryInput,
  InventorySchema,
  loadAuthorizationFacts,
  requestSignIn,
  waitForSignIn,
} from '../../identity/index.ts';
import { type ConnectionId, NO_RISK_SETTINGS, type Principal } from '../../policy/index.ts';
import { codeOf, type House, house, ISSUER } from './people.ts';

const CONNECTION = '01990000-0000-7000-8000-000000000001' as ConnectionId;

const inventory = (risk?: unknown): InventoryInput => ({
  issuer: ISSUER,
  people: [],
  systems: [
    {
      name: 'crm',
      titleEn: 'CRM',
      titleJa: '顧客管理',
      owners: [],
      ...(risk === undefined ? {} : { risk: risk }),
    },
  ],
  targets: [
    { name: 'crm-db', system: 'crm', host: '127.0.0.1', port: 22, hostKey: 'ssh-ed25519 AAAA', mode: 'guarded-line' },
  ],
  ...{ accounts: [], grants: [] },
});

const apply = (h: House, risk?: unknown): Promise<void> => applyInventory(h, InventorySchema.parse(inventory(risk)));
const riskOf = async (h: House, { person }: Principal) =>
  (await loadAuthorizationFacts(h, { person, loginName: 'crm-db', action: 'shell' })).risk;

describe('risk settings are refused', () => {
  test.each([
    ['an unknown kind', { gigabytes: { day: 1 } }],
    ['an unknown window', { persons: { week: 1 } }],
    ['less than nothing', { persons: { day: -1 } }],
    ['half a person', { persons: { day: 0.5 } }],
    ['a share of nothing', { softRatio: 0 }],
    ['more than the whole', { softRatio: 1.1 }],
    ['an unknown mask', { redact: ['shoe_size'] }],
    ['an identifier without a name', { identifiers: [{ pattern: 'KAI-[0-9]{6}' }] }],
    ['an identifier of no known kind', { identifiers: [{ id: 'member', kind: 'shoe', pattern: 'KAI-[0-9]{6}' }] }],
    ['an identifier that only a backtracking engine knows', { identifiers: [{ id: 'member', pattern: '(a)\\1' }] }],
    ['an identifier that matches nothing at all', { identifiers: [{ id: 'member', pattern: 'a*' }] }],
    ['an identifier that is long when compiled', { identifiers: [{ id: 'member', pattern: '((a{50}){50}){9}' }] }],
    ['two identifiers of one name', { identifiers: ['a', 'b'].map((pattern) => ({ id: 'member', pattern })) }],
  ])('for %s', (_what, risk) => {
    expect(InventorySchema.safeParse(inventory(risk)).success).toBe(false);
  });
});

test('a rule for identifiers is refused by its name', () => {
  const { error } = InventorySchema.safeParse(inventory({ identifiers: [{ id: 'member', pattern: '(' }] }));
  expect(error?.issues).toMatchObject([{ path: ['systems', 0, 'risk', 'identifiers'] }]);
  expect(error?.issues[0]?.message).toContain('rule member');
});

test('risk settings come to whoever asks for a target, and applying them twice says nothing', async () => {
  await using h = await house();
  const aoki = await h.signIn('aoki', 'maintainer');
  await apply(h);
  expect(await riskOf(h, aoki)).toMatchObject(NO_RISK_SETTINGS);
  const risk = { persons: { command: 5, day: null }, opaqueBytes: { session: 9 }, softRatio: 0.5, redact: ['card'] };
  const identifiers = [{ id: 'member', pattern: 'KAI-[0-9]{6}' }];
  await apply(h, { ...risk, identifiers });
  await apply(h, { ...risk, identifiers });
  const { softRatio, redact, ...limits } = risk;
  expect(await riskOf(h, aoki)).toMatchObject({
    ...{ limits, softRatio, redact },
    identifiers: [{ id: 'member', kind: 'custom', pattern: 'KAI-[0-9]{6}', flags: '' }],
  });
  expect(await h.events('inventory.applied')).toHaveLength(2);
  await apply(h);
  expect(await riskOf(h, aoki)).toMatchObject(NO_RISK_SETTINGS);
});

describe('going on near a limit', () => {
  const asked = async (h: House, { person }: Principal) => {
    await apply(h);
    const { rows } = await h.database.pool.query<{ id: string }>('SELECT id FROM targets');
    const targetId = rows[0]!.id as never;
    const confirmation = { purpose: 'budget' as const, holder: person.id, connectionId: CONNECTION, targetId };
    return requestSignIn(h, { loginName: 'crm-db', sourceAddress: '192.0.2.1', seconds: 180, confirmation });
  };

  test('is confirmed by the person alone, while anybody may deny', async () => {
    await using h = await house();
    const [aoki, chen] = [await h.signIn('aoki', 'maintainer'), await h.signIn('chen', 'maintainer')];
    const { code } = await asked(h, aoki);
    expect(await codeOf(decideSignIn(h, chen, { code, decision: 'approved' }))).toBe('not_permitted');
    expect(await h.events('ssh.sign_in_decision_refused')).toMatchObject([{ body: { holder: aoki.person.id } }]);
    expect((await findSignIn(h, code))?.state).toBe('pending');
    await decideSignIn(h, chen, { code, decision: 'denied' });
    expect((await findSignIn(h, code))?.state).toBe('denied');
  });

  test('the database keeps that too, and keeps it apart from the second factor of a key', async () => {
    await using h = await house();
    const [aoki, chen] = [await h.signIn('aoki', 'maintainer'), await h.signIn('chen', 'maintainer')];
    const { id } = await asked(h, aoki);
    const forged = h.database.pool.query(
      "UPDATE ssh_sign_ins SET state = 'approved', person_id = $1, decided_at = now() WHERE id = $2",
      [chen.person.id, id],
    );
    await expect(forged).rejects.toThrow(/ssh_sign_ins_own_approval/);
    const columns = 'id, code, state, login_name, source_address, created_at, expires_at, for_person_id, purpose';
    const values = "gen_random_uuid(), 'ABCD-EFGH', 'pending', 'crm-db', '192.0.2.1', now(), now(), $1, 'budget'";
    const unbound = h.database.pool.query(`INSERT INTO ssh_sign_ins (${columns}) VALUES (${values})`, [aoki.person.id]);
    await expect(unbound).rejects.toThrow(/ssh_sign_ins_factor/);
    const moved = h.database.pool.query('UPDATE ssh_sign_ins SET connection_id = NULL WHERE id = $1', [id]);
    await expect(moved).rejects.toThrow(/permission denied/);
  });

  test('is told to who waits', async () => {
    await using h = await house();
    const aoki = await h.signIn('aoki', 'maintainer');
    const { code, id, confirmation } = await asked(h, aoki);
    expect(confirmation).toMatchObject({ holder: aoki.person.id, connectionId: CONNECTION });
    await decideSignIn(h, aoki, { code, decision: 'approved' });
    const signInDecided = new EventTarget();
    const approver = await waitForSignIn({ ...h, signInDecided }, id, new AbortController().signal);
    expect(approver?.id).toBe(aoki.person.id);
  });
});
