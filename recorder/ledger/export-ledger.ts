/**
 * The export ledger: a Sigsum log of its own. No byte of an approved export leaves before its intent stands in a
 * checkpoint that the witness policy accepts; what then left follows. The records themselves stand beside the log.
 */
import type { KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { equal, parseSigsumLeaf, sigsumLeaf, sigsumOrigin } from '../../evidence/index.ts';
import { type Clock, GatewayError, LIMITS, type Log, rawPublicKey, sha256 } from '../../foundation/index.ts';
import type { Fault } from '../fault.ts';
import { type FileSystem, makeDirectory, readWhole, replaceFile } from '../files.ts';
import { type OpenLog, openLog, type Witnesses } from '../log/open-log.ts';
import { signerOf, unlessMalformed } from '../log/note.ts';
import type { LogEntry } from '../log/read-log.ts';
import type { Pseudonyms } from '../pseudonyms.ts';
import {
  encodeRecord,
  type ExportIntent,
  type ExportResult,
  type IntentDraft,
  type LedgerRecord,
  parseRecord,
} from './records.ts';
import { nodeCrypto } from '../node-crypto.ts';

const RECORDS = 'records';
const SUBMITTER = 'submitter';
const RECORD_BYTES_MAX = 64 * 1024;

/** What an export waits for. */
export interface ExportIntents {
  /**
   * Resolves with the intent's index when an accepted checkpoint covers it: only then may the first byte leave.
   * @throws {GatewayError} `witness_unreachable` when too few witnesses cosign in time; `recording_unavailable`.
   */
  intent(draft: IntentDraft): Promise<number>;
}

export interface OpenIntent {
  readonly index: number;
  readonly intent: ExportIntent;
}

export type ExportOutcome = Omit<ExportResult, 'v' | 'type' | 'at' | 'ticket' | 'session' | 'intent'>;

export interface ExportLedgerOptions {
  /** Made when missing, in a directory that exists. */
  readonly directory: string;
  readonly files: FileSystem;
  readonly fault: Fault;
  readonly clock: Clock;
  readonly log: Log;
  readonly headFile: string;
  readonly witnesses: Witnesses;
  /** Signs the leaves; another key than the log's, so that whoever has one alone cannot make an entry. */
  readonly submitter: KeyObject;
  readonly pseudonyms: Pseudonyms;
  /** A fresh ledger is begun only when nothing speaks of an older one. */
  readonly mayCreate: boolean;
}

/** @throws {GatewayError} `start_refused` when its parts do not fit each other, or a record is not what its leaf says. */
export async function startExportLedger(options: ExportLedgerOptions): Promise<ExportLedger> {
  const { directory, files } = options;
  await makeDirectory(files, join(directory, RECORDS), join(directory, '..'));
  const entries: LogEntry[] = [];
  const log = await openLog({
    ...options,
    origin: (key) => sigsumOrigin(nodeCrypto, rawPublicKey(key)),
    visit: (entry) => void entries.push(entry),
  });
  try {
    const open = new Map<number, ExportIntent>();
    await tellSubmitter(options);
    for (const entry of entries) noteRecord(open, entry.index, await readChecked(options, entry));
    return new ExportLedger(options, log, open);
  } catch (thrown) {
    await log[Symbol.asyncDispose]();
    throw thrown;
  }
}

export class ExportLedger implements ExportIntents, AsyncDisposable {
  readonly #options: ExportLedgerOptions;
  readonly #log: OpenLog;
  readonly #open: Map<number, ExportIntent>;
  /** One record after the other: the file of each is named by the index its leaf will have. */
  #storing: Promise<unknown> = Promise.resolve();

  constructor(options: ExportLedgerOptions, log: OpenLog, open: Map<number, ExportIntent>) {
    this.#options = options;
    this.#log = log;
    this.#open = open;
  }

  /** Intents without a result, oldest first. */
  get open(): OpenIntent[] {
    return [...this.#open].map(([index, intent]) => ({ index, intent }));
  }

  /** Since when a checkpoint of it is not accepted; undefined: none. */
  lateSince(): Date | undefined {
    return this.#log.lateSince();
  }

  async intent({ personId, targetId, ...draft }: IntentDraft): Promise<number> {
    const { clock, pseudonyms } = this.#options;
    if (this.#open.size >= LIMITS.ledgerOpenMax)
      throw new GatewayError('recording_unavailable', 'Too many exports have no result in the ledger yet.');
    const record: ExportIntent = {
      ...{ v: 1, type: 'export.intent', at: clock.now().toISOString(), ...draft },
      person: pseudonyms('person', personId),
      target: pseudonyms('target', targetId),
    };
    const index = await this.#append(record);
    await this.#log.accepted(index);
    return index;
  }

  /** Durable on return. What has a result already keeps it. @throws {GatewayError} `recording_unavailable`. */
  async result(index: number, outcome: ExportOutcome): Promise<void> {
    const intent = this.#open.get(index);
    if (intent === undefined) return;
    const { ticket, session } = intent;
    const at = this.#options.clock.now().toISOString();
    await this.#append({ v: 1, type: 'export.result', at, ticket, session, intent: index, ...outcome });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#storing;
    await this.#log[Symbol.asyncDispose]();
  }

  #append(record: LedgerRecord): Promise<number> {
    const done = this.#storing.then(() => this.#appendNow(record));
    this.#storing = done.catch(() => undefined);
    return done;
  }

  async #appendNow(record: LedgerRecord): Promise<number> {
    const { directory, files, fault, submitter } = this.#options;
    // Two results of one intent would be two stories of one export.
    if (record.type === 'export.result' && !this.#open.has(record.intent)) return record.intent;
    const bytes = encodeRecord(record);
    try {
      fault.check();
      // Before its leaf: one that a crash left without it is written anew by the next record of that number.
      await replaceFile(files, join(directory, RECORDS, nameOf(this.#log.size)), bytes);
    } catch (thrown) {
      throw fault.trip(thrown);
    }
    const { index } = await this.#log.append(sigsumLeaf(nodeCrypto, signerOf('', submitter), bytes));
    noteRecord(this.#open, index, record);
    return index;
  }
}

function noteRecord(open: Map<number, ExportIntent>, index: number, record: LedgerRecord): void {
  if (record.type === 'export.intent') open.set(index, record);
  else open.delete(record.intent);
}

async function readChecked({ directory, files }: ExportLedgerOptions, entry: LogEntry): Promise<LedgerRecord> {
  const path = join(directory, RECORDS, nameOf(entry.index));
  const bytes = await readWhole(files, path, RECORD_BYTES_MAX);
  const record = bytes === undefined ? undefined : parseRecord(bytes);
  const leaf = unlessMalformed(() => parseSigsumLeaf(entry.bytes));
  const isOfLeaf = bytes !== undefined && leaf !== undefined && equal(sha256(sha256(bytes)), leaf.checksum);
  if (record === undefined || !isOfLeaf)
    throw new GatewayError('start_refused', `${path} is missing, or not the record that the ledger holds.`);
  return record;
}

/** The public key whose signatures stand in the leaves, in hex: what an outsider gives to a verifier. */
async function tellSubmitter({ directory, files, submitter }: ExportLedgerOptions): Promise<void> {
  const line = Buffer.from(`${rawPublicKey(submitter).toString('hex')}\n`);
  const path = join(directory, SUBMITTER);
  if ((await readWhole(files, path, RECORD_BYTES_MAX))?.equals(line) !== true) await replaceFile(files, path, line);
}

function nameOf(index: number): string {
  return `${index}.json`;
}
