/**
 * A transparency log: one writer, entries durable with the checkpoint that signs them before anybody is told, in a
 * journal; a moment later as entry bundles, hash tiles and a checkpoint file for others to read (c2sp.org/tlog-tiles);
 * then cosigned by witnesses outside.
 *
 * Never two trees: it starts only on the tree it signed last, signs only while the head kept apart says so too, and after
 * any failed write signs nothing more.
 */
import type { KeyObject } from 'node:crypto';
import { createTree, hashLeaf, type NodeSource, rootOf, type TreeState } from '../../evidence/index.ts';
import { invariant, LIMITS } from '../../foundation/index.ts';
import type { Fault } from '../fault.ts';
import type { FileSystem } from '../files.ts';
import type { HeadFile } from './head-file.ts';
import { createJournal, type Journal, RECORD_LEAVES_BYTES_MAX } from './journal.ts';
import { checkpointSigner, type TreeHead } from './note.ts';
import { storeBundles, storeCheckpoint, storedNodes, storeTiles } from './publish.ts';
import type { LogReading } from './read-log.ts';
import { GrowingTiles, type TileEdge } from './tiles.ts';
import { nodeCrypto } from '../node-crypto.ts';

export interface AppendedLeaf {
  readonly index: number;
  readonly hash: Uint8Array;
}

/** A checkpoint whose entries and tiles others can read, as its log alone signed it. */
export interface PublishedTree extends TreeHead {
  readonly note: string;
  readonly nodes: NodeSource;
}

export interface EntryLogOptions {
  readonly directory: string;
  readonly files: FileSystem;
  readonly fault: Fault;
  readonly origin: string;
  readonly privateKey: KeyObject;
  readonly head: HeadFile;
  /** Told of every published checkpoint, in order. */
  readonly onPublished: (tree: PublishedTree) => void;
}

interface Entry {
  readonly bytes: Uint8Array;
  readonly hash: Uint8Array;
}

interface Waiting extends Entry {
  readonly resolve: (appended: AppendedLeaf) => void;
  readonly reject: (reason: Error) => void;
}

interface Published {
  readonly size: number;
  readonly lastBundle: readonly Uint8Array[];
  readonly edge: TileEdge;
}

