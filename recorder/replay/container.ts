/**
 * A file of encrypted records, made whole and never changed (docs/formats/replay-v1.md): what is derived from recordings
 * lies on the disk like this and in no other way. Each file has its own key; a record is bound to its place in it, so
 * that none can be swapped, moved or left out unseen.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import { GatewayError, LIMITS } from '../../foundation/index.ts';

const MAGIC = Buffer.from('SKDERIV\u0001', 'latin1');
const SALT_BYTES = 16;
const TAG_BYTES = 16;
const HEAD_BYTES = MAGIC.length + SALT_BYTES;
/** Number of records before the table, the place of the table, its length. */
const TRAILER_BYTES = 8 + 8 + 4;
const ALGORITHM = 'aes-256-gcm';
const WRITE_BYTES = 256 * 1024;

export interface ContainerWriter {
  /** Adds a record. @returns its number. */
  add(plain: Uint8Array): Promise<number>;
  /** Makes the file durable under its name. @returns its size. */
  finish(): Promise<number>;
  /** Leaves nothing behind. */
  abort(): Promise<void>;
}

/** `purpose` names what the file is and of what: a file under another name does not open. */
export async function createContainer(path: string, key: Buffer, purpose: string): Promise<ContainerWriter> {
  const salt = randomBytes(SALT_BYTES);
  const fileKey = fileKeyOf(key, salt, purpose);
  const made = `${path}.${process.pid}.new`;
  const file = await open(made, 'w', 0o600);
  let waiting: Buffer[] = [MAGIC, salt];
  let waitingBytes = HEAD_BYTES;
  let at = HEAD_BYTES;
  const lengths: number[] = [];
  const write = async (): Promise<void> => {
    const bytes = Buffer.concat(waiting);
    waiting = [];
    waitingBytes = 0;
    await file.writeFile(bytes);
  };
  const add = async (plain: Uint8Array, number: number): Promise<number> => {
    const cipher = createCipheriv(ALGORITHM, fileKey, nonceOf(number));
    const sealed = [cipher.update(plain), cipher.final(), cipher.getAuthTag()];
    const bytes = plain.length + TAG_BYTES;
    waiting.push(...sealed);
    waitingBytes += bytes;
    at += bytes;
    if (waitingBytes >= WRITE_BYTES) await write();
    return bytes;
  };
  return {
    async add(plain) {
      lengths.push(await add(plain, lengths.length));
      return lengths.length - 1;
    },
    async finish() {
      const trailer = Buffer.alloc(TRAILER_BYTES);
      trailer.writeBigUInt64BE(BigInt(lengths.length), 0);
      trailer.writeBigUInt64BE(BigInt(at), 8);
      const table = deflateRawSync(Buffer.from(Uint32Array.from(lengths).buffer));
      trailer.writeUInt32BE(await add(table, lengths.length), 16);
      waiting.push(trailer);
      await write();
      await file.datasync();
      await file.close();
      await rename(made, path);
      return at + TRAILER_BYTES;
    },
    async abort() {
      await file.close();
      await rm(made, { force: true });
    },
  };
}

export class ContainerReader implements AsyncDisposable {
  readonly #file: FileHandle;
  readonly #key: Buffer;
  /** Where each record begins, and behind the last one where it ends. */
  readonly #places: Float64Array;

  private constructor(file: FileHandle, key: Buffer, places: Float64Array) {
    this.#file = file;
    this.#key = key;
    this.#places = places;
  }

  /** @throws {GatewayError} `derived_unreadable`; what the file system throws, also when there is none. */
  static async open(path: string, key: Buffer, purpose: string): Promise<ContainerReader> {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      if (size < HEAD_BYTES + TRAILER_BYTES) throw unreadable();
      const head = await readExactly(file, 0, HEAD_BYTES);
      if (!head.subarray(0, MAGIC.length).equals(MAGIC)) throw unreadable();
      const fileKey = fileKeyOf(key, head.subarray(MAGIC.length), purpose);
      const trailer = await readExactly(file, size - TRAILER_BYTES, TRAILER_BYTES);
      const count = Number(trailer.readBigUInt64BE(0));
      const tableAt = Number(trailer.readBigUInt64BE(8));
      const tableBytes = trailer.readUInt32BE(16);
      if (tableAt + tableBytes + TRAILER_BYTES !== size) throw unreadable();
      const table = unseal(fileKey, count, await readExactly(file, tableAt, tableBytes));
      return new ContainerReader(file, fileKey, placesOf(table, count, tableAt));
    } catch (thrown) {
      await file.close();
      throw thrown;
    }
  }

  get records(): number {
    return this.#places.length - 1;
  }

  /** @throws {GatewayError} `derived_unreadable`. */
  async read(number: number): Promise<Buffer> {
    const from = this.#places[number];
    const until = this.#places[number + 1];
    if (from === undefined || until === undefined) throw unreadable();
    return unseal(this.#key, number, await readExactly(this.#file, from, until - from));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }
}

/** Fast and still a quarter of the size: what is derived is made anew when it is lost. */
export function packJson(value: unknown): Buffer {
  return deflateRawSync(Buffer.from(JSON.stringify(value)), { level: 1 });
}

/** @throws {GatewayError} `derived_unreadable`. */
export function unpackJson(bytes: Uint8Array): unknown {
  try {
    const options = { maxOutputLength: LIMITS.derivedRecordBytesMax, finishFlush: constants.Z_FINISH };
    return JSON.parse(inflateRawSync(bytes, options).toString('utf8'));
  } catch (cause) {
    throw unreadable(cause);
  }
}

function fileKeyOf(key: Buffer, salt: Uint8Array, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, salt, `sekisho/derived/1|${purpose}`, 32));
}

function nonceOf(number: number): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeBigUInt64BE(BigInt(number), 4);
  return nonce;
}

function unseal(key: Buffer, number: number, sealed: Buffer): Buffer {
  if (sealed.length < TAG_BYTES) throw unreadable();
  const decipher = createDecipheriv(ALGORITHM, key, nonceOf(number), { authTagLength: TAG_BYTES });
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  const plain = decipher.update(sealed.subarray(0, sealed.length - TAG_BYTES));
  try {
    decipher.final();
  } catch (cause) {
    throw unreadable(cause);
  }
  return plain;
}

function placesOf(table: Buffer, count: number, end: number): Float64Array {
  const lengths = inflateRawSync(table, { maxOutputLength: LIMITS.derivedRecordBytesMax });
  if (lengths.length !== count * 4) throw unreadable();
  const places = new Float64Array(count + 1);
  let at = HEAD_BYTES;
  for (let number = 0; number < count; number++) {
    places[number] = at;
    at += lengths.readUInt32LE(number * 4);
  }
  places[count] = at;
  if (at !== end) throw unreadable();
  return places;
}

async function readExactly(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, at);
  if (bytesRead !== length) throw unreadable();
  return bytes;
}

function unreadable(cause?: unknown): GatewayError {
  return new GatewayError('derived_unreadable', undefined, { cause });
}
