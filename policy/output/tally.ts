import type { Dropped, DroppedKind } from './model.ts';

/** What was left out of one chunk, by kind. */
export class Tally {
  #bytes = new Map<DroppedKind, number>();

  add(kind: DroppedKind, bytes: number): void {
    if (bytes > 0) this.#bytes.set(kind, (this.#bytes.get(kind) ?? 0) + bytes);
  }

  /** What was added since the last time. */
  take(): readonly Dropped[] {
    if (this.#bytes.size === 0) return [];
    const dropped = [...this.#bytes].map(([kind, bytes]) => ({ kind, bytes }));
    this.#bytes = new Map();
    return dropped;
  }
}
