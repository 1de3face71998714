import {
  type Budget,
  type BudgetDecision,
  type BudgetFacts,
  type BudgetLimits,
  type Counts,
  METER_KINDS,
  METER_WINDOWS,
  type MeterKind,
  type MeterWindow,
  type Passed,
} from './model.ts';

/**
 * May it leave? Pure and total. A hard limit decides before a soft one, a short window before a long one. What raises no
 * count passes: whoever has reached a limit may still work with what they have seen.
 */
export function decideBudget(facts: BudgetFacts): BudgetDecision {
  const hard = findPassed(facts, 1);
  if (hard !== undefined) return { kind: 'hard', which: hard };
  const { softRatio } = facts.budget;
  const soft = facts.confirmed || softRatio >= 1 ? undefined : findPassed(facts, softRatio);
  return soft === undefined ? { kind: 'within' } : { kind: 'soft', which: soft };
}

/** How much more of `kind` the tightest of its windows has room for; infinite without a limit, never negative. */
export function roomFor(kind: MeterKind, counts: Counts, { limits }: Budget): number {
  let room = Number.POSITIVE_INFINITY;
  for (const window of METER_WINDOWS) {
    const limit = limitOf(limits, kind, window);
    if (limit !== undefined) room = Math.min(room, limit - counts[kind][window]);
  }
  return Math.max(0, room);
}

/** Whether anything of this kind is limited at all. */
export function isLimited(kind: MeterKind, budget: Budget): boolean {
  return METER_WINDOWS.some((window) => limitOf(budget.limits, kind, window) !== undefined);
}

function findPassed({ before, counts, budget }: BudgetFacts, ratio: number): Passed | undefined {
  for (const kind of METER_KINDS) {
    for (const window of METER_WINDOWS) {
      const limit = limitOf(budget.limits, kind, window);
      const count = counts[kind][window];
      const isRaised = count > before[kind][window];
      if (limit !== undefined && isRaised && count > limit * ratio) return { kind, window, limit, count };
    }
  }
  return undefined;
}

function limitOf(of: BudgetLimits, kind: MeterKind, window: MeterWindow): number | undefined {
  return of[kind]?.[window] ?? undefined;
}
