/**
 * The way to a target: dialled with the proof of authorisation, as the person's own account at every host of it, by
 * certificates made for this one entry. Nothing here takes a host, an account or a key from anywhere else.
 */
import { invariant, LIMITS } from '../../../foundation/index.ts';
import { type Hop, type Target, TargetAuthorization } from '../../../policy/index.ts';
import { TargetConnection } from './connection.ts';
import { type CredentialDeps, issueCredential } from './credentials.ts';
import { stepDeadline } from './deadline.ts';
import { dialFailure, type Place } from './failure.ts';
import { type Leg, type LegDeps, openLeg } from './leg.ts';
import { connectTo, type ReachDeps, resolveTarget } from './reach.ts';
import { passThrough } from './relay.ts';

export interface DialDeps extends LegDeps, CredentialDeps, ReachDeps {
  /** For each host of the way. Default: LIMITS.targetDialSeconds, which is what messages name. */
  readonly dialSeconds?: number;
}

/** One entry into a target: what its certificates are for. */
export interface Entry {
  /** What the targets write into their own logs. */
  readonly keyId: string;
  readonly serial: bigint;
  /** Ends the attempt, and only the attempt. */
  readonly signal: AbortSignal;
}

interface Stage extends Hop {
  readonly place: Place;
  readonly extensions: readonly string[];
}

/** @throws {DialFailure} saying why, and at which host of the way. */
export async function dialTarget(
  deps: DialDeps,
  authorization: TargetAuthorization,
  entry: Entry,
): Promise<TargetConnection> {
  invariant(TargetAuthorization.isProof(authorization), 'only authorizeTarget makes what opens a target');
  const stages = stagesOf(authorization);
  invariant(stages.length <= LIMITS.targetHopsMax + 1, 'authorizeTarget bounds the relay hosts');
  const legs: Leg[] = [];
  try {
    for (const stage of stages) {
      const deadline = stepDeadline(entry.signal, stage.target.name, deps.dialSeconds);
      try {
        const leg = await enter(deps, stage, legs.at(-1), { ...entry, signal: deadline.signal });
        legs.push(leg);
      } finally {
        deadline.stop();
      }
    }
    return new TargetConnection(legs);
  } catch (thrown) {
    for (const leg of legs.toReversed()) leg.close();
    throw thrown;
  }
}

/** Opens one host of the way, directly or through the one before it, and signs in there. */
async function enter(deps: DialDeps, stage: Stage, before: Leg | undefined, entry: Entry): Promise<Leg> {
  const { target, account, extensions } = stage;
  const { keyId, serial, signal } = entry;
  const leg = await open(deps, stage, before, signal);
  await leg.signIn(account, issueCredential(deps, { target, account, keyId, serial, extensions }), signal);
  return leg;
}

async function open(deps: DialDeps, stage: Stage, before: Leg | undefined, signal: AbortSignal): Promise<Leg> {
  const { target, place } = stage;
  const stream =
    before === undefined ? await reach(deps, stage, signal) : await passThrough(deps, before, stage, signal);
  return openLeg(deps, { target, stream, place, signal });
}

async function reach(deps: DialDeps, { target, place }: Stage, signal: AbortSignal) {
  try {
    const addresses = await resolveTarget(deps, target.host, place, signal);
    return await connectTo(addresses, target.port, signal);
  } catch (thrown) {
    throw dialFailure(thrown, place);
  }
}

/** Each host gets what it needs and no more: a relay host no terminal, a target no forwarding it does not need. */
function stagesOf({ via, target, account, actions }: TargetAuthorization): Stage[] {
  const place = ({ name }: Target, isRelay: boolean): Place => ({ name, isRelay });
  const develops = actions.includes('develop');
  return [
    ...via.map((hop) => ({ ...hop, place: place(hop.target, true), extensions: ['permit-port-forwarding'] })),
    {
      target,
      account,
      place: place(target, false),
      extensions: develops ? ['permit-port-forwarding', 'permit-pty'] : ['permit-pty'],
    },
  ];
}
