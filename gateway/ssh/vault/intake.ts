/** Output of a program on its way into files of the vault: what waits is bounded, and the program waits with it. */
import type { ParcelFileWriter } from '../../../approvals/index.ts';
import { asError, LIMITS } from '../../../foundation/index.ts';
import type { Gate } from '../stream-io.ts';

export class Intake implements Gate {
  readonly #files: Readonly<Record<'o' | 'e', ParcelFileWriter>>;
  readonly #listeners = new Set<() => void>();
  #waitingBytes = 0;
  #storing: Promise<void> = Promise.resolve();
  #error: Error | undefined;

  constructor(files: Readonly<Record<'o' | 'e', ParcelFileWriter>>) {
    this.#files = files;
  }

  get isFull(): boolean {
    return this.#waitingBytes > LIMITS.parcelPendingBytesMax;
  }

  get failed(): boolean {
    return this.#error !== undefined;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Keeps `bytes` until they are stored: they must not change. */
  take(stream: 'o' | 'e', bytes: Uint8Array): void {
    if (this.#error !== undefined || bytes.length === 0) return;
    this.#waitingBytes += bytes.length;
    const stored = this.#files[stream].write(bytes);
    this.#storing = Promise.all([this.#storing, stored]).then(
      () => this.#settle(bytes.length),
      (thrown: unknown) => {
        this.#error ??= asError(thrown);
        this.#settle(bytes.length);
      },
    );
  }

  /** Resolves when everything is written. @throws when something could not be. */
  async stored(): Promise<void> {
    await this.#storing;
    if (this.#error !== undefined) throw this.#error;
  }

  #settle(bytes: number): void {
    this.#waitingBytes -= bytes;
    for (const listener of [...this.#listeners]) listener();
  }
}
