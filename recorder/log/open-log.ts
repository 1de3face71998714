/** Opens or begins a transparency log: its key, its head, its files, all checked against each other before it writes. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { createTree, type Policy, type VerifierKey } from '../../evidence/index.ts';
import { type Clock, GatewayError, hasErrno, invariant, type Log } from '../../foundation/index.ts';
import type { Fault } from '../fault.ts';
import { type FileSystem, readWhole, replaceFile } from '../files.ts';
import { createWitnessClient, type WitnessSettings } from '../witness/client.ts';
import { type AppendedLeaf, EntryLog, type PublishedTree } from './entry-log.ts';
import { readLate, storeLate } from './late-file.ts';
import { createHead, type HeadPlace, openHead, readHead } from './head-file.ts';
import {
  isSameTree,
  NOTE_BYTES_MAX,
  openCheckpoint,
  parseVerifierLine,
  signCheckpoint,
  type TreeHead,
  verifierLine,
} from './note.ts';
import { acceptance, NOBODY } from './policy.ts';
import { storeCheckpoint } from './publish.ts';
import { type LogEntry, type LogReading, readLog, VERIFIER } from './read-log.ts';
import { type Accepted, Witnessing } from './witnessing.ts';
import { nodeCrypto } from '../node-crypto.ts';

const KEY = 'key.pem';
const KEY_BYTES_MAX = 4 * 1024;
/** The newest checkpoint that the policy accepts, with its cosignatures. */
const WITNESSED = 'checkpoint.witnessed';

/** Who has to have seen a checkpoint; none: nobody. */
export interface Witnesses {
  readonly policy: Policy;
  /** Who is asked. */
  readonly asked: readonly WitnessSettings[];
}

export const NO_WITNESSES: Witnesses = { policy: NOBODY, asked: [] };

export interface OpenLogOptions {
  readonly directory: string;
  readonly files: FileSystem;
  readonly fault: Fault;
  readonly clock: Clock;
  readonly log: Log;
  /** Its name in checkpoints; one that follows from the key is made of it. */
  readonly origin: string | ((publicKey: KeyObject) => string);
  /** Path of the file that says what was signed last; best on another disk, and in no backup of this one. */
  readonly headFile: string;
  readonly witnesses: Witnesses;
  /** Sees every entry there is, in order. */
  readonly visit: (entry: LogEntry) => void;
  /** A fresh log is begun only when nothing speaks of an older one. */
  readonly mayCreate: boolean;
}

/** The log of the process that writes it. When it is disposed everything stands in bundles. */
export interface OpenLog extends AsyncDisposable {
  readonly size: number;
  readonly publicKey: KeyObject;
  /** Resolves when it is durable under a signed checkpoint. @throws {GatewayError} `recording_unavailable`. */
  append(bytes: Uint8Array): Promise<AppendedLeaf>;
  /** Resolves when an accepted checkpoint covers the entry. @throws {GatewayError} `witness_unreachable`. */
  accepted(index: number): Promise<void>;
  /** Resolves when a published checkpoint, accepted where anybody has to cosign, covers it. @throws as `accepted`. */
  covered(index: number): Promise<void>;
  latestAccepted(): TreeHead | null;
  /** Since when something published is not accepted. */
  lateSince(): Date | undefined;
}

/** @throws {GatewayError} `start_refused` when its parts do not fit each other, with what to do. */
export async function openLog(options: OpenLogOptions): Promise<OpenLog> {
  const key = await loadKey(options);
  const { files, directory, visit, fault } = options;
  const place = headPlace(options, key.origin);
  const head = await readHead(place);
  if (head === undefined) {
    throw new GatewayError(
      'start_refused',
      `${place.path} is gone, which says what the log ${key.origin} signed last: without it nobody can tell this log from an older copy. Put it back. When it is lost, and no copy of the data was put back, write it anew with \`sekisho log adopt\`.`,
    );
  }
  const witnessed = await readWitnessed(options, key.key);
  const sizes = [head.size, ...(witnessed === undefined ? [] : [witnessed.size])];
  const reading = await readLog({ directory, files, verifier: key.verifier, visit, sizes });
  if (reading.condition !== 'sound') throw new GatewayError('start_refused', reading.detail);
  checkHead(reading, head, place.path);
  checkWitnessed(reading, witnessed);
  const opened = new OpenedLog(options, { ...key, accepted: witnessed, lateBefore: await readLate(options) });
  const file = await openHead(place);
  const entries = new EntryLog(
    { directory, files, fault, ...key, head: file, onPublished: (tree) => opened.offer(tree) },
    reading,
  );
  opened.entries = entries;
  await entries.start();
  return opened;
}

