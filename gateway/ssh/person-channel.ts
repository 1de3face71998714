import type { Duplex, Writable } from 'node:stream';

/** The person's end of a session, whatever carries it: a channel of an SSH connection, or a terminal in a browser. */
export interface PersonChannel extends Duplex {
  readonly stderr: Writable;
  exit(status: number): void;
  exit(signalName: string, coreDumped?: boolean, message?: string): void;
  /** Ends both directions now. */
  close(): void;
  /** Tells it that nothing more of what it sends will be read. */
  sendEow(): void;
  /** Tells it whether it may handle ^S and ^Q itself. */
  xonXoff(clientCanDo: boolean): void;
}
