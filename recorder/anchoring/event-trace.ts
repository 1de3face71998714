/** Which audit events stand in the log already, read from its leaves. */
import { latin1, LIMITS } from '../../foundation/index.ts';
import type { LogEntry } from '../log/read-log.ts';

const EVENT = /"n":(\d+),"type":"event"/;

export class EventTrace {
  #last = 0;
  readonly #holes = new Set<number>();

  /** The highest number in a leaf. */
  get last(): number {
    return this.#last;
  }

  /** Numbers below it that stand in no leaf: of acts that were rolled back, or whose event is still to come. */
  get holes(): ReadonlySet<number> {
    return this.#holes;
  }

  readonly visit = ({ bytes }: Pick<LogEntry, 'bytes'>): void => {
    // Canonical JSON: where the members stand is certain, and a million leaves are not parsed.
    const n = EVENT.exec(latin1(bytes))?.[1];
    if (n !== undefined) this.note(Number(n));
  };

  note(n: number): void {
    for (let hole = this.#last + 1; hole < n && this.#holes.size < LIMITS.anchorHolesMax; hole += 1)
      this.#holes.add(hole);
    this.#holes.delete(n);
    this.#last = Math.max(this.#last, n);
  }

  /** Nobody looks for it any more. */
  forget(n: number): void {
    this.#holes.delete(n);
  }
}
