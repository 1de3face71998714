import { describe, expect, test } from '@jest/globals';
import { loadAuthorizationFacts, protectCopies } from '../../identity/index.ts';
import type { AssetCopy } from '../../policy/index.ts';
import { codeOf, HOUR, type World, world } from '../approvals/world.ts';

const DAY = 24 * HOUR;

async function copy(w: World, copies: AssetCopy[], target = 'crm-db'): Promise<void> {
  const sessionId = await w.session('aoki', target);
  await protectCopies(w, { copies, targetId: await w.targetId(target), sessionId, personId: w.idOf('aoki') });
}

async function copiesOn(w: World, loginName = 'crm-db'): Promise<string[]> {
  const facts = await loadAuthorizationFacts(w, { person: w.people.chen.person, loginName, action: 'exec' });
  return facts.assets.flatMap(({ name, copyOf }) => (copyOf === undefined ? [] : [`${name} of ${copyOf}`]));
}

describe('a copy of something protected', () => {
  test('is protected on its target for everybody, for 30 days, and nowhere else', async () => {
    await using w = await world();
    await copy(w, [
      { asset: 'crm.customers', path: '/tmp/c.csv' },
      { asset: 'crm.customers', path: 'work.c' },
    ]);
    expect(await copiesOn(w)).toEqual(['/tmp/c.csv of crm.customers', 'work.c of crm.customers']);
    expect(await copiesOn(w, 'billing-db')).toEqual([]);
    expect(await w.events('copies.protected')).toMatchObject([
      { actor: w.idOf('aoki'), body: { copies: [{ asset: 'crm.customers', copy: '/tmp/c.csv' }, { copy: 'work.c' }] } },
    ]);
    w.clock.advance(29 * DAY);
    expect(await copiesOn(w)).toHaveLength(2);
    w.clock.advance(2 * DAY);
    expect(await copiesOn(w)).toEqual([]);
  });

  test('is protected for 30 days more when it is made again, and never for less', async () => {
    await using w = await world();
    await copy(w, [{ asset: 'crm.customers', path: '/tmp/c.csv' }]);
    w.clock.advance(20 * DAY);
    await copy(w, [{ asset: 'crm.orders', path: '/tmp/c.csv' }]);
    w.clock.advance(20 * DAY);
    expect(await copiesOn(w)).toEqual(['/tmp/c.csv of crm.orders']);
    const shorten = w.fresh.owner.pool.query(
      "UPDATE protected_copies SET protected_until = made_at + interval '1 second'",
    );
    await expect(shorten).rejects.toThrow('a copy stays protected');
  });

  test('leaves no event when there is none', async () => {
    await using w = await world();
    await copy(w, []);
    expect(await w.events('copies.protected')).toEqual([]);
  });
});

describe('an act that leaves more copies than are remembered', () => {
  test.each([
    ['by their number', Array.from({ length: 65 }, (_, at) => ({ asset: 'crm.customers', path: `/tmp/${at}` }))],
    ['by the length of a name', [{ asset: 'crm.customers', path: `/tmp/${'a'.repeat(1_024)}` }]],
  ])('is refused %s, and none of them is kept', async (_how, copies) => {
    await using w = await world();
    expect(await codeOf(copy(w, copies))).toBe('copies_too_many');
    expect(await copiesOn(w)).toEqual([]);
  });
});
