/** Reads the log from its files alone and believes nothing that the signed root does not cover. */
import { hasErrno } from '../../foundation/index.ts';
import { join } from 'node:path';
import { readWhole, type FileSystem } from '../files.ts';
import { BUNDLE_BYTES_MAX, BUNDLE_ENTRIES, bundlePath, decodeBundle } from './bundles.ts';
import { appendLeaf, EMPTY_TREE, hashLeaf, rootOf, type Tree } from './merkle.ts';
import { LOG_ORIGIN, openCheckpoint, parseVerifierLine } from './note.ts';

export const CHECKPOINT = 'checkpoint';
export const VERIFIER = 'verifier';
const SMALL_FILE_BYTES_MAX = 16 * 1024;

export interface LogEntry {
  readonly index: number;
  readonly bytes: Buffer;
  readonly hash: Buffer;
}

export type LogReading =
  | { readonly condition: 'sound'; readonly tree: Tree; readonly lastBundle: readonly Buffer[] }
  | { readonly condition: 'missing' | 'altered'; readonly detail: string };

export interface ReadLogOptions {
  readonly directory: string;
  readonly files: FileSystem;
  /** A verifier key held elsewhere; without it the one beside the log is believed. */
  readonly verifier?: string;
  /** Sees every entry in order, before the root is known to be right: use nothing of it when the log is not `sound`. */
  readonly visit?: (entry: LogEntry) => void;
}

/** Recomputes the root from the entries and compares it with the signed checkpoint. */
export async function readLog({ directory, files, verifier, visit }: ReadLogOptions): Promise<LogReading> {
  const line =
    verifier ?? (await readWhole(files, join(directory, VERIFIER), SMALL_FILE_BYTES_MAX))?.toString().trimEnd();
  if (line === undefined) return { condition: 'missing', detail: 'The verifier key of the log is missing.' };
  const key = parseVerifierLine(line);
  if (key?.name !== LOG_ORIGIN) return { condition: 'altered', detail: 'The verifier key of the log is no such key.' };
  const note = await readWhole(files, join(directory, CHECKPOINT), SMALL_FILE_BYTES_MAX);
  if (note === undefined) return { condition: 'missing', detail: 'The checkpoint of the log is missing.' };
  const checkpoint = openCheckpoint(note, key);
  if (checkpoint === undefined)
    return { condition: 'altered', detail: 'The checkpoint of the log is not signed by its key.' };

  let tree = EMPTY_TREE;
  let lastBundle: readonly Buffer[] = [];
  for (let number = 0; tree.size < checkpoint.size; number += 1) {
    const width = Math.min(BUNDLE_ENTRIES, checkpoint.size - tree.size);
    const read = await readBundle({ directory, files }, number, width);
    if (!Array.isArray(read)) return read;
    for (const bytes of read) {
      const entry = { index: tree.size, bytes, hash: hashLeaf(bytes) };
      tree = appendLeaf(tree, entry.hash);
      visit?.(entry);
    }
    lastBundle = width === BUNDLE_ENTRIES ? [] : read;
  }
  if (!rootOf(tree).equals(checkpoint.root)) {
    return { condition: 'altered', detail: `The ${checkpoint.size} entries of the log do not give the signed root.` };
  }
  return { condition: 'sound', tree, lastBundle };
}

/** A partial bundle may have been replaced by the full one since the checkpoint was read. */
async function readBundle(
  { directory, files }: { directory: string; files: FileSystem },
  number: number,
  width: number,
): Promise<Buffer[] | Exclude<LogReading, { condition: 'sound' }>> {
  for (const held of width === BUNDLE_ENTRIES ? [width] : [width, BUNDLE_ENTRIES]) {
    const path = bundlePath(number, held);
    const bytes = await readWhole(files, join(directory, path), BUNDLE_BYTES_MAX).catch((thrown: unknown) => {
      if (hasErrno(thrown, 'ENOTDIR')) return undefined;
      throw thrown;
    });
    if (bytes === undefined) continue;
    const entries = decodeBundle(bytes, held);
    if (entries === undefined)
      return { condition: 'altered', detail: `${path} of the log does not hold ${held} entries.` };
    return entries.slice(0, width);
  }
  return { condition: 'missing', detail: `${bundlePath(number, width)} of the log is missing.` };
}
