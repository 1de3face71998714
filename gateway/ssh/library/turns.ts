import type { Connection } from 'ssh2';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { LIMITS } from '../../../foundation/index.ts';
import { copiesReads, type SshClient } from './ssh2.ts';

/**
 * Lets others have their turn after each quantum read from one stream: without it one bulk transfer makes everybody's
 * keystrokes wait. Attach it after the library, so that no byte arrives before somebody listens.
 */
export function shareTurns(stream: Duplex): void {
  const quantum = stream instanceof Socket && readIntoScratch(stream) ? SCRATCH.length : LIMITS.sshReadQuantumBytes;
  let read = 0;
  stream.on('data', (chunk: Buffer) => {
    // What is read in one piece and not full was all there is.
    read = quantum === SCRATCH.length && chunk.length < quantum ? 0 : read + chunk.length;
    if (read < quantum) return;
    read = 0;
    FLOODS.wait(stream);
  });
}

/**
 * Streams that have had their quantum, in the order in which they go on: a few in each turn of the event loop, so that
 * a key waits for as much of other people's bytes whether two of them transfer something or two hundred do.
 */
class Floods {
  readonly #waiting: Duplex[] = [];
  #isDue = false;

  wait(stream: Duplex): void {
    stream.pause();
    this.#waiting.push(stream);
    this.#nextTurn();
  }

  #nextTurn(): void {
    if (this.#isDue || this.#waiting.length === 0) return;
    this.#isDue = true;
    setImmediate(() => {
      this.#isDue = false;
      for (const stream of this.#waiting.splice(0, LIMITS.sshReadQuantaPerTurnMax)) {
        if (!stream.destroyed) stream.resume();
      }
      this.#nextTurn();
    });
  }
}

/** One event loop, one order. */
const FLOODS = new Floods();

/** Every socket is read into this memory, one after the other: nothing is left in it between two turns. */
const SCRATCH = Buffer.allocUnsafeSlow(LIMITS.sshReadQuantumBytes);

/**
 * Reads a socket without allocating anything: the runtime's `onread`, which it has for sockets that it connects itself
 * and not for those that it accepts. Whoever listens to 'data' keeps nothing of a chunk (the library copies what it
 * keeps). @returns false when this runtime has no such thing; reading then goes on as it did.
 */
function readIntoScratch(socket: Socket): boolean {
  if (!copiesReads()) return false;
  const handle: unknown = Reflect.get(socket, '_handle');
  const names = new Map(Object.getOwnPropertySymbols(socket).map((symbol) => [symbol.description, symbol]));
  const [buffer, callback] = [names.get('kBuffer'), names.get('kBufferCb')];
  if (typeof handle !== 'object' || handle === null || buffer === undefined || callback === undefined) return false;
  const useUserBuffer: unknown = Reflect.get(handle, 'useUserBuffer');
  if (typeof useUserBuffer !== 'function') return false;
  Reflect.set(socket, buffer, SCRATCH);
  Reflect.set(socket, callback, (bytes: number): boolean => {
    const chunk = SCRATCH.subarray(0, bytes);
    if (socket.readableFlowing !== true || socket.readableLength > 0) return socket.push(Buffer.from(chunk));
    socket.emit('data', chunk);
    return true;
  });
  Reflect.apply(useUserBuffer, handle, [SCRATCH]);
  return true;
}

/** The stream under a connection of either side; the library has no public way to it. */
export function streamOf(connection: Connection | SshClient): Duplex {
  return Reflect.get(connection, '_sock') as Duplex;
}
