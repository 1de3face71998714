/**
 * The TCP door before anybody is known: how many may wait in it, for how long, and that none of them hogs a turn.
 */
import type { Socket } from 'node:net';
import { LIMITS, type Log } from '../../foundation/index.ts';

/** One accepted socket until it closes. */
export interface Visitor {
  readonly sourceAddress: string;
  /** The time to sign in starts anew, for that long: somebody is reading in a browser. */
  readonly extendGrace: (seconds: number) => void;
  /** The visitor is known now and no longer counts as waiting. */
  readonly signedIn: () => void;
}

export class Door {
  readonly #log: Log;
  readonly #sockets = new Set<Socket>();
  readonly #waiting = new Map<string, number>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** @returns the visitor, or undefined when the socket was turned away: too many are here already. */
  enter(socket: Socket): Visitor | undefined {
    const sourceAddress = socket.remoteAddress ?? '';
    socket.on('error', (error) => this.#log.debug({ event: 'ssh.socket_error', err: error }, 'socket error'));
    if (sourceAddress === '' || this.#isFull(sourceAddress)) {
      this.#log.warn({ event: 'ssh.turned_away', sourceAddress }, 'too many connections');
      socket.destroy();
      return undefined;
    }
    this.#sockets.add(socket);
    this.#count(sourceAddress, 1);
    let waiting = true;
    let grace = setTimeout(() => socket.destroy(), LIMITS.sshLoginGraceSeconds * 1_000);
    const stopWaiting = (): void => {
      clearTimeout(grace);
      if (waiting) this.#count(sourceAddress, -1);
      waiting = false;
    };
    socket.once('close', () => {
      stopWaiting();
      this.#sockets.delete(socket);
    });
    return {
      sourceAddress,
      signedIn: stopWaiting,
      extendGrace: (seconds) => {
        clearTimeout(grace);
        if (waiting) grace = setTimeout(() => socket.destroy(), seconds * 1_000);
      },
    };
  }

  closeAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #isFull(sourceAddress: string): boolean {
    const waiting = [...this.#waiting.values()].reduce((sum, count) => sum + count, 0);
    return (
      this.#sockets.size >= LIMITS.sshConnectionsMax ||
      waiting >= LIMITS.sshUnauthenticatedMax ||
      (this.#waiting.get(sourceAddress) ?? 0) >= LIMITS.sshUnauthenticatedPerSourceMax
    );
  }

  #count(sourceAddress: string, change: 1 | -1): void {
    const count = (this.#waiting.get(sourceAddress) ?? 0) + change;
    if (count === 0) this.#waiting.delete(sourceAddress);
    else this.#waiting.set(sourceAddress, count);
  }
}

/**
 * Lets others have their turn after each quantum read from one socket: without it one bulk transfer makes everybody's
 * keystrokes wait. Attach it after the library, so that no byte arrives before somebody listens.
 */
export function shareTurns(socket: Socket): void {
  let read = 0;
  socket.on('data', (chunk: Buffer) => {
    read += chunk.length;
    if (read < LIMITS.sshReadQuantumBytes) return;
    read = 0;
    socket.pause();
    setImmediate(() => {
      if (!socket.destroyed) socket.resume();
    });
  });
}
