import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { hasCode, LIMITS } from '../../foundation/index.ts';
import { encodeFrame, type FrameType, isSessionId, parseFrames, streamOf } from '../../recorder/frames.ts';

const payload = Buffer.from('bytes');
const frame = { type: 'o', seq: 3, micros: 5n, payload } as const;

describe('frames are refused', () => {
  const second = { ...frame, seq: 4 };
  const cases: readonly [string, Buffer][] = [
    ['cut in the head', encodeFrame(frame).subarray(0, 20)],
    ['cut in the payload', encodeFrame(frame).subarray(0, -1)],
    ['with something behind them', Buffer.concat([encodeFrame(frame), Buffer.from('x')])],
    ['of an unknown type', encodeFrame({ ...frame, type: 'q' as FrameType })],
    ['whose number does not grow', Buffer.concat([encodeFrame(second), encodeFrame(second)])],
    ['whose time runs backwards', Buffer.concat([encodeFrame(frame), encodeFrame({ ...second, micros: 4n })])],
    ['with a number no reader can hold', encodeFrame({ ...frame, seq: Number.MAX_SAFE_INTEGER + 1 })],
  ];
  test.each(cases)('%s', (_name, bytes) => {
    expect(() => parseFrames(bytes)).toThrow(expect.objectContaining({ code: 'recording_corrupt' }));
  });

  test('that say they are larger than frames are, before anything of that size is read', () => {
    const bytes = encodeFrame(frame);
    bytes.writeUInt32BE(LIMITS.frameBytesMax + 1, 0);
    expect(() => parseFrames(bytes)).toThrow(/larger than frames are/);
  });

  test('whatever the bytes are, with recording_corrupt and nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        try {
          parseFrames(Buffer.concat([encodeFrame(frame), noise]));
        } catch (thrown) {
          expect(hasCode(thrown, 'recording_corrupt')).toBe(true);
        }
      }),
    );
  });
});

test('what is written is read back, numbers beyond 32 bits among it', () => {
  const pieces = fc.array(fc.tuple(fc.constantFrom('o', 'e', 'r', 'm', 'x', 'g', 'c', 'n'), fc.uint8Array()));
  fc.assert(
    fc.property(pieces, fc.integer({ min: 0, max: 2 ** 50 }), (given, first) => {
      const frames = given.map(([type, bytes], at) => ({
        ...{ type: type, seq: first + at, micros: BigInt(first + at) },
        payload: Buffer.from(bytes),
      }));
      expect(parseFrames(Buffer.concat(frames.map(encodeFrame)))).toEqual(frames);
    }),
  );
});

test('what was typed has a stream of its own', () => {
  expect((['h', 'o', 'e', 'i', 'r', 'm', 'x', 'g', 'c', 'n'] as const).map(streamOf)).toEqual([
    ...['screen', 'screen', 'screen', 'keystrokes', 'screen', 'screen', 'screen', 'screen', 'screen', 'screen'],
  ]);
});

test.each(['../../etc/passwd', '0195F000-0000-7000-8000-000000000001', '', '0195f000-0000-7000-8000-000000000001\n'])(
  'what is no UUID in its one form is no session id and never part of a path: %j',
  (id) => {
    expect(isSessionId(id)).toBe(false);
    expect(isSessionId('0195f000-0000-7000-8000-000000000001')).toBe(true);
  },
);
