/** What becomes of a delivery after a try. Pure and total. */
import { LIMITS } from '../../foundation/index.ts';
import type { DeliveryFault, Outcome } from './model.ts';

export type Settled =
  | { readonly state: 'sent' }
  | { readonly state: 'waiting'; readonly nextAt: Date; readonly fault: DeliveryFault; readonly status: number | null }
  | { readonly state: 'dead'; readonly fault: DeliveryFault; readonly status: number | null };

const SECOND_MS = 1_000;

/** `attempt` counts from 1; each wait is twice the one before it, up to a bound, and never shorter than was asked for. */
export function afterTry(
  outcome: Outcome,
  { attempt, triesLeft, now }: { readonly attempt: number; readonly triesLeft: number; readonly now: Date },
): Settled {
  if (outcome.outcome === 'sent') return { state: 'sent' };
  const { fault, status = null, afterMs = 0 } = outcome;
  if (outcome.outcome === 'never' || triesLeft <= 0) return { state: 'dead', fault, status };
  const most = LIMITS.deliveryDelaySecondsMax * SECOND_MS;
  const grown = LIMITS.deliveryDelaySeconds * SECOND_MS * 2 ** Math.min(Math.max(attempt - 1, 0), 20);
  const wait = Math.min(Math.max(grown, afterMs), most);
  return { state: 'waiting', nextAt: new Date(now.getTime() + wait), fault, status };
}
