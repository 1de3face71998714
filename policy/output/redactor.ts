/**
 * Masks identifiers on their way to a screen. What stands around them keeps its place: a mask is as wide as what it
 * covers, and colours and moves of the cursor stay where they are.
 */
import { LIMITS } from '../../foundation/index.ts';
import { featuresOf } from './features.ts';
import { findIdentifiers } from './identifiers/index.ts';
import { maskedPlaces } from './masks.ts';
import type { IdentifierKind } from './model.ts';
import type { CompiledRules } from './rules.ts';
import { placedText } from './placed-text.ts';
import { plainLine } from './text.ts';

export interface Redactor {
  /** What may be shown now; the rest of an unfinished line waits. */
  take(chunk: Uint8Array): Buffer;
  /** Shows what waits, masked as far as it is known: for a stream that is idle, at a prompt for example. */
  flush(): Buffer;
  finish(): Buffer;
}

export interface RedactorOptions {
  readonly kinds: readonly IdentifierKind[];
  readonly rules?: CompiledRules;
}

export function createRedactor({ kinds, rules = [] }: RedactorOptions): Redactor {
  const redactor = new LineRedactor(new Set(kinds), rules);
  return {
    take: (chunk) => redactor.take(chunk),
    flush: () => redactor.flush(),
    finish: () => redactor.finish(),
  };
}

class LineRedactor {
  readonly #kinds: ReadonlySet<IdentifierKind>;
  readonly #rules: CompiledRules;
  /** The present line. Its first `#shown` bytes have been shown: they tell what the others are. */
  #line: Buffer = Buffer.alloc(0);
  #shown = 0;

  constructor(kinds: ReadonlySet<IdentifierKind>, rules: CompiledRules) {
    this.#kinds = kinds;
    this.#rules = rules;
  }

  take(chunk: Uint8Array): Buffer {
    const shown: Buffer[] = [];
    const bytes = Buffer.concat([this.#line, chunk]);
    let from = 0;
    for (let at = this.#line.length; at < bytes.length; at += 1) {
      const ends = bytes[at] === 0x0a || bytes[at] === 0x0d;
      if (!ends && at - from < LIMITS.redactionHeldBytesMax) continue;
      shown.push(this.#masked(bytes.subarray(from, at + 1)));
      this.#shown = 0;
      from = at + 1;
    }
    this.#line = Buffer.from(bytes.subarray(from));
    return Buffer.concat(shown);
  }

  flush(): Buffer {
    const shown = this.#masked(this.#line);
    this.#shown = this.#line.length;
    return shown;
  }

  finish(): Buffer {
    const shown = this.flush();
    this.#line = Buffer.alloc(0);
    this.#shown = 0;
    return shown;
  }

  /** The part of the line that has not been shown yet. */
  #masked(line: Buffer): Buffer {
    const { text, places } = placedText(line);
    const plain = plainLine(text);
    const plainBytes = Buffer.from(plain);
    const found = findIdentifiers(plain, featuresOf(plainBytes, 0, plainBytes.length), this.#rules);
    const masked = new Set<number>();
    for (const one of found) if (this.#kinds.has(one.kind)) for (const at of maskedPlaces(one, plain)) masked.add(at);
    if (masked.size === 0) return line.subarray(this.#shown);
    const pieces: Buffer[] = [];
    let from = this.#shown;
    for (const at of [...masked].sort((a, b) => a - b)) {
      const place = places[at];
      if (place === undefined || place.from < from) continue;
      pieces.push(line.subarray(from, place.from), place.wide ? WIDE_MASK : MASK);
      from = place.to;
    }
    return Buffer.concat([...pieces, line.subarray(from)]);
  }
}

const MASK = Buffer.from('*');
const WIDE_MASK = Buffer.from('＊');
