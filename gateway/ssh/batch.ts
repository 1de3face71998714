/** Bytes of one direction of a channel that are recorded and handed on together. */
import { LIMITS } from '../../foundation/index.ts';
import type { HeldBytes } from '../held-bytes.ts';
import type { Direction } from '../session.ts';

/** Small chunks that come while others are being recorded are recorded together, up to this many bytes. */
const BATCH_BYTES_MAX = 64 * 1024;
/** A chunk of this size is the beginning of much: what comes in the same turn of the event loop is recorded with it. */
export const LARGE_BYTES = 16 * 1024;
/** No chunk of a channel is larger: a block without so much room is full. */
const CHUNK_BYTES = 32 * 1024;
/**
 * What becomes of a chunk: recorded and then handed on; only recorded, where it was refused; only handed on, where the
 * gateway itself speaks to the target; or, `content`, handed on once it is recorded how much of a file it is: what is
 * in the file is told by its hash, and the recording is no second copy of customers' data.
 */
export type Fate = 'both' | 'record' | 'deliver' | 'content';

export interface Batch {
  readonly stream: Direction;
  readonly fate: Fate;
  /** Where large chunks are put one behind the other; undefined for small ones. */
  readonly block: Buffer | undefined;
  readonly parts: Uint8Array[];
  bytes: number;
  durable: boolean;
}

export function newBatch(
  { stream, fate, held }: { readonly stream: Direction; readonly fate: Fate; readonly held: HeldBytes },
  firstBytes: number,
): Batch {
  const isBlock = firstBytes >= LARGE_BYTES && firstBytes <= LIMITS.relayBlockBytes;
  return { stream, fate, block: isBlock ? held.takeBlock() : undefined, parts: [], bytes: 0, durable: false };
}

export function hasRoom({ block, bytes }: Batch, more: number): boolean {
  return block === undefined ? more < LARGE_BYTES && bytes + more <= BATCH_BYTES_MAX : bytes + more <= block.length;
}

export function isFull({ block, bytes }: Batch): boolean {
  return block === undefined ? bytes >= LARGE_BYTES : !(bytes + CHUNK_BYTES <= block.length);
}

/** Puts a copy of the chunk behind what is there. */
export function addTo(batch: Batch, chunk: Uint8Array): void {
  if (batch.block === undefined) batch.parts.push(Buffer.from(chunk));
  else batch.block.set(chunk, batch.bytes);
  batch.bytes += chunk.length;
}

/** All of it in one piece; nothing is added any more. */
export function bytesOf({ block, parts, bytes }: Batch): Uint8Array {
  const [only] = parts;
  const whole = block?.subarray(0, bytes) ?? (parts.length === 1 && only ? only : Buffer.concat(parts, bytes));
  parts.splice(0, parts.length, whole);
  return whole;
}
