import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  differencesOf,
  mayReceive,
  nextParcelState,
  PARCEL_EVENTS,
  PARCEL_STATES,
  type ParcelEvent,
  type ParcelState,
  parcelStep,
  type PersonId,
  type SystemId,
  systemsUndecided,
} from '../../policy/index.ts';

/** The states a history goes through; refused steps leave the state as it is. */
function walk(history: readonly ParcelEvent[]): ParcelState[] {
  const path: ParcelState[] = ['filling'];
  for (const event of history) {
    const next = parcelStep(path.at(-1)!, event);
    if (next !== undefined) path.push(next);
  }
  return path;
}
const histories = fc.array(fc.constantFrom(...PARCEL_EVENTS), { maxLength: 40 });
const before = (path: ParcelState[], state: ParcelState): (ParcelState | undefined)[] =>
  path.flatMap((at, index) => (at === state ? [path[index - 1]] : []));

describe('any history of a parcel', () => {
  test('lets nobody have it before it was inspected', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const path = walk(history);
        if (path.includes('picked_up')) expect(path.indexOf('scanning')).toBeLessThan(path.indexOf('picked_up'));
        for (const state of before(path, 'picked_up')) expect(state).toBe('released');
        for (const state of before(path, 'released')) expect(['scanning', 'held']).toContain(state);
      }),
    );
  });

  test('picks it up once, and destroys it once, after it ended', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const path = walk(history);
        expect(path.filter((state) => state === 'picked_up').length).toBeLessThanOrEqual(1);
        for (const state of before(path, 'destroyed')) expect(['picked_up', 'expired', 'revoked']).toContain(state);
        expect(path.indexOf('destroyed')).toBe(path.includes('destroyed') ? path.length - 1 : -1);
      }),
    );
  });
});

test('a step that has no arrow is refused, and the table answers every question', () => {
  expect(() => nextParcelState('held', 'pick_up')).toThrow(expect.objectContaining({ code: 'parcel_unavailable' }));
  for (const state of PARCEL_STATES) {
    for (const event of PARCEL_EVENTS) expect([undefined, ...PARCEL_STATES]).toContain(parcelStep(state, event));
  }
});

test('more rows, more people or other fields than promised are differences; fewer are none', () => {
  const promise = { rows: 10, people: 5, fields: ['id', 'name'] };
  expect(differencesOf(promise, { rows: 11, people: 6, fields: ['id', 'email'] })).toEqual([
    { kind: 'rows', promised: '10', found: '11' },
    { kind: 'people', promised: '5', found: '6' },
    { kind: 'fields', promised: 'id, name', found: 'email' },
  ]);
  expect(differencesOf(promise, { rows: 10, people: 5, fields: ['id'] })).toEqual([]);
  expect(differencesOf({ rows: null, people: null, fields: null }, { rows: 9, people: 9, fields: ['x'] })).toEqual([]);
});

test('data never go where they are protected less', () => {
  expect([mayReceive(3, 2), mayReceive(3, 3), mayReceive(1, 4)]).toEqual([false, true, true]);
});

describe('a held parcel between two systems', () => {
  const [a, b] = ['a' as SystemId, 'b' as SystemId];
  const yes = (person: string, ...systems: SystemId[]) => ({ person: person as PersonId, systems });
  test('needs two people, even where one person owns both', () => {
    expect(systemsUndecided([a, b], [yes('tanaka', a, b)])).toHaveLength(1);
    expect(systemsUndecided([a, b], [yes('tanaka', a), yes('sato', a)])).toEqual([b]);
    expect(systemsUndecided([a, b], [yes('tanaka', a, b), yes('sato', a)])).toEqual([]);
    expect(systemsUndecided([a, b], [yes('sato', a), yes('tanaka', a, b)])).toEqual([]);
  });

  test('is decided when, and only when, each system has somebody of its own', () => {
    const systems = ['a', 'b', 'c'] as SystemId[];
    const votes = fc.array(fc.tuple(fc.constantFrom('p', 'q', 'r'), fc.subarray(systems)), { maxLength: 5 });
    fc.assert(
      fc.property(votes, (given) => {
        const decisions = given.map(([person, owned]) => yes(person, ...owned));
        const owns = (person: string, system: SystemId): boolean =>
          decisions.some((vote) => vote.person === person && vote.systems.includes(system));
        const orders = [
          ['p', 'q', 'r'],
          ['p', 'r', 'q'],
          ['q', 'p', 'r'],
          ['q', 'r', 'p'],
          ['r', 'p', 'q'],
          ['r', 'q', 'p'],
        ];
        const possible = orders.some((people) => systems.every((system, at) => owns(people[at]!, system)));
        expect(systemsUndecided(systems, decisions).length === 0).toBe(possible);
      }),
    );
  });
});
