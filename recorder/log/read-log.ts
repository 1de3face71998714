/** Reads the log from its files alone and believes nothing that the signed root does not cover. */
import { hasErrno } from '../../foundation/index.ts';
import { join } from 'node:path';
import { readWhole, type FileSystem } from '../files.ts';
import { BUNDLE_BYTES_MAX, BUNDLE_ENTRIES, bundlePath, decodeBundle } from './bundles.ts';
import { appendLeaf, EMPTY_TREE, hashLeaf, rootOf, type Tree } from './merkle.ts';
import { type JournalRecord, readJournal } from './journal.ts';
import { LOG_ORIGIN, openCheckpoint, parseVerifierLine, type Verifier } from './note.ts';

export const CHECKPOINT = 'checkpoint';
export const VERIFIER = 'verifier';
const SMALL_FILE_BYTES_MAX = 16 * 1024;

export interface LogEntry {
  readonly index: number;
  readonly bytes: Buffer;
  readonly hash: Buffer;
}

type Unsound = { readonly condition: 'missing' | 'altered'; readonly detail: string };

export type LogReading =
  | {
      readonly condition: 'sound';
      readonly tree: Tree;
      /** What stands in bundles: how many entries, and those of the last one when it is not full. */
      readonly published: { readonly size: number; readonly lastBundle: readonly Buffer[] };
      /** What stands in the journal alone. */
      readonly journalled: readonly Buffer[];
    }
  | Unsound;

export interface ReadLogOptions {
  readonly directory: string;
  readonly files: FileSystem;
  /** A verifier key held elsewhere; without it the one beside the log is believed. */
  readonly verifier?: string;
  /** Sees every entry in order, before the root is known to be right: use nothing of it when the log is not `sound`. */
  readonly visit?: (entry: LogEntry) => void;
}

/** Recomputes the root from the entries and compares it with the signed checkpoints. */
export async function readLog({ directory, files, verifier, visit }: ReadLogOptions): Promise<LogReading> {
  const line =
    verifier ?? (await readWhole(files, join(directory, VERIFIER), SMALL_FILE_BYTES_MAX))?.toString().trimEnd();
  if (line === undefined) return { condition: 'missing', detail: 'The verifier key of the log is missing.' };
  const key = parseVerifierLine(line);
  if (key?.name !== LOG_ORIGIN) return { condition: 'altered', detail: 'The verifier key of the log is no such key.' };
  // First: what is carried over from it to the bundles meanwhile is then read twice, and not never.
  const journal = await readJournal(files, directory);
  if (journal.condition !== 'sound') return journal;
  const growing = { tree: EMPTY_TREE, ...(visit === undefined ? {} : { visit }) };
  const published = await readPublished({ directory, files }, key, growing);
  if ('condition' in published) return published;
  const journalled: Buffer[] = [];
  for (const record of journal.records) {
    const read = readRecord(record, key, growing);
    if (!Array.isArray(read)) return read;
    journalled.push(...read);
  }
  return { condition: 'sound', tree: growing.tree, published, journalled };
}

/** The tree as far as it was read. */
interface Growing {
  tree: Tree;
  readonly visit?: (entry: LogEntry) => void;
}

function grow(growing: Growing, bytes: Buffer): void {
  const entry = { index: growing.tree.size, bytes, hash: hashLeaf(bytes) };
  growing.tree = appendLeaf(growing.tree, entry.hash);
  growing.visit?.(entry);
}

async function readPublished(
  place: { directory: string; files: FileSystem },
  key: Verifier,
  growing: Growing,
): Promise<{ size: number; lastBundle: readonly Buffer[] } | Unsound> {
  const note = await readWhole(place.files, join(place.directory, CHECKPOINT), SMALL_FILE_BYTES_MAX);
  if (note === undefined) return { condition: 'missing', detail: 'The checkpoint of the log is missing.' };
  const checkpoint = openCheckpoint(note, key);
  if (checkpoint === undefined)
    return { condition: 'altered', detail: 'The checkpoint of the log is not signed by its key.' };
  const { size } = checkpoint;
  let lastBundle: readonly Buffer[] = [];
  for (let number = 0; growing.tree.size < size; number += 1) {
    const width = Math.min(BUNDLE_ENTRIES, size - growing.tree.size);
    const read = await readBundle(place, number, width);
    if (!Array.isArray(read)) return read;
    for (const bytes of read) grow(growing, bytes);
    lastBundle = width === BUNDLE_ENTRIES ? [] : read;
  }
  if (!rootOf(growing.tree).equals(checkpoint.root)) {
    return { condition: 'altered', detail: `The ${size} entries of the log do not give the signed root.` };
  }
  return { size, lastBundle };
}

/** The leaves of a record that stand in no bundle yet; each record is signed as the checkpoint is. */
function readRecord({ first, leaves, note }: JournalRecord, key: Verifier, growing: Growing): Buffer[] | Unsound {
  const { size } = growing.tree;
  const checkpoint = openCheckpoint(note, key);
  const altered: Unsound = {
    condition: 'altered',
    detail: `The journal of the log from entry ${first} on is not what its key signed.`,
  };
  if (checkpoint?.size !== first + leaves.length || first > size) return altered;
  const fresh = leaves.slice(size - first);
  for (const bytes of fresh) grow(growing, bytes);
  if (fresh.length > 0 && !rootOf(growing.tree).equals(checkpoint.root)) return altered;
  return fresh;
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
