/** A recorder's directory as evidence: the same paths as in a bundle (docs/formats/bundle-v1.md). */
import { join } from 'node:path';
import { encodeBundle, EvidenceError, type EvidenceSource, parseBundle, PATHS, TILE_WIDTH } from '../evidence/index.ts';
import { hasErrno, LIMITS } from '../foundation/index.ts';
import { type FileSystem, nodeFiles, readWhole } from './files.ts';
import { readJournal } from './log/journal.ts';
import { NOTE_BYTES_MAX } from './log/note.ts';
import { BUNDLE_BYTES_MAX } from './log/read-log.ts';
import { OBJECTS } from './objects/open-objects.ts';
import { objectPath } from './objects/store.ts';

export interface EvidenceSourceOptions {
  /** DATA/recorder. */
  readonly directory: string;
  readonly files?: FileSystem;
  /** The policy that the gateway itself goes by; null: none. */
  readonly policy: Uint8Array | null;
  /** The raw public key of whoever submits to the ledger; null: none is named. */
  readonly submitter?: Uint8Array | null;
  /** The bytes of an object; from the files beside the log unless said. */
  readonly readObject?: (id: string) => Promise<Uint8Array | undefined>;
  /**
   * `witnessed`: the newest checkpoint that the witnesses cosigned, where there are any. `newest`: the newest that the
   * log signed, with what stands in its journal alone.
   */
  readonly head?: 'witnessed' | 'newest';
}

const OBJECT = /^objects\/([0-9a-f]{64})$/;
const KEY = /^keys\/[0-9a-f-]{36}\.(screen|keystrokes)\.age(\.[0-9a-f]{64})?$/;
const RECORD = /^ledger\/records\/[0-9]{1,16}\.json$/;
const TILE = /^(log|ledger)\/tile\/[0-9a-z/.]+$/;
const CHECKPOINT = /^(log|ledger)\/checkpoint$/;
const BUNDLE = /^(log|ledger)\/(tile\/entries\/[0-9x/]+)(?:\.p\/([0-9]{1,3}))?$/;
const FILE_BYTES_MAX = 64 * 1024 * 1024;

/** Reads only: needs no recorder and no right to write. */
export function recorderEvidence(options: EvidenceSourceOptions): EvidenceSource {
  const { directory, policy, submitter = null, head = 'witnessed', files = nodeFiles } = options;
  const read = (path: string, bytesMax = FILE_BYTES_MAX): Promise<Buffer | undefined> =>
    readIfThere(files, join(directory, path), bytesMax);
  const readObject = options.readObject ?? ((id) => read(join(OBJECTS, objectPath(id)), LIMITS.objectBytesMax));
  const logs = new Map<string, LogFiles>();
  const logOf = (name: string): LogFiles => {
    const known = logs.get(name) ?? new LogFiles({ directory: join(directory, name), files, head });
    logs.set(name, known);
    return known;
  };
  return {
    async read(path) {
      if (path === PATHS.policy) return policy ?? undefined;
      if (path === PATHS.submitter) return submitterLine(submitter);
      const id = OBJECT.exec(path)?.[1];
      if (id !== undefined) return readObject(id);
      const [, log = '', whole, width] = BUNDLE.exec(path) ?? [];
      if (whole !== undefined) return logOf(log).bundle(whole, width === undefined ? TILE_WIDTH : Number(width));
      const ofLog = CHECKPOINT.exec(path)?.[1];
      if (ofLog !== undefined) return logOf(ofLog).checkpoint();
      // Only these: a name from evidence never becomes any other path.
      return KEY.test(path) || RECORD.test(path) || TILE.test(path) ? read(path) : undefined;
    },
  };
}

function submitterLine(publicKey: Uint8Array | null): Buffer | undefined {
  return publicKey === null ? undefined : Buffer.from(`${Buffer.from(publicKey).toString('hex')}\n`);
}

interface Journalled {
  /** Entries that may stand in no bundle yet, by index. */
  readonly entries: ReadonlyMap<number, Uint8Array>;
  /** The newest signed note and the size it is of. */
  readonly newest: { readonly size: number; readonly note: Buffer } | undefined;
}

