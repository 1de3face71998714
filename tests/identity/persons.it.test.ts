import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { many, sql } from '../../foundation/index.ts';
import {
  changeLocale,
  closeWebSession,
  findPerson,
  findWebSession,
  isLocked,
  listPersons,
  lockPerson,
  openWebSession,
  provisionPerson,
  unlockPerson,
} from '../../identity/index.ts';
import type { Person, PersonId } from '../../policy/index.ts';
import { claimsOf, codeOf, house, ISSUER } from './people.ts';

const HOUR = 3_600_000;

const signedIn = (person: Person) => ({ person, issuer: ISSUER, idToken: 'id token', sourceAddress: '192.0.2.1' });

describe('provisionPerson', () => {
  test.each([
    ['a role nobody knows', { roles: ['root'] as never }],
    ['a name with a terminal escape', { name: 'a\u001b[2J' }],
    ['an empty subject', { subject: '' }],
    ['a name of 201 characters', { name: 'a'.repeat(201) }],
    ['a field nobody knows', { admin: true } as never],
  ])('refuses claims with %s and makes nobody', async (_name, wrong) => {
    await using h = await house();
    const claims = { ...claimsOf('aoki', 'maintainer'), ...wrong };
    await expect(provisionPerson(h, claims)).rejects.toMatchObject({ code: 'sign_in_failed' });
    expect(await listPersons(h.database)).toEqual([]);
  });

  test('makes one person of one identity, however many callbacks come at once, and one event', async () => {
    await using h = await house();
    const made = await Promise.all(Array.from({ length: 6 }, () => provisionPerson(h, claimsOf('aoki', 'maintainer'))));
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    expect(await h.events()).toEqual([
      {
        type: 'person.provisioned',
        actor: null,
        body: { person: made[0]?.id, name: 'Name of aoki', roles: ['maintainer'] },
      },
    ]);
  });

  test('keeps two issuers apart, even for one subject', async () => {
    await using h = await house();
    const one = await provisionPerson(h, claimsOf('aoki', 'maintainer'));
    const other = await provisionPerson(h, { ...claimsOf('aoki', 'owner'), issuer: 'https://other.example.com' });
    expect(other.id).not.toBe(one.id);
    expect((await findPerson(h.database, one.id))?.roles).toEqual(['maintainer']);
  });

  test('takes a role away that the provider no longer names, with an event, and is silent when nothing changed', async () => {
    await using h = await house();
    const { person } = await h.signIn('tanaka', 'owner', 'administrator');
    await h.signIn('tanaka', 'administrator', 'owner');
    expect(await h.events('person.provisioned')).toHaveLength(1);
    await h.signIn('tanaka', 'owner');
    expect((await findPerson(h.database, person.id))?.roles).toEqual(['owner']);
    expect((await h.events('person.provisioned')).at(-1)?.body).toMatchObject({ roles: ['owner'] });
  });

  test('does not take back the language a person chose', async () => {
    await using h = await house();
    const principal = await h.signIn('aoki', 'maintainer');
    expect((await changeLocale(h, principal, 'en')).locale).toBe('en');
    expect((await h.signIn('aoki', 'maintainer')).person.locale).toBe('en');
  });
});

describe('a web session', () => {
  test('is not found by an unknown token, nor by anything that is no token', async () => {
    await using h = await house();
    const { person } = await h.signIn('aoki', 'maintainer');
    await openWebSession(h, signedIn(person));
    for (const token of ['', 'x', 'A'.repeat(43), "' OR 1=1 --", '\u0000'.repeat(43)]) {
      expect(await findWebSession(h, token)).toBeUndefined();
      expect(await closeWebSession(h, token)).toBeUndefined();
    }
  });

  test('ends at the moment it expires, and the row goes with the next sign-in', async () => {
    await using h = await house();
    const { person } = await h.signIn('aoki', 'maintainer');
    const { token, expiresAt } = await openWebSession(h, signedIn(person));
    expect(expiresAt.getTime() - h.clock.now().getTime()).toBe(10 * HOUR);
    h.clock.set(new Date(expiresAt.getTime() - 1));
    expect((await findWebSession(h, token.expose()))?.person.id).toBe(person.id);
    h.clock.set(expiresAt);
    expect(await findWebSession(h, token.expose())).toBeUndefined();
    await openWebSession(h, signedIn(person));
    expect(await many(h.database, sql(z.unknown())`SELECT 1 FROM web_sessions`)).toHaveLength(1);
  });

  test('of a locked person is refused by that name, a new one too, and leaving stays possible', async () => {
    await using h = await house();
    const { person } = await h.signIn('aoki', 'maintainer');
    const officer = await h.signIn('kimura', 'security_officer');
    const { token } = await openWebSession(h, signedIn(person));
    await lockPerson(h, officer, { personId: person.id, reason: 'lost device' });
    expect(await codeOf(findWebSession(h, token.expose()))).toBe('person_locked');
    expect(await codeOf(openWebSession(h, signedIn(person)))).toBe('person_locked');
    expect(await h.events('person.signed_in')).toHaveLength(1);
    expect(await closeWebSession(h, token.expose())).toMatchObject({ idToken: 'id token' });
  });

  test('is stored by its hash alone, and shows no secret when printed', async () => {
    await using h = await house();
    const { person } = await h.signIn('aoki', 'maintainer');
    const { token } = await openWebSession(h, signedIn(person));
    expect(token.expose()).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(`${String(token)} ${JSON.stringify({ token })}`).not.toContain(token.expose());
    const [row] = await many(
      h.database,
      sql(z.strictObject({ row: z.string() }))`SELECT to_jsonb(w)::text AS row FROM web_sessions w`,
    );
    expect(row?.row).not.toContain(token.expose());
    expect(row?.row).not.toContain(Buffer.from(token.expose()).toString('hex'));
  });

  test('knows the roles of now and not those of the sign-in', async () => {
    await using h = await house();
    const { person } = await h.signIn('aoki', 'maintainer', 'administrator');
    const { token } = await openWebSession(h, signedIn(person));
    await h.signIn('aoki', 'maintainer');
    expect(await findWebSession(h, token.expose())).toMatchObject({
      person: { roles: ['maintainer'] },
      signedInBy: 'oidc',
    });
  });

  test('begins and ends with an event', async () => {
    await using h = await house();
    const { person } = await h.signIn('aoki', 'maintainer');
    const { token } = await openWebSession(h, signedIn(person));
    expect(await closeWebSession(h, token.expose())).toMatchObject({ idToken: 'id token' });
    expect(await findWebSession(h, token.expose())).toBeUndefined();
    expect(await closeWebSession(h, token.expose())).toBeUndefined();
    expect((await h.events()).slice(1)).toEqual([
      {
        type: 'person.signed_in',
        actor: person.id,
        body: { issuer: ISSUER, sourceAddress: '192.0.2.1', assurance: 'single' },
      },
      { type: 'person.signed_out', actor: person.id, body: {} },
    ]);
  });
});

