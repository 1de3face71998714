import type { MessageKey } from '../../../messages/index.ts';
import type { ServerChannel } from '../library/index.ts';
import type { Values } from '../person-side.ts';

/** A `direct-tcpip` channel that waits for its answer; either method gives it. */
export interface DirectChannel {
  /** As the client wrote it. */
  readonly host: string;
  readonly port: number;
  /** Opens it. Undefined when the connection is gone. */
  accept(): ServerChannel | undefined;
  /** Writes the event, then says no with this line. */
  refuse(kind: string, key: MessageKey, values?: Values): Promise<void>;
}
