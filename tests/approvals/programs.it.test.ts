import { describe, expect, test } from '@jest/globals';
import { decideProgram, listPrograms, recordRefusedAct } from '../../approvals/index.ts';
import { loadAuthorizationFacts } from '../../identity/index.ts';
import type { Judgement } from '../../policy/index.ts';
import { codeOf, type Name, type World, world } from './world.ts';

function unknown(...names: string[]): Judgement {
  return {
    verdict: 'ask',
    findings: names.map((subject) => ({
      ...{ rule: 'gate.unknown-program', class: 'unknown' as const, span: [0, 1] as const, subject, assets: [] },
    })),
    commands: names.map((name) => [name]),
    objects: [],
    copies: [],
    digest: 'ab'.repeat(32),
  };
}

async function meet(w: World, name: Name, judgement: Judgement): Promise<void> {
  const [sessionId, targetId] = [await w.session(name), await w.targetId('crm-db')];
  const act = { sessionId, personId: w.idOf(name), targetId, text: 'frobnicate -x', judgement };
  await w.database.inTransaction((tx) => recordRefusedAct(tx, w.clock, act));
}

async function known(w: World): Promise<string[]> {
  const asked = { person: w.people.chen.person, loginName: 'crm-db', action: 'exec' as const };
  return [...(await loadAuthorizationFacts(w, asked)).programs];
}

const ACCEPT = { decision: 'accept', reason: '業務で使う正規の点検ツール' } as const;

describe('a program the gate does not know', () => {
  test('is accepted by nobody but an owner of the system who never asked for it', async () => {
    await using w = await world();
    await meet(w, 'aoki', unknown('frobnicate'));
    await meet(w, 'yamada', unknown('frobnicate'));
    const [program] = await listPrograms(w, w.people.tanaka);
    const id = program?.id ?? '';
    const decide = (name: Name, more = {}) => codeOf(decideProgram(w, w.people[name], id, { ...ACCEPT, ...more }));
    expect(await decide('aoki')).toBe('not_permitted');
    expect(await decide('mori')).toBe('not_permitted'); // Owns another system.
    expect(await decide('kimura')).toBe('not_permitted');
    expect(await decide('yamada')).toBe('own_request'); // An owner, and an administrator, who asked.
    expect(await decide('tanaka', { reason: ' ' })).toBe('request_invalid');
    expect(await known(w)).toEqual([]);
    expect(await decide('tanaka')).toBe('accepted');
    expect(await known(w)).toEqual(['frobnicate']);
    expect(await w.events('program.accepted')).toMatchObject([
      { actor: w.idOf('tanaka'), body: { name: 'frobnicate' } },
    ]);
  });

  test('is not accepted past the rule by the database role either', async () => {
    await using w = await world();
    await meet(w, 'aoki', unknown('frobnicate'));
    const update = w.fresh.owner.pool.query(
      `UPDATE programs SET state = 'accepted', decided_by = $1, decided_at = now(), reason = 'mine'`,
      [w.idOf('aoki')],
    );
    await expect(update).rejects.toMatchObject({ constraint: 'programs_second_person' });
  });

  test('stops being known when an owner declines it, and is unknown on other systems', async () => {
    await using w = await world();
    await meet(w, 'aoki', unknown('frobnicate'));
    const [program] = await listPrograms(w, w.people.tanaka);
    await decideProgram(w, w.people.tanaka, program?.id ?? '', ACCEPT);
    const elsewhere = { person: w.people.chen.person, loginName: 'billing-db', action: 'exec' as const };
    expect([...(await loadAuthorizationFacts(w, elsewhere)).programs]).toEqual([]);
    await decideProgram(w, w.people.sato, program?.id ?? '', { decision: 'decline', reason: 'no longer used' });
    expect(await known(w)).toEqual([]);
  });

  test('is listed once with everybody who met it, to owners of its system and to those who see every system', async () => {
    await using w = await world();
    await meet(w, 'aoki', unknown('frobnicate', './tool', 'two words', 'bell\u0007'));
    await meet(w, 'aoki', unknown('frobnicate'));
    await meet(w, 'chen', unknown('frobnicate'));
    const listed = await listPrograms(w, w.people.tanaka);
    expect(listed.map(({ name }) => name).sort()).toEqual(['./tool', 'frobnicate']);
    const found = listed.find(({ name }) => name === 'frobnicate');
    expect(found?.askers.map(({ name, times }) => [name, times]).sort()).toEqual([
      ['Name of aoki', 2],
      ['Name of chen', 1],
    ]);
    expect(await listPrograms(w, w.people.mori)).toEqual([]);
    expect(await listPrograms(w, w.people.aoki)).toEqual([]);
    expect(await listPrograms(w, w.people.suzuki)).toHaveLength(2);
    expect(await w.events('program.asked')).toHaveLength(2);
  });
});
