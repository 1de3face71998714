/** The nouns every room shares. Shapes only; rules stand beside them. */
import type { Brand } from '../foundation/index.ts';

export type PersonId = Brand<'PersonId'>;
export type SystemId = Brand<'SystemId'>;
export type TargetId = Brand<'TargetId'>;
export type SessionId = Brand<'SessionId'>;
export type ConnectionId = Brand<'ConnectionId'>;
export type TicketId = Brand<'TicketId'>;
export type RefusedActId = Brand<'RefusedActId'>;

export const ROLES = ['maintainer', 'owner', 'auditor', 'security_officer', 'administrator'] as const;
export type Role = (typeof ROLES)[number];

export type Locale = 'en' | 'ja';

/**
 * How an SSH connection proved who its person is. `security_key`: a key that verified its holder by PIN or finger, which
 * is two factors where the gateway's rules say so.
 */
export const SIGN_IN_METHODS = [
  'ssh_key',
  'ssh_key_and_browser',
  'ssh_key_and_totp',
  'security_key',
  'certificate',
  'browser',
  /** The sign-in at the console itself: a terminal in the browser. */
  'web',
] as const;
export type SignInMethod = (typeof SIGN_IN_METHODS)[number];

/** One human. */
export interface Person {
  readonly id: PersonId;
  readonly name: string;
  readonly email: string | null;
  readonly employer: string;
  readonly locale: Locale;
  readonly roles: readonly Role[];
  readonly contractEndsAt: Date | null;
}

/** An authenticated person in this request. Made only from a sign-in that succeeded. */
export interface Principal {
  readonly person: Person;
  readonly signedInBy: 'oidc' | 'ssh_key' | 'browser';
}

/**
 * How much of what is asked of a target the gate owns, strongest first.
 * `exec-only`: single commands, no shell. `guarded-line`: the gateway's own prompt, every line judged before it runs.
 * `guarded-shell`: a bash of the target that asks before each simple command. `guarded-pty`: a login shell whose lines
 * are read off the terminal and held at Enter. `guarded-web`: a site, whose every answer is judged before its first byte
 * reaches the browser. `recorded`: recorded, and not judged.
 */
export const TARGET_MODES = [
  'exec-only',
  'guarded-line',
  'guarded-shell',
  'guarded-pty',
  'guarded-web',
  'recorded',
] as const;
export type TargetMode = (typeof TARGET_MODES)[number];

export const TARGET_SIGN_INS = ['certificate', 'password'] as const;
export type TargetSignIn = (typeof TARGET_SIGN_INS)[number];

export interface Target {
  readonly id: TargetId;
  readonly systemId: SystemId;
  readonly systemName: string;
  /** The login name at the bastion, unique within its system: `name`, or `name%system` where two systems use it. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** The pinned host key, `algorithm base64` as in known_hosts. Never null together with `hostCa`. */
  readonly hostKey: string | null;
  /** The authority whose host certificates are accepted, `algorithm base64`. */
  readonly hostCa: string | null;
  readonly mode: TargetMode;
  /** An explicit exception: this target may be spoken to with algorithms that nobody should use any more. */
  readonly legacyAlgorithms: boolean;
  /** From where the target sees us come, as CIDRs with commas between; null where the way does not keep it. */
  readonly sourceAddress: string | null;
  /** `password`: it knows no certificates, and the account's kept secret opens it. Absent: `certificate`. */
  readonly signIn?: TargetSignIn;
}

/** A relay host on the way to a target, entered as the person's own account there. */
export interface Hop {
  readonly target: Target;
  readonly account: string;
}

/** What must not leave unasked. A `table` is `schema.table`; a `path` covers everything below it. */
export interface ProtectedAsset {
  readonly kind: 'table' | 'path';
  readonly name: string;
  readonly dataClass: string;
  readonly recordCount: number | null;
  /** The asset this one is a copy of: what was protected stays protected under its new name. */
  readonly copyOf?: string;
}