/** One log's files as outsiders see them, at one moment: what is appended meanwhile is not in it. */
class LogFiles {
  readonly #place: { readonly directory: string; readonly files: FileSystem; readonly head: 'witnessed' | 'newest' };
  #journal: Promise<Journalled> | undefined;

  constructor(place: { directory: string; files: FileSystem; head: 'witnessed' | 'newest' }) {
    this.#place = place;
  }

  async checkpoint(): Promise<Buffer | undefined> {
    if (this.#place.head === 'witnessed') {
      return (
        (await this.#read('checkpoint.witnessed', NOTE_BYTES_MAX)) ?? (await this.#read('checkpoint', NOTE_BYTES_MAX))
      );
    }
    // The journal first: what is carried over from it to the bundles meanwhile is then there twice, and not never.
    const { newest } = await this.#journalled();
    const published = await this.#read('checkpoint', NOTE_BYTES_MAX);
    if (published === undefined || newest === undefined) return published;
    return newest.size > sizeOf(published) ? newest.note : published;
  }

  /** A bundle of just so many entries: a log that went on has a longer one in its place. */
  async bundle(whole: string, width: number): Promise<Uint8Array | undefined> {
    const exact = await this.#read(width === TILE_WIDTH ? whole : `${whole}.p/${width}`, BUNDLE_BYTES_MAX);
    if (exact !== undefined) return exact;
    const { entries } =
      this.#place.head === 'newest' ? await this.#journalled() : { entries: new Map<number, Uint8Array>() };
    const number = Number(whole.replace(/^tile\/entries\//, '').replace(/[x/]/g, ''));
    const begun = await this.#longest(whole);
    if (begun === 'unreadable') return undefined;
    const list: Uint8Array[] = begun.slice(0, width);
    for (let at = list.length; at < width; at += 1) {
      const entry = entries.get(number * TILE_WIDTH + at);
      if (entry === undefined) return undefined;
      list.push(entry);
    }
    return encodeBundle(list);
  }

  async #longest(whole: string): Promise<readonly Uint8Array[] | 'unreadable'> {
    const full = await this.#read(whole, BUNDLE_BYTES_MAX);
    const { directory, files } = this.#place;
    const widths = full === undefined ? await namesIn(files, join(directory, `${whole}.p`)) : [];
    const width = full === undefined ? Math.max(0, ...widths.map(Number).filter(Number.isInteger)) : TILE_WIDTH;
    const bytes = full ?? (width === 0 ? undefined : await this.#read(`${whole}.p/${width}`, BUNDLE_BYTES_MAX));
    try {
      return bytes === undefined ? [] : parseBundle(bytes, width);
    } catch (thrown) {
      if (!(thrown instanceof EvidenceError)) throw thrown;
      return 'unreadable';
    }
  }

  #journalled(): Promise<Journalled> {
    return (this.#journal ??= this.#readJournal());
  }

  async #readJournal(): Promise<Journalled> {
    const { directory, files } = this.#place;
    const journal = await readJournal(files, directory);
    const records = journal.condition === 'sound' ? journal.records : [];
    const entries = new Map<number, Uint8Array>();
    for (const { first, leaves } of records) leaves.forEach((leaf, at) => entries.set(first + at, leaf));
    const last = records.at(-1);
    return { entries, newest: last && { size: last.first + last.leaves.length, note: last.note } };
  }

  #read(name: string, bytesMax: number): Promise<Buffer | undefined> {
    return readIfThere(this.#place.files, join(this.#place.directory, name), bytesMax);
  }
}

/** Of a checkpoint that is not believed yet. */
function sizeOf(note: Buffer): number {
  const size = Number(note.toString('utf8').split('\n')[1]);
  return Number.isSafeInteger(size) ? size : Number.MAX_SAFE_INTEGER;
}

async function namesIn(files: FileSystem, directory: string): Promise<string[]> {
  return files.readdir(directory).catch((thrown: unknown) => {
    if (hasErrno(thrown, 'ENOENT') || hasErrno(thrown, 'ENOTDIR')) return [];
    throw thrown;
  });
}

async function readIfThere(files: FileSystem, path: string, bytesMax: number): Promise<Buffer | undefined> {
  return readWhole(files, path, bytesMax).catch((thrown: unknown) => {
    if (hasErrno(thrown, 'ENOTDIR')) return undefined;
    throw thrown;
  });
}
