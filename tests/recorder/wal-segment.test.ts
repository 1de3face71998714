import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  encodeRecord,
  encodeSegmentHeader,
  scanSegment,
  SEGMENT_HEADER_BYTES,
  type WalRecord,
} from '../../recorder/wal-segment.ts';

const marker = Buffer.from('0102030405060708', 'hex');
const sessionId = '0195f000-0000-7000-8000-000000000001';
const recordOf = (offset: number, text: string) => ({ sessionId, offset, data: Buffer.from(text) });
const first = recordOf(0, 'first');
const second = recordOf(5, 'second');

/** A segment of 1 KiB with the given bytes after its header and zeros behind. */
function segment(...parts: readonly Buffer[]): Buffer {
  const bytes = Buffer.alloc(1024);
  Buffer.concat([encodeSegmentHeader(7, marker), ...parts]).copy(bytes);
  return bytes;
}

const encoded = ({ data, ...record }: WalRecord, mark = marker): Buffer =>
  Buffer.concat(encodeRecord(mark, { ...record, parts: [data], size: data.length }));

test('all records come back in order, and the zeros behind them are the end', () => {
  expect(scanSegment(segment(encoded(first), encoded(second)))).toEqual({
    condition: 'read',
    records: [first, second],
    torn: false,
  });
});

describe('a write cut by a power cut', () => {
  test('at any byte leaves the records before it, and is said to be torn unless nothing of it arrived', () => {
    const tail = encoded(second);
    for (let kept = 0; kept < tail.length; kept += 1) {
      const scanned = scanSegment(segment(encoded(first), tail.subarray(0, kept)));
      expect(scanned).toEqual({ condition: 'read', records: [first], torn: kept > 0 });
    }
  });

  test('in its beginning only does not hide the whole record behind it', () => {
    const hole = Buffer.from(encoded(first));
    hole.fill(0, 0, 30);
    expect(scanSegment(segment(hole, encoded(second)))).toEqual({ condition: 'read', records: [second], torn: true });
  });
});

test('recorded text cannot pose as a record of another session, for it does not know the marker', () => {
  const forged = encoded({ ...second, sessionId: '0195f000-0000-7000-8000-000000000002' }, Buffer.from('guessed!'));
  const carrier = encoded({ sessionId, offset: 0, data: forged });
  carrier[20] = carrier.readUInt8(20) ^ 1; // The carrier is torn, so the scan looks inside it.
  expect(scanSegment(segment(carrier))).toEqual({ condition: 'read', records: [], torn: true });
});

test('a segment that was never used is told from one whose header is gone', () => {
  expect(scanSegment(Buffer.alloc(1024)).condition).toBe('unused');
  expect(scanSegment(Buffer.alloc(0)).condition).toBe('unused');
  const used = segment(encoded(first));
  used.fill(0, 0, SEGMENT_HEADER_BYTES);
  expect(scanSegment(used).condition).toBe('damaged');
});

test('a changed byte loses its own record and no other; no bytes make the scan throw', () => {
  const whole = segment(encoded(first), encoded(second));
  const end = SEGMENT_HEADER_BYTES + encoded(first).length;
  fc.assert(
    fc.property(
      fc.integer({ min: SEGMENT_HEADER_BYTES, max: end - 1 }),
      fc.integer({ min: 1, max: 255 }),
      (at, flip) => {
        const bytes = Buffer.from(whole);
        bytes[at] = bytes.readUInt8(at) ^ flip;
        expect(scanSegment(bytes).records).toEqual([second]);
      },
    ),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (noise) => {
      expect(scanSegment(segment(Buffer.from(noise))).condition).toBe('read');
    }),
  );
});
