/** Checkpoints: c2sp.org/tlog-checkpoint. Origin, size, root, each a line; further lines are kept and mean nothing. */
import { EvidenceError, fromBase64, fromDecimal, toBase64 } from './bytes.ts';

export interface Checkpoint {
  /** The log's name. */
  readonly origin: string;
  readonly size: number;
  /** 32 bytes. */
  readonly root: Uint8Array;
}

const HASH_BYTES = 32;

/** The text of a note. */
export function formatCheckpoint({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${toBase64(root)}\n`;
}

/** @throws {EvidenceError} when the text of a note is no checkpoint. */
export function parseCheckpoint(body: string): Checkpoint {
  const [origin = '', sizeLine = '', rootLine = '', ...more] = body.split('\n');
  const [size, root] = [fromDecimal(sizeLine), fromBase64(rootLine)];
  // Behind the last newline stands nothing; lines of an extension are not empty.
  const ended = more.at(-1) === '' && more.slice(0, -1).every((line) => line !== '');
  if (origin === '' || size === undefined || root?.length !== HASH_BYTES || !ended) {
    throw new EvidenceError('The note is no checkpoint.');
  }
  return { origin, size, root };
}
