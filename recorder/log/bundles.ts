/** Entry bundles of c2sp.org/tlog-tiles: 256 entries a file, each behind its uint16 length; pure functions. */
import { invariant, LIMITS } from '../../foundation/index.ts';
import { numberPath } from './tiles.ts';

export const BUNDLE_ENTRIES = 256;
export const BUNDLE_BYTES_MAX = BUNDLE_ENTRIES * (2 + LIMITS.leafBytesMax);

/** `tile/entries/x001/x234/067`, with `.p/<width>` behind it while the bundle is not full. */
export function bundlePath(number: number, width: number): string {
  return `tile/entries/${numberPath(number, width === BUNDLE_ENTRIES ? undefined : width)}`;
}

export function encodeBundle(entries: readonly Buffer[]): Buffer {
  return Buffer.concat(
    entries.flatMap((entry) => {
      invariant(entry.length > 0 && entry.length <= LIMITS.leafBytesMax, 'a leaf fits its uint16 length');
      const length = Buffer.alloc(2);
      length.writeUInt16BE(entry.length);
      return [length, entry];
    }),
  );
}

/** The entries, or undefined when the bytes are not exactly `width` of them. */
export function decodeBundle(bytes: Buffer, width: number): Buffer[] | undefined {
  const entries: Buffer[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (bytes.length - at < 2) return undefined;
    const end = at + 2 + bytes.readUInt16BE(at);
    if (end > bytes.length) return undefined;
    entries.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return entries.length === width ? entries : undefined;
}
