import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { hasCode } from '../../foundation/index.ts';
import { createRecordingParser, type Frame } from '../../recorder/frames.ts';
import { encodeRecording, newMeta, type Piece } from './support/recordings.ts';

const meta = newMeta();
const piece: fc.Arbitrary<Piece> = fc.tuple(
  fc.constantFrom('o', 'e', 'i', 'r', 'm', 'x', 'g'),
  fc.bigInt({ min: 0n, max: 2n ** 63n }),
  fc.uint8Array({ maxLength: 300 }),
);

/** The frames of `bytes` fed in pieces cut at `cuts`. */
function parse(bytes: Buffer, cuts: readonly number[] = []): Frame[] {
  const parser = createRecordingParser(meta.sessionId);
  const edges = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
  const frames = edges.slice(1).flatMap((edge, at) => parser.push(bytes.subarray(edges[at], edge)));
  parser.finish();
  return frames;
}

test('whatever is written is read back, however the bytes arrive', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), fc.array(fc.nat(), { maxLength: 8 }), (pieces, cuts) => {
      const frames = parse(encodeRecording(pieces, meta), cuts);
      expect(frames.slice(1).map(({ type, payload }) => [type, payload])).toEqual(
        pieces.map(([type, , payload]) => [type, Buffer.from(payload)]),
      );
      expect(frames.map(({ seq }) => seq)).toEqual(frames.map((_, at) => at));
    }),
  );
});

test('changed bytes are refused with recording_corrupt at the frame that holds the first of them', () => {
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 6 }),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      fc.array(fc.nat(), { maxLength: 4 }),
      (pieces, place, flip, cuts) => {
        const bytes = encodeRecording(pieces, meta);
        const offsets = [0, ...parse(bytes).map(({ offset }) => offset)];
        const at = place % bytes.length;
        bytes[at] = bytes.readUInt8(at) ^ flip;
        const parser = createRecordingParser(meta.sessionId);
        const edge = (cuts[0] ?? 0) % bytes.length;
        const run = (): unknown => {
          parser.push(bytes.subarray(0, edge));
          parser.push(bytes.subarray(edge));
          return parser.finish();
        };
        expect(run).toThrow(expect.objectContaining({ code: 'recording_corrupt' }));
        const holding = Math.max(...offsets.filter((offset) => offset <= at));
        expect(parser.offset).toBeGreaterThanOrEqual(holding);
        expect(parser.offset).toBeLessThanOrEqual(at);
      },
    ),
  );
});

test('no bytes at all make the parser throw anything else', () => {
  const start = encodeRecording([], meta);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), fc.nat({ max: start.length }), (noise, keep) => {
      try {
        parse(Buffer.concat([start.subarray(0, keep), noise]));
      } catch (thrown) {
        expect(hasCode(thrown, 'recording_corrupt')).toBe(true);
      }
    }),
  );
});
