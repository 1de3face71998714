/**
 * The way to a target: dialled with the proof of authorisation, as the person's own account at every host of it, by
 * certificates made for this one entry. Nothing here takes a host, an account or a key from anywhere else.
 */
import { asError, invariant, LIMITS, type Secret } from '../../../foundation/index.ts';
import { type Hop, type Target, TargetAuthorization } from '../../../policy/index.ts';
import { TargetConnection } from './connection.ts';
import { type CredentialDeps, issueCredential } from './credentials.ts';
import { stepDeadline } from './deadline.ts';
import { DialFailure, dialFailure, type Place } from './failure.ts';
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
  /** What an account signs in with where the target knows no certificates; none is known where it is absent. */
  readonly secretsOf?: (target: Target, account: string) => Promise<readonly Secret<string>[]>;
}

interface Stage extends Hop {
  readonly place: Place;
  readonly extensions: readonly string[];
}

/** The connection, signed in. @throws {DialFailure} saying why not, and at which host of the way. */
export async function dialTarget(
  deps: DialDeps,
  authorization: TargetAuthorization,
  entry: Entry,
): Promise<TargetConnection> {
  const { legs, signedIn } = await dial(deps, authorization, entry);
  const connection = new TargetConnection(legs, signedIn); // It closes the whole way when it is not let in.
  await signedIn;
  return connection;
}

/**
 * The connection as soon as the last host was asked to let the account in: where that host reads on, the first channel
 * is asked for in the same breath, a round trip earlier. Nothing of the target is had before it has let the account in:
 * every use of the connection waits for that, and fails with what `refused` throws when it does not.
 * @throws {DialFailure} what is known until then.
 */
export async function dialTargetAhead(
  deps: DialDeps,
  authorization: TargetAuthorization,
  { refused, ...entry }: Entry & { readonly refused: (error: Error) => Promise<never> },
): Promise<TargetConnection> {
  const { legs, signedIn } = await dial(deps, authorization, entry);
  const told = signedIn.catch((thrown: unknown) => refused(asError(thrown)));
  told.catch(() => undefined); // Whoever uses the connection is told.
  return new TargetConnection(legs, told);
}

async function dial(
  deps: DialDeps,
  authorization: TargetAuthorization,
  entry: Entry,
): Promise<{ legs: readonly Leg[]; signedIn: Promise<void> }> {
  invariant(TargetAuthorization.isProof(authorization), 'only authorizeTarget makes what opens a target');
  const stages = stagesOf(authorization);
  invariant(stages.length <= LIMITS.targetHopsMax + 1, 'authorizeTarget bounds the relay hosts');
  const legs: Leg[] = [];
  let signedIn = Promise.resolve();
  try {
    for (const stage of stages) {
      await signedIn; // At the relay host before it.
      const deadline = stepDeadline(entry.signal, stage.target.name, deps.dialSeconds);
      try {
        const entered = await enter(deps, stage, legs.at(-1), { ...entry, signal: deadline.signal });
        legs.push(entered.leg);
        signedIn = entered.signedIn.finally(() => deadline.stop());
        signedIn.catch(() => undefined);
      } catch (thrown) {
        deadline.stop();
        throw thrown;
      }
    }
    return { legs, signedIn };
  } catch (thrown) {
    for (const leg of legs.toReversed()) leg.close();
    throw thrown;
  }
}

/** Opens one host of the way, directly or through the one before it, and asks to be let in there. */
async function enter(
  deps: DialDeps,
  stage: Stage,
  before: Leg | undefined,
  entry: Entry,
): Promise<{ leg: Leg; signedIn: Promise<void> }> {
  const { target, account, extensions, place } = stage;
  const { keyId, serial, signal } = entry;
  const leg = await open(deps, stage, before, signal);
  if (target.signIn === 'password') return enterBySecret(leg, stage, entry);
  const key = await issueCredential(deps, { target, account, keyId, serial, extensions }).catch((thrown: unknown) => {
    leg.close();
    throw dialFailure(thrown, place);
  });
  const { signedIn } = await leg.signIn(account, key, signal);
  return { leg, signedIn };
}

/** The host is known by now: what is sent opens the account wherever it is sent. */
async function enterBySecret(
  leg: Leg,
  { target, account, place }: Stage,
  { secretsOf, signal }: Entry,
): Promise<{ leg: Leg; signedIn: Promise<void> }> {
  try {
    const secrets = (await secretsOf?.(target, account)) ?? [];
    if (secrets.length === 0) throw new DialFailure('target_secret_missing', place, { detail: account });
    const { signedIn } = await leg.signIn(account, secrets, signal);
    await signedIn; // It may take more than one try, so nothing is asked for ahead of it.
    return { leg, signedIn };
  } catch (thrown) {
    leg.close();
    throw thrown;
  }
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
