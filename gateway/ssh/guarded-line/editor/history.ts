/** The lines of this session, oldest first, and a walk through them. Nothing is kept across sessions. */
import { LIMITS } from '../../../../foundation/index.ts';

export class History {
  readonly #lines: string[] = [];
  /** Where the walk stands; past the last line is the line being typed. */
  #at = 0;
  #draft = '';

  /** A line that begins with a blank is not kept, nor one that was the last already (HISTCONTROL=ignoreboth of bash). */
  add(line: string): void {
    if (line.trim() !== '' && !line.startsWith(' ') && this.#lines.at(-1) !== line) this.#lines.push(line);
    if (this.#lines.length > LIMITS.guardedHistoryLines) this.#lines.shift();
    this.rewind();
  }

  rewind(): void {
    this.#at = this.#lines.length;
    this.#draft = '';
  }

  /** The line before; `typed` comes back on the way down. */
  older(typed: string): string | undefined {
    if (this.#at === 0) return undefined;
    if (this.#at === this.#lines.length) this.#draft = typed;
    this.#at -= 1;
    return this.#lines[this.#at];
  }

  newer(): string | undefined {
    if (this.#at >= this.#lines.length) return undefined;
    this.#at += 1;
    return this.#at === this.#lines.length ? this.#draft : this.#lines[this.#at];
  }

  /** The newest line with `wanted` in it, the `skip`th from the newest. */
  search(wanted: string, skip: number): string | undefined {
    if (wanted === '') return undefined;
    return this.#lines.toReversed().filter((line) => line.includes(wanted))[skip];
  }
}
