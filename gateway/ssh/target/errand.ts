/**
 * The gateway's own errand on a target, beside the way of sessions: one account is entered, one thing done, and the
 * connection ended, all within one bound of time.
 */
import { GatewayError, LIMITS } from '../../../foundation/index.ts';
import type { Target } from '../../../policy/index.ts';
import { TargetConnection } from './connection.ts';
import { stepDeadline } from './deadline.ts';
import { dialFailure, type Place } from './failure.ts';
import { type Credential, type LegDeps, openLeg } from './leg.ts';
import { connectTo, type ReachDeps, resolveTarget } from './reach.ts';

export type ErrandDeps = LegDeps & ReachDeps;

export interface Errand {
  /** That no relay host stands before. */
  readonly target: Target;
  readonly account: string;
  /** Asked for once the host is known. */
  readonly credential: () => Promise<Credential>;
}

const NEVER = new AbortController().signal;

/** @throws {GatewayError} a DialFailure, or what `work` throws. */
export async function runErrand<Result>(
  deps: ErrandDeps,
  { target, account, credential }: Errand,
  work: (connection: TargetConnection, signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const place: Place = { name: target.name, isRelay: false };
  const deadline = stepDeadline(NEVER, target.name, LIMITS.targetAccountsSeconds);
  const { signal } = deadline;
  try {
    const stream = await connectTo(await resolveTarget(deps, target.host, place, signal), target.port, signal);
    const leg = await openLeg(deps, { target, stream, place, signal });
    const connection = new TargetConnection([leg]);
    try {
      await (await leg.signIn(account, await credential(), signal)).signedIn;
      return await work(connection, signal);
    } finally {
      connection.close();
    }
  } catch (thrown) {
    throw thrown instanceof GatewayError ? thrown : dialFailure(thrown, place);
  } finally {
    deadline.stop();
  }
}
