/** What the steps of a sign-in hand on to one another. */
import type { Clock, Database, Log } from '../../../foundation/index.ts';
import type { CertificateAuthority, FactorSeal } from '../../../identity/index.ts';
import type { ConnectionId, KeyFactorRules, Person, SignInMethod } from '../../../policy/index.ts';
import type { Throttle } from './throttle.ts';

/** What this gateway asks of who signs in; plain data, the same in every process. */
export interface SignInRules extends KeyFactorRules {
  /** How long one approval is remembered for the same person, key and source address; 0: never. */
  readonly secondFactorMinutes: number;
  /** Shown to everybody before the sign-in; may be empty. */
  readonly banner: string;
}

export interface AuthenticationDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly publicUrl: URL;
  readonly loginAuthority: CertificateAuthority;
  readonly factorSeal: FactorSeal;
  readonly signIn: SignInRules;
  readonly signInDecided: EventTarget;
  readonly throttle: Throttle;
}

export interface Arrival {
  readonly connectionId: ConnectionId;
  readonly sourceAddress: string;
  /** Aborted when the connection closes. */
  readonly signal: AbortSignal;
  /** A person is reading in a browser: the connection may wait longer than for a machine. */
  readonly extendGrace: (seconds: number) => void;
}

export interface SignedIn {
  readonly person: Person;
  readonly loginName: string;
  readonly method: SignInMethod;
  /** The key or certificate whose signature succeeded; null when a browser alone approved. */
  readonly keyBlob: Buffer | null;
  /** Whether a second factor was shown for this very connection, and not remembered from an earlier one. */
  readonly factorShown: boolean;
}
