import { expect, test } from '@jest/globals';
import { newUuid, systemClock } from '../../foundation/index.ts';
import { SessionRegistry } from '../../gateway/index.ts';
import { Attendance } from '../../gateway/live-control/attendance.ts';
import type { LiveSession } from '../../gateway/session-registry.ts';
import {
  authorizeTarget,
  type ConnectionId,
  NO_TICKET_NEEDED,
  type PersonId,
  type SessionId,
  type SystemId,
  type TargetId,
} from '../../policy/index.ts';

const uuid = (): string => newUuid(systemClock.now());

function session(personId: PersonId): LiveSession {
  const decision = authorizeTarget({
    person: {
      ...{ id: personId, name: 'A', email: null, employer: '', locale: 'en', contractEndsAt: null },
      roles: ['maintainer'],
    },
    ...{ ambiguous: false, via: [], ticket: NO_TICKET_NEEDED },
    ...{ locks: [], account: 'a', action: 'exec', now: new Date(0) },
    target: {
      ...{ id: uuid() as TargetId, systemId: uuid() as SystemId, name: 'crm-db', systemName: 'crm' },
      ...{ hostCa: null, legacyAlgorithms: false, sourceAddress: null },
      ...{ host: '127.0.0.1', port: 22, hostKey: 'ssh-ed25519 AAAA', mode: 'recorded' },
    },
    grant: { actions: ['exec'], expiresAt: new Date(1) },
  });
  if (!decision.allowed) throw new Error(decision.reason);
  const { authorization } = decision;
  return {
    ...{ id: uuid() as SessionId, authorization, keyBlob: null, closed: Promise.resolve() },
    connectionId: uuid() as ConnectionId,
    attendance: new Attendance({
      ...{ clock: systemClock, limits: undefined, locale: 'en', hasTerminal: false },
      mark: () => Promise.resolve(),
      end: () => undefined,
    }),
    end: () => undefined,
    expireAt: () => undefined,
    learnRules: () => undefined,
    learnCopies: () => undefined,
  };
}

test('a person’s sessions are found, all of them and no others, until they are removed', () => {
  const registry = new SessionRegistry();
  const [chen, aoki] = [uuid() as PersonId, uuid() as PersonId];
  const [first, second, other] = [session(chen), session(chen), session(aoki)];
  for (const one of [first, second, other]) registry.add(one);
  expect(registry.ofPerson(chen)).toEqual([first, second]);
  registry.remove(first.id);
  registry.remove(first.id);
  expect(registry.ofPerson(chen)).toEqual([second]);
  expect(registry.all()).toEqual([second, other]);
  expect(registry.ofPerson(uuid() as PersonId)).toEqual([]);
});

test('what is listed stays as it was listed while sessions end', () => {
  const registry = new SessionRegistry();
  const one = session(uuid() as PersonId);
  registry.add(one);
  const listed = registry.all();
  registry.remove(one.id);
  expect(listed).toEqual([one]);
});
