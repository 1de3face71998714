/** Locks of every kind on a real database: who may, what they stop, and that nobody lifts one on themselves. */
import { describe, expect, test } from '@jest/globals';
import { decideTicket, redeemTicket } from '../../approvals/index.ts';
import { execute, sql } from '../../foundation/index.ts';
import {
  findKey,
  liftLock,
  liftOverdueLocks,
  listLocks,
  loadAuthorizationFacts,
  lockPerson,
  openWebSession,
  placeLock,
  unlockPerson,
} from '../../identity/index.ts';
import { authorizeTarget, judgeCommand, type LockKind } from '../../policy/index.ts';
import { z } from 'zod';
import { codeOf, DUMP, HOUR, type Name, type World, world } from '../approvals/world.ts';
import { enrolledKeyOf } from './locks-support.ts';

const asked = (kind: LockKind, subject: string) => ({ kind, subject, reason: 'investigation' });

async function enters(house: World, more: Partial<Parameters<typeof loadAuthorizationFacts>[1]> = {}): Promise<string> {
  const { person } = house.people.aoki;
  const facts = await loadAuthorizationFacts(house, { person, loginName: 'crm-db', action: 'shell', ...more });
  const decision = authorizeTarget(facts);
  return decision.allowed ? 'in' : decision.reason;
}

const employ = (house: World, name: Name, employer: string) =>
  house.fresh.owner.pool.query('UPDATE persons SET employer = $1 WHERE id = $2', [employer, house.idOf(name)]);

describe('a lock is refused', () => {
  test('to whose role does not name the kind, and to owners of other systems', async () => {
    await using house = await world();
    const ticket = await house.ask('aoki');
    const refused = async (name: Name, kind: LockKind, subject: string): Promise<[string, string, string]> => [
      name,
      kind,
      await codeOf(placeLock(house, house.people[name], asked(kind, subject))),
    ];
    const all: [LockKind, string][] = [
      ['person', house.idOf('chen')],
      ['target', 'crm-db'],
      ['system', 'crm'],
      ['ticket', String(ticket.number)],
      ['device', '192.0.2.7'],
    ];
    const answers = await Promise.all(
      (['aoki', 'suzuki', 'mori'] as const).flatMap((name) =>
        all.map(([kind, subject]) => refused(name, kind, subject)),
      ),
    );
    expect(answers.filter(([, , code]) => code !== 'not_permitted')).toEqual([]);
    expect(answers).toHaveLength(15);
    expect(await refused('tanaka', 'person', house.idOf('chen'))).toEqual(['tanaka', 'person', 'not_permitted']);
    expect(await house.events('lock.placed')).toEqual([]);
  });

  test('on oneself, in any of its forms', async () => {
    await using house = await world();
    const { kimura } = house.people;
    await employ(house, 'kimura', 'Mihon Direct');
    const mine = await enrolledKeyOf(house, 'kimura');
    for (const [kind, subject] of [
      ['person', kimura.person.id],
      ['company', '  ＭＩＨＯＮ direct '],
      ['key', mine.fingerprint],
    ] as const) {
      expect([kind, await codeOf(placeLock(house, kimura, asked(kind, subject)))]).toEqual([kind, 'not_permitted']);
    }
  });

  test('of what is not there, of two things at once, of every address, without a reason, into the past', async () => {
    await using house = await world();
    const { kimura } = house.people;
    const code = (kind: LockKind, subject: string, more: object = {}) =>
      codeOf(placeLock(house, kimura, { ...asked(kind, subject), ...more }));
    expect(await code('target', 'no-such')).toBe('not_found');
    expect(await code('company', 'Nobody Works There')).toBe('not_found');
    expect(await code('key', 'SHA256:none')).toBe('not_found');
    expect(await code('ticket', '4711')).toBe('not_found');
    expect(await code('device', 'workstation-7')).toBe('request_invalid');
    expect(await code('device', '0.0.0.0/0')).toBe('request_invalid');
    expect(await code('system', 'crm', { reason: ' ' })).toBe('request_invalid');
    expect(await code('system', 'crm', { until: house.clock.now() })).toBe('request_invalid');
  });

  test('to be lifted by the person it stands on, whatever their role, also past the code', async () => {
    await using house = await world();
    const { kimura, yamada } = house.people;
    await lockPerson(house, kimura, { personId: yamada.person.id, reason: 'left' });
    expect(await codeOf(unlockPerson(house, yamada, yamada.person.id))).toBe('person_locked');
    const [lock] = await listLocks(house, kimura);
    expect(await codeOf(liftLock(house, yamada, lock?.id ?? ''))).toBe('person_locked');
    await expect(
      execute(
        house.database,
        sql(
          z.never(),
        )`UPDATE locks SET lifted_by = ${yamada.person.id}, lifted_at = ${house.clock.now()} WHERE id = ${lock?.id}`,
      ),
    ).rejects.toThrow('nobody lifts a lock on themselves');
    await expect(
      execute(house.database, sql(z.never())`UPDATE locks SET reason = 'none' WHERE id = ${lock?.id}`),
    ).rejects.toThrow('permission denied');
  });

  test('to be lifted on one’s own ticket, by an owner who asked for it', async () => {
    await using house = await world();
    const { kimura, yamada } = house.people;
    const ticket = await house.ask('yamada');
    await placeLock(house, kimura, asked('ticket', ticket.id));
    const [lock] = await listLocks(house, yamada);
    expect(lock).toMatchObject({ kind: 'ticket', label: `#${ticket.number}`, mayLift: false });
    expect(await codeOf(liftLock(house, yamada, lock?.id ?? ''))).toBe('not_permitted');
    expect(await codeOf(liftLock(house, house.people.tanaka, lock?.id ?? ''))).toBe('accepted');
  });
});

