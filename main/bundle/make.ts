/** Writes an evidence bundle: a zip whose last file is the list of all others with their hashes. */
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import {
  collectEvidence,
  type CollectedLog,
  encodeManifest,
  type EvidenceSource,
  formatEventLine,
  formatSums,
  type Manifest,
  type OpenedEvent,
  PATHS,
  readNamedKey,
  type Verifying,
} from '../../evidence/index.ts';
import { asError, GatewayError, sha256 } from '../../foundation/index.ts';

export interface MakeBundleOptions {
  readonly source: EvidenceSource;
  readonly crypto: Verifying;
  readonly manifest: Manifest;
  /** The events to be shown: those of these sessions, and those of these numbers. */
  readonly openEvents: (sessions: readonly string[], numbers: readonly number[]) => Promise<readonly OpenedEvent[]>;
  /** What else goes in: verifiers, words to read first, names, keys for the receiver. */
  readonly extras: (sessions: readonly string[]) => Promise<ReadonlyMap<string, Uint8Array>>;
  /** A path that does not exist yet. */
  readonly out: string;
}

export interface MadeBundle {
  readonly sessions: readonly string[];
  readonly files: number;
  /** Paths that belong into the bundle and are not there: its check will say INCOMPLETE. */
  readonly missing: readonly string[];
  readonly size: number;
}

/** @throws {GatewayError} `not_found`; {EvidenceError} when no bundle can be made of this log; what the disk said. */
export async function makeBundle(options: MakeBundleOptions): Promise<MadeBundle> {
  const { source, crypto, manifest, out } = options;
  const collected = await collectEvidence({ source, crypto, scope: manifest.scope, streams: manifest.streams });
  const asked = manifest.scope.kind === 'sessions' ? manifest.scope.sessions : [];
  const unknown = asked.find((sid) => !collected.sessions.includes(sid));
  if (unknown !== undefined) throw new GatewayError('not_found', `The log knows no session ${unknown}.`);
  const zip = new BundleZip(new Date(manifest.made));
  const written = pipeline(zip.output, createWriteStream(out, { flags: 'wx', mode: 0o600 }));
  try {
    const missing = await addAll(zip, options, collected);
    zip.finish();
    await written;
    return { sessions: collected.sessions, files: zip.files, missing, size: collected.log.size };
  } catch (thrown) {
    zip.output.destroy(asError(thrown));
    await written.catch(() => undefined);
    throw thrown;
  }
}

async function addAll(
  zip: BundleZip,
  { source, crypto, manifest, openEvents, extras }: MakeBundleOptions,
  { sessions, log, ledger, objects, keys, events, lastEvent }: Awaited<ReturnType<typeof collectEvidence>>,
): Promise<string[]> {
  for (const [path, bytes] of await extras(sessions)) await zip.add(path, bytes);
  await zip.add(PATHS.manifest, encodeManifest(manifest));
  const missing: string[] = [];
  const put = async (path: string, bytes: Uint8Array | undefined, { stored = false } = {}): Promise<void> => {
    if (bytes === undefined) missing.push(path);
    else await zip.add(path, bytes, { stored });
  };
  const copy = async (path: string, how = {}): Promise<void> => put(path, await source.read(path), how);
  await copy(PATHS.policy);
  await addLog(zip, log);
  if (ledger !== undefined) {
    await addLog(zip, ledger);
    await copy(PATHS.submitter);
    for (const index of await recordsOf(source, manifest, ledger.size)) await copy(PATHS.record(index));
  }
  // What came a moment ago has no leaf yet: shown, it would look like an event that somebody slipped in.
  const logged = (await openEvents(sessions, events)).filter(({ n }) => n <= lastEvent);
  const lines = logged.sort((left, right) => left.n - right.n).map(formatEventLine);
  await zip.add(PATHS.events, Buffer.from(lines.join('')));
  for (const path of objects) await copy(path, { stored: true });
  for (const key of keys) await put(key.path, await readNamedKey({ source, crypto }, key), { stored: true });
  return missing;
}

async function addLog(zip: BundleZip, log: CollectedLog): Promise<void> {
  for (const { path, bytes } of log.files()) await zip.add(path, bytes);
}

/**
 * Records of the ledger that the scope asks for. Of a period those in it, and one on each side: they show that none is
 * left out at its ends. Of sessions those that name them.
 */
async function recordsOf(source: EvidenceSource, { scope }: Manifest, size: number): Promise<number[]> {
  const about: { at: string; session: string }[] = [];
  for (let index = 0; index < size; index += 1) about.push(readAbout(await source.read(PATHS.record(index))));
  const indexes = [...about.keys()];
  if (scope.kind === 'sessions') return indexes.filter((index) => scope.sessions.includes(about[index]?.session ?? ''));
  const first = about.findIndex(({ at }) => at >= scope.from);
  const after = about.findIndex(({ at }, index) => index >= first && at > scope.to);
  if (first === -1) return indexes.slice(-1);
  return indexes.slice(Math.max(0, first - 1), after === -1 ? size : after + 1);
}

function readAbout(bytes: Uint8Array | undefined): { at: string; session: string } {
  const record: unknown = bytes === undefined ? {} : JSON.parse(Buffer.from(bytes).toString('utf8'));
  const text = (name: string): string => {
    const value: unknown = typeof record === 'object' && record !== null ? Reflect.get(record, name) : undefined;
    return typeof value === 'string' ? value : '';
  };
  return { at: text('at'), session: text('session') };
}

/** A zip that is written as it grows: one file of it in memory at a time. */
class BundleZip {
  readonly #zip = new ZipFile();
  readonly #sums = new Map<string, string>();
  readonly #mtime: Date;
  readonly output: Readable;

  constructor(mtime: Date) {
    this.#mtime = mtime;
    this.output = new Readable().wrap(this.#zip.outputStream);
  }

  get files(): number {
    return this.#sums.size + 1;
  }

  /** Resolves when the bytes were taken on, so that a slow disk holds the maker back. */
  async add(path: string, bytes: Uint8Array, { stored = false } = {}): Promise<void> {
    this.#sums.set(path, sha256(bytes).toString('hex'));
    await new Promise<void>((resolve, reject) => {
      this.#zip.addReadStreamLazy(
        path,
        { compress: !stored, mtime: this.#mtime, size: bytes.length, mode: 0o100644 },
        (give) => {
          const stream = Readable.from(bytes.length === 0 ? [] : [bytes], { objectMode: false });
          stream.once('close', resolve).once('error', reject);
          give(null, stream);
        },
      );
    });
  }

  finish(): void {
    this.#zip.addBuffer(Buffer.from(formatSums(this.#sums)), PATHS.sums, { mtime: this.#mtime, mode: 0o100644 });
    this.#zip.end();
  }
}
