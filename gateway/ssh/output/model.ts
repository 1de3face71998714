/** The shapes on the one way of output from a target to the person. */
import type { Addition, BudgetDecision, Judgement, Passed } from '../../../policy/index.ts';

export type Output = 'o' | 'e';

/** What is being shown: a ticket for more of it is a ticket for this very act. */
export interface Act {
  readonly text: string;
  readonly judgement: Judgement;
}

/** Something found in a piece; the bytes before `at` tell nothing of it. */
export interface Find {
  readonly at: number;
  readonly addition: Addition;
}

/** Output that the guard let through, and what is found in it. */
export interface Piece {
  readonly stream: Output;
  readonly bytes: Buffer;
  readonly finds: readonly Find[];
}

/** How a piece goes on: its beginning may pass with what that takes out; the rest waits for `decision`. */
export interface Plan {
  readonly passes: number;
  readonly addition: Addition;
  readonly decision: BudgetDecision;
}

/** How the waiting for a limit ended. */
export type Answer = 'go_on' | 'discard';

export type { Passed };