describe('what is locked', () => {
  test('lets nobody in: the company, the key, the place, the target, the system, each with its word', async () => {
    await using house = await world();
    const { kimura } = house.people;
    await employ(house, 'aoki', 'Ｍｉｈｏｎ Direct');
    const key = await enrolledKeyOf(house, 'aoki');
    const cases: [LockKind, string, string][] = [
      ['company', 'mihon direct', 'company_locked'],
      ['key', key.fingerprint, 'key_locked'],
      ['device', '192.0.2.0/28', 'device_locked'],
      ['target', 'crm-db%crm', 'target_locked'],
      ['system', 'crm', 'system_locked'],
    ];
    const more = { key: key.blob, sourceAddress: '192.0.2.7' };
    expect(await enters(house, more)).toBe('in');
    for (const [kind, subject, word] of cases) {
      await placeLock(house, kimura, asked(kind, subject));
      expect(await enters(house, more)).toBe(word);
      const [lock] = await listLocks(house, kimura);
      await liftLock(house, kimura, lock?.id ?? '');
      expect(await enters(house, more)).toBe('in');
    }
    const told = (await house.events('lock.placed')).map(({ body }) => body['kind']);
    expect(told).toEqual(cases.map(([kind]) => kind));
    expect(await house.events('lock.lifted')).toHaveLength(cases.length);
  });

  test('signs nobody in: a key that is locked, a place that is locked, over SSH and at the console', async () => {
    await using house = await world();
    const { kimura, aoki } = house.people;
    const key = await enrolledKeyOf(house, 'aoki');
    const place = { sourceAddress: '198.51.100.9', approvedSince: null };
    const state = async () => (await findKey(house, key.blob, place))?.state;
    const web = (sourceAddress: string) =>
      codeOf(openWebSession(house, { person: aoki.person, issuer: 'i', idToken: null, sourceAddress }));
    expect(await state()).toBe('in_force');
    await placeLock(house, kimura, asked('device', '198.51.100.9'));
    expect(await state()).toBe('revoked');
    expect(await web('::ffff:198.51.100.9')).toBe('device_locked');
    expect(await web('198.51.100.10')).toBe('accepted');
    const [device] = await listLocks(house, kimura);
    await liftLock(house, kimura, device?.id ?? '');
    expect(await state()).toBe('in_force');
    await placeLock(house, kimura, asked('key', key.fingerprint));
    expect(await state()).toBe('revoked');
  });

  test('is approved by nobody and redeemed by nobody, and may still be refused', async () => {
    await using house = await world();
    const { kimura, tanaka, sato } = house.people;
    const waiting = await house.ask('aoki');
    const decision = { decision: 'approve', reason: 'fine', actDigest: waiting.actDigest } as const;
    for (const [kind, subject] of [
      ['ticket', String(waiting.number)],
      ['target', 'crm-db'],
      ['system', 'crm'],
      ['person', house.idOf('aoki')],
    ] as const) {
      await placeLock(house, kimura, asked(kind, subject));
      expect([kind, await codeOf(decideTicket(house, tanaka, waiting.id, decision))]).toEqual([kind, 'thing_locked']);
      const [lock] = await listLocks(house, kimura);
      await liftLock(house, kimura, lock?.id ?? '');
    }
    await decideTicket(house, tanaka, waiting.id, decision);
    await placeLock(house, kimura, asked('ticket', waiting.id));
    const redeem = async () => {
      const sessionId = await house.session('aoki');
      const judgement = judgeCommand(DUMP, { mode: 'guarded-line', assets: [] });
      const redeemed = await redeemTicket(house, {
        ...{ personId: house.idOf('aoki'), targetId: await house.targetId('crm-db'), sessionId, text: DUMP },
        digest: waiting.actDigest,
        judgement,
      });
      return redeemed.redeemed ? 'redeemed' : redeemed.reason;
    };
    expect(await redeem()).toBe('locked');
    const [lock] = await listLocks(house, kimura);
    await liftLock(house, sato, lock?.id ?? '');
    expect(await redeem()).toBe('redeemed');
    const other = await house.ask('chen');
    await placeLock(house, kimura, asked('ticket', other.id));
    const no = { decision: 'reject', reason: 'no', actDigest: other.actDigest } as const;
    expect(await codeOf(decideTicket(house, tanaka, other.id, no))).toBe('accepted');
  });
});

