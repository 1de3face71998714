import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { uint32 } from '../../foundation/index.ts';
import { Content } from '../../gateway/ssh/files/content.ts';
import { Framer } from '../../gateway/ssh/files/sftp/framer.ts';
import type { Fate } from '../../gateway/ssh/stream-io.ts';

const BULK = 103;
const HEAD = 13;
const packets = fc.array(
  fc.record({
    isBulk: fc.boolean(),
    id: fc.integer({ min: 0, max: 255 }),
    body: fc.uint8Array({ maxLength: 70 }),
    fate: fc.constantFrom<Fate | 'drop'>('both', 'record', 'drop'),
    isWhole: fc.boolean(),
  }),
  { maxLength: 20 },
);
const cuts = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 40 });

function encode(one: { isBulk: boolean; id: number; body: Uint8Array }): Buffer {
  const body = one.isBulk
    ? Buffer.concat([Buffer.from([BULK]), uint32(one.id), uint32(one.body.length), one.body])
    : Buffer.concat([Buffer.from([1]), uint32(one.id), one.body]);
  return Buffer.concat([uint32(body.length), body]);
}

function chunksOf(bytes: Buffer, lengths: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const length = lengths[turn % lengths.length] ?? 1;
    chunks.push(bytes.subarray(at, at + length));
    at += length;
  }
  return chunks;
}

test('wherever a stream is cut, its packets are the same and every byte has its one fate, in order', () => {
  fc.assert(
    fc.property(packets, cuts, (wanted, lengths) => {
      const put: { bytes: Buffer; fate: Fate }[] = [];
      const contents: Buffer[] = [];
      const faults: unknown[] = [];
      let next = 0;
      const framer = new Framer({
        bulk: { type: BULK, headBytes: () => HEAD },
        packet: (bytes) => {
          const one = wanted[next];
          next += 1;
          expect(one && encode(one).equals(bytes)).toBe(true);
          return one?.fate ?? 'drop';
        },
        head: (bytes, contentBytes) => {
          const one = wanted[next];
          expect(one && encode(one).subarray(0, HEAD).equals(bytes)).toBe(true);
          expect(contentBytes).toBe(one?.body.length);
          if (one?.isWhole === true && contentBytes > 0) return 'whole';
          next += 1;
          return one?.fate ?? 'drop';
        },
        content: (bytes) => void contents.push(Buffer.from(bytes)),
        put: (bytes, fate) => void put.push({ bytes: Buffer.from(bytes), fate }),
        broken: (thrown) => void faults.push(thrown),
      });
      for (const chunk of chunksOf(Buffer.concat(wanted.map(encode)), lengths)) framer.push(chunk);
      expect(faults).toEqual([]);
      expect(next).toBe(wanted.length);
      expect(framer.isAtRest).toBe(true);
      for (const fate of ['both', 'record'] as const) {
        const passed = Buffer.concat(put.filter((one) => one.fate === fate).map(({ bytes }) => bytes));
        expect(passed.equals(Buffer.concat(wanted.filter((one) => one.fate === fate).map(encode)))).toBe(true);
      }
      const streamed = wanted.filter(({ isBulk, isWhole, body }) => isBulk && !(isWhole && body.length > 0));
      expect(Buffer.concat(contents).equals(Buffer.concat(streamed.map(({ body }) => body)))).toBe(true);
    }),
  );
});

test('whatever bytes come, the framer refuses or goes on; it never throws', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 20 }), (chunks) => {
      const framer = new Framer({
        bulk: { type: BULK, headBytes: () => HEAD },
        packet: () => 'both',
        head: () => 'both',
        content: () => undefined,
        put: () => undefined,
        broken: () => undefined,
      });
      for (const chunk of chunks) framer.push(Buffer.from(chunk));
    }),
  );
});

test('pieces in any order near their place give the hash of the whole', () => {
  const ranked = fc.record({ bytes: fc.uint8Array({ minLength: 1, maxLength: 50 }), rank: fc.nat() });
  const pieces = fc.array(ranked, { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(pieces, (wanted) => {
      const whole = Buffer.concat(wanted.map(({ bytes }) => bytes));
      let at = 0;
      const placed = wanted.map(({ bytes, rank }) => {
        const one = { offset: at, bytes: Buffer.from(bytes), rank };
        at += bytes.length;
        return one;
      });
      const content = new Content();
      content.expect(0);
      for (const one of placed.toSorted((left, right) => left.rank - right.rank)) {
        content.begin(one.offset, one.bytes.length);
        content.add(one.bytes.subarray(0, 1));
        content.add(one.bytes.subarray(1));
        content.end();
      }
      const sha256 = createHash('sha256').update(whole).digest('hex');
      expect(content.result()).toEqual({ bytes: whole.length, sha256, ranges: 'sequential' });
    }),
  );
});

test('a hole, an overlap and a late beginning have no hash of the whole, and say of what they have one', () => {
  const told = (...pieces: [number, string][]) => {
    const content = new Content();
    for (const [offset, text] of pieces) {
      content.begin(offset, text.length);
      content.add(Buffer.from(text));
      content.end();
    }
    return content.result();
  };
  const of = (text: string): string =>
    `; SHA-256 of ${text.length} bytes ${createHash('sha256').update(text).digest('hex')}`;
  const hole = told([0, 'ab'], [9, 'x'], [3, 'd']);
  expect(hole).toMatchObject({ sha256: null, ranges: `not sequential${of('abdx')}` });
  expect(told([0, 'ab'], [1, 'b'])).toMatchObject({ sha256: null, ranges: `not sequential${of('ab')}` });
  expect(told([2, 'c'])).toMatchObject({ sha256: null, ranges: `begins at byte 2${of('c')}` });
});
