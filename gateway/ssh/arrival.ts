/** Where a connection comes from: the TCP peer, or what a listed load balancer says of it. */
import type { Socket } from 'node:net';
import {
  invariant,
  LIMITS,
  type Log,
  type Network,
  networkHolds,
  parseAddress,
  parseNetwork,
} from '../../foundation/index.ts';
import { parseProxyHeader, plainAddress } from './proxy-header.ts';

export interface Origin {
  readonly sourceAddress: string;
  /** What was read of the socket after the header. */
  readonly head: Buffer;
}

const NOTHING = Buffer.alloc(0);

export class Arrivals {
  readonly #balancers: readonly Network[];
  readonly #log: Log;
  #waiting = 0;

  /** `balancers`: CIDRs, as the configuration took them. */
  constructor(balancers: readonly string[], log: Log) {
    this.#balancers = balancers.map((text) => {
      const network = parseNetwork(text);
      invariant(network, `the configuration takes no network ${text}`);
      return network;
    });
    this.#log = log;
  }

  /**
   * Calls `arrived` with where a paused socket comes from: at once, having read nothing, or after the header of a
   * listed balancer. A balancer that sends none, or anything else, is cut off: without it every connection would have
   * the balancer's own address. A header from anybody else is read by nobody, so nobody chooses their own address.
   */
  receive(socket: Socket, arrived: (origin: Origin) => void): void {
    const peer = plainAddress(socket.remoteAddress ?? '');
    if (peer === undefined) {
      socket.destroy(); // Reset before it was accepted.
      return;
    }
    if (!this.#isBalancer(peer)) {
      arrived({ sourceAddress: peer, head: NOTHING });
      return;
    }
    if (this.#waiting >= LIMITS.proxyHeadersWaitingMax) {
      this.#refuse(socket, peer);
      return;
    }
    this.#readHeader(socket, peer, arrived);
  }

  #readHeader(socket: Socket, peer: string, arrived: (origin: Origin) => void): void {
    let received = NOTHING;
    this.#waiting += 1;
    const deadline = setTimeout(() => refuse(), LIMITS.proxyHeaderSeconds * 1_000);
    const stop = (): void => {
      clearTimeout(deadline);
      this.#waiting -= 1;
      socket.off('data', onData).off('close', stop).off('end', refuse);
      stopReading(socket);
    };
    const refuse = (): void => {
      stop();
      this.#refuse(socket, peer);
    };
    const onData = (chunk: Buffer): void => {
      received = Buffer.concat([received, chunk]);
      const header = parseProxyHeader(received);
      if (header.state === 'incomplete') return; // Bounded: a header that grows past its limit is refused.
      if (header.state === 'refused') {
        refuse();
        return;
      }
      stop();
      arrived({ sourceAddress: header.sourceAddress ?? peer, head: received.subarray(header.bytes) });
    };
    socket.on('data', onData).once('close', stop).once('end', refuse);
    socket.resume();
  }

  #refuse(socket: Socket, peer: string): void {
    this.#log.warn({ event: 'ssh.proxy_header_refused', peer }, 'a listed balancer sent no PROXY protocol header');
    socket.destroy();
  }

  #isBalancer(peer: string): boolean {
    const address = parseAddress(peer);
    return address !== undefined && this.#balancers.some((network) => networkHolds(network, address));
  }
}

const stopped = new WeakSet<object>();

/**
 * Really reads no more. `pause` alone goes on filling the buffer of this process, and what is in it does not go along
 * when the socket is handed to another one, which may have to wait for its turn.
 */
function stopReading(socket: Socket): void {
  socket.pause();
  const handle = handleOf(socket);
  if (handle === undefined) return; // Closed.
  callOn(handle, 'readStop'); // To the stream it still reads, so that the stream does not start it again.
  stopped.add(handle);
}

/**
 * Reads again what `Arrivals` stopped, for who serves the socket in this process. Into the socket's buffer only: it flows
 * when the library, which listens some turns later, resumes it; sooner, and what came first would be heard by nobody.
 */
export function resumeReading(socket: Socket): void {
  const handle = handleOf(socket);
  if (handle !== undefined && stopped.delete(handle)) callOn(handle, 'readStart');
}

function callOn(handle: object, name: 'readStart' | 'readStop'): void {
  const method: unknown = Reflect.get(handle, name);
  invariant(typeof method === 'function', `a socket has ${name}`);
  Reflect.apply(method as () => unknown, handle, []);
}

/** What the runtime reads with; it has no public way to stop reading at once. */
function handleOf(socket: Socket): object | undefined {
  const handle: unknown = Reflect.get(socket, '_handle');
  return typeof handle === 'object' && handle !== null ? handle : undefined;
}
