/** The shapes on the one way of output from a target to the person. */
import type { Addition, BudgetDecision, Judgement, Passed } from '../../../policy/index.ts';
import type { Delivery } from '../../exports/delivery.ts';

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

export interface RoadOptions {
  readonly act: Act;
  /** Of a shell that tells its lines: the one whose output this is. */
  readonly lineAct?: (() => Act | undefined) | undefined;
  /** By the ticket whose one use this is: then the ticket is the budget. */
  readonly delivery?: Delivery | undefined;
  /** A shell of many commands: each Enter begins another one. */
  readonly isShell?: boolean | undefined;
  /** Hands over what is typed when the program has ended and its output still waits; until `signal` aborts. */
  readonly typedLate?: ((take: (chunk: Uint8Array) => void, signal: AbortSignal) => Promise<void>) | undefined;
}

/**
 * `open`: what is within the budget passes. `working`: something waits to be stored, confirmed or decided. `frozen`: a
 * hard limit; a key of the person moves it, or a ticket. `discarding`: what still comes of this program goes nowhere.
 */
export type RoadState = 'open' | 'working' | 'frozen' | 'discarding';

export type { Passed };
