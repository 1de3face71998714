/** Masks identifiers in what is shown, where a system's settings ask for it. A prompt without a line end waits a moment only. */
import {
  type CompiledRules,
  createRedactor,
  IDENTIFIER_KINDS,
  type Redactor,
  type RedactorOptions,
} from '../../../policy/index.ts';
import type { Output } from './model.ts';

export interface Mask {
  /** What may be shown now. */
  take(stream: Output, bytes: Buffer): Buffer;
  /** Shows what waits. */
  flush(): void;
  /** What waits of standard output, at its end. */
  finish(): Buffer;
}

export interface MaskOptions {
  readonly kinds: readonly string[];
  readonly rules: CompiledRules;
  readonly put: (stream: Output, bytes: Buffer) => void;
}

/** A person waits for a prompt; a program writes the rest of its line sooner than this. */
const IDLE_MS = 40;
const NOTHING = Buffer.alloc(0);

export function createMask({ kinds: asked, rules, put }: MaskOptions): Mask {
  const kinds = IDENTIFIER_KINDS.filter((kind) => asked.includes(kind));
  if (kinds.length === 0) return { take: (_stream, bytes) => bytes, flush: () => undefined, finish: () => NOTHING };
  return new Masking({ kinds, rules }, put);
}

class Masking implements Mask {
  readonly #redactors: Readonly<Record<Output, Redactor>>;
  readonly #put: MaskOptions['put'];
  #idle: NodeJS.Timeout | undefined;

  constructor(options: RedactorOptions, put: MaskOptions['put']) {
    this.#redactors = { o: createRedactor(options), e: createRedactor(options) };
    this.#put = put;
  }

  take(stream: Output, bytes: Buffer): Buffer {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.flush(), IDLE_MS);
    return this.#redactors[stream].take(bytes);
  }

  flush(): void {
    clearTimeout(this.#idle);
    for (const stream of ['o', 'e'] as const) {
      const waiting = this.#redactors[stream].flush();
      if (waiting.length > 0) this.#put(stream, waiting);
    }
  }

  finish(): Buffer {
    clearTimeout(this.#idle);
    return this.#redactors.o.finish();
  }
}
