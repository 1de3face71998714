/** Who leaves has nothing left, at once, and what they did stays. */
import { expect, test } from '@jest/globals';
import { decideTicket, listNotifications } from '../../approvals/index.ts';
import {
  endContracts,
  findKey,
  findWebSession,
  leavePerson,
  loadAuthorizationFacts,
  openWebSession,
  remindOfEnds,
} from '../../identity/index.ts';
import { authorizeTarget } from '../../policy/index.ts';
import { codeOf, HOUR, type Name, type World, world } from '../approvals/world.ts';
import { enrolledKeyOf } from './locks-support.ts';

const leave = (house: World, by: Name, who: Name, reason = 'contract ended') =>
  codeOf(leavePerson(house, house.people[by], { personId: house.idOf(who), reason }));

test('is refused to who may not say it, of oneself, and without a reason', async () => {
  await using house = await world();
  for (const name of ['aoki', 'tanaka', 'suzuki'] as const)
    expect(await leave(house, name, 'chen')).toBe('not_permitted');
  expect(await leave(house, 'kimura', 'kimura')).toBe('not_permitted');
  expect(await leave(house, 'kimura', 'chen', ' ')).toBe('request_invalid');
  expect(await house.events('person.left')).toEqual([]);
});

test('ends sign-ins, keys, grants, waiting and approved tickets at once, and no event or ticket is lost', async () => {
  await using house = await world();
  const { aoki, tanaka } = house.people;
  const key = await enrolledKeyOf(house, 'aoki');
  const signIn = { person: aoki.person, issuer: 'i', idToken: null, sourceAddress: '192.0.2.1' };
  const { token } = await openWebSession(house, signIn);
  const approved = await house.ask('aoki');
  const { actDigest } = approved;
  await decideTicket(house, tanaka, approved.id, { decision: 'approve', reason: 'yes', actDigest });
  const waiting = await house.ask('aoki', { purpose: 'another' });
  const other = await house.ask('chen');
  expect(await leave(house, 'yamada', 'aoki')).toBe('accepted');
  expect(await codeOf(findWebSession(house, token.expose()).then((found) => expect(found).toBeUndefined()))).toBe(
    'accepted',
  );
  expect(await codeOf(openWebSession(house, signIn))).toBe('person_deactivated');
  const place = { sourceAddress: '192.0.2.1', approvedSince: null };
  expect((await findKey(house, key.blob, place))?.state).toBe('revoked');
  const facts = await loadAuthorizationFacts(house, { person: aoki.person, loginName: 'crm-db', action: 'shell' });
  expect([authorizeTarget(facts), facts.grant]).toEqual([{ allowed: false, reason: 'locked' }, undefined]);
  const states = await Promise.all([approved, waiting, other].map(({ id }) => house.stateOf(id)));
  expect(states).toEqual(['revoked', 'withdrawn', 'requested']);
  expect(await house.events('person.left')).toMatchObject([
    { actor: house.idOf('yamada'), body: { ended: { signIns: 1, keys: 1, grants: 3, tickets: 2 } } },
  ]);
});

test('is told of in good time: a contract a day before its end, a grant a week before, once, to whom it concerns', async () => {
  await using house = await world();
  const day = 24 * HOUR;
  const at = (days: number): Date => new Date(house.clock.now().getTime() + days * day);
  const { pool } = house.fresh.owner;
  await pool.query('UPDATE persons SET contract_ends_at = $1 WHERE id = $2', [at(2), house.idOf('chen')]);
  expect(await remindOfEnds(house)).toBe(0);
  house.clock.advance(1.5 * day);
  expect(await remindOfEnds(house)).toBe(5); // Chen and the four owners of what is open to them.
  expect(await remindOfEnds(house)).toBe(0);
  await pool.query('UPDATE persons SET contract_ends_at = NULL');
  await pool.query(
    "UPDATE grants SET expires_at = $1 WHERE person_id = $2 AND target_id = (SELECT id FROM targets WHERE name = 'billing-db')",
    [at(6), house.idOf('aoki')],
  );
  house.clock.advance(HOUR);
  expect(await remindOfEnds(house)).toBe(2);
  expect(await remindOfEnds(house)).toBe(0);
  expect((await listNotifications(house.database, house.idOf('mori'))).map(({ kind }) => kind)).toEqual([
    'grant.ending',
    'contract.ending',
  ]);
});

test('ends with the contract, once for each end, and the sponsor is told; a contract that is prolonged counts again', async () => {
  await using house = await world();
  const { pool } = house.fresh.owner;
  const { chen } = house.people;
  const key = await enrolledKeyOf(house, 'chen');
  const asked = await house.ask('chen');
  const ends = new Date(house.clock.now().getTime() + HOUR);
  await pool.query('UPDATE persons SET contract_ends_at = $1, sponsor_id = $2 WHERE id = $3', [
    ...[ends, house.idOf('suzuki'), house.idOf('chen')],
  ]);
  expect(await endContracts(house)).toBe(0);
  house.clock.advance(HOUR);
  expect(await endContracts(house)).toBe(1);
  expect(await endContracts(house)).toBe(0);
  const place = { sourceAddress: '192.0.2.1', approvedSince: null };
  expect((await findKey(house, key.blob, place))?.state).toBe('revoked');
  expect(await house.stateOf(asked.id)).toBe('withdrawn');
  const signIn = { person: chen.person, issuer: 'i', idToken: null, sourceAddress: '192.0.2.1' };
  expect(await codeOf(openWebSession(house, signIn))).toBe('person_deactivated');
  for (const told of ['suzuki', 'tanaka'] as const) {
    const kinds = (await listNotifications(house.database, house.idOf(told))).map(({ kind }) => kind);
    expect([told, kinds.filter((kind) => kind === 'contract.ended')]).toEqual([told, ['contract.ended']]);
  }
  expect(await house.events('contract.ended')).toMatchObject([
    {
      actor: null,
      body: { sponsor: house.idOf('suzuki'), endsAt: ends.toISOString(), ended: { keys: 1, tickets: 1 } },
    },
  ]);
  await pool.query('UPDATE persons SET contract_ends_at = $1 WHERE id = $2', [
    ...[new Date(ends.getTime() + HOUR), house.idOf('chen')],
  ]);
  expect(await codeOf(openWebSession(house, signIn))).toBe('accepted');
});
