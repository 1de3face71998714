/** Access reviews on a real database: who may, what takes effect, what is frozen, and what is late. */
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { execute, sha256, sql } from '../../foundation/index.ts';
import {
  applyInventory,
  climbOverdueAccessReviews,
  decideReviewItem,
  exportReview,
  InventorySchema,
  listReviews,
  loadAuthorizationFacts,
  provisionPerson,
  readReview,
  signReview,
  startReview,
} from '../../identity/index.ts';
import { authorizeTarget, type SessionKind } from '../../policy/index.ts';
import { codeOf, HOUR, ISSUER, type Name, type World, world } from '../approvals/world.ts';

const DAY = 24 * HOUR;
const inDays = (house: World, days: number): Date => new Date(house.clock.now().getTime() + days * DAY);
const start = (house: World, name: Name, more: object = {}) =>
  startReview(house, house.people[name], { scope: 'system', subject: 'crm', dueAt: inDays(house, 14), ...more });

async function itemOf(house: World, review: string, person: Name, role: string | null = null) {
  const { items } = await readReview(house, house.people.kimura, review);
  const item = items.find((one) => one.personId === house.idOf(person) && one.role === role);
  if (item === undefined) throw new Error('no such item');
  return item;
}

async function enters(house: World, name: Name, action: SessionKind = 'shell'): Promise<boolean> {
  const { person } = house.people[name];
  return authorizeTarget(await loadAuthorizationFacts(house, { person, loginName: 'crm-db', action })).allowed;
}

async function decideAll(house: World, review: string): Promise<void> {
  const { items } = await readReview(house, house.people.kimura, review);
  for (const { id: item, grantId, personId } of items) {
    const by: Name = grantId === null ? 'kimura' : personId === house.idOf('yamada') ? 'sato' : 'tanaka';
    await decideReviewItem(house, house.people[by], { review, item, decision: 'keep', reason: 'needed' });
  }
}

describe('an access review is refused', () => {
  test('its beginning: to maintainers, auditors and owners of other systems, without end, of nothing', async () => {
    await using house = await world();
    for (const name of ['aoki', 'suzuki', 'mori'] as const) {
      expect([name, await codeOf(start(house, name))]).toEqual([name, 'not_permitted']);
    }
    expect(await codeOf(start(house, 'tanaka', { scope: 'company' }))).toBe('not_permitted');
    expect(await codeOf(start(house, 'kimura', { dueAt: house.clock.now() }))).toBe('request_invalid');
    expect(await codeOf(start(house, 'kimura', { dueAt: inDays(house, 999) }))).toBe('request_invalid');
    expect(await codeOf(start(house, 'kimura', { subject: 'no-such' }))).toBe('not_found');
    expect(await codeOf(start(house, 'tanaka'))).toBe('accepted');
  });

  test('a decision: on what one has oneself, to owners of other systems, to who has no such role, twice, without a reason', async () => {
    await using house = await world();
    const review = await start(house, 'kimura');
    const { id: own } = await itemOf(house, review, 'yamada');
    const { id: item } = await itemOf(house, review, 'aoki');
    const { id: role } = await itemOf(house, review, 'aoki', 'maintainer');
    const decide = (name: Name, one: string, reason = 'fine') =>
      codeOf(decideReviewItem(house, house.people[name], { review, item: one, decision: 'keep', reason }));
    expect(await decide('yamada', own)).toBe('own_request');
    expect(await decide('mori', item)).toBe('not_permitted');
    expect(await decide('aoki', item)).toBe('own_request');
    expect(await decide('chen', item)).toBe('not_permitted');
    expect(await decide('kimura', item)).toBe('not_permitted'); // Its owners are there.
    expect(await decide('tanaka', role)).toBe('not_permitted');
    expect(await decide('tanaka', item, ' ')).toBe('request_invalid');
    expect(await decide('tanaka', review)).toBe('not_found');
    expect(await decide('tanaka', item)).toBe('accepted');
    expect(await decide('sato', item)).toBe('review_closed');
    // The same past the code.
    await expect(
      execute(
        house.database,
        sql(z.never())`INSERT INTO access_review_decisions (id, item_id, decision, reason, decided_by, decided_at)
          VALUES (gen_random_uuid(), ${own}, 'keep', 'mine', ${house.idOf('yamada')}, now())`,
      ),
    ).rejects.toThrow('nobody reviews what they have');
    await expect(
      execute(house.database, sql(z.never())`UPDATE access_review_decisions SET reason = 'other'`),
    ).rejects.toThrow('permission denied');
  });

  test('its sign-off: while something is open, to who began it, to who is reviewed in it, to owners, twice', async () => {
    await using house = await world();
    await house.fresh.owner.pool.query("UPDATE persons SET roles = array_append(roles, 'auditor') WHERE id = $1", [
      house.idOf('chen'),
    ]);
    const review = await start(house, 'kimura');
    const sign = (name: Name) => codeOf(signReview(house, house.people[name], review));
    expect(await sign('suzuki')).toBe('review_closed');
    await decideAll(house, review);
    expect(await sign('tanaka')).toBe('not_permitted');
    expect(await sign('kimura')).toBe('own_request');
    expect(await sign('chen')).toBe('own_request');
    expect(await sign('suzuki')).toBe('accepted');
    expect(await sign('suzuki')).toBe('review_closed');
    await expect(
      execute(house.database, sql(z.never())`UPDATE access_reviews SET climbed = 0 WHERE id = ${review}`),
    ).rejects.toThrow('a signed review never changes');
  });

  test('to be read by who owns nothing in it', async () => {
    await using house = await world();
    const review = await start(house, 'kimura');
    for (const name of ['aoki', 'mori'] as const) {
      expect(await codeOf(readReview(house, house.people[name], review))).toBe('not_found');
      expect(await codeOf(exportReview(house, house.people[name], review))).toBe('not_found');
      expect(await listReviews(house, house.people[name])).toEqual([]);
    }
    expect((await readReview(house, house.people.tanaka, review)).items.every(({ owned }) => owned)).toBe(true);
  });
});