describe('a lock', () => {
  test.each(['maintainer', 'owner', 'auditor'] as const)(
    'is not set nor lifted by a person who is only %s',
    async (role) => {
      await using h = await house();
      const { person } = await h.signIn('aoki', 'maintainer');
      const other = await h.signIn('other', role);
      expect(await codeOf(lockPerson(h, other, { personId: person.id, reason: 'why' }))).toBe('not_permitted');
      await lockPerson(h, await h.signIn('kimura', 'security_officer'), { personId: person.id, reason: 'why' });
      expect(await codeOf(unlockPerson(h, other, person.id))).toBe('not_permitted');
      expect(await isLocked(h.database, person.id)).toBe(true);
    },
  );

  test('is not set on oneself, on nobody, or without a reason', async () => {
    await using h = await house();
    const officer = await h.signIn('kimura', 'security_officer');
    const lock = (personId: PersonId, reason: string) => codeOf(lockPerson(h, officer, { personId, reason }));
    const nobody = '01970000-0000-7000-8000-000000000000' as PersonId;
    expect(await lock(officer.person.id, 'myself')).toBe('not_permitted');
    expect(await lock(nobody, 'nobody')).toBe('not_found');
    expect(await lock(officer.person.id, ' \n ')).toBe('request_invalid');
    expect(await lock(officer.person.id, 'a'.repeat(2_001))).toBe('request_invalid');
    expect(await codeOf(unlockPerson(h, officer, nobody))).toBe('not_found');
    expect(await h.events('person.locked')).toEqual([]);
  });

  test('stops the one who locks as well: a locked officer locks and unlocks nobody, themselves least of all', async () => {
    await using h = await house();
    const officer = await h.signIn('kimura', 'security_officer');
    const administrator = await h.signIn('yamada', 'administrator');
    await lockPerson(h, administrator, { personId: officer.person.id, reason: 'inquiry' });
    expect(await codeOf(lockPerson(h, officer, { personId: administrator.person.id, reason: 'revenge' }))).toBe(
      'person_locked',
    );
    expect(await codeOf(unlockPerson(h, officer, officer.person.id))).toBe('person_locked');
  });

  test('does not believe a role the request still remembers', async () => {
    await using h = await house();
    const { person } = await h.signIn('aoki', 'maintainer');
    const former = await h.signIn('kimura', 'security_officer');
    await h.signIn('kimura', 'auditor');
    expect(await codeOf(lockPerson(h, former, { personId: person.id, reason: 'why' }))).toBe('not_permitted');
  });

  test('is one, with one event, when several set it at once, and is lifted with one event', async () => {
    await using h = await house();
    const { person } = await h.signIn('aoki', 'maintainer');
    const officer = await h.signIn('kimura', 'security_officer');
    const lock = { personId: person.id, reason: 'lost device' };
    await Promise.all([lockPerson(h, officer, lock), lockPerson(h, officer, lock), lockPerson(h, officer, lock)]);
    expect(await h.events('person.locked')).toHaveLength(1);
    const entry = (await listPersons(h.database)).find((one) => one.person.id === person.id);
    expect(entry).toMatchObject({
      person: { name: 'Name of aoki' },
      lock: { reason: 'lost device', lockedBy: { id: officer.person.id, name: 'Name of kimura' } },
    });
    await unlockPerson(h, officer, person.id);
    await unlockPerson(h, officer, person.id);
    expect(await isLocked(h.database, person.id)).toBe(false);
    expect(await h.events('person.unlocked')).toHaveLength(1);
    expect((await listPersons(h.database)).every((one) => one.lock === null)).toBe(true);
  });
});
