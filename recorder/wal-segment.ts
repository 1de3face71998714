/**
 * One segment of the write-ahead log (docs/formats/write-ahead-log-v1.md): pure functions on bytes.
 *
 * A segment is zeros when it is made. Its header draws a random marker and every record begins with it: the scan after
 * a crash finds whole records behind a torn one, and no recorded text can pose as a record, for no session ever sees
 * the marker.
 */
import { crc32 } from 'node:zlib';
import { formatUuid, parseUuid, uint64 } from '../foundation/index.ts';

const MAGIC = Buffer.from('SKWAL\r\n\x01', 'latin1');
const MARKER_BYTES = 8;
export const SEGMENT_HEADER_BYTES = 28;
export const RECORD_HEADER_BYTES = 40;

/** Whole frames of one recording; `offset` is their place in its file. */
export interface WalRecord {
  readonly sessionId: string;
  readonly offset: number;
  readonly data: Buffer;
}

/** The same before it is written; the parts follow each other. */
export interface WalEntry {
  readonly sessionId: string;
  readonly offset: number;
  readonly parts: readonly Buffer[];
  readonly size: number;
}

export interface ScannedSegment {
  /** `unused`: never written to. `damaged`: has content but no readable header. */
  readonly condition: 'read' | 'unused' | 'damaged';
  readonly records: readonly WalRecord[];
  /** Bytes that are neither a record nor zeros: a write that a crash cut, or rot. */
  readonly torn: boolean;
}

/** magic 8 | number u64 | marker 8 | CRC-32 of those. */
export function encodeSegmentHeader(number: number, marker: Buffer): Buffer {
  const body = Buffer.concat([MAGIC, uint64(BigInt(number)), marker]);
  return Buffer.concat([body, crc(body)]);
}

/** marker 8 | CRC-32 of what follows | data length u32 | session id 16 | offset u64 | data. */
export function encodeRecord(marker: Buffer, { sessionId, offset, parts, size }: WalEntry): Buffer[] {
  const start = Buffer.allocUnsafe(RECORD_HEADER_BYTES);
  marker.copy(start, 0);
  start.writeUInt32BE(size, 12);
  parseUuid(sessionId).copy(start, 16);
  start.writeBigUInt64BE(BigInt(offset), 32);
  start.writeUInt32BE(
    parts.reduce((sum, part) => crc32(part, sum), crc32(start.subarray(12))),
    8,
  );
  return [start, ...parts];
}

/** Every whole record of a segment, also those behind a torn one. Never throws on any bytes. */
export function scanSegment(bytes: Buffer): ScannedSegment {
  const marker = readMarker(bytes);
  if (marker === undefined) {
    const empty = isZero(bytes.subarray(SEGMENT_HEADER_BYTES));
    return { condition: empty ? 'unused' : 'damaged', records: [], torn: false };
  }
  const records: WalRecord[] = [];
  let torn = false;
  let at = SEGMENT_HEADER_BYTES;
  while (at < bytes.length) {
    const record = readRecord(bytes, at, marker);
    if (record !== undefined) {
      records.push(record);
      at += RECORD_HEADER_BYTES + record.data.length;
      continue;
    }
    const found = bytes.indexOf(marker, at + 1);
    const next = found === -1 ? bytes.length : found;
    if (!isZero(bytes.subarray(at, next))) torn = true;
    at = next;
  }
  return { condition: 'read', records, torn };
}

function readMarker(bytes: Buffer): Buffer | undefined {
  if (bytes.length < SEGMENT_HEADER_BYTES) return undefined;
  const body = bytes.subarray(0, SEGMENT_HEADER_BYTES - 4);
  const right =
    body.subarray(0, MAGIC.length).equals(MAGIC) && crc(body).equals(bytes.subarray(body.length, SEGMENT_HEADER_BYTES));
  return right ? body.subarray(body.length - MARKER_BYTES) : undefined;
}

function readRecord(bytes: Buffer, at: number, marker: Buffer): WalRecord | undefined {
  if (bytes.length - at < RECORD_HEADER_BYTES) return undefined;
  if (!bytes.subarray(at, at + MARKER_BYTES).equals(marker)) return undefined;
  const end = at + RECORD_HEADER_BYTES + bytes.readUInt32BE(at + 12);
  if (end > bytes.length) return undefined;
  if (crc32(bytes.subarray(at + 12, end)) !== bytes.readUInt32BE(at + 8)) return undefined;
  const offset = bytes.readBigUInt64BE(at + 32);
  if (offset > BigInt(Number.MAX_SAFE_INTEGER)) return undefined;
  return {
    sessionId: formatUuid(bytes.subarray(at + 16, at + 32)),
    offset: Number(offset),
    data: bytes.subarray(at + RECORD_HEADER_BYTES, end),
  };
}

const ZEROS = Buffer.alloc(64 * 1024);

function isZero(bytes: Buffer): boolean {
  for (let at = 0; at < bytes.length; at += ZEROS.length) {
    const piece = bytes.subarray(at, at + ZEROS.length);
    if (!piece.equals(ZEROS.subarray(0, piece.length))) return false;
  }
  return true;
}

function crc(bytes: Buffer): Buffer {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(bytes));
  return sum;
}
