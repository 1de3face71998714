/** What a server shows to somebody who does not sign in: for checks of a setup, never on the way of a session. */
import { LIMITS } from '../../../foundation/index.ts';
import type { Target } from '../../../policy/index.ts';
import { MAINTAINER_LEG } from '../algorithms.ts';
import { Client } from '../library/index.ts';
import { stepDeadline, unlessAborted } from './deadline.ts';
import { dialFailure, type Place } from './failure.ts';
import { ServerHello, whenRead } from './kex-init.ts';
import { type LegDeps, openLeg } from './leg.ts';
import { connectTo, type ReachDeps, resolveTarget } from './reach.ts';

export interface Shown {
  readonly ident: string;
  /** Negotiated algorithms that nobody should use any more. */
  readonly legacy: readonly string[];
}

const NEVER = new AbortController().signal;

/**
 * Goes as far as the host's own proof of who it is, and no further. Only for a target that no relay host stands before.
 * @throws {DialFailure}
 */
export async function probeTarget(
  deps: LegDeps & ReachDeps,
  target: Target,
  seconds: number = LIMITS.targetDialSeconds,
): Promise<Shown> {
  const place: Place = { name: target.name, isRelay: false };
  const deadline = stepDeadline(NEVER, target.name, seconds);
  try {
    const { signal } = deadline;
    const addresses = await resolveTarget(deps, target.host, place, signal);
    const stream = await connectTo(addresses, target.port, signal);
    const leg = await openLeg(deps, { target, stream, place, signal });
    leg.close();
    return { ident: leg.ident, legacy: leg.legacy };
  } catch (thrown) {
    throw dialFailure(thrown, place);
  } finally {
    deadline.stop();
  }
}

export interface HostShown {
  readonly ident: string;
  /** The SSH blob of the key or certificate it shows. Nothing says yet that it has the key. */
  readonly key: Buffer;
}

/** What the server at `host` shows as its host key; the connection ends there. @throws {DialFailure} */
export async function lookAtHost(
  deps: ReachDeps,
  { host, port }: { host: string; port: number },
  seconds: number = LIMITS.targetDialSeconds,
): Promise<HostShown> {
  const place: Place = { name: host, isRelay: false };
  const deadline = stepDeadline(NEVER, host, seconds);
  const client = new Client();
  const hello = new ServerHello();
  try {
    const { signal } = deadline;
    const stream = await connectTo(await resolveTarget(deps, host, place, signal), port, signal);
    whenRead(stream, () => stream.on('data', (chunk: Buffer) => hello.take(chunk)));
    const shown = new Promise<Buffer>((resolve, reject) => {
      client.on('error', reject); // After the key was shown it says only that it was not taken.
      client.once('close', () => reject(new Error('The server closed the connection.')));
      client.connect({
        sock: stream,
        username: '',
        readyTimeout: 0,
        algorithms: MAINTAINER_LEG,
        hostVerifier: (key: Buffer) => {
          resolve(key);
          return false; // Nobody signs in here.
        },
      });
    });
    const key = await unlessAborted(signal, shown);
    return { ident: hello.ident ?? '', key };
  } catch (thrown) {
    throw dialFailure(thrown, place);
  } finally {
    deadline.stop();
    client.destroy();
  }
}
