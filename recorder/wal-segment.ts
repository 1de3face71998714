/**
 * One segment of the write-ahead log (docs/formats/write-ahead-log-v2.md): pure functions on bytes.
 *
 * A segment is zeros when it is made. Its header draws a random marker and every record begins with it: the scan after
 * a crash finds whole records behind a torn one, and no recorded text can pose as a record, for no session ever sees
 * the marker. What was typed and shown lies here too, so each record is sealed, under a key that the marker makes the
 * segment's own.
 */
import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { formatUuid, uint64 } from '../foundation/index.ts';

const MAGIC = Buffer.from('SKWAL\r\n\x02', 'latin1');
export const MARKER_BYTES = 16;
export const SEGMENT_HEADER_BYTES = MAGIC.length + 8 + MARKER_BYTES + 4;
const CRC_AT = MARKER_BYTES;
const LENGTH_AT = CRC_AT + 4;
const NUMBER_AT = LENGTH_AT + 4;
const RECORD_HEADER_BYTES = NUMBER_AT + 8;
const TAG_BYTES = 16;
/** Bytes a record needs beside its entries. */
export const RECORD_OVERHEAD_BYTES = RECORD_HEADER_BYTES + TAG_BYTES;
/** Bytes an entry needs beside its body. */
export const ENTRY_HEADER_BYTES = 21;

/** `begin`: what recovery needs to know of a session. `frames`: whole frames of it. */
const ENTRY_KINDS = ['begin', 'frames'] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

interface EntryHead {
  /** Of the session, 16 bytes. */
  readonly id: Uint8Array;
  readonly kind: EntryKind;
  /** Of the body. */
  readonly size: number;
}

export interface ReadEntry {
  readonly sessionId: string;
  readonly kind: EntryKind;
  readonly body: Buffer;
}

export interface ScannedSegment {
  /**
   * `unused`: never written to. `damaged`: has content but no readable header. `foreign`: holds a record that arrived
   * whole and does not open: another key, or somebody changed it.
   */
  readonly condition: 'read' | 'unused' | 'damaged' | 'foreign';
  readonly entries: readonly ReadEntry[];
  /** Bytes that are neither a record nor zeros: a write that a crash cut, or rot. */
  readonly torn: boolean;
}

/** magic 8 | number u64 | marker 16 | CRC-32 of those. */
export function encodeSegmentHeader(number: number, marker: Buffer): Buffer {
  const body = Buffer.concat([MAGIC, uint64(BigInt(number)), marker]);
  return Buffer.concat([body, crc(body)]);
}

/** The AES-256-GCM key of one segment, of the process-wide key and the segment's marker (HKDF, RFC 5869). */
export function segmentKey(walKey: Uint8Array, marker: Buffer): KeyObject {
  const info = Buffer.concat([Buffer.from('sekisho/v2/wal|'), marker]);
  return createSecretKey(Buffer.from(hkdfSync('sha512', walKey, '', info, 32)));
}

/** Writes what stands before an entry's body: session id 16 | kind u8 | length u32. @returns where the body goes. */
export function writeEntryHead(target: Buffer, at: number, { id, kind, size }: EntryHead): number {
  target.set(id, at);
  target[at + 16] = ENTRY_KINDS.indexOf(kind);
  target[at + 17] = size >>> 24;
  target[at + 18] = size >>> 16;
  target[at + 19] = size >>> 8;
  target[at + 20] = size;
  return at + ENTRY_HEADER_BYTES;
}

/**
 * marker 16 | CRC-32 of what follows | length of the ciphertext u32 | number in the segment u64 | ciphertext | tag 16.
 * The nonce is the number, which no other record of the segment has. `plaintext`: entries, one behind the other.
 */
export function encodeRecord(
  { marker, key }: { readonly marker: Buffer; readonly key: KeyObject },
  number: number,
  plaintext: Uint8Array,
): Buffer {
  const record = Buffer.allocUnsafe(RECORD_OVERHEAD_BYTES + plaintext.length);
  marker.copy(record, 0);
  record.writeUInt32BE(plaintext.length, LENGTH_AT);
  record.writeBigUInt64BE(BigInt(number), NUMBER_AT);
  const cipher = createCipheriv('aes-256-gcm', key, nonceOf(record));
  cipher.setAAD(record.subarray(LENGTH_AT, RECORD_HEADER_BYTES));
  record.set(cipher.update(plaintext), RECORD_HEADER_BYTES);
  cipher.final();
  record.set(cipher.getAuthTag(), RECORD_HEADER_BYTES + plaintext.length);
  record.writeUInt32BE(crc32(record.subarray(LENGTH_AT)), CRC_AT);
  return record;
}

