import type { ProtectedAsset, TargetMode } from '../model.ts';
import type { IdentifierRule } from '../output/index.ts';
import { type Budget, type BudgetLimits, METER_KINDS } from './model.ts';

/** What an owner sets for a system; what is left out is as below, null is no limit. */
export interface RiskSettings {
  readonly limits: BudgetLimits;
  readonly softRatio: number | null;
  /** Kinds of identifiers that are masked before they are shown. */
  readonly redact: readonly string[];
  /** What the system itself names people by: found beside the built-in identifiers. */
  readonly identifiers: readonly IdentifierRule[];
  /** Sessions are let in by an approved access ticket alone. */
  readonly ticketRequired?: boolean;
  /** Each connection shows a second factor before its first session here, however it was signed in. */
  readonly factorAlways?: boolean;
}

export const NO_RISK_SETTINGS: RiskSettings = { limits: {}, softRatio: null, redact: [], identifiers: [] };

const SOFT_RATIO = 0.8;

/**
 * Where protected data is guarded. Persons are the main meter and unreadable bytes the second. Plain bytes and rows have
 * no limit of their own: reading a log is ordinary work, however long the log is.
 */
const GUARDED: BudgetLimits = {
  persons: { command: 100, session: 100, day: 200, days30: 1_000, days90: 2_000, days365: 5_000, lifetime: 10_000 },
  opaqueBytes: { command: 64 * 1024, session: 256 * 1024, day: 1024 * 1024 },
};

interface Metered {
  readonly mode: TargetMode;
  readonly assets: readonly ProtectedAsset[];
  readonly risk: RiskSettings;
}

/**
 * The budget of a target. Where nothing is protected, or the target is only recorded, what leaves is counted and never
 * stopped, unless the system's own settings name limits.
 */
export function budgetOf({ mode, assets, risk }: Metered): Budget {
  const defaults = mode !== 'recorded' && assets.length > 0 ? GUARDED : {};
  const limits = Object.fromEntries(METER_KINDS.map((kind) => [kind, { ...defaults[kind], ...risk.limits[kind] }]));
  return { limits, softRatio: risk.softRatio ?? SOFT_RATIO };
}
