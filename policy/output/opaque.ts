/** Whether output looks encoded, compressed or encrypted rather than like something to read. */
export interface OpaqueDetector {
  /** @returns true once the output looks so, and from then on. */
  take(chunk: Uint8Array): boolean;
  /** Bytes so far that look so. */
  readonly bytes: number;
}

export function createOpaqueDetector(): OpaqueDetector {
  let bytes = 0;
  return {
    take(chunk) {
      let odd = 0;
      for (const byte of chunk) if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) odd += 1;
      if (odd * 10 > chunk.length) bytes += chunk.length;
      return bytes > 0;
    },
    get bytes() {
      return bytes;
    },
  };
}