/** What every whole record of a segment holds, also of those behind a torn one. Never throws on any bytes. */
export function scanSegment(bytes: Buffer, walKey: Uint8Array): ScannedSegment {
  const marker = readMarker(bytes);
  if (marker === undefined) {
    const empty = isZero(bytes.subarray(SEGMENT_HEADER_BYTES));
    return { condition: empty ? 'unused' : 'damaged', entries: [], torn: false };
  }
  const key = segmentKey(walKey, marker);
  const entries: ReadEntry[] = [];
  let torn = false;
  for (let at = SEGMENT_HEADER_BYTES; at < bytes.length; ) {
    const record = findRecord(bytes, at, marker);
    if (record !== undefined) {
      const opened = openRecord(record, key);
      if (opened === undefined) return { condition: 'foreign', entries: [], torn };
      for (const entry of opened) entries.push(entry);
      at += record.length;
      continue;
    }
    const found = bytes.indexOf(marker, at + 1);
    const next = found === -1 ? bytes.length : found;
    if (!isZero(bytes.subarray(at, next))) torn = true;
    at = next;
  }
  return { condition: 'read', entries, torn };
}

/** The records of a segment that is still written, in their order; what is not whole yet is left for later. */
export class RecordTail {
  readonly #marker: Buffer;
  readonly #key: KeyObject;

  private constructor(marker: Buffer, walKey: Uint8Array) {
    this.#marker = marker;
    this.#key = segmentKey(walKey, marker);
  }

  /** @param head the first `SEGMENT_HEADER_BYTES`. @returns undefined when the segment has no header yet. */
  static of(head: Buffer, walKey: Uint8Array): RecordTail | undefined {
    const marker = readMarker(head);
    return marker === undefined ? undefined : new RecordTail(Buffer.from(marker), walKey);
  }

  /** `consumed`: bytes of whole records. `wanted`: bytes of the record that follows them, as far as it says. */
  take(bytes: Buffer): { readonly entries: ReadEntry[]; readonly consumed: number; readonly wanted: number } {
    const entries: ReadEntry[] = [];
    let consumed = 0;
    for (;;) {
      const record = findRecord(bytes, consumed, this.#marker);
      const opened = record === undefined ? undefined : openRecord(record, this.#key);
      if (record === undefined || opened === undefined) break;
      for (const entry of opened) entries.push(entry);
      consumed += record.length;
    }
    return { entries, consumed, wanted: wantedAt(bytes, consumed, this.#marker) };
  }
}

function wantedAt(bytes: Buffer, at: number, marker: Buffer): number {
  const begins = bytes.length - at >= RECORD_HEADER_BYTES && bytes.subarray(at, at + MARKER_BYTES).equals(marker);
  return begins ? RECORD_OVERHEAD_BYTES + bytes.readUInt32BE(at + LENGTH_AT) : 0;
}

function readMarker(bytes: Buffer): Buffer | undefined {
  if (bytes.length < SEGMENT_HEADER_BYTES) return undefined;
  const body = bytes.subarray(0, SEGMENT_HEADER_BYTES - 4);
  const right =
    body.subarray(0, MAGIC.length).equals(MAGIC) && crc(body).equals(bytes.subarray(body.length, SEGMENT_HEADER_BYTES));
  return right ? body.subarray(body.length - MARKER_BYTES) : undefined;
}

function findRecord(bytes: Buffer, at: number, marker: Buffer): Buffer | undefined {
  if (bytes.length - at < RECORD_OVERHEAD_BYTES) return undefined;
  if (!bytes.subarray(at, at + MARKER_BYTES).equals(marker)) return undefined;
  const end = at + RECORD_OVERHEAD_BYTES + bytes.readUInt32BE(at + LENGTH_AT);
  if (end > bytes.length) return undefined;
  const right = crc32(bytes.subarray(at + LENGTH_AT, end)) === bytes.readUInt32BE(at + CRC_AT);
  return right ? bytes.subarray(at, end) : undefined;
}

function openRecord(record: Buffer, key: KeyObject): ReadEntry[] | undefined {
  const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(record), { authTagLength: TAG_BYTES })
    .setAAD(record.subarray(LENGTH_AT, RECORD_HEADER_BYTES))
    .setAuthTag(record.subarray(-TAG_BYTES));
  const plaintext = decipher.update(record.subarray(RECORD_HEADER_BYTES, -TAG_BYTES));
  try {
    decipher.final();
  } catch {
    return undefined;
  }
  return readEntries(plaintext);
}

function readEntries(plaintext: Buffer): ReadEntry[] | undefined {
  const entries: ReadEntry[] = [];
  for (let at = 0; at < plaintext.length; ) {
    if (plaintext.length - at < ENTRY_HEADER_BYTES) return undefined;
    const body = at + ENTRY_HEADER_BYTES;
    const end = body + plaintext.readUInt32BE(at + 17);
    const kind = ENTRY_KINDS[plaintext.readUInt8(at + 16)];
    if (kind === undefined || end > plaintext.length) return undefined;
    entries.push({ sessionId: formatUuid(plaintext.subarray(at, at + 16)), kind, body: plaintext.subarray(body, end) });
    at = end;
  }
  return entries;
}

/** No two records of a segment have the same; no two segments have the same key. */
function nonceOf(record: Buffer): Buffer {
  return Buffer.concat([Buffer.alloc(4), record.subarray(NUMBER_AT, NUMBER_AT + 8)]);
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