interface LogKey {
  readonly privateKey: KeyObject;
  readonly origin: string;
  /** The verifier key as its line. */
  readonly verifier: string;
  readonly key: VerifierKey;
}

/** What an earlier run left to know of the witnesses. */
interface Before {
  readonly accepted: Accepted | undefined;
  readonly lateBefore: Date | undefined;
}

class OpenedLog implements OpenLog {
  readonly publicKey: KeyObject;
  readonly #witnessing: Witnessing;
  #entries: EntryLog | undefined;

  constructor(options: OpenLogOptions, { privateKey, key, accepted, lateBefore }: LogKey & Before) {
    const { clock, log, witnesses, fault } = options;
    this.publicKey = createPublicKey(privateKey);
    this.#witnessing = new Witnessing({
      clients: witnesses.asked.map((witness) => createWitnessClient(witness, clock)),
      policy: witnesses.policy,
      verifier: key,
      clock,
      log,
      accepted,
      lateBefore,
      keepLate: async (since) => {
        try {
          await storeLate(options, since);
        } catch (thrown) {
          throw fault.trip(thrown);
        }
      },
      keep: async (tree, note) => {
        try {
          fault.check();
          await storeCheckpoint(options, note, WITNESSED);
          await this.entries.replaceCheckpoint(tree, note);
        } catch (thrown) {
          throw fault.trip(thrown);
        }
      },
      onConflict: (conflict) => void fault.trip(conflict),
    });
  }

  get entries(): EntryLog {
    invariant(this.#entries, 'the log has its entries');
    return this.#entries;
  }

  set entries(entries: EntryLog) {
    this.#entries = entries;
  }

  get size(): number {
    return this.entries.size;
  }

  offer(tree: PublishedTree): void {
    this.#witnessing.offer(tree);
  }

  append(bytes: Uint8Array): Promise<AppendedLeaf> {
    return this.entries.append(bytes);
  }

  async accepted(index: number): Promise<void> {
    if (!this.#witnessing.isNeeded) return;
    await this.entries.publish();
    await this.#witnessing.wait(index + 1);
  }

  async covered(index: number): Promise<void> {
    await this.entries.publish();
    await this.accepted(index);
  }

  latestAccepted(): TreeHead | null {
    const { accepted, isNeeded } = this.#witnessing;
    return accepted === undefined || !isNeeded ? null : { size: accepted.size, root: accepted.root };
  }

  lateSince(): Date | undefined {
    return this.#witnessing.isNeeded ? this.#witnessing.lateSince : undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#witnessing.stop();
    await this.entries[Symbol.asyncDispose]();
  }
}

function headPlace({ files, headFile }: OpenLogOptions, origin: string): HeadPlace {
  return { files, path: headFile, origin };
}

/** The head is what was told to somebody: the log may have more, which nobody was told of, and never less. */
function checkHead(reading: Extract<LogReading, { condition: 'sound' }>, head: TreeHead, path: string): void {
  const { tree, published, roots } = reading;
  if (head.size > tree.size) {
    throw new GatewayError(
      'start_refused',
      `The log holds ${tree.size} entries, and ${path} says that ${head.size} were signed: this is an older copy. Put back the newest one; what it lacks is evidence.`,
    );
  }
  if (head.size < published.size) {
    throw new GatewayError(
      'start_refused',
      `The log has published ${published.size} entries, and ${path} knows of ${head.size}: an older head file was put back. Put back the newest one.`,
    );
  }
  if (!isAmong(roots, head)) throw new GatewayError('start_refused', `The log is not the one that ${path} speaks of.`);
}

function isAmong(roots: ReadonlyMap<number, Uint8Array>, { size, root }: TreeHead): boolean {
  const known = roots.get(size);
  return known !== undefined && isSameTree({ size, root: known }, { size, root });
}

function checkWitnessed(
  { tree, roots }: Extract<LogReading, { condition: 'sound' }>,
  witnessed: Accepted | undefined,
): void {
  if (witnessed === undefined) return;
  if (!isAmong(roots, witnessed)) {
    throw new GatewayError(
      'start_refused',
      `Witnesses have cosigned ${witnessed.size} entries of this log, and its ${tree.size} entries are not their continuation: this is an older copy, or an altered one.`,
    );
  }
}

/** What witnesses accepted before; nothing while the policy, which may have changed since, does not accept it. */
async function readWitnessed(options: OpenLogOptions, key: VerifierKey): Promise<Accepted | undefined> {
  const { directory, files, witnesses } = options;
  const note = await readWhole(files, join(directory, WITNESSED), NOTE_BYTES_MAX);
  if (note === undefined) return undefined;
  const checkpoint = openCheckpoint(note, key);
  if (checkpoint === undefined)
    throw new GatewayError('start_refused', `${WITNESSED} of the log is not signed by its key.`);
  const { accepted, seconds } = acceptance(witnesses.policy, key, note);
  return accepted ? { ...checkpoint, at: new Date(seconds * 1_000) } : undefined;
}

/** The key of the log, PKCS#8 PEM, 0600. The checkpoint of the empty log is signed before the key is there to be found. */
async function loadKey(options: OpenLogOptions): Promise<LogKey> {
  const { directory, files, mayCreate } = options;
  const path = join(directory, KEY);
  const pem = await readWhole(files, path, KEY_BYTES_MAX);
  if (pem !== undefined) {
    const key = createPrivateKey(pem);
    invariant(key.asymmetricKeyType === 'ed25519', 'the key of the log is an Ed25519 key');
    const named = nameOf(options, key);
    const beside = (await readWhole(files, join(directory, VERIFIER), KEY_BYTES_MAX))?.toString().trimEnd();
    if (beside !== undefined && beside !== named.verifier)
      throw new GatewayError(
        'start_refused',
        `The log was begun as ${beside}: its origin and its key stay as they are.`,
      );
    return named;
  }
  // Stops an insider who removes the log to begin a clean one over the recordings it spoke of.
  if (!mayCreate)
    throw new GatewayError('start_refused', 'There are recordings, but the log that speaks of them is gone.');
  const key = nameOf(options, generateKeyPairSync('ed25519').privateKey);
  const empty = { size: 0, root: createTree(nodeCrypto).root() };
  await beginHead(options, key.origin, empty);
  await storeCheckpoint({ directory, files }, signCheckpoint(empty, key.origin, key.privateKey));
  await replaceFile(files, join(directory, VERIFIER), Buffer.from(`${key.verifier}\n`));
  await replaceFile(files, path, Buffer.from(key.privateKey.export({ type: 'pkcs8', format: 'pem' })));
  return key;
}

/** A head that says more than nothing speaks of a log that is gone. */
async function beginHead(options: OpenLogOptions, origin: string, empty: TreeHead): Promise<void> {
  const place = headPlace(options, origin);
  const bytes = await readWhole(options.files, place.path, 64 * 1024).catch((thrown: unknown) => {
    if (hasErrno(thrown, 'ENOENT')) return undefined;
    throw thrown;
  });
  // One of an attempt to begin that went no further is of a key that nobody has.
  if (bytes !== undefined && !/^sekisho-log-head\/1\n[^\n]+\n0\n/.test(bytes.toString('latin1')))
    throw new GatewayError('start_refused', `${place.path} speaks of a log that is gone. Put the log back.`);
  await createHead(place, empty);
}

function nameOf({ origin }: OpenLogOptions, privateKey: KeyObject): LogKey {
  const publicKey = createPublicKey(privateKey);
  const name = typeof origin === 'string' ? origin : origin(publicKey);
  const verifier = verifierLine(name, publicKey);
  const key = parseVerifierLine(verifier);
  invariant(key, 'the verifier line of the log is one');
  return { privateKey, origin: name, verifier, key };
}
