/** The shapes that the steps of an SSH connection hand on to one another. */
import type { Vault } from '../../approvals/index.ts';
import type { Clock, Database, Log } from '../../foundation/index.ts';
import type { CertificateAuthority, FactorSeal, SecretSeal, UserAuthority } from '../../identity/index.ts';
import type { MessageKey } from '../../messages/index.ts';
import type { ConnectionId, TargetId } from '../../policy/index.ts';
import type { ExportIntents } from '../../recorder/index.ts';
import type { Meters, SessionMeter } from '../metering/index.ts';
import type { GatewaySession, SessionDeps } from '../session.ts';
import type { StatementReader } from '../statement-reader/index.ts';
import type { SignedIn, SignInRules, Throttle } from './authentication/index.ts';
import type { HostKeys } from './jump/host-keys.ts';
import type { PersonSide, Values } from './person-side.ts';
import type { AddressPolicy, FirstChoices, TargetConnection, Terminal } from './target/index.ts';

export type { Exit } from './exit.ts';

export interface SshDeps extends SessionDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly authority: UserAuthority;
  /** Which addresses targets may stand at. */
  readonly addresses: AddressPolicy;
  /** What targets put first; one is made where none is given. */
  readonly firstChoices?: FirstChoices;
  /** Who failed to sign in, here and in the other processes; one of this process alone is made where none is given. */
  readonly throttle?: Throttle;
  /** Whose certificates sign people in here (`sekisho login`). */
  readonly loginAuthority: CertificateAuthority;
  readonly factorSeal: FactorSeal;
  /** Opens what is kept for accounts on targets that know no certificates. */
  readonly secretSeal?: SecretSeal;
  /** What the gateway shows as a host: itself, and each target in whose name it answers. */
  readonly hostKeys: HostKeys;
  readonly publicUrl: URL;
  /** Seconds of silence after which a maintainer's connection is asked whether it is still there. 0: never. */
  readonly keepaliveSeconds?: number;
  readonly signIn: SignInRules;
  /** Where an export says that it is about to leave, before it does. */
  readonly exports: ExportIntents;
  /** Since when too few witnesses outside cosign what is recorded; undefined: enough do, or none are asked. */
  readonly witnessesLateSince: () => Date | undefined;
  /** Minutes for which sessions still open then. */
  readonly witnessGraceMinutes: number;
  /** Where exports go whose ticket does not send them to the person. */
  readonly vault: Vault;
  /** The parsers of SQL, one thread of this process. */
  readonly statements: Pick<StatementReader, 'read'>;
  /** What left, by command, connection and person. */
  readonly meters: Meters;
  /** Events named by a sign-in's id, fired when it was decided (NOTIFY sekisho_sign_in_decided). */
  readonly signInDecided: EventTarget;
  /** How maintainers reach this listener, for the command lines that messages suggest. */
  readonly advertised: { readonly host: string; readonly port: number };
}

export interface Caller extends SignedIn {
  readonly connectionId: ConnectionId;
  readonly sourceAddress: string;
  /** The connection to the bastion that this one came through (ProxyJump). */
  readonly jumpedFrom?: ConnectionId;
  /** Targets for which this connection, or the one it is inside of, showed a second factor since. */
  readonly factors: Set<TargetId>;
  /** When what signed the person in runs out by itself; undefined: it does not. */
  readonly until?: Date;
  /** Aborted when the connection is gone. */
  readonly closed: AbortSignal;
}

/** What was refused on this connection and not yet told on a channel's stderr. */
export interface Refusals {
  /** Writes the event of one refusal. Never rejects: nothing was let through, so nothing is hidden without it. */
  record(kind: string, detail: string): Promise<void>;
  /** Records one refusal and tells it: now when a channel is open, else as soon as one is. Never rejects. */
  refuse(kind: string, detail: string, key: MessageKey, values?: Values): Promise<void>;
  /** Calls `tell` with each line not told yet and with all later ones, until the returned function is called. */
  tellOn(tell: (text: string) => void): () => void;
}

/** What the client asked to be started. */
export type Start =
  | { readonly kind: 'shell' }
  | { readonly kind: 'exec'; readonly command: string }
  | { readonly kind: 'subsystem'; readonly name: string };

export interface ChannelRequest {
  readonly start: Start;
  /** The terminal as it is now; undefined when none was asked for. */
  readonly terminal: Terminal | undefined;
  readonly environment: Readonly<Record<string, string>>;
  /** Aborted when the client closes the channel, even while nobody reads it. */
  readonly closed: AbortSignal;
  /** Calls back for each later change of the window, or each signal, until the returned function is called. */
  readonly onResize: (listener: (terminal: Terminal) => void) => () => void;
  readonly onSignal: (listener: (name: string) => void) => () => void;
  /** The same for each break (RFC 4335); milliseconds, 0 where the client leaves the length open. */
  readonly onBreak: (listener: (milliseconds: number) => void) => () => void;
  /** The same when the client will read no more of the output while it may still send (OpenSSH PROTOCOL §2.1). */
  readonly onEow: (listener: () => void) => () => void;
}

/** What the runners of exec, shell and guarded lines work with. */
export interface ChannelWork {
  readonly deps: SshDeps;
  readonly caller: Caller;
  readonly request: ChannelRequest;
  readonly session: GatewaySession;
  readonly person: PersonSide;
  /** What everything that leaves in this session is counted by. */
  readonly meter: SessionMeter;
  /** Dials the target at the first call. */
  readonly target: () => Promise<TargetConnection>;
}