describe('what is decided', () => {
  test('takes effect at once: removed, reduced, kept; a question leaves it open', async () => {
    await using house = await world();
    const review = await start(house, 'kimura');
    const { tanaka } = house.people;
    const [aoki, chen] = [await itemOf(house, review, 'aoki'), await itemOf(house, review, 'chen')];
    await decideReviewItem(house, tanaka, { review, item: aoki.id, decision: 'ask', reason: 'still needed?' });
    expect(await enters(house, 'aoki')).toBe(true);
    await decideReviewItem(house, tanaka, { review, item: aoki.id, decision: 'remove', reason: 'moved' });
    expect(await enters(house, 'aoki')).toBe(false);
    const wrong = { review, item: chen.id, decision: 'reduce', reason: 'less' } as const;
    expect(await codeOf(decideReviewItem(house, tanaka, { ...wrong, actions: ['download'] }))).toBe('request_invalid');
    expect(await codeOf(decideReviewItem(house, tanaka, { ...wrong, actions: [] }))).not.toBe('accepted');
    await decideReviewItem(house, tanaka, { ...wrong, actions: ['exec'] });
    expect([await enters(house, 'chen'), await enters(house, 'chen', 'exec')]).toEqual([false, true]);
    expect((await house.events('review.decided')).map(({ body }) => body['decision'])).toEqual([
      'ask',
      'remove',
      'reduce',
    ]);
  });

  test('is not undone by the inventory that gave it, but by one that says something else', async () => {
    await using house = await world();
    const review = await start(house, 'kimura');
    const { id: item, snapshot } = await itemOf(house, review, 'aoki');
    await decideReviewItem(house, house.people.tanaka, { review, item, decision: 'remove', reason: 'moved' });
    const inventory = (expiresAt: string) =>
      InventorySchema.parse({
        ...{ issuer: ISSUER, systems: [], targets: [], accounts: [] },
        people: [{ subject: 'aoki', name: 'Name of aoki', roles: ['maintainer'] }],
        grants: [{ target: 'crm-db', person: 'aoki', actions: snapshot.actions, expiresAt }],
      });
    await applyInventory(house, inventory(snapshot.expiresAt ?? ''));
    expect(await enters(house, 'aoki')).toBe(false);
    await applyInventory(house, inventory(inDays(house, 100).toISOString()));
    expect(await enters(house, 'aoki')).toBe(true);
  });

  test('of a role holds whatever the identity provider says, until a later review keeps it', async () => {
    await using house = await world();
    const rolesAtSignIn = async () => {
      await provisionPerson(house, {
        ...{ issuer: ISSUER, subject: 'aoki', roles: ['maintainer'], locale: 'en', employer: '', email: null },
        name: 'Name of aoki',
      });
      const { person } = await loadAuthorizationFacts(house, { ...house.people.aoki, loginName: 'x', action: 'shell' });
      return person.roles;
    };
    const first = await start(house, 'kimura');
    const decide = async (review: string, decision: 'remove' | 'keep') => {
      const { id: item } = await itemOf(house, review, 'aoki', 'maintainer');
      await decideReviewItem(house, house.people.kimura, { review, item, decision, reason: 'role' });
    };
    await decide(first, 'remove');
    expect(await rolesAtSignIn()).toEqual([]);
    await decide(await start(house, 'kimura'), 'keep');
    expect(await rolesAtSignIn()).toEqual(['maintainer']);
  });

  test('is frozen with the sign-off: the hash in the event is of the evidence, and that names every decision', async () => {
    await using house = await world();
    const review = await start(house, 'kimura');
    await decideAll(house, review);
    const digest = await signReview(house, house.people.suzuki, review);
    const { rows } = await house.fresh.owner.pool.query<{ evidence: string }>('SELECT evidence FROM access_reviews');
    const evidence = rows[0]?.evidence ?? '';
    expect(sha256(evidence).toString('hex')).toBe(digest);
    expect(await house.events('review.signed')).toMatchObject([
      { actor: house.idOf('suzuki'), body: { sha256: digest } },
    ]);
    const parsed = z
      .object({ items: z.array(z.object({ decisions: z.array(z.unknown()) })) })
      .parse(JSON.parse(evidence));
    expect(parsed.items.map(({ decisions }) => decisions.length)).toEqual(parsed.items.map(() => 1));
  });
});

