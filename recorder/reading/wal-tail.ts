/** Reads along behind a write-ahead log that another part of the gateway, or another process, goes on writing. */
import { join } from 'node:path';
import { hasErrno } from '../../foundation/index.ts';
import type { FileSystem } from '../files.ts';
import { type ReadEntry, RecordTail, SEGMENT_HEADER_BYTES } from '../wal-segment.ts';

const SEGMENT = /^\d{12}\.wal$/;
const PIECE_BYTES = 1024 * 1024;

interface Place {
  readonly tail: RecordTail;
  /** Everything before it was read. */
  at: number;
}

export interface WalTailOptions {
  readonly files: FileSystem;
  /** The directory of the write-ahead log. */
  readonly wal: string;
  readonly walKey: Uint8Array;
}

export class WalTail {
  readonly #options: WalTailOptions;
  readonly #places = new Map<string, Place>();

  constructor(options: WalTailOptions) {
    this.#options = options;
  }

  /** Whole entries that were written since the last call, oldest first. A segment that is gone was read or not needed. */
  async *read(): AsyncGenerator<ReadEntry, void, undefined> {
    const { files, wal } = this.#options;
    const names = (await files.readdir(wal).catch(none)).filter((name) => SEGMENT.test(name)).sort();
    for (const known of this.#places.keys()) if (!names.includes(known)) this.#places.delete(known);
    for (const name of names) yield* this.#readSegment(name);
  }

  async *#readSegment(name: string): AsyncGenerator<ReadEntry, void, undefined> {
    const { files, wal, walKey } = this.#options;
    const file = await files.open(join(wal, name), 'r').catch(missing);
    if (file === undefined) return;
    try {
      let place = this.#places.get(name);
      if (place === undefined) {
        const head = await readAt(file, 0, SEGMENT_HEADER_BYTES);
        const tail = RecordTail.of(head, walKey);
        if (tail === undefined) return; // Being made, or never used.
        place = { tail, at: SEGMENT_HEADER_BYTES };
        this.#places.set(name, place);
      }
      for (let bytes = PIECE_BYTES; ; ) {
        const piece = await readAt(file, place.at, bytes);
        const { entries, consumed, wanted } = place.tail.take(piece);
        place.at += consumed;
        yield* entries;
        if (consumed === 0 && wanted <= piece.length) return;
        bytes = Math.max(PIECE_BYTES, wanted);
        if (piece.length < bytes && consumed === 0) return;
      }
    } finally {
      await file.close();
    }
  }
}

async function readAt(file: Awaited<ReturnType<FileSystem['open']>>, at: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, at);
  return bytes.subarray(0, bytesRead);
}

function none(thrown: unknown): string[] {
  if (hasErrno(thrown, 'ENOENT')) return [];
  throw thrown;
}

function missing(thrown: unknown): undefined {
  if (hasErrno(thrown, 'ENOENT')) return undefined;
  throw thrown;
}
