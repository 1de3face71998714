import type { PersonId, TargetId, TicketState } from './model.ts';
import type { TicketEvent } from './ticket.ts';

/** What an approval of an export has left: uses, and rows and bytes over all of them. */
export interface ExportBudget {
  readonly usesMax: number;
  readonly uses: number;
  readonly rowsMax: number;
  readonly rowsUsed: number;
  readonly bytesMax: number;
  readonly bytesUsed: number;
}

export interface RedemptionFacts {
  readonly state: TicketState;
  readonly requester: PersonId;
  readonly person: PersonId;
  readonly ticketTarget: TargetId;
  readonly target: TargetId;
  /** The digest the approval was given for. */
  readonly ticketDigest: string;
  /** The digest of the act about to run. */
  readonly digest: string;
  /** The class the approval was given for; null: for one act alone. */
  readonly ticketClass: string | null;
  /** The class of the act about to run; undefined where it has none. */
  readonly actClass: string | undefined;
  readonly budget: ExportBudget;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly now: Date;
}

export type RedemptionRefusal =
  | 'not_yours'
  | 'other_target'
  | 'other_act'
  | 'not_approved'
  | 'too_early'
  | 'too_late'
  | 'used';

export type RedemptionDecision =
  | { readonly allowed: true; readonly rows: number; readonly bytes: number }
  | { readonly allowed: false; readonly reason: RedemptionRefusal };

/**
 * Whether this very act may run on this ticket now, and with how much. The window is [notBefore, notAfter). Pure and
 * total.
 */
export function decideRedemption(facts: RedemptionFacts): RedemptionDecision {
  const reason = refusalOf(facts);
  return reason === undefined ? { allowed: true, ...leftOf(facts.budget) } : { allowed: false, reason };
}

const SPENT: readonly TicketState[] = ['in_use', 'used', 'aborted'];

function refusalOf(facts: RedemptionFacts): RedemptionRefusal | undefined {
  if (facts.person !== facts.requester) return 'not_yours';
  if (facts.target !== facts.ticketTarget) return 'other_target';
  if (!isCovered(facts)) return 'other_act';
  // An aborted use is a use: otherwise a dropped connection would give the budget a second time.
  if (SPENT.includes(facts.state)) return 'used';
  if (facts.state !== 'approved') return 'not_approved';
  if (facts.now < facts.notBefore) return 'too_early';
  if (facts.now >= facts.notAfter) return 'too_late';
  return isSpent(facts.budget) ? 'used' : undefined;
}

function isCovered({ digest, ticketDigest, actClass, ticketClass }: RedemptionFacts): boolean {
  return digest === ticketDigest || (ticketClass !== null && actClass === ticketClass);
}

function leftOf({ rowsMax, rowsUsed, bytesMax, bytesUsed }: ExportBudget): { rows: number; bytes: number } {
  return { rows: Math.max(rowsMax - rowsUsed, 0), bytes: Math.max(bytesMax - bytesUsed, 0) };
}

function isSpent(budget: ExportBudget): boolean {
  const { rows, bytes } = leftOf(budget);
  return budget.uses >= budget.usesMax || rows === 0 || bytes === 0;
}

/**
 * What the end of a use is to its ticket; `budget` is as it stands after the use. One that passed its bounds ends the
 * ticket; another failed one was a use like any, and what is left of the ticket stays.
 */
export function endOfUse(
  outcome: 'completed' | 'limit_exceeded' | 'interrupted' | 'failed',
  budget: ExportBudget,
): Extract<TicketEvent, 'complete' | 'abort' | 'release'> {
  if (outcome !== 'limit_exceeded' && !isSpent(budget)) return 'release';
  return outcome === 'completed' ? 'complete' : 'abort';
}
