/**
 * The TCP door before anybody is known: how many may wait in it, for how long, and that none of them hogs a turn.
 */
import type { Socket } from 'node:net';
import { LIMITS, type Log, sourceNetwork } from '../../foundation/index.ts';

/** One accepted socket until it closes. */
export interface Visitor {
  readonly sourceAddress: string;
  /** The time to sign in starts anew, for that long: somebody is reading in a browser. */
  readonly extendGrace: (seconds: number) => void;
  /** The visitor is known now and no longer counts as waiting. */
  readonly signedIn: () => void;
}

/** A place at the door. Where it is kept and where its socket is served may be two processes. */
export interface Place {
  readonly sourceAddress: string;
  /** The visitor is known now and no longer counts as waiting. */
  readonly signedIn: () => void;
  /** The connection has ended. */
  readonly left: () => void;
}

/** Of the free places one source may have waiting this fraction. */
const SHARE_OF_FREE = 3;

/** Counts who is here, in the process that accepts. */
export class Door {
  readonly #log: Log;
  readonly #connectionsMax: number;
  readonly #waiting = new Map<string, number>();
  #places = 0;

  constructor(log: Log, connectionsMax: number = LIMITS.sshConnectionsMax) {
    this.#log = log;
    this.#connectionsMax = connectionsMax;
  }

  /** @returns a place, or undefined when the socket was turned away: too many are here already. */
  admit(socket: Socket, sourceAddress = socket.remoteAddress ?? ''): Place | undefined {
    const source = sourceNetwork(sourceAddress);
    if (sourceAddress === '' || this.#isFull(source)) {
      this.#log.warn({ event: 'ssh.turned_away', sourceAddress }, 'too many connections');
      socket.destroy();
      return undefined;
    }
    this.#places += 1;
    this.#count(source, 1);
    let waiting = true;
    let here = true;
    const signedIn = (): void => {
      if (waiting) this.#count(source, -1);
      waiting = false;
    };
    const left = (): void => {
      signedIn();
      if (here) this.#places -= 1;
      here = false;
    };
    return { sourceAddress, signedIn, left };
  }

  #isFull(source: string): boolean {
    const waiting = [...this.#waiting.values()].reduce((sum, count) => sum + count, 0);
    const free = LIMITS.sshUnauthenticatedMax - waiting;
    // A few sources that open all they may and say nothing would shut everybody out: the fewer places are free, the
    // fewer of them one source may have, and a source of which nobody waits has one of the last.
    const share = Math.min(LIMITS.sshUnauthenticatedPerSourceMax, Math.ceil(free / SHARE_OF_FREE));
    return this.#places >= this.#connectionsMax || free <= 0 || (this.#waiting.get(source) ?? 0) >= share;
  }

  #count(source: string, change: 1 | -1): void {
    const count = (this.#waiting.get(source) ?? 0) + change;
    if (count === 0) this.#waiting.delete(source);
    else this.#waiting.set(source, count);
  }
}

/** Holds a socket to its time to sign in, in the process that serves it. */
export function receive(socket: Socket, place: Place): Visitor {
  let waiting = true;
  let grace = setTimeout(() => socket.destroy(), LIMITS.sshLoginGraceSeconds * 1_000);
  const stopWaiting = (): void => {
    clearTimeout(grace);
    waiting = false;
  };
  socket.once('close', () => {
    stopWaiting();
    place.left();
  });
  return {
    sourceAddress: place.sourceAddress,
    signedIn: () => {
      stopWaiting();
      place.signedIn();
    },
    extendGrace: (seconds) => {
      clearTimeout(grace);
      if (waiting) grace = setTimeout(() => socket.destroy(), seconds * 1_000);
    },
  };
}
