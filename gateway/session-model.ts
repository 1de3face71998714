/** What a session is made of and asked with. */
import type { Clock, Database, Log } from '../foundation/index.ts';
import type { ConnectionId, SessionKind, SignInMethod } from '../policy/index.ts';
import type { Recorder } from '../recorder/index.ts';
import type { TimeLimits } from './live-control/time-limits.ts';
import type { SessionLimits } from './live-control/session-limits.ts';
import type { SessionRegistry } from './session-registry.ts';

export interface SessionDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly recorder: Recorder;
  readonly registry: SessionRegistry;
  readonly gatewayId: string;
  /** Which worker of the gateway this process is; undefined when there are none. */
  readonly workerId?: string | undefined;
  /** How long sessions may be idle, and how long they may last. */
  readonly timeLimits?: TimeLimits | undefined;
  /** How many of them may be open at once. */
  readonly sessionLimits?: SessionLimits | undefined;
}

export interface SessionRequest {
  readonly connectionId: ConnectionId;
  readonly kind: SessionKind;
  readonly command: string | null;
  readonly sourceAddress: string;
  readonly signedInBy: SignInMethod;
  /** The key that signed the person in; null when a browser did. It must stay in force as long as the session. */
  readonly keyBlob: Buffer | null;
  /** When what signed the person in runs out by itself: the session ends then at the latest. */
  readonly until?: Date | undefined;
  readonly terminal: { readonly term: string; readonly columns: number; readonly rows: number } | undefined;
}

export type Direction = 'i' | 'o' | 'e';

/** So many bytes of a body pass, and in which direction. */
export interface Counted {
  readonly direction: 'i' | 'o';
  readonly bytes: number;
}
