/** What left in one window of time. */
import { DistinctCounter } from './distinct-counter.ts';
import type { MeterKind } from './model.ts';

export interface Amounts {
  /** Persons that output which could not be read is taken for. */
  readonly estimatedPersons: number;
  readonly rows: number;
  readonly bytes: number;
  readonly opaqueBytes: number;
  readonly files: number;
}

/** Something that leaves, or is about to. Persons are keyed hashes. */
export interface Addition extends Amounts {
  readonly persons: readonly bigint[];
}

export const NO_AMOUNTS: Amounts = { estimatedPersons: 0, rows: 0, bytes: 0, opaqueBytes: 0, files: 0 };
export const NOTHING_LEAVES: Addition = { persons: [], ...NO_AMOUNTS };

export function sumOf(one: Amounts, other: Amounts): Amounts {
  return {
    estimatedPersons: one.estimatedPersons + other.estimatedPersons,
    rows: one.rows + other.rows,
    bytes: one.bytes + other.bytes,
    opaqueBytes: one.opaqueBytes + other.opaqueBytes,
    files: one.files + other.files,
  };
}

export function both(one: Addition, other: Addition): Addition {
  // Added up for each piece of a flood, in which nobody is found.
  const persons = other.persons.length === 0 ? one.persons : [...one.persons, ...other.persons];
  return {
    persons,
    estimatedPersons: one.estimatedPersons + other.estimatedPersons,
    rows: one.rows + other.rows,
    bytes: one.bytes + other.bytes,
    opaqueBytes: one.opaqueBytes + other.opaqueBytes,
    files: one.files + other.files,
  };
}

/** The counts of a window whose persons are `seen` and whose amounts are `amounts`, if `addition` left as well. */
export function countsWith(seen: DistinctCounter, amounts: Amounts, addition: Addition): Record<MeterKind, number> {
  const { estimatedPersons, rows, bytes, opaqueBytes, files } = sumOf(amounts, addition);
  const fresh = new Set(addition.persons.filter((person) => !seen.has(person))).size;
  return { persons: seen.count() + fresh + estimatedPersons, rows, bytes, opaqueBytes, files };
}

export class Tally {
  readonly #persons = new DistinctCounter();
  #amounts: Amounts = NO_AMOUNTS;

  add(addition: Addition): void {
    for (const person of addition.persons) this.#persons.add(person);
    this.#amounts = sumOf(this.#amounts, addition);
  }

  /** What it would count with `addition`. */
  with(addition: Addition): Record<MeterKind, number> {
    return countsWith(this.#persons, this.#amounts, addition);
  }
}
