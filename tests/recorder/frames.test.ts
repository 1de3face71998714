import { describe, expect, test } from '@jest/globals';
import { LIMITS, sha256 } from '../../foundation/index.ts';
import { createFrameWriter, createRecordingParser, HEADER_BYTES, TRAILER_BYTES } from '../../recorder/frames.ts';
import { encodeRecording, newMeta } from './support/recordings.ts';

const sessionId = '0195f000-0000-7000-8000-000000000001';

function parse(bytes: Uint8Array, expected?: string) {
  const parser = createRecordingParser(expected);
  const frames = parser.push(bytes);
  return { frames, end: parser.finish() };
}

/** Frames with hashes that fit, so that what is refused is the frame and not the chain. */
function rechained(frames: readonly { type: string; seq: bigint; micros: bigint; payload: Buffer }[]): Buffer {
  const header = encodeRecording([]).subarray(0, HEADER_BYTES);
  let head = sha256(header);
  const parts = [header];
  for (const { type, seq, micros, payload } of frames) {
    const body = Buffer.alloc(21 + payload.length);
    body.writeUInt32BE(payload.length, 0);
    body.write(type, 4, 'latin1');
    body.writeBigUInt64BE(seq, 5);
    body.writeBigUInt64BE(micros, 13);
    payload.copy(body, 21);
    head = sha256(head, body);
    parts.push(body, head);
  }
  return Buffer.concat(parts);
}

describe('the parser refuses', () => {
  const empty = Buffer.alloc(0);
  const h = { type: 'h', seq: 0n, micros: 5n, payload: empty };
  const cases: readonly [string, Buffer, RegExp][] = [
    ['another file', Buffer.from('ELF'), /no recording/],
    ['an empty file', empty, /cut short/],
    ['a file without trailer', rechained([h]), /cut short/],
    ['a first frame that is no header', rechained([{ ...h, type: 'o' }]), /type/],
    ['a second header', rechained([h, { ...h, seq: 1n }]), /type/],
    ['an unknown type', rechained([h, { ...h, type: 'q', seq: 1n }]), /type/],
    ['a missing frame', rechained([h, { ...h, type: 'o', seq: 2n }]), /missing/],
    ['time that runs backwards', rechained([h, { ...h, type: 'o', seq: 1n, micros: 4n }]), /backwards/],
    ['a trailer with other totals', rechained([h, { ...h, type: 'z', seq: 1n, payload: Buffer.alloc(16) }]), /totals/],
    ['a trailer of another size', rechained([h, { ...h, type: 'z', seq: 1n, payload: Buffer.alloc(3) }]), /totals/],
    ['a trailer without any frame', rechained([{ ...h, type: 'z', payload: Buffer.alloc(16) }]), /totals/],
    ['bytes after the trailer', Buffer.concat([encodeRecording([]), Buffer.from('x')]), /after the trailer/],
  ];
  test.each(cases)('%s', (_name, bytes, message) => {
    expect(() => parse(bytes)).toThrow(
      expect.objectContaining({ code: 'recording_corrupt', message: expect.stringMatching(message) }),
    );
  });

  test('another version', () => {
    const bytes = encodeRecording([]);
    bytes.writeUInt32BE(2, 8);
    expect(() => parse(bytes)).toThrow(/version/);
  });

  test('the recording of another session, at its header', () => {
    const parser = createRecordingParser(sessionId);
    expect(() => parser.push(encodeRecording([]))).toThrow(/another session/);
    expect(parser.offset).toBe(0);
  });

  test('a length beyond the limit as soon as it is read, without waiting for so many bytes', () => {
    const parser = createRecordingParser();
    const head = Buffer.alloc(4);
    head.writeUInt32BE(LIMITS.frameBytesMax + 1);
    parser.push(encodeRecording([]).subarray(0, HEADER_BYTES));
    expect(() => parser.push(head)).toThrow(/larger/);
  });
});

describe('the writer', () => {
  test('counts its frames and bytes in the trailer, whose hash is the head', () => {
    const bytes = encodeRecording([['o', 7n, 'abc']]);
    const { end } = parse(bytes);
    expect(end).toMatchObject({ frames: 2, offset: bytes.length, sealed: true, micros: 7n });
    expect(end.head).toEqual(bytes.subarray(-32));
    const trailer = bytes.subarray(-TRAILER_BYTES);
    expect(trailer.readBigUInt64BE(21)).toBe(2n);
    expect(trailer.readBigUInt64BE(29)).toBe(BigInt(bytes.length - TRAILER_BYTES));
  });

  test('goes on from a parsed state as if it had never stopped', () => {
    const whole = encodeRecording([
      ['o', 7n, 'abc'],
      ['x', 9n, '0'],
    ]);
    const parser = createRecordingParser();
    const [first] = parser.push(whole.subarray(0, -TRAILER_BYTES));
    expect(first?.type).toBe('h');
    const state = parser.state;
    const writer = createFrameWriter(state!.sessionId, state);
    expect(Buffer.concat([whole.subarray(0, -TRAILER_BYTES), ...writer.end(9n)])).toEqual(whole);
  });

  test('never lets time run backwards, even when the clock does', () => {
    const { frames } = parse(
      encodeRecording([
        ['o', 9n, 'a'],
        ['o', 3n, 'b'],
      ]),
    );
    expect(frames.map(({ micros }) => micros)).toEqual([9n, 9n, 9n]);
  });

  test('refuses a session id that is no UUID, and frames after the trailer', () => {
    expect(() => createFrameWriter('../../etc/passwd')).toThrow('invariant');
    const writer = createFrameWriter(newMeta().sessionId);
    writer.begin(1n, Buffer.from('{}'));
    writer.end(2n);
    expect(() => writer.add('o', 3n, Buffer.from('late'))).toThrow('invariant');
  });
});

test('the format is pinned: these bytes were written once and must be read for ever', () => {
  const writer = createFrameWriter(sessionId);
  const bytes = Buffer.concat([
    ...writer.begin(1_000_000n, Buffer.from('{}')),
    ...writer.add('o', 1_500_000n, Buffer.from('関所\r\n')),
    ...writer.end(2_000_000n),
  ]);
  expect(bytes.subarray(0, 51).toString('hex')).toBe(
    `89534b520d0a1a0a00000001${sessionId.replaceAll('-', '')}0000000268000000000000000000000000000f42407b7d`,
  );
  expect(sha256(bytes).toString('hex')).toBe('8f2fcc03e799cdfd37c464af847801f3400a119b7e48f536f49d219af4d3b4a9');
});