describe('what is late', () => {
  test('climbs once a step: owners, the second line, then open grants open nothing until somebody keeps them', async () => {
    await using house = await world();
    const review = await start(house, 'kimura');
    const told = async () => {
      const { rows } = await house.fresh.owner.pool.query<{ kind: string; subject: string }>(
        `SELECT n.kind, i.subject FROM notifications n JOIN identities i ON i.person_id = n.person_id
         WHERE n.kind LIKE 'review.%' ORDER BY 1, 2`,
      );
      return rows.map(({ kind, subject }) => `${kind} ${subject}`);
    };
    expect(await climbOverdueAccessReviews(house)).toBe(0);
    house.clock.advance(11 * DAY);
    expect(await climbOverdueAccessReviews(house)).toBe(1);
    expect(await climbOverdueAccessReviews(house)).toBe(0);
    const first = ['review.due sato', 'review.due tanaka', 'review.due yamada'];
    expect(await told()).toEqual(first);
    house.clock.advance(3 * DAY);
    await climbOverdueAccessReviews(house);
    expect((await told()).filter((line) => line.startsWith('review.overdue'))).toContain('review.overdue kimura');
    expect(await enters(house, 'aoki')).toBe(true);
    house.clock.advance(7 * DAY);
    await climbOverdueAccessReviews(house);
    expect([await enters(house, 'aoki'), await enters(house, 'chen')]).toEqual([false, false]);
    const { id: item } = await itemOf(house, review, 'aoki');
    await decideReviewItem(house, house.people.tanaka, { review, item, decision: 'keep', reason: 'late, but needed' });
    expect([await enters(house, 'aoki'), await enters(house, 'chen')]).toEqual([true, false]);
    expect((await house.events('review.overdue')).map(({ body }) => body['step'])).toEqual([1, 2, 3]);
  });
});

describe('the table', () => {
  test('is handed out as an audited act, and runs no formula in a spreadsheet', async () => {
    await using house = await world();
    await house.fresh.owner.pool.query("UPDATE persons SET name = '=cmd|''/c calc''!A1' WHERE id = $1", [
      house.idOf('aoki'),
    ]);
    const review = await start(house, 'kimura');
    const csv = await exportReview(house, house.people.suzuki, review);
    expect(csv).toContain(`"'=cmd|'/c calc'!A1"`);
    expect(csv).not.toMatch(/(^|,|\n)"?=/);
    expect(await house.events('review.exported')).toMatchObject([{ actor: house.idOf('suzuki'), body: { review } }]);
  });
});
