/** Bytes of all sessions that are not durable yet: one bound for all of them together. */
export class PendingBytes {
  readonly #max: number;
  readonly #listeners = new Set<() => void>();
  #bytes = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** Reports whether the bound allows `bytes` more; one piece is always allowed. */
  hasRoom(bytes: number): boolean {
    return this.#bytes === 0 || this.#bytes + bytes <= this.#max;
  }

  take(bytes: number): void {
    this.#bytes += bytes;
  }

  /** These bytes are durable, or lost for good. */
  give(bytes: number): void {
    this.#bytes -= bytes;
    if (this.#listeners.size === 0) return;
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    for (const listener of listeners) listener();
  }

  /** Calls `listener` once, when there may be room. */
  onceRoom(listener: () => void): void {
    this.#listeners.add(listener);
  }
}