export class EntryLog implements AsyncDisposable {
  readonly #options: EntryLogOptions;
  readonly #sign: ReturnType<typeof checkpointSigner>;
  #tree: TreeState;
  #published: Published;
  /** From `#published.size` on. */
  #unpublished: Entry[];
  #journal: Journal | undefined;
  #queue: Waiting[] = [];
  #running: Promise<void> | undefined;
  #publishing: Promise<void> | undefined;
  /** One change of the checkpoint's file at a time. */
  #storing: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: EntryLogOptions, reading: Extract<LogReading, { condition: 'sound' }>) {
    this.#options = options;
    this.#sign = checkpointSigner(options.origin, options.privateKey);
    this.#tree = reading.tree.state();
    this.#published = reading.published;
    this.#unpublished = reading.journalled.map((bytes) => ({ bytes, hash: hashLeaf(nodeCrypto, bytes) }));
  }

  get size(): number {
    return this.#tree.size;
  }

  /** Carries over what stands in the journal alone and begins a new one. */
  async start(): Promise<void> {
    await this.#options.head.check();
    await this.#options.head.advance(this.#head(this.#tree)); // What was journalled and never answered.
    await this.#renewJournal();
    const { size } = this.#published;
    if (size > 0) this.#options.onPublished(await this.#publishedTree(this.#tree));
  }

  append(bytes: Uint8Array): Promise<AppendedLeaf> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ bytes, hash: hashLeaf(nodeCrypto, bytes), resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Makes everything appended so far readable for others now, and not in a moment. */
  async publish(): Promise<void> {
    if (this.#published.size === this.#tree.size) return;
    try {
      await this.#publish();
    } catch (thrown) {
      throw this.#options.fault.trip(thrown);
    }
  }

  /** Puts a note with more signatures in the place of the published one, while that is of the same tree. */
  async replaceCheckpoint({ size }: TreeHead, note: string): Promise<void> {
    await this.#inTurn(async () => {
      if (this.#published.size === size) await storeCheckpoint(this.#options, note);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { fault, head } = this.#options;
    clearTimeout(this.#timer);
    await this.#running;
    if (!fault.signal.aborted) await this.#publish().catch((thrown: unknown) => fault.trip(thrown));
    await this.#journal?.close();
    await head[Symbol.asyncDispose]();
  }

  async #run(): Promise<void> {
    const { fault } = this.#options;
    await Promise.resolve(); // Leaves of one turn of the event loop share a checkpoint.
    while (this.#queue.length > 0) {
      const batch = this.#takeBatch();
      try {
        fault.check();
        const first = await this.#store(batch);
        batch.forEach(({ hash, resolve }, at) => resolve({ index: first + at, hash }));
      } catch (thrown) {
        const error = fault.trip(thrown);
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
  async #store(entries: readonly Entry[]): Promise<number> {
    const { head } = this.#options;
    const first = this.#tree.size;
    const growing = createTree(nodeCrypto, this.#tree);
    for (const { hash } of entries) growing.append(hash);
    const grown = growing.state();
    const bytes = entries.reduce((sum, entry) => sum + entry.bytes.length, 0);
    if (this.#journal?.isFull(bytes) !== false) await this.#renewJournal();
    invariant(this.#journal, 'the log has a journal');
    await head.check(); // Before the signature: nobody else signed meanwhile.
    const next = this.#head(grown);
    const leaves = entries.map((entry) => entry.bytes);
    await this.#journal.append({ first, leaves, note: Buffer.from(this.#sign(next)) });
    // Before anybody is told: the signature is now one that may be known.
    await head.advance(next);
    this.#tree = grown;
    this.#unpublished.push(...entries);
    this.#timer ??= setTimeout(() => this.#publishLater(), LIMITS.leafLogPublishMillis).unref();
    return first;
  }

  #publishLater(): void {
    this.#timer = undefined;
    this.#publish().catch((thrown: unknown) => this.#options.fault.trip(thrown));
  }

  /** A new journal is begun when nothing stands in the old one alone. */
  async #renewJournal(): Promise<void> {
    while (this.#unpublished.length > 0) await this.#publish();
    await this.#journal?.close();
    this.#journal = await createJournal(this.#options.files, this.#options.directory);
  }

  /** Leaves may be appended to the journal meanwhile. One that is asked for while one runs has what came until then. */
  async #publish(): Promise<void> {
    const wanted = this.#tree.size;
    while (this.#published.size < wanted) {
      this.#publishing ??= this.#publishNow().finally(() => {
        this.#publishing = undefined;
      });
      await this.#publishing;
    }
  }

  /** Bundles and tiles are durable before the checkpoint that commits to them. */
  async #publishNow(): Promise<void> {
    const tree = this.#tree;
    const { size, lastBundle, edge } = this.#published;
    const entries = this.#unpublished.slice();
    this.#options.fault.check();
    const growing = new GrowingTiles(edge);
    for (const { hash } of entries) growing.tree.append(hash);
    const last = await storeBundles(this.#options, size, [...lastBundle, ...entries.map(({ bytes }) => bytes)]);
    await storeTiles(this.#options, [...growing.takeFull(), ...growing.unfinished({ changed: true })]);
    const note = this.#sign(this.#head(tree));
    await this.#inTurn(async () => {
      await storeCheckpoint(this.#options, note);
      this.#unpublished.splice(0, entries.length);
      this.#published = { size: tree.size, lastBundle: last, edge: growing.edge };
    });
    this.#options.onPublished({ ...this.#head(tree), note, nodes: storedNodes(this.#options, tree.size) });
  }

  async #publishedTree(tree: TreeState): Promise<PublishedTree> {
    await this.#storing;
    const head = this.#head(tree);
    return { ...head, note: this.#sign(head), nodes: storedNodes(this.#options, head.size) };
  }

  #head(tree: TreeState): TreeHead {
    return { size: tree.size, root: rootOf(nodeCrypto, tree) };
  }

  #inTurn(act: () => Promise<void>): Promise<void> {
    const done = this.#storing.then(act);
    this.#storing = done.catch(() => undefined);
    return done;
  }
}