describe('a lock', () => {
  test('stands once for each thing, and lifts itself when its time is over and not before', async () => {
    await using house = await world();
    const { kimura } = house.people;
    const until = new Date(house.clock.now().getTime() + HOUR);
    await placeLock(house, kimura, { ...asked('system', 'crm'), until });
    await placeLock(house, kimura, asked('system', 'crm'));
    expect(await listLocks(house, kimura)).toMatchObject([{ kind: 'system', label: 'crm', until }]);
    expect(await liftOverdueLocks(house)).toBe(0);
    house.clock.advance(HOUR);
    expect(await enters(house)).toBe('system_locked');
    expect(await liftOverdueLocks(house)).toBe(1);
    expect(await enters(house)).toBe('in');
    expect((await house.events('lock.lifted')).map(({ actor, body }) => [actor, body['by']])).toEqual([[null, 'time']]);
  });

  test('placed at the command line of the gateway names nobody, and anybody who may lifts it', async () => {
    await using house = await world();
    await placeLock(house, null, asked('person', house.idOf('aoki')));
    expect(await listLocks(house, house.people.kimura)).toMatchObject([
      { kind: 'person', lockedBy: null, mayLift: true },
    ]);
    expect(await enters(house)).toBe('locked');
    await unlockPerson(house, house.people.kimura, house.idOf('aoki'));
    expect(await enters(house)).toBe('in');
  });

  test('is shown to those it concerns and to who watches, and to no other maintainer', async () => {
    await using house = await world();
    await placeLock(house, house.people.tanaka, asked('system', 'crm'));
    const seen = async (name: Name) => (await listLocks(house, house.people[name])).length;
    expect([await seen('tanaka'), await seen('kimura'), await seen('suzuki')]).toEqual([1, 1, 1]);
    expect([await seen('mori'), await seen('aoki')]).toEqual([0, 0]);
  });
});
