import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseUuid } from '../../foundation/index.ts';
import {
  encodeRecord,
  encodeSegmentHeader,
  ENTRY_HEADER_BYTES,
  type ReadEntry,
  scanSegment,
  SEGMENT_HEADER_BYTES,
  segmentKey,
  writeEntryHead,
} from '../../recorder/wal-segment.ts';

const walKey = Buffer.alloc(32, 9);
const marker = Buffer.from('0102030405060708090a0b0c0d0e0f10', 'hex');
const place = { marker, key: segmentKey(walKey, marker) };
const sessionId = '0195f000-0000-7000-8000-000000000001';
const entryOf = (text: string): ReadEntry => ({ sessionId, kind: 'frames', body: Buffer.from(text) });
const [first, second] = [entryOf('first'), entryOf('second')];

/** A segment of 1 KiB with the given bytes after its header and zeros behind. */
function segment(...parts: readonly Buffer[]): Buffer {
  const bytes = Buffer.alloc(1024);
  Buffer.concat([encodeSegmentHeader(7, marker), ...parts]).copy(bytes);
  return bytes;
}

function encoded(number: number, entries: readonly ReadEntry[], at = place): Buffer {
  const plaintexts = entries.map(({ body, kind, sessionId: sid }) => {
    const head = Buffer.alloc(ENTRY_HEADER_BYTES);
    writeEntryHead(head, 0, { id: parseUuid(sid), kind, size: body.length });
    return Buffer.concat([head, body]);
  });
  return encodeRecord(at, number, Buffer.concat(plaintexts));
}

const scan = (bytes: Buffer) => scanSegment(bytes, walKey);

test('all records come back in order, each whole, and the zeros behind them are the end', () => {
  const begin: ReadEntry = { sessionId, kind: 'begin', body: Buffer.from('{}') };
  expect(scan(segment(encoded(0, [begin, first]), encoded(1, [second])))).toEqual({
    condition: 'read',
    entries: [begin, first, second],
    torn: false,
  });
});

test('nothing of what was typed or shown can be read without the key', () => {
  const secret = 'correct horse battery staple';
  const bytes = segment(encoded(0, [entryOf(secret)]));
  expect(bytes.includes(secret)).toBe(false);
  expect(bytes.includes(sessionId.replaceAll('-', ''), 0, 'hex')).toBe(false);
  expect(scan(bytes).entries[0]?.body.toString()).toBe(secret);
});

describe('a record that arrived whole and does not open makes its segment foreign', () => {
  test('when it was sealed with another key', () => {
    expect(scanSegment(segment(encoded(0, [first])), Buffer.alloc(32, 8)).condition).toBe('foreign');
  });

  test('when it stands in the segment of another marker', () => {
    const other = { ...place, key: segmentKey(walKey, Buffer.alloc(16)) };
    expect(scan(segment(encoded(0, [first], other))).condition).toBe('foreign');
  });
});

describe('a write cut by a power cut', () => {
  test('at any byte leaves the records before it, and is said to be torn unless nothing of it arrived', () => {
    const tail = encoded(1, [second, second]);
    for (let kept = 0; kept < tail.length; kept += 1) {
      const scanned = scan(segment(encoded(0, [first]), tail.subarray(0, kept)));
      expect(scanned).toEqual({ condition: 'read', entries: [first], torn: kept > 0 });
    }
  });

  test('in its beginning only does not hide the whole record behind it', () => {
    const hole = Buffer.from(encoded(0, [first]));
    hole.fill(0, 0, 30);
    expect(scan(segment(hole, encoded(1, [second])))).toEqual({ condition: 'read', entries: [second], torn: true });
  });
});

test('recorded text cannot pose as a record, for it knows neither the marker nor the key', () => {
  const guessed = Buffer.from('guessed marker!!');
  const forged = encoded(5, [second], { marker: guessed, key: segmentKey(Buffer.alloc(32), guessed) });
  const carrier = encoded(0, [entryOf(forged.toString('latin1'))]);
  carrier[20] = carrier.readUInt8(20) ^ 1; // The carrier is torn, so the scan looks inside it.
  expect(scan(segment(carrier))).toEqual({ condition: 'read', entries: [], torn: true });
});

test('a segment that was never used is told from one whose header is gone', () => {
  expect(scan(Buffer.alloc(1024)).condition).toBe('unused');
  expect(scan(Buffer.alloc(0)).condition).toBe('unused');
  const used = segment(encoded(0, [first]));
  used.fill(0, 0, SEGMENT_HEADER_BYTES);
  expect(scan(used).condition).toBe('damaged');
});

test('a changed byte loses its own record and no other; no bytes make the scan throw', () => {
  const whole = segment(encoded(0, [first]), encoded(1, [second]));
  const end = SEGMENT_HEADER_BYTES + encoded(0, [first]).length;
  fc.assert(
    fc.property(
      fc.integer({ min: SEGMENT_HEADER_BYTES, max: end - 1 }),
      fc.integer({ min: 1, max: 255 }),
      (at, flip) => {
        const bytes = Buffer.from(whole);
        bytes[at] = bytes.readUInt8(at) ^ flip;
        expect(scan(bytes)).toEqual({ condition: 'read', entries: [second], torn: true });
      },
    ),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (noise) => {
      expect(scan(segment(Buffer.from(noise))).condition).toBe('read');
    }),
  );
});
