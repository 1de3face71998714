import { describe, expect, test } from '@jest/globals';
import {
  type Budget,
  type BudgetLimits,
  budgetOf,
  type Counts,
  decideBudget,
  METER_KINDS,
  METER_WINDOWS,
  NO_RISK_SETTINGS,
  roomFor,
} from '../../../policy/index.ts';

function counts(given: Partial<Record<string, Partial<Record<string, number>>>> = {}): Counts {
  const windows = (kind: string) => Object.fromEntries(METER_WINDOWS.map((name) => [name, given[kind]?.[name] ?? 0]));
  return Object.fromEntries(METER_KINDS.map((kind) => [kind, windows(kind)])) as Counts;
}

const budget = (limits: BudgetLimits, softRatio = 0.8): Budget => ({ limits, softRatio });
const TEN = budget({ persons: { command: 10, day: 15 } });
const NOTHING = counts();

describe('a budget', () => {
  test('is hard beyond a limit, and not at it', () => {
    const at = (command: number) =>
      decideBudget({ before: NOTHING, counts: counts({ persons: { command } }), budget: TEN, confirmed: true });
    expect(at(11)).toEqual({ kind: 'hard', which: { kind: 'persons', window: 'command', limit: 10, count: 11 } });
    expect(at(10)).toEqual({ kind: 'within' });
  });

  test('is hard by whichever window is over, though the others are not', () => {
    const many = counts({ persons: { command: 1, day: 16 } });
    const decided = decideBudget({ before: NOTHING, counts: many, budget: TEN, confirmed: true });
    expect(decided).toMatchObject({ kind: 'hard', which: { window: 'day', limit: 15, count: 16 } });
  });

  test('is soft from its share on, until the person has confirmed', () => {
    const nine = { before: NOTHING, counts: counts({ persons: { command: 9 } }), budget: TEN };
    expect(decideBudget({ ...nine, confirmed: false })).toMatchObject({ kind: 'soft', which: { limit: 10, count: 9 } });
    expect(decideBudget({ ...nine, confirmed: true })).toEqual({ kind: 'within' });
    expect(decideBudget({ ...nine, confirmed: false, budget: { ...TEN, softRatio: 1 } })).toEqual({ kind: 'within' });
  });

  test('lets pass what raises no count, also when a limit was passed long ago', () => {
    const over = counts({ persons: { command: 3, day: 400 } });
    expect(decideBudget({ before: over, counts: over, budget: TEN, confirmed: false })).toEqual({ kind: 'within' });
  });

  test('never decides by what has no limit', () => {
    const huge = counts({ rows: { lifetime: 1e12 }, bytes: { command: 1e15 } });
    expect(decideBudget({ before: NOTHING, counts: huge, budget: TEN, confirmed: false })).toEqual({ kind: 'within' });
    expect(roomFor('rows', huge, TEN)).toBe(Number.POSITIVE_INFINITY);
  });

  test('has room for what its tightest window has, and never less than nothing', () => {
    expect(roomFor('persons', counts({ persons: { command: 4, day: 13 } }), TEN)).toBe(2);
    expect(roomFor('persons', counts({ persons: { command: 4, day: 99 } }), TEN)).toBe(0);
  });
});

describe('the budget of a target', () => {
  const assets = [{ kind: 'table', name: 'crm.customers', dataClass: 'personal', recordCount: null }] as const;

  test('stops nothing where nothing is protected or the target is only recorded', () => {
    expect(budgetOf({ mode: 'guarded-line', assets: [], risk: NO_RISK_SETTINGS }).limits.persons).toEqual({});
    expect(budgetOf({ mode: 'recorded', assets, risk: NO_RISK_SETTINGS }).limits.persons).toEqual({});
  });

  test('limits persons where protected data is guarded, and plain bytes and rows nowhere', () => {
    const { limits, softRatio } = budgetOf({ mode: 'guarded-shell', assets, risk: NO_RISK_SETTINGS });
    expect(limits.persons).toMatchObject({ command: 100, session: 100, day: 200 });
    expect([limits.bytes, limits.rows]).toEqual([{}, {}]);
    expect(softRatio).toBe(0.8);
  });

  test("takes the owner's own numbers, null for none, also on a recorded target", () => {
    const limits = { persons: { command: 5, day: null }, bytes: { day: 9 } };
    const risk = { ...NO_RISK_SETTINGS, limits, softRatio: 0.5 };
    const guarded = budgetOf({ mode: 'guarded-line', assets, risk });
    expect(guarded.limits.persons).toMatchObject({ command: 5, session: 100, day: null });
    expect(guarded.softRatio).toBe(0.5);
    expect(budgetOf({ mode: 'recorded', assets: [], risk }).limits).toMatchObject({ bytes: { day: 9 } });
  });
});
