/** What one flush of the write-ahead log makes durable: entries of many sessions, laid out in one piece of memory. */
import { invariant } from '../foundation/index.ts';
import { ENTRY_HEADER_BYTES, type EntryKind, writeEntryHead } from './wal-segment.ts';

const FIRST_BYTES = 64 * 1024;

/** Keeps the segment that an entry lies in. */
export interface WalHold {
  /** For one more holder. */
  retain(): void;
  /** The holder has what it held elsewhere: a segment that nobody holds goes. */
  release(): void;
}

/**
 * Something that wants to be durable, with calls and no promises: hundreds of sessions are asked in one turn, and each
 * keystroke passes here.
 */
export interface WalSource {
  readonly id: Uint8Array;
  readonly kind: EntryKind;
  /** Of the body as it would be now; 0: nothing to write. */
  size(): number;
  /** It was asked, and had nothing to write. */
  passed(): void;
  /** Writes the body, `size` bytes, at `at`. From here on the source waits for `durable` or `lost`. */
  write(target: Buffer, at: number): void;
  /** It is on the disk, in a segment that is kept for the length of this call, and longer where it is retained. */
  durable(hold: WalHold): void;
  /** Nothing more will be durable; said to those that wait to be asked, too. */
  lost(error: Error): void;
}

export class WalBatch {
  #memory = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #bytes = 0;
  #isSecret = false;
  #sources: WalSource[] = [];

  get plaintext(): Buffer {
    return this.#memory.subarray(0, this.#bytes);
  }

  /** Asks as many of the waiting sources as fit `room`, the first of them even above `most`. @returns how many. */
  fill(waiting: readonly WalSource[], { room, most }: { readonly room: number; readonly most: number }): number {
    let count = 0;
    for (const source of waiting) {
      const size = source.size();
      const whole = ENTRY_HEADER_BYTES + size;
      if (this.#bytes + whole > room || (this.#bytes > 0 && this.#bytes + whole > most)) break;
      count += 1;
      if (size === 0) {
        source.passed();
        continue;
      }
      if (this.#bytes + whole > this.#memory.length) this.#grow(whole);
      const { id, kind } = source;
      source.write(this.#memory, writeEntryHead(this.#memory, this.#bytes, { id, kind, size }));
      this.#bytes += whole;
      this.#isSecret ||= source.kind === 'begin';
      this.#sources.push(source);
    }
    return count;
  }

  /** Who was asked. */
  get sources(): readonly WalSource[] {
    return this.#sources;
  }

  /** Ready for the next. */
  empty(): void {
    this.#sources = [];
    if (this.#isSecret) this.#memory.fill(0, 0, this.#bytes); // Beginnings hold keys, which outlive no session.
    this.#isSecret = false;
    this.#bytes = 0;
  }

  #grow(more: number): void {
    const grown = Buffer.allocUnsafeSlow(Math.max(2 * this.#memory.length, this.#bytes + more));
    grown.set(this.#memory.subarray(0, this.#bytes));
    if (this.#isSecret) this.#memory.fill(0);
    this.#memory = grown;
  }
}

/** A body that is there already, for whoever likes to wait for a promise. `onDurable`: before anybody is told. */
export function entryOf(
  { id, kind, body }: Pick<WalSource, 'id' | 'kind'> & { readonly body: Uint8Array },
  onDurable: (hold: WalHold) => void,
): { readonly source: WalSource; readonly durable: Promise<void> } {
  let source: WalSource | undefined;
  const durable = new Promise<void>((resolve, reject) => {
    source = {
      ...{ id, kind, size: () => body.length, passed: () => undefined },
      write: (target, at) => target.set(body, at),
      durable: (hold) => {
        onDurable(hold);
        resolve();
      },
      lost: reject,
    };
  });
  invariant(source, 'a promise runs what it is given');
  return { source, durable };
}
