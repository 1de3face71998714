/**
 * The journal of the log: leaves with the checkpoint that signs them, one write each time, until the entry bundles and
 * the checkpoint's own file are written anew (docs/formats/log-v2.md). A file of zeros with a random marker; every record
 * begins with the marker, so that a whole one behind a broken one is found: that is no torn write.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { uint64 } from '../../foundation/index.ts';
import { type FileSystem, type OpenFile, readWhole, replaceFile, writeAll } from '../files.ts';
import { encodeBundle, parseBundle } from '../../evidence/index.ts';
import { unlessMalformed } from './note.ts';

const JOURNAL = 'journal';
const MAGIC = Buffer.from('SKJNL\r\n\x01', 'latin1');
const MARKER_BYTES = 8;
const HEADER_BYTES = MAGIC.length + MARKER_BYTES;
const RECORD_HEADER_BYTES = MARKER_BYTES + 4 + 4 + 4 + 4 + 8;
/** Of the file; more than any record needs, and little enough to be made at every start. */
const JOURNAL_BYTES = 512 * 1024;
/** Of the leaves of one record. */
export const RECORD_LEAVES_BYTES_MAX = 256 * 1024;

export interface JournalRecord {
  /** The index of its first leaf. */
  readonly first: number;
  readonly leaves: readonly Uint8Array[];
  /** The signed checkpoint behind its last leaf. */
  readonly note: Buffer;
}

export interface Journal {
  /** Whether there is no room left for a record of so many bytes of leaves. */
  isFull(leavesBytes: number): boolean;
  /** Resolves when the record is on the disk. */
  append(record: JournalRecord): Promise<void>;
  close(): Promise<void>;
}

/** Begins an empty journal in the place of the one that is there: everything in that one stands elsewhere by now. */
export async function createJournal(files: FileSystem, directory: string): Promise<Journal> {
  const path = join(directory, JOURNAL);
  const marker = randomBytes(MARKER_BYTES);
  const empty = Buffer.alloc(JOURNAL_BYTES);
  empty.set(MAGIC);
  empty.set(marker, MAGIC.length);
  await replaceFile(files, path, empty);
  const file: OpenFile = await files.open(path, 'durable');
  let end = HEADER_BYTES;
  return {
    isFull: (leavesBytes) => end + RECORD_HEADER_BYTES + 2 * leavesBytes + 1_024 > JOURNAL_BYTES,
    async append(record) {
      const bytes = encodeRecord(marker, record);
      await writeAll(file, bytes, end);
      end += bytes.length;
    },
    close: () => file.close(),
  };
}

/** marker 8 | CRC-32 of what follows u32 | leaves u32 | their bytes u32 | bytes of the note u32 | first u64 | leaves | note. */
function encodeRecord(marker: Buffer, { first, leaves, note }: JournalRecord): Buffer {
  const entries = encodeBundle(leaves);
  const sizes = Buffer.alloc(12);
  sizes.writeUInt32BE(leaves.length, 0);
  sizes.writeUInt32BE(entries.length, 4);
  sizes.writeUInt32BE(note.length, 8);
  const body = Buffer.concat([sizes, uint64(BigInt(first)), entries, note]);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([marker, sum, body]);
}

export type JournalReading =
  | { readonly condition: 'sound'; readonly records: readonly JournalRecord[] }
  | { readonly condition: 'altered'; readonly detail: string };

/** The records up to the first broken one, which a crash may have cut; without the file there are none. */
export async function readJournal(files: FileSystem, directory: string): Promise<JournalReading> {
  const bytes = await readWhole(files, join(directory, JOURNAL), JOURNAL_BYTES);
  if (bytes === undefined) return { condition: 'sound', records: [] };
  if (bytes.length < HEADER_BYTES || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) {
    return { condition: 'altered', detail: 'The journal of the log is no journal.' };
  }
  const marker = bytes.subarray(MAGIC.length, HEADER_BYTES);
  const records: JournalRecord[] = [];
  let at = HEADER_BYTES;
  for (let next = readRecord(bytes, at, marker); next !== undefined; next = readRecord(bytes, at, marker)) {
    records.push(next.record);
    at = next.end;
  }
  if (hasRecordBehind(bytes, at, marker)) {
    return { condition: 'altered', detail: `The journal of the log is broken at byte ${at}, before its end.` };
  }
  return { condition: 'sound', records };
}

function readRecord(bytes: Buffer, at: number, marker: Buffer): { record: JournalRecord; end: number } | undefined {
  const body = at + MARKER_BYTES + 4;
  const entries = at + RECORD_HEADER_BYTES;
  if (entries > bytes.length || !bytes.subarray(at, at + MARKER_BYTES).equals(marker)) return undefined;
  const noteAt = entries + bytes.readUInt32BE(body + 4);
  const end = noteAt + bytes.readUInt32BE(body + 8);
  if (end > bytes.length || crc32(bytes.subarray(body, end)) !== bytes.readUInt32BE(at + MARKER_BYTES))
    return undefined;
  const leaves = unlessMalformed(() => parseBundle(bytes.subarray(entries, noteAt), bytes.readUInt32BE(body)));
  const first = bytes.readBigUInt64BE(body + 12);
  if (leaves === undefined || first > BigInt(Number.MAX_SAFE_INTEGER)) return undefined;
  return { record: { first: Number(first), leaves, note: bytes.subarray(noteAt, end) }, end };
}

function hasRecordBehind(bytes: Buffer, broken: number, marker: Buffer): boolean {
  for (let at = bytes.indexOf(marker, broken + 1); at !== -1; at = bytes.indexOf(marker, at + 1)) {
    if (readRecord(bytes, at, marker) !== undefined) return true;
  }
  return false;
}
