/** How much an approver should look twice: a number made of parts that are told, never a verdict. */
import { SPECIAL_CARE_CLASSES } from '../approval.ts';
import type { TicketKind } from '../model.ts';

export const RISK_PARTS = [
  'special_care',
  'personal_data',
  'many_rows',
  'leaves_vault',
  'outside_party',
  'client_not_informed',
  'class_of_acts',
  'many_uses',
  'odd_characters',
  'first_time',
  'earlier_refused',
  'off_hours',
  'contractor_ends_soon',
] as const;
export type RiskPart = (typeof RISK_PARTS)[number];

export interface RiskFacts {
  readonly kind: TicketKind;
  readonly dataClasses: readonly string[];
  readonly rows: number | null;
  readonly destination: 'workstation' | 'vault' | 'system' | 'outside' | 'page' | null;
  readonly clientInformed: boolean | null;
  readonly scope: 'act' | 'class';
  readonly uses: number;
  /** Characters in its text are not what they seem. */
  readonly odd: boolean;
  /** Of the requester on the same systems, before this one. */
  readonly history: { readonly used: number; readonly rejected: number; readonly aborted: number };
  /** The window begins outside of business hours. */
  readonly offHours: boolean;
  readonly contractEndsInDays: number | null;
}

export interface RiskScore {
  /** 0 to 100. */
  readonly score: number;
  readonly parts: readonly { readonly part: RiskPart; readonly points: number }[];
}

const MANY_ROWS = 1_000;
const SOON_DAYS = 30;

/** The score and what it is made of, largest first. Pure and total. */
export function riskOf(facts: RiskFacts): RiskScore {
  const special = facts.dataClasses.some((name) => SPECIAL_CARE_CLASSES.includes(name));
  const ends = facts.contractEndsInDays;
  // biome-ignore format: a table reads best in columns.
  const weighed: readonly (readonly [RiskPart, number, boolean])[] = [
    ['special_care', 30, special],
    ['personal_data', 10, !special && facts.dataClasses.includes('personal')],
    ['many_rows', rowPoints(facts.rows), (facts.rows ?? 0) >= MANY_ROWS],
    ['outside_party', 20, facts.destination === 'outside'],
    ['leaves_vault', 10, facts.destination === 'workstation' || facts.destination === 'page'],
    ['client_not_informed', 10, facts.clientInformed === false],
    ['class_of_acts', 10, facts.scope === 'class'],
    ['many_uses', 5, facts.uses > 1],
    ['odd_characters', 20, facts.odd],
    ['first_time', 5, facts.history.used === 0],
    ['earlier_refused', 10, facts.history.rejected + facts.history.aborted > 0],
    ['off_hours', 10, facts.offHours],
    ['contractor_ends_soon', 10, ends !== null && ends <= SOON_DAYS],
  ];
  const parts = weighed.flatMap(([part, points, holds]) => (holds ? [{ part, points }] : []));
  const score = Math.min(
    parts.reduce((sum, { points }) => sum + points, 0),
    100,
  );
  return { score, parts: [...parts].sort((left, right) => right.points - left.points) };
}

/** Five for a thousand, five more for each tenfold. */
function rowPoints(rows: number | null): number {
  return rows === null || rows < MANY_ROWS ? 0 : 5 * Math.floor(Math.log10(rows) - 2);
}
