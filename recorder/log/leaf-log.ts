/**
 * The leaf log: one writer, leaves durable with the checkpoint that signs them before anybody is told, in a journal; a
 * moment later as entry bundles and a checkpoint file for others to read (c2sp.org/tlog-tiles).
 *
 * Never two trees: it starts only on the tree it signed last, and after any failed write it signs nothing more.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { dirname, join } from 'node:path';
import { GatewayError, hasErrno, invariant, LIMITS } from '../../foundation/index.ts';
import type { Fault } from '../fault.ts';
import { type FileSystem, makeDirectory, readWhole, removeFile, replaceFile } from '../files.ts';
import { BUNDLE_ENTRIES, bundlePath, encodeBundle } from './bundles.ts';
import { createJournal, type Journal, RECORD_LEAVES_BYTES_MAX } from './journal.ts';
import { encodeLeaf, type Leaf } from './leaves.ts';
import { appendLeaf, EMPTY_TREE, hashLeaf, rootOf, type Tree } from './merkle.ts';
import { checkpointSigner, LOG_ORIGIN, signCheckpoint, verifierLine } from './note.ts';
import { CHECKPOINT, type LogEntry, type LogReading, readLog, VERIFIER } from './read-log.ts';

const KEY = 'key.pem';
const KEY_BYTES_MAX = 4 * 1024;

export interface AppendedLeaf {
  readonly index: number;
  readonly hash: Buffer;
}

export interface LeafLog {
  /** Resolves when the leaf is durable under a signed checkpoint. @throws {GatewayError} `recording_unavailable`. */
  append(leaf: Leaf): Promise<AppendedLeaf>;
}

export interface LeafLogOptions {
  readonly directory: string;
  readonly files: FileSystem;
  readonly fault: Fault;
  /** Sees every entry there is, in order. */
  readonly visit: (entry: LogEntry) => void;
  /** A fresh log is begun only when nothing speaks of an older one. */
  readonly mayCreate: boolean;
}

interface Waiting {
  readonly bytes: Buffer;
  readonly resolve: (appended: AppendedLeaf) => void;
  readonly reject: (reason: Error) => void;
}

/** The log of the process that writes it. When it is disposed everything stands in bundles. */
export interface OwnedLeafLog extends LeafLog, AsyncDisposable {}

/** Opens or begins the log. @throws {GatewayError} `start_refused` when its entries are not those it signed. */
export async function startLeafLog(options: LeafLogOptions): Promise<OwnedLeafLog> {
  const { directory, files } = options;
  const privateKey = await loadKey(options);
  const reading = await readLog({ directory, files, verifier: verifier(privateKey), visit: options.visit });
  if (reading.condition !== 'sound') throw new GatewayError('start_refused', reading.detail);
  const writer = new LeafWriter(options, reading, privateKey);
  await writer.start();
  return writer;
}

class LeafWriter implements OwnedLeafLog {
  readonly #place: Pick<LeafLogOptions, 'directory' | 'files'>;
  readonly #fault: Fault;
  readonly #sign: ReturnType<typeof checkpointSigner>;
  #tree: Tree;
  #published: { readonly size: number; readonly lastBundle: readonly Buffer[] };
  /** From `#published.size` on. */
  #unpublished: Buffer[];
  #journal: Journal | undefined;
  #queue: Waiting[] = [];
  #running: Promise<void> | undefined;
  #publishing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    { directory, files, fault }: LeafLogOptions,
    { tree, published, journalled }: Extract<LogReading, { condition: 'sound' }>,
    privateKey: KeyObject,
  ) {
    this.#place = { directory, files };
    this.#fault = fault;
    this.#sign = checkpointSigner(LOG_ORIGIN, privateKey);
    this.#tree = tree;
    this.#published = published;
    this.#unpublished = [...journalled];
  }

  async start(): Promise<void> {
    await this.#renewJournal();
  }

  append(leaf: Leaf): Promise<AppendedLeaf> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ bytes: encodeLeaf(leaf), resolve, reject });
      this.#running ??= this.#run();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#timer);
    await this.#running;
    if (!this.#fault.signal.aborted) await this.#publish().catch((thrown: unknown) => this.#fault.trip(thrown));
    await this.#journal?.close();
  }

  async #run(): Promise<void> {
    await Promise.resolve(); // Leaves of one turn of the event loop share a checkpoint.
    while (this.#queue.length > 0) {
      const batch = this.#takeBatch();
      try {
        this.#fault.check();
        const first = await this.#store(batch.map(({ bytes }) => bytes));
        batch.forEach(({ bytes, resolve }, at) => resolve({ index: first + at, hash: hashLeaf(bytes) }));
      } catch (thrown) {
        const error = this.#fault.trip(thrown);
        for (const { reject } of batch) reject(error);
      }
    }
    this.#running = undefined;
  }

  /** As many as fit a record; one at least. */
  #takeBatch(): Waiting[] {
    let bytes = 0;
    let count = 0;
    for (const waiting of this.#queue) {
      bytes += waiting.bytes.length;
      if (count > 0 && bytes > RECORD_LEAVES_BYTES_MAX / 2) break;
      count += 1;
    }
    return this.#queue.splice(0, count);
  }

  /** @returns the index of the first leaf, when all are durable under a signed checkpoint. */
  async #store(leaves: readonly Buffer[]): Promise<number> {
    const first = this.#tree.size;
    const grown = leaves.map(hashLeaf).reduce(appendLeaf, this.#tree);
    const bytes = leaves.reduce((sum, leaf) => sum + leaf.length, 0);
    if (this.#journal?.isFull(bytes) !== false) await this.#renewJournal();
    invariant(this.#journal, 'the log has a journal');
    await this.#journal.append({ first, leaves, note: Buffer.from(this.#note(grown)) });
    this.#tree = grown;
    this.#unpublished.push(...leaves);
    this.#timer ??= setTimeout(() => this.#publishLater(), LIMITS.leafLogPublishMillis).unref();
    return first;
  }

  #publishLater(): void {
    this.#timer = undefined;
    this.#publish().catch((thrown: unknown) => this.#fault.trip(thrown));
  }

  /** A new journal is begun when nothing stands in the old one alone. */
  async #renewJournal(): Promise<void> {
    while (this.#unpublished.length > 0) await this.#publish();
    await this.#journal?.close();
    this.#journal = await createJournal(this.#place.files, this.#place.directory);
  }

  /** Leaves may be appended to the journal meanwhile. */
  #publish(): Promise<void> {
    this.#publishing ??= this.#publishNow().finally(() => {
      this.#publishing = undefined;
    });
    return this.#publishing;
  }

  async #publishNow(): Promise<void> {
    const tree = this.#tree;
    const { size, lastBundle } = this.#published;
    const leaves = this.#unpublished.slice();
    if (leaves.length === 0) return;
    this.#fault.check();
    const last = await storeEntries(this.#place, size, [...lastBundle, ...leaves]);
    await storeCheckpoint(this.#place, this.#note(tree));
    this.#unpublished.splice(0, leaves.length);
    this.#published = { size: tree.size, lastBundle: last };
  }

  #note(tree: Tree): string {
    return this.#sign({ size: tree.size, root: rootOf(tree) });
  }
}

