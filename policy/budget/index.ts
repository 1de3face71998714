export { decideBudget, isLimited, roomFor } from './decide.ts';
export { budgetOf, NO_RISK_SETTINGS, type RiskSettings } from './defaults.ts';
export { createDistinctCounter, DistinctCounter } from './distinct-counter.ts';
export {
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
  PERSON_WINDOWS,
  type PersonWindow,
} from './model.ts';
export {
  type Addition,
  type Amounts,
  both,
  countsWith,
  NO_AMOUNTS,
  NOTHING_LEAVES,
  sumOf,
  Tally,
} from './tally.ts';
