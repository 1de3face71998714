/** From a target's host name to an open TCP connection. */
import { lookup as systemLookup } from 'node:dns/promises';
import { once } from 'node:events';
import { isIP, type LookupFunction, Socket } from 'node:net';
import { asError } from '../../../foundation/index.ts';
import type { AddressPolicy } from '../../address-policy.ts';
import { unlessAborted } from './deadline.ts';
import { DialFailure, dialFailure, type Place } from './failure.ts';

/** All addresses of a name, in the order to try them. */
export type Lookup = (host: string) => Promise<readonly string[]>;

export interface ReachDeps {
  readonly addresses: AddressPolicy;
  /** Default: the operating system's. */
  readonly lookup?: Lookup;
}

const ATTEMPT_MS = 2_500;

/**
 * The addresses of `host` that may be dialled. The name is asked for once, here: dialling what was checked and not the
 * name again leaves a resolver no second answer to give (DNS rebinding).
 * @throws {DialFailure} `target_name_not_found`, `target_address_refused`.
 */
export async function resolveTarget(
  deps: ReachDeps,
  host: string,
  place: Place,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { addresses: policy, lookup = lookUp } = deps;
  let found: readonly string[];
  try {
    found = await unlessAborted(signal, lookup(host));
  } catch (thrown) {
    throw dialFailure(thrown, place);
  }
  const refusals = found.map((address) => policy.refusal(address));
  const open = found.filter((_, at) => refusals[at] === undefined);
  if (open.length === 0) {
    const detail = refusals.length === 0 ? `${host} has no address` : refusals.join('; ');
    throw new DialFailure(refusals.length === 0 ? 'target_name_not_found' : 'target_address_refused', place, {
      detail,
    });
  }
  return open;
}

/** Connects to the first of the addresses that answers. The socket is destroyed when `signal` fires. */
export async function connectTo(addresses: readonly string[], port: number, signal: AbortSignal): Promise<Socket> {
  const socket = new Socket();
  const checked = addresses.map((address) => ({ address, family: isIP(address) }));
  const lookup: LookupFunction = (_host, _options, answer) => answer(null, checked);
  // Permanent: a socket emits errors after the one that was waited for, and unheard they would end the process.
  socket.on('error', () => undefined);
  socket.setNoDelay(true); // Before the handshake: its small packets must not wait for one another.
  try {
    signal.throwIfAborted();
    const [first] = addresses;
    const single = addresses.length === 1 && first !== undefined;
    socket.connect({
      port,
      host: single ? first : 'target.invalid', // Never asked for: the answer is given above.
      ...(single ? {} : { lookup, autoSelectFamily: true, autoSelectFamilyAttemptTimeout: ATTEMPT_MS }),
    });
    await once(socket, 'connect', { signal });
    return socket;
  } catch (thrown) {
    socket.destroy();
    throw asError(signal.aborted ? signal.reason : thrown);
  }
}

async function lookUp(host: string): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host];
  const found = await systemLookup(host, { all: true, verbatim: true });
  return found.map(({ address }) => address);
}
