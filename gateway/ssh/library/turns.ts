import type { Connection } from 'ssh2';
import type { Duplex } from 'node:stream';
import { LIMITS } from '../../../foundation/index.ts';
import type { SshClient } from './ssh2.ts';

/**
 * Lets others have their turn after each quantum read from one stream: without it one bulk transfer makes everybody's
 * keystrokes wait. Attach it after the library, so that no byte arrives before somebody listens.
 */
export function shareTurns(stream: Duplex): void {
  let read = 0;
  stream.on('data', (chunk: Buffer) => {
    read += chunk.length;
    if (read < LIMITS.sshReadQuantumBytes) return;
    read = 0;
    stream.pause();
    setImmediate(() => {
      if (!stream.destroyed) stream.resume();
    });
  });
}

/** The stream under a connection of either side; the library has no public way to it. */
export function streamOf(connection: Connection | SshClient): Duplex {
  return Reflect.get(connection, '_sock') as Duplex;
}
