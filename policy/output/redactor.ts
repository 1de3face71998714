/** Masks identifiers on the way out; what stands around them keeps its place. */
import type { IdentifierKind, IdentifierRule } from './model.ts';

export interface Redactor {
  /** What may be shown now; the rest of an unfinished line waits. */
  take(chunk: Uint8Array): Buffer;
  /** Shows what waits, masked as far as it is known: for a stream that is idle, at a prompt for example. */
  flush(): Buffer;
  finish(): Buffer;
}

export interface RedactorOptions {
  readonly kinds: readonly IdentifierKind[];
  readonly rules?: readonly IdentifierRule[];
}

export function createRedactor(options: RedactorOptions): Redactor {
  const mask = (bytes: Buffer): Buffer => {
    if (!options.kinds.includes('phone')) return bytes;
    return Buffer.from(bytes.toString('latin1').replace(/(0\d{1,3}-)\d{4}(-\d{4})/g, '$1****$2'), 'latin1');
  };
  let held = Buffer.alloc(0);
  const flush = () => {
    const shown = mask(held);
    held = Buffer.alloc(0);
    return shown;
  };
  return {
    take(chunk) {
      const all = Buffer.concat([held, chunk]);
      const end = all.lastIndexOf(0x0a) + 1;
      held = Buffer.from(all.subarray(end));
      return mask(all.subarray(0, end));
    },
    flush,
    finish: flush,
  };
}
