/** The audit log: what was recorded and what happened, as leaves that outsiders may read. */
import type { FileSystem } from '../files.ts';
import type { Clock, Log } from '../../foundation/index.ts';
import type { Fault } from '../fault.ts';
import type { AppendedLeaf } from './entry-log.ts';
import { encodeLeaf, type Leaf } from '../../evidence/index.ts';
import { LOG_ORIGIN, type TreeHead } from './note.ts';
import { NO_WITNESSES, openLog, type Witnesses } from './open-log.ts';
import type { LogEntry } from './read-log.ts';

export type { AppendedLeaf } from './entry-log.ts';

export interface LeafLog {
  /** Resolves when the leaf is durable under a signed checkpoint. @throws {GatewayError} `recording_unavailable`. */
  append(leaf: Leaf): Promise<AppendedLeaf>;
  /** The newest checkpoint that the policy accepted; null: none, or nobody has to. */
  latestAccepted(): TreeHead | null;
  /** Since when something published is not accepted by the policy; undefined: nothing is. */
  lateSince(): Date | undefined;
}

/** What is configured of the log. */
export interface TransparencySettings {
  readonly origin: string;
  /** See `headFile` of the log's options. */
  readonly headFile: string;
  readonly witnesses: Witnesses;
}

export interface LeafLogOptions {
  readonly directory: string;
  readonly files: FileSystem;
  readonly fault: Fault;
  readonly clock: Clock;
  readonly log: Log;
  /** Without them: the usual origin, the head beside the log's directory, no witness. */
  readonly settings?: Partial<TransparencySettings>;
  /** Sees every entry there is, in order. */
  readonly visit: (entry: LogEntry) => void;
  /** A fresh log is begun only when nothing speaks of an older one. */
  readonly mayCreate: boolean;
}

/** The log of the process that writes it. When it is disposed everything stands in bundles. */
export interface OwnedLeafLog extends LeafLog, AsyncDisposable {
  /**
   * Resolves when a checkpoint that the witness policy accepts covers the leaf; at once where nobody has to cosign.
   * @throws {GatewayError} `witness_unreachable` when too few do in time.
   */
  accepted(index: number): Promise<void>;
  /** The same, and where nobody has to cosign a checkpoint that others can read covers it. @throws as `accepted`. */
  covered(index: number): Promise<void>;
}

/** Opens or begins the log. @throws {GatewayError} `start_refused` when its parts do not fit each other. */
export async function startLeafLog({ settings = {}, ...options }: LeafLogOptions): Promise<OwnedLeafLog> {
  const { origin = LOG_ORIGIN, headFile = `${options.directory}-head`, witnesses = NO_WITNESSES } = settings;
  const log = await openLog({ ...options, origin, headFile, witnesses });
  return {
    append: (leaf) => log.append(encodeLeaf(leaf)),
    accepted: (index) => log.accepted(index),
    covered: (index) => log.covered(index),
    latestAccepted: () => log.latestAccepted(),
    lateSince: () => log.lateSince(),
    [Symbol.asyncDispose]: () => log[Symbol.asyncDispose](),
  };
}
