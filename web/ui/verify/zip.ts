/**
 * Reads an evidence bundle from a file on this computer (docs/formats/bundle-v1.md; APPNOTE 6.3.10 §4.3, §4.5.3). It
 * comes from whoever may have forged it: nothing is unpacked that was not asked for, everything is bounded, and of two
 * ways to read something both have to agree.
 */
import { type BundleSource, crc32 } from '../../../evidence/index.ts';

/** The file is no bundle at all, or was changed so that it is none any more. */
export class DamagedBundle extends Error {
  override readonly name = 'DamagedBundle';
}

const PATH = /^(?!.*(^|\/)\.{1,2}(\/|$))[A-Za-z0-9][A-Za-z0-9._/-]{0,254}$/;
const FILES_MAX = 2_000_000;
const FILE_BYTES_MAX = 512 * 1024 * 1024;
const DIRECTORY_BYTES_MAX = 512 * 1024 * 1024;
const END = { magic: 0x06054b50, bytes: 22, commentMax: 65_535 } as const;
const LOCATOR = { magic: 0x07064b50, bytes: 20 } as const;
const END64 = { magic: 0x06064b50, bytes: 56 } as const;
const ENTRY = { magic: 0x02014b50, bytes: 46 } as const;
const LOCAL = { magic: 0x04034b50, bytes: 30 } as const;
const IN_EXTRA_32 = 0xffffffff;
const ENCRYPTED = 1;
const STORED = 0;
const DEFLATED = 8;

interface Entry {
  readonly path: string;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly at: number;
}

/** @throws {DamagedBundle} for a file that is no bundle; reading a file of it may throw it, too. */
export async function openBundleFile(file: Blob): Promise<BundleSource> {
  const { at, bytes, count } = await findDirectory(file);
  if (count > FILES_MAX || bytes > DIRECTORY_BYTES_MAX) throw new DamagedBundle('The bundle has too many files.');
  const entries = readDirectory(await viewOf(file, at, bytes), count);
  return {
    paths: [...entries.keys()],
    async read(path) {
      const entry = entries.get(path);
      return entry === undefined ? undefined : readEntry(file, entry);
    },
  };
}

async function viewOf(file: Blob, at: number, bytes: number): Promise<DataView> {
  if (at < 0 || at + bytes > file.size) throw new DamagedBundle('The bundle is cut short.');
  return new DataView(await file.slice(at, at + bytes).arrayBuffer());
}

async function findDirectory(file: Blob): Promise<{ at: number; bytes: number; count: number }> {
  const begin = Math.max(0, file.size - END.bytes - END.commentMax);
  const tail = await viewOf(file, begin, file.size - begin);
  for (let at = tail.byteLength - END.bytes; at >= 0; at -= 1) {
    if (tail.getUint32(at, true) !== END.magic || at + END.bytes + tail.getUint16(at + 20, true) !== tail.byteLength)
      continue;
    const small = {
      at: tail.getUint32(at + 16, true),
      bytes: tail.getUint32(at + 12, true),
      count: tail.getUint16(at + 10, true),
    };
    const isLarge = at >= LOCATOR.bytes && tail.getUint32(at - LOCATOR.bytes, true) === LOCATOR.magic;
    return isLarge ? await readEnd64(file, safe(tail.getBigUint64(at - LOCATOR.bytes + 8, true))) : small;
  }
  throw new DamagedBundle('The file is no zip.');
}

async function readEnd64(file: Blob, at: number): Promise<{ at: number; bytes: number; count: number }> {
  const view = await viewOf(file, at, END64.bytes);
  if (view.getUint32(0, true) !== END64.magic) throw new DamagedBundle('The end of the zip cannot be read.');
  return {
    count: safe(view.getBigUint64(32, true)),
    bytes: safe(view.getBigUint64(40, true)),
    at: safe(view.getBigUint64(48, true)),
  };
}

function safe(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new DamagedBundle('The zip names a place that cannot be.');
  return Number(value);
}