/** `files`: the sftp subsystem, or the server's side of scp, rsync or git. `web`: one browser's work on a site. */
export const SESSION_KINDS = ['shell', 'exec', 'files', 'web'] as const;
export type SessionKind = (typeof SESSION_KINDS)[number];

/**
 * What a grant allows. `upload` and `download` are the two directions of a `files` session; `develop` lets a person
 * reach the editor's server they started on the target themselves. `web`: the pages of a site.
 */
export const GRANT_ACTIONS = ['shell', 'exec', 'upload', 'download', 'develop', 'web'] as const;
export type GrantAction = (typeof GRANT_ACTIONS)[number];

/** What the gate needs to know of the target a command is for. */
export interface TargetPolicy {
  readonly mode: TargetMode;
  readonly assets: readonly ProtectedAsset[];
  /** Where the command will run, when known: relative words resolve against it. Unknown, any matching tail counts. */
  readonly cwd?: string;
  /** Programs that somebody else accepted for this system: they are known here, though no list knows them. */
  readonly programs?: ReadonlySet<string>;
  /** Shell variables known to be set when the command runs, with their values. */
  readonly variables?: ReadonlyMap<string, string>;
}

/**
 * In rising strictness. `ask`: not recognised, so a second person is asked first. `needs_ticket`: an export, which a
 * ticket about this very act allows once. `deny`: no ticket opens it.
 */
export const VERDICTS = ['allow', 'ask', 'needs_ticket', 'deny'] as const;
export type VerdictName = (typeof VERDICTS)[number];

/** What was recognised, where and why. `span` is [start, end) in UTF-16 units of the judged text. */
export interface Finding {
  readonly rule: string;
  readonly class:
    | 'dbdump'
    | 'bulk_read'
    | 'offhost'
    | 'stage'
    | 'listen'
    | 'tunnel'
    | 'interpreter'
    | 'dynamic'
    | 'unreadable'
    | 'unknown'
    | 'shell_control'
    | 'channel';
  readonly span: readonly [number, number];
  readonly subject: string;
  readonly assets: readonly string[];
}

/** A protected thing under another name. */
export interface AssetCopy {
  /** The asset's name. */
  readonly asset: string;
  /** The absolute path, or `schema.table`, of the copy. */
  readonly path: string;
}

/** SQL that a command hands to a database, as the database gets it. */
export interface CarriedStatement {
  readonly text: string;
  /** Where it stands in the judged text, as of a finding. */
  readonly span: readonly [number, number];
  /** Tables that the parsers of SQL find in it; none before they were asked. */
  readonly relations: readonly string[];
  /** PostgreSQL's fingerprint, 16 hex digits: equal for statements that differ in constants alone. */
  readonly fingerprint: string | null;
}

/** The gate's answer about one command: a value, never an exception. */
export interface Judgement {
  readonly verdict: VerdictName;
  readonly findings: readonly Finding[];
  /** The commands in the text as unquoted words, in order of appearance: what the act means, not how it was written. */
  readonly commands: readonly (readonly string[])[];
  /** The protected things it touches, each once. */
  readonly objects: readonly string[];
  /** Where it would leave copies of protected things on the target. */
  readonly copies: readonly AssetCopy[];
  /** The SQL in it; left out by judges of anything but commands. */
  readonly statements?: readonly CarriedStatement[];
  /** SHA-256 over the canonical form of the act, 64 hex digits: equal for two writings of the same act. */
  readonly digest: string;
}

/** 作業, 持出, 受渡, 緊急作業. */
export const TICKET_KINDS = ['access', 'export', 'transfer', 'emergency'] as const;
export type TicketKind = (typeof TICKET_KINDS)[number];

/** A `draft` is its author's alone; `review_due` and `reviewed` are an emergency's. */
export const TICKET_STATES = [
  'draft',
  'requested',
  'asked_back',
  'approved',
  'in_use',
  'review_due',
  'reviewed',
  'used',
  'aborted',
  'rejected',
  'withdrawn',
  'revoked',
  'expired',
] as const;
export type TicketState = (typeof TICKET_STATES)[number];
