import { describe, expect, test } from '@jest/globals';
import { LOCK_KINDS, lockableKinds, mayLock } from '../../policy/index.ts';
import { ROLES } from '../../policy/model.ts';

const base = { owned: false, own: false };

describe('a lock is placed and lifted', () => {
  test.each(LOCK_KINDS.flatMap((kind) => ROLES.map((role) => [kind, role] as const)))(
    'never on oneself: %s, %s',
    (kind, role) => {
      expect(mayLock({ kind, roles: [role], owned: true, own: true })).toBe(false);
    },
  );

  test('by security officers of everything, by administrators of people, keys and devices, by owners of what is theirs', () => {
    const may = (role: (typeof ROLES)[number], owned: boolean): string[] =>
      LOCK_KINDS.filter((kind) => mayLock({ ...base, kind, roles: [role], owned }));
    expect(may('security_officer', false)).toEqual([...LOCK_KINDS]);
    expect(may('administrator', true)).toEqual(['person', 'key', 'device']);
    expect(may('owner', true)).toEqual(['target', 'system', 'ticket']);
    expect(may('owner', false)).toEqual([]);
    expect(may('maintainer', true)).toEqual([]);
    expect(may('auditor', true)).toEqual([]);
    expect(lockableKinds(['owner', 'administrator'])).toEqual([
      'person',
      'key',
      'device',
      'target',
      'system',
      'ticket',
    ]);
  });
});
