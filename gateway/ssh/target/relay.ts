/** From a relay host on to the next host of the way. */
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { asError } from '../../../foundation/index.ts';
import type { Target } from '../../../policy/index.ts';
import { unlessAborted } from './deadline.ts';
import { DialFailure, dialFailure, type Place } from './failure.ts';
import type { Leg } from './leg.ts';
import type { ReachDeps } from './reach.ts';

/** SSH_OPEN_CONNECT_FAILED (RFC 4254 §5.1): the relay host tried, and nobody answered it. */
const CONNECT_FAILED = 2;
/** What the relay host's log shows as the origin: the gateway opens it for itself, from no port. */
const ORIGIN = { address: '127.0.0.1', port: 0 };

/**
 * Asks the relay host for a connection to `next` (RFC 4254 §7.2). A name is resolved by the relay host, in its network;
 * an address that the inventory names is judged here as any other.
 * @throws {DialFailure} `target_relay_refused` at the relay host; `target_address_refused`, `target_unreachable` at `next`.
 */
export async function passThrough(
  deps: ReachDeps,
  relay: Leg,
  next: { readonly target: Target; readonly place: Place },
  signal: AbortSignal,
): Promise<Duplex> {
  const { host, port } = next.target;
  const refusal = isIP(host) === 0 ? undefined : deps.addresses.refusal(host);
  if (refusal !== undefined) throw new DialFailure('target_address_refused', next.place, { detail: refusal });
  const opened = new Promise<Duplex>((resolve, reject) => {
    relay.client.once('close', () => reject(new Error('The relay host closed the connection.')));
    relay.client.forwardOut(ORIGIN.address, ORIGIN.port, host, port, (error, channel) => {
      if (error !== undefined) reject(error);
      else resolve(channel);
    });
  });
  try {
    const channel = await unlessAborted(signal, opened);
    channel.on('error', () => undefined); // Its end is told by 'close'.
    return channel;
  } catch (thrown) {
    const error = asError(thrown);
    if (signal.aborted) throw dialFailure(error, next.place);
    if (Reflect.get(error, 'reason') === CONNECT_FAILED) {
      throw new DialFailure('target_unreachable', next.place, { detail: error.message, cause: error });
    }
    throw new DialFailure('target_relay_refused', relay.place, { detail: error.message, cause: error });
  }
}
