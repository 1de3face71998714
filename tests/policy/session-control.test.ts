import { describe, expect, test } from '@jest/globals';
import { controlVerbs, type PersonId, type Role, ROLES } from '../../policy/index.ts';

const other = 'a' as PersonId;
const may = (roles: readonly Role[], isOwned: boolean, isOwn: boolean) => {
  const id = (isOwn ? other : 'b') as PersonId;
  return controlVerbs({ id, roles }, { personId: other, isOwned });
};

describe('controlVerbs', () => {
  test('gives nothing to who has nothing to do with the session', () => {
    for (const role of ['maintainer', 'owner', 'auditor'] as const) expect(may([role], false, false)).toEqual([]);
  });

  test('lets an administrator end, and nothing else', () => {
    expect(may(['administrator'], false, false)).toEqual(['end']);
  });

  test('lets owners of the system and security officers do everything', () => {
    expect(may(['owner'], true, false)).toEqual(['end', 'pause', 'resume', 'message']);
    expect(may(['security_officer'], false, false)).toEqual(['end', 'pause', 'resume', 'message']);
  });

  test('lets everybody end their own, and nobody resume it, whatever they are', () => {
    expect(may(ROLES, true, true)).toEqual(['end']);
    expect(may(['maintainer'], false, true)).toEqual(['end']);
  });
});
