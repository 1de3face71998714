/** Reads an evidence bundle. It comes from whoever may have forged it: nothing is unpacked, everything is bounded. */
import type { Readable } from 'node:stream';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import type { BundleSource } from '../../evidence/index.ts';
import { asError, LIMITS } from '../../foundation/index.ts';
import { crc32 } from './crc32.ts';

/** Files a bundle may name: letters, digits and what paths of bundles are made of. No `..`, no `\\`, no drive. */
const PATH = /^(?!.*(^|\/)\.{1,2}(\/|$))[A-Za-z0-9][A-Za-z0-9._/-]{0,254}$/;

/** The file is no bundle at all, or was changed so that it is none any more. */
export class DamagedBundle extends Error {
  override readonly name = 'DamagedBundle';
}

export interface OpenBundle extends BundleSource, Disposable {}

/**
 * @throws {DamagedBundle} for a file that is no zip, two files of one name, a name that would leave the bundle, an
 *   encrypted file, one larger than any in a bundle is, and more files than a bundle has.
 */
export async function openBundle(path: string): Promise<OpenBundle> {
  const zip = await openPromise(path, { lazyEntries: true, autoClose: false, strictFileNames: true }).catch(refuse);
  try {
    const entries = await readEntries(zip);
    return {
      paths: [...entries.keys()],
      async read(name) {
        const entry = entries.get(name);
        return entry === undefined ? undefined : readEntry(zip, entry);
      },
      [Symbol.dispose]: () => {
        zip.close();
      },
    };
  } catch (thrown) {
    zip.close();
    throw thrown;
  }
}

async function readEntries(zip: ZipFile): Promise<Map<string, Entry>> {
  if (zip.entryCount > LIMITS.bundleFilesMax) throw new DamagedBundle('The bundle has too many files.');
  const entries = new Map<string, Entry>();
  try {
    for await (const entry of zip.eachEntry()) {
      const { fileName } = entry;
      if (!PATH.test(fileName) || fileName.endsWith('/'))
        throw new DamagedBundle('A name in the bundle is not allowed.');
      if (entries.has(fileName)) throw new DamagedBundle(`${fileName} stands in the bundle twice.`);
      if (entry.isEncrypted()) throw new DamagedBundle(`${fileName} is encrypted.`);
      if (entry.uncompressedSize > LIMITS.bundleFileBytesMax) throw new DamagedBundle(`${fileName} is too large.`);
      entries.set(fileName, entry);
    }
  } catch (thrown) {
    refuse(thrown);
  }
  return entries;
}

/** yauzl itself stops at more bytes than the entry says; the checksum it leaves to us. */
async function readEntry(zip: ZipFile, entry: Entry): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  try {
    const stream: Readable = await zip.openReadStreamPromise(entry);
    for await (const part of stream) if (Buffer.isBuffer(part)) parts.push(part);
  } catch (thrown) {
    refuse(thrown);
  }
  const bytes = Buffer.concat(parts);
  if (crc32(bytes) !== entry.crc32) throw new DamagedBundle(`${entry.fileName} is damaged.`);
  return bytes;
}

function refuse(thrown: unknown): never {
  if (thrown instanceof DamagedBundle) throw thrown;
  throw new DamagedBundle(`The bundle cannot be read: ${asError(thrown).message}`);
}
