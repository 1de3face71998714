/** What is inside zip and gzip files, within limits: what cannot be looked into is not let go. */
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { type Entry, fromRandomAccessReader, RandomAccessReader, type ZipFile } from 'yauzl';
import { asError, LIMITS } from '../../foundation/index.ts';
import type { OpenParcel } from '../vault/reader.ts';

/** Why an archive is held. */
export class ArchiveRefused extends Error {
  override readonly name = 'ArchiveRefused';
}

/** Bytes that archives may unpack to, all of a parcel together. */
export class UnpackBudget {
  #left: number = LIMITS.unpackedBytesMax;

  take(bytes: number): void {
    this.#left -= bytes;
    if (this.#left < 0) throw new ArchiveRefused(`more than ${LIMITS.unpackedBytesMax} bytes unpacked`);
  }
}

type Take = (bytes: Buffer) => Promise<void>;
export interface Member {
  readonly take: Take;
  readonly finish: () => Promise<void>;
}
type Begin = (name: string) => Promise<Member>;

/** @throws {ArchiveRefused} */
export async function walkGzip(parcel: OpenParcel, at: number, begin: Begin, budget: UnpackBudget): Promise<void> {
  const gunzip = createGunzip();
  const source = Readable.from(parcel.stream(at), { objectMode: true });
  source.on('error', (error) => gunzip.destroy(error));
  await walkMember(source.pipe(gunzip), await begin('gzip'), budget);
}

/** @throws {ArchiveRefused} */
export async function walkZip(parcel: OpenParcel, at: number, begin: Begin, budget: UnpackBudget): Promise<void> {
  const zip = await openZip(parcel, at);
  try {
    if (zip.entryCount > LIMITS.archiveEntriesMax) throw new ArchiveRefused(`${zip.entryCount} entries`);
    for (;;) {
      const entry = await nextEntry(zip);
      if (entry === undefined) return;
      if (entry.fileName.endsWith('/')) continue;
      if ((entry.generalPurposeBitFlag & 1) !== 0) throw new ArchiveRefused('encrypted');
      await walkMember(await openEntry(zip, entry), await begin(entry.fileName), budget);
    }
  } finally {
    zip.close();
  }
}

async function walkMember(stream: Readable, member: Member, budget: UnpackBudget): Promise<void> {
  try {
    for await (const chunk of stream) {
      if (!Buffer.isBuffer(chunk)) throw new ArchiveRefused('damaged');
      budget.take(chunk.length);
      await member.take(chunk);
    }
    await member.finish();
  } catch (thrown) {
    throw refused(thrown);
  } finally {
    stream.destroy();
  }
}

/** The parcel as a file that a zip is read from at any place. */
class ParcelReader extends RandomAccessReader {
  readonly #parcel: OpenParcel;
  readonly #at: number;

  constructor(parcel: OpenParcel, at: number) {
    super();
    this.#parcel = parcel;
    this.#at = at;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    const [parcel, at] = [this.#parcel, this.#at];
    async function* parts(): AsyncGenerator<Buffer> {
      for (let from = start; from < end; ) {
        const part = await parcel.read(at, from, Math.min(end - from, LIMITS.inspectedBytesAtOnce));
        if (part.length === 0) return;
        from += part.length;
        yield part;
      }
    }
    return Readable.from(parts(), { objectMode: false });
  }
}

function openZip(parcel: OpenParcel, at: number): Promise<ZipFile> {
  const size = parcel.manifest.files[at]?.bytes ?? 0;
  const options = { lazyEntries: true, validateEntrySizes: true, autoClose: false } as const;
  return new Promise((resolve, reject) => {
    fromRandomAccessReader(new ParcelReader(parcel, at), size, options, (error, zip) => {
      if (error === null) resolve(zip);
      else reject(refused(error));
    });
  });
}

/** Names that climb or begin at the root are refused by the library, as errors here. */
function nextEntry(zip: ZipFile): Promise<Entry | undefined> {
  return new Promise((resolve, reject) => {
    const done = (act: () => void): void => {
      zip.removeAllListeners();
      act();
    };
    zip.once('entry', (entry: Entry) => done(() => resolve(entry)));
    zip.once('end', () => done(() => resolve(undefined)));
    zip.once('error', (error: unknown) => done(() => reject(refused(error))));
    zip.readEntry();
  });
}

function openEntry(zip: ZipFile, entry: Entry): Promise<Readable> {
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => {
      if (error === null) resolve(stream);
      else reject(refused(error));
    });
  });
}

function refused(thrown: unknown): Error {
  // What the vault or the scanner says is no fault of the archive.
  const error = asError(thrown);
  return error.name === 'GatewayError' || error instanceof ArchiveRefused
    ? error
    : new ArchiveRefused(error.message.slice(0, 200));
}
