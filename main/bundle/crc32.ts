/** The CRC-32 of zip files, by Node.js itself where it has one. */
import * as zlib from 'node:zlib';
import { crc32 as plain } from '../../evidence/index.ts';

export function crc32(bytes: Uint8Array): number {
  const native: unknown = Reflect.get(zlib, 'crc32'); // From 20.15 on.
  return typeof native === 'function' ? Number(Reflect.apply(native, zlib, [bytes])) : plain(bytes);
}
