import { timingSafeEqual } from 'node:crypto';
import { inspect } from 'node:util';
import { sha256 } from './bytes.ts';

const HIDDEN = '[secret]';

/** A value that has no printable form: not in a log line, a template, JSON or the inspector. */
export class Secret<Value> {
  readonly #value: Value;

  constructor(value: Value) {
    this.#value = value;
  }

  /** The value itself, for the one call that needs it. */
  expose(): Value {
    return this.#value;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}

/** Reports whether two strings are equal, in a time that tells nothing of where they differ. */
export function equalInConstantTime(left: string, right: string): boolean {
  return timingSafeEqual(sha256(left), sha256(right));
}