/** Writes the bundles that changed; @returns the entries of the last one when it is not full. */
async function storeEntries(
  { directory, files }: { directory: string; files: FileSystem },
  size: number,
  entries: readonly Buffer[],
): Promise<readonly Buffer[]> {
  let rest = entries;
  for (let number = Math.floor(size / BUNDLE_ENTRIES); rest.length > 0; number += 1) {
    const bundle = rest.slice(0, BUNDLE_ENTRIES);
    const path = join(directory, bundlePath(number, bundle.length));
    await makeDirectory(files, dirname(path), directory);
    await replaceFile(files, path, encodeBundle(bundle));
    if (bundle.length < BUNDLE_ENTRIES) return bundle;
    await removePartials(files, join(directory, dirname(bundlePath(number, 1))));
    rest = rest.slice(BUNDLE_ENTRIES);
  }
  return [];
}

/** Partial bundles may go once the full one is durable; readers of an older checkpoint take its beginning. */
async function removePartials(files: FileSystem, directory: string): Promise<void> {
  const names = await files.readdir(directory).catch((thrown: unknown) => {
    if (hasErrno(thrown, 'ENOENT')) return [];
    throw thrown;
  });
  for (const name of names) await removeFile(files, join(directory, name));
}

async function storeCheckpoint(
  { directory, files }: { directory: string; files: FileSystem },
  note: string,
): Promise<void> {
  await replaceFile(files, join(directory, CHECKPOINT), Buffer.from(note));
}

/** The key of the log, PKCS#8 PEM, 0600. The checkpoint of the empty log is signed before the key is there to be found. */
async function loadKey({ directory, files, mayCreate }: LeafLogOptions): Promise<KeyObject> {
  const path = join(directory, KEY);
  const pem = await readWhole(files, path, KEY_BYTES_MAX);
  if (pem !== undefined) {
    const key = createPrivateKey(pem);
    invariant(key.asymmetricKeyType === 'ed25519', 'the key of the log is an Ed25519 key');
    return key;
  }
  // Stops an insider who removes the log to begin a clean one over the recordings it spoke of.
  if (!mayCreate)
    throw new GatewayError('start_refused', 'There are recordings, but the log that speaks of them is gone.');
  const { privateKey } = generateKeyPairSync('ed25519');
  const note = signCheckpoint({ size: EMPTY_TREE.size, root: rootOf(EMPTY_TREE) }, LOG_ORIGIN, privateKey);
  await storeCheckpoint({ directory, files }, note);
  await replaceFile(files, join(directory, VERIFIER), Buffer.from(`${verifier(privateKey)}\n`));
  await replaceFile(files, path, Buffer.from(privateKey.export({ type: 'pkcs8', format: 'pem' })));
  return privateKey;
}

function verifier(privateKey: KeyObject): string {
  return verifierLine(LOG_ORIGIN, createPublicKey(privateKey));
}
