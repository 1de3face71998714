/** A transfer is said yes to by different people for its two sides. Pure. */
import type { PersonId, SystemId } from './model.ts';

/** One side: so many yes of these people are still missing. */
export interface Side {
  readonly system: SystemId;
  readonly count: number;
  readonly owners: readonly PersonId[];
}

/** Whether different people could say every yes that is missing (Hall's condition for two sets). */
export function areCovered(sides: readonly Side[]): boolean {
  const everybody = new Set(sides.flatMap(({ owners }) => owners));
  const all = sides.reduce((sum, { count }) => sum + count, 0);
  return sides.every(({ count, owners }) => owners.length >= count) && everybody.size >= all;
}

/** One person alone answers for both sides. */
export function isOneOwner(sides: readonly Pick<Side, 'owners'>[]): boolean {
  return sides.length > 1 && new Set(sides.flatMap(({ owners }) => owners)).size === 1;
}

/**
 * The side that the yes of somebody who could give it for either goes to: one after which the others can still say what
 * is missing. Without this the yes of who alone answers for one side could go to the other, and the ticket would wait
 * for nobody.
 */
export function sideFor(person: PersonId, wanted: readonly SystemId[], sides: readonly Side[]): SystemId | undefined {
  const others = sides.map((side) => ({ ...side, owners: side.owners.filter((owner) => owner !== person) }));
  const after = (system: SystemId): readonly Side[] =>
    others.map((side) => (side.system === system ? { ...side, count: Math.max(0, side.count - 1) } : side));
  return wanted.find((system) => areCovered(after(system))) ?? wanted[0];
}
