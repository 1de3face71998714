/** Streams that are compressed or encrypted, known by their first bytes. */
import { type Compression, inflatePrefix, LIMITS } from '../../../foundation/index.ts';

const MAGIC_BYTES_MAX = 10;

/** Programs whose output cannot be read here: bzip2, xz, zstd, 7z, lz4, openssl enc, age, zip's other methods. */
const OPAQUE_MAGIC: readonly Buffer[] = [
  'BZh',
  '\xfd7zXZ\0',
  '\x28\xb5\x2f\xfd',
  "7z\xbc\xaf'\x1c",
  '\x04\x22\x4d\x18',
  'Salted__',
  'age-encryption.org/',
].map((magic) => Buffer.from(magic, 'latin1'));
const GZIP = Buffer.from('1f8b08', 'hex');
const ZIP = Buffer.from('504b0304', 'hex');
const ZIP_HEADER_BYTES = 30;

export interface Beginning {
  /** Where it begins in the bytes that were looked at. */
  readonly at: number;
  /** Undefined where it cannot be inflated. */
  readonly compression: Compression | undefined;
  /** Bytes before the compressed ones. */
  readonly skip: number;
}

/** @param first whether `bytes` begin a stream: some beginnings are too short to be looked for everywhere. */
export function findCompressed(bytes: Buffer, first: boolean): Beginning | undefined {
  const gzip = bytes.indexOf(GZIP);
  if (gzip !== -1) return { at: gzip, compression: 'gzip', skip: 0 };
  const zip = bytes.indexOf(ZIP);
  if (zip !== -1 && bytes.length >= zip + ZIP_HEADER_BYTES) return beginningOfZip(bytes, zip);
  if (!first) return undefined;
  if (bytes[0] === 0x78 && [0x01, 0x5e, 0x9c, 0xda].includes(bytes[1] ?? 0))
    return { at: 0, compression: 'zlib', skip: 0 };
  const opaque = OPAQUE_MAGIC.some(
    (magic) => bytes.subarray(0, MAGIC_BYTES_MAX).indexOf(magic.subarray(0, MAGIC_BYTES_MAX)) === 0,
  );
  return opaque ? { at: 0, compression: undefined, skip: 0 } : undefined;
}

function beginningOfZip(bytes: Buffer, at: number): Beginning {
  const encrypted = (bytes.readUInt16LE(at + 6) & 1) === 1;
  const deflated = bytes.readUInt16LE(at + 8) === 8;
  const skip = ZIP_HEADER_BYTES + bytes.readUInt16LE(at + 26) + bytes.readUInt16LE(at + 28);
  return { at, compression: deflated && !encrypted ? 'raw' : undefined, skip };
}

/** Inflates a stream as far as it has come. What was inflated before is inflated again: so often, and so much, and no more. */
export class Inflater {
  readonly #compression: Compression;
  #bytes: Buffer = Buffer.alloc(0);
  #tried = 0;
  #skip: number;
  #given = 0;
  #broken = false;

  constructor(compression: Compression, skip: number) {
    this.#compression = compression;
    this.#skip = skip;
  }

  /** Nothing more comes of it: it is broken, or over its limits. */
  get broken(): boolean {
    return this.#broken;
  }

  get size(): number {
    return this.#bytes.length;
  }

  /** @returns what it holds beyond what was given before. */
  take(bytes: Buffer): Buffer | undefined {
    const skipped = Math.min(this.#skip, bytes.length);
    this.#skip -= skipped;
    if (!this.#broken) this.#bytes = Buffer.concat([this.#bytes, bytes.subarray(skipped)]);
    if (this.#bytes.length > LIMITS.meterCompressedBytesMax) this.#broken = true;
    const enough = this.#bytes.length - this.#tried >= Math.max(TRY_BYTES, this.#tried / 16);
    return enough ? this.inflate() : undefined;
  }

  inflate(): Buffer | undefined {
    if (this.#broken || this.#bytes.length === this.#tried) return undefined;
    this.#tried = this.#bytes.length;
    const inflated = inflatePrefix(this.#bytes, this.#compression, LIMITS.meterInflatedBytesMax);
    if (inflated === undefined) this.#broken = true;
    if (inflated === undefined || inflated.length <= this.#given) return undefined;
    const fresh = inflated.subarray(this.#given);
    this.#given = inflated.length;
    return fresh;
  }
}

const TRY_BYTES = 64;
