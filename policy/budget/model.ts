/** What is counted of what leaves, over which times, and how much of it may. */

/**
 * `persons`: different people, by the strongest identifier of their record, and what unreadable output is taken for.
 * `opaqueBytes`: bytes that are encoded, compressed or encrypted and could not be read.
 */
export const METER_KINDS = ['persons', 'rows', 'bytes', 'opaqueBytes', 'files'] as const;
export type MeterKind = (typeof METER_KINDS)[number];

/**
 * `session` is one SSH connection's work on one system, all of its channels together. The others are the person's on
 * that system, of all connections and processes; a day is one of UTC.
 */
export const METER_WINDOWS = ['command', 'session', 'day', 'days30', 'days90', 'days365', 'lifetime'] as const;
export type MeterWindow = (typeof METER_WINDOWS)[number];

/** The windows that are a person's, with the days each reaches back; `lifetime` has no end. */
export const PERSON_WINDOWS = { day: 1, days30: 30, days90: 90, days365: 365, lifetime: null } as const;
export type PersonWindow = keyof typeof PERSON_WINDOWS;

export type WindowCounts = Readonly<Record<MeterWindow, number>>;
export type Counts = Readonly<Record<MeterKind, WindowCounts>>;

/** Hard limits; what is absent or null has none. */
export type BudgetLimits = Readonly<
  Partial<Record<MeterKind, Readonly<Partial<Record<MeterWindow, number | null | undefined>>> | undefined>>
>;

export interface Budget {
  readonly limits: BudgetLimits;
  /** From which share of a hard limit on the person has to confirm; 1 asks nobody. */
  readonly softRatio: number;
}

/** The limit that decides, and how much there would be. */
export interface Passed {
  readonly kind: MeterKind;
  readonly window: MeterWindow;
  readonly limit: number;
  readonly count: number;
}

export interface BudgetFacts {
  /** What has left. */
  readonly before: Counts;
  /** With what is about to leave. */
  readonly counts: Counts;
  readonly budget: Budget;
  /** The person has confirmed in the browser that they go on in this session. */
  readonly confirmed: boolean;
}

export type BudgetDecision =
  | { readonly kind: 'within' }
  | { readonly kind: 'soft'; readonly which: Passed }
  | { readonly kind: 'hard'; readonly which: Passed };