function readDirectory(view: DataView, count: number): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  let at = 0;
  for (let n = 0; n < count; n += 1) {
    if (at + ENTRY.bytes > view.byteLength || view.getUint32(at, true) !== ENTRY.magic)
      throw new DamagedBundle('The list of files in the bundle cannot be read.');
    const [name, extra, comment] = [28, 30, 32].map((field) => view.getUint16(at + field, true));
    const end = at + ENTRY.bytes + (name ?? 0) + (extra ?? 0) + (comment ?? 0);
    if (end > view.byteLength) throw new DamagedBundle('The list of files in the bundle is cut short.');
    const entry = readListed(view, at, { name: name ?? 0, extra: extra ?? 0 });
    if (entries.has(entry.path)) throw new DamagedBundle(`${entry.path} stands in the bundle twice.`);
    entries.set(entry.path, entry);
    at = end;
  }
  if (at !== view.byteLength) throw new DamagedBundle('The bundle lists other files than it counts.');
  return entries;
}

function readListed(view: DataView, at: number, lengths: { readonly name: number; readonly extra: number }): Entry {
  const bytes = new Uint8Array(view.buffer, view.byteOffset + at + ENTRY.bytes, lengths.name);
  const path = String.fromCharCode(...bytes);
  if (!PATH.test(path) || path.endsWith('/')) throw new DamagedBundle('A name in the bundle is not allowed.');
  if ((view.getUint16(at + 8, true) & ENCRYPTED) !== 0) throw new DamagedBundle(`${path} is encrypted.`);
  const [packed, size, place] = wide(view, at, lengths);
  if (size > FILE_BYTES_MAX || packed > FILE_BYTES_MAX) throw new DamagedBundle(`${path} is too large.`);
  return { path, method: view.getUint16(at + 10, true), crc: view.getUint32(at + 16, true), packed, size, at: place };
}

/** Size as packed, size and place; what does not fit stands in the extra field 1, in the order of the format. */
function wide(view: DataView, at: number, { name, extra }: { name: number; extra: number }): [number, number, number] {
  const sizes = { packed: view.getUint32(at + 20, true), size: view.getUint32(at + 24, true) };
  const place = view.getUint32(at + 42, true);
  const first = at + ENTRY.bytes + name;
  let next = first;
  while (next + 4 <= first + extra && view.getUint16(next, true) !== 1) next += 4 + view.getUint16(next + 2, true);
  let field = next + 4;
  const take = (value: number): number => {
    if (value !== IN_EXTRA_32) return value;
    if (field + 8 > first + extra) throw new DamagedBundle('The size of a file in the bundle cannot be read.');
    field += 8;
    return safe(view.getBigUint64(field - 8, true));
  };
  const size = take(sizes.size);
  return [take(sizes.packed), size, take(place)];
}

async function readEntry(file: Blob, { path, method, crc, packed, size, at }: Entry): Promise<Uint8Array> {
  const local = await viewOf(file, at, LOCAL.bytes);
  if (local.getUint32(0, true) !== LOCAL.magic) throw new DamagedBundle(`${path} is damaged.`);
  const begin = at + LOCAL.bytes + local.getUint16(26, true) + local.getUint16(28, true);
  if (begin + packed > file.size) throw new DamagedBundle(`${path} is cut short.`);
  const bytes = await unpack(file.slice(begin, begin + packed), method, size).catch(() => undefined);
  if (bytes?.length !== size || crc32(bytes) !== crc) throw new DamagedBundle(`${path} is damaged.`);
  return bytes;
}

/** Stops a file that unpacks to more than it says before it fills the memory. */
async function unpack(packed: Blob, method: number, size: number): Promise<Uint8Array | undefined> {
  if (method === STORED) return new Uint8Array(await packed.arrayBuffer());
  if (method !== DEFLATED) return undefined;
  const whole = new Uint8Array(size);
  const reader = packed.stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  let at = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const piece: unknown = part.value;
    if (!ArrayBuffer.isView(piece) || at + piece.byteLength > size) {
      await reader.cancel();
      return undefined;
    }
    whole.set(new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength), at);
    at += piece.byteLength;
  }
  return at === size ? whole : undefined;
}
