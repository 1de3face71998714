import { describe, expect, test } from '@jest/globals';
import {
  enrolSshKey,
  findPersonByKey,
  listSshKeys,
  lockPerson,
  parsePublicKey,
  revokeSshKey,
} from '../../identity/index.ts';
import { ed25519, line } from './keys.ts';
import { codeOf, house } from './people.ts';

const DAY = 86_400_000;
const request = (publicKey: string, label = '') => ({ publicKey, label });

describe('enrolling a key is refused', () => {
  test('when anybody has it: somebody else, oneself, and after it was revoked', async () => {
    await using h = await house();
    const aoki = await h.signIn('aoki', 'maintainer');
    const chen = await h.signIn('chen', 'maintainer');
    const key = line(ed25519());
    const { fingerprint } = await enrolSshKey(h, aoki, request(key));
    expect(await codeOf(enrolSshKey(h, chen, request(key)))).toBe('key_taken');
    expect(await codeOf(enrolSshKey(h, aoki, request(key)))).toBe('key_taken');
    await revokeSshKey(h, aoki, fingerprint);
    expect(await codeOf(enrolSshKey(h, aoki, request(key)))).toBe('key_taken');
    expect(await codeOf(enrolSshKey(h, chen, request(key)))).toBe('key_taken');
    expect(await h.events('ssh_key.enrolled')).toHaveLength(1);
  });

  test('for all but one when two people enrol one key at once', async () => {
    await using h = await house();
    const people = [await h.signIn('aoki', 'maintainer'), await h.signIn('chen', 'maintainer')];
    const key = line(ed25519());
    const outcomes = await Promise.all(people.map((person) => codeOf(enrolSshKey(h, person, request(key)))));
    expect(outcomes.toSorted()).toEqual(['accepted', 'key_taken']);
  });

  test('above ten keys, also when they come at once, until one is revoked', async () => {
    await using h = await house();
    const aoki = await h.signIn('aoki', 'maintainer');
    const enrol = () => codeOf(enrolSshKey(h, aoki, request(line(ed25519()))));
    const outcomes = await Promise.all(Array.from({ length: 12 }, enrol));
    expect(outcomes.filter((outcome) => outcome === 'accepted')).toHaveLength(10);
    expect(outcomes.filter((outcome) => outcome === 'request_invalid')).toHaveLength(2);
    const [first] = await listSshKeys(h.database, aoki.person.id);
    await revokeSshKey(h, aoki, first?.fingerprint ?? '');
    expect(await enrol()).toBe('accepted');
  });

  test('for a locked person, a key that is none, and a label that cannot be shown', async () => {
    await using h = await house();
    const aoki = await h.signIn('aoki', 'maintainer');
    const key = line(ed25519());
    expect(await codeOf(enrolSshKey(h, aoki, request('ssh-ed25519 AAAA')))).toBe('key_invalid');
    expect(await codeOf(enrolSshKey(h, aoki, request(key, 'a\u001b[2J')))).toBe('request_invalid');
    expect(await codeOf(enrolSshKey(h, aoki, request(key, 'a'.repeat(201))))).toBe('request_invalid');
    const officer = await h.signIn('kimura', 'security_officer');
    await lockPerson(h, officer, { personId: aoki.person.id, reason: 'lost device' });
    expect(await codeOf(enrolSshKey(h, aoki, request(key)))).toBe('person_locked');
    expect(await listSshKeys(h.database, aoki.person.id)).toEqual([]);
  });
});

describe('a key finds', () => {
  test('nobody when it is unknown, revoked or expired', async () => {
    await using h = await house();
    const aoki = await h.signIn('aoki', 'maintainer');
    const [revoked, expired, unknown] = [ed25519(), ed25519(), ed25519()];
    const { fingerprint } = await enrolSshKey(h, aoki, request(line(revoked)));
    const { expiresAt } = await enrolSshKey(h, aoki, request(line(expired)));
    await revokeSshKey(h, aoki, fingerprint);
    expect(await findPersonByKey(h, unknown.blob)).toBeUndefined();
    expect(await findPersonByKey(h, revoked.blob)).toBeUndefined();
    expect(await findPersonByKey(h, Buffer.alloc(0))).toBeUndefined();
    h.clock.set(new Date((expiresAt?.getTime() ?? 0) - 1));
    expect((await findPersonByKey(h, expired.blob))?.person.id).toBe(aoki.person.id);
    h.clock.advance(1);
    expect(await findPersonByKey(h, expired.blob)).toBeUndefined();
  });

  test('its person; it lasts 180 days, and has its comment as label', async () => {
    await using h = await house();
    const aoki = await h.signIn('aoki', 'maintainer');
    const key = ed25519();
    const { fingerprint } = parsePublicKey(line(key));
    const enrolledAt = h.clock.now();
    const enrolled = await enrolSshKey(h, aoki, request(line(key, '青木 laptop'), '  '));
    expect(enrolled).toEqual({
      fingerprint,
      algorithm: 'ssh-ed25519',
      label: '青木 laptop',
      enrolledAt,
      expiresAt: new Date(enrolledAt.getTime() + 180 * DAY),
      lastUsedAt: null,
    });
    expect(await findPersonByKey(h, key.blob)).toEqual({ person: aoki.person, fingerprint });
    expect(await listSshKeys(h.database, aoki.person.id)).toEqual([enrolled]);
    expect(await h.events('ssh_key.enrolled')).toEqual([
      { type: 'ssh_key.enrolled', actor: aoki.person.id, body: { fingerprint, algorithm: 'ssh-ed25519' } },
    ]);
  });
});

test("revoking refuses somebody else's key, an unknown one and a second time, with the same answer", async () => {
  await using h = await house();
  const aoki = await h.signIn('aoki', 'maintainer');
  const chen = await h.signIn('chen', 'maintainer');
  const { fingerprint } = await enrolSshKey(h, aoki, request(line(ed25519())));
  expect(await codeOf(revokeSshKey(h, chen, fingerprint))).toBe('not_found');
  expect(await codeOf(revokeSshKey(h, aoki, `SHA256:${'A'.repeat(43)}`))).toBe('not_found');
  expect(await codeOf(revokeSshKey(h, aoki, '\u0000'))).toBe('not_found');
  await revokeSshKey(h, aoki, fingerprint);
  expect(await codeOf(revokeSshKey(h, aoki, fingerprint))).toBe('not_found');
  expect(await h.events('ssh_key.revoked')).toEqual([
    { type: 'ssh_key.revoked', actor: aoki.person.id, body: { fingerprint } },
  ]);
});
