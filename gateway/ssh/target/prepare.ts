/**
 * A connection to the first host of a way, begun while the person still signs in, so that the two waits are one. It is
 * as far as the host's proof and no further: nobody is signed in on it until a TargetAuthorization for that very host
 * takes it.
 */
import { asError, LIMITS } from '../../../foundation/index.ts';
import type { Target } from '../../../policy/index.ts';
import { stepDeadline } from './deadline.ts';
import type { Place } from './failure.ts';
import { type Leg, type LegDeps, openLeg } from './leg.ts';
import { connectTo, type ReachDeps, resolveTarget } from './reach.ts';

export interface PreparedLeg {
  /** The connection, once, when it is to this very host as the inventory has it now and still lives. Never rejects. */
  takeFor(target: Target, place: Place): Promise<Leg | undefined>;
  /** Closes it unless it was taken. */
  drop(): void;
}

/** Begins to connect. Not taken within `seconds`, it is closed. */
export function prepareLeg(
  deps: LegDeps & ReachDeps,
  first: { readonly target: Target; readonly place: Place },
  seconds: number = LIMITS.targetPreparedSeconds,
): PreparedLeg {
  const dropped = new AbortController();
  let isTaken = false;
  const isDropped = (): boolean => dropped.signal.aborted;
  const opened = open(deps, first, dropped.signal).catch((thrown: unknown) => {
    deps.log.debug({ event: 'target.not_prepared', err: asError(thrown) }, 'connection not prepared');
    return undefined; // The dialling itself will say why, to whom it may.
  });
  const drop = (): void => {
    clearTimeout(timer);
    if (isTaken) return;
    dropped.abort(new Error('The connection was not needed.'));
    void opened.then((leg) => leg?.close());
  };
  const timer = setTimeout(drop, seconds * 1_000);
  return {
    drop,
    takeFor: async (target, place) => {
      const isSame = !isTaken && identityOf({ target, place }) === identityOf(first);
      const leg = await opened;
      if (isSame && !isDropped() && leg?.isOpen() === true) {
        isTaken = true;
        clearTimeout(timer);
        return leg;
      }
      drop();
      return undefined;
    },
  };
}

async function open(
  deps: LegDeps & ReachDeps,
  { target, place }: { target: Target; place: Place },
  dropped: AbortSignal,
): Promise<Leg> {
  const deadline = stepDeadline(dropped, target.name);
  try {
    const addresses = await resolveTarget(deps, target.host, place, deadline.signal);
    const stream = await connectTo(addresses, target.port, deadline.signal);
    return await openLeg(deps, { target, stream, place, signal: deadline.signal });
  } finally {
    deadline.stop();
  }
}

/** Everything that decides where a connection goes and whom it believes. */
function identityOf({ target, place }: { target: Target; place: Place }): string {
  const { id, host, port, hostKey, hostCa, legacyAlgorithms } = target;
  return JSON.stringify([id, host, port, hostKey, hostCa, legacyAlgorithms, place.name, place.isRelay]);
}
