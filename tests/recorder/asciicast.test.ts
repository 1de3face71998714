import { describe, expect, test } from '@jest/globals';
import { type Frame, type FrameType, type RecordingMeta, toAsciicast } from '../../recorder/index.ts';
import { encodeMeta } from '../../recorder/recording.ts';
import { collect, newMeta } from './support/recordings.ts';

type Piece = readonly [type: Exclude<FrameType, 'h'>, micros: bigint, payload: Uint8Array | string];

function framesOf(pieces: readonly Piece[], meta: Partial<RecordingMeta> = {}): Frame[] {
  const first = ['h', pieces[0]?.[1] ?? 1n, encodeMeta(newMeta(meta))] as const;
  return [first, ...pieces].map(([type, micros, payload], seq) => ({
    type,
    seq,
    micros,
    payload: Buffer.from(payload),
  }));
}

async function* each(frames: readonly Frame[]): AsyncGenerator<Frame> {
  await Promise.resolve();
  yield* frames;
}

async function cast(pieces: readonly Piece[], meta: Partial<RecordingMeta> = {}): Promise<string[]> {
  return await collect(toAsciicast(each(framesOf(pieces, meta))));
}

/** The events without the header, parsed. */
async function events(pieces: readonly Piece[]): Promise<unknown[]> {
  const [, ...lines] = await cast(pieces);
  return lines.map((line): unknown => JSON.parse(line));
}

test('the header is that of version 3, from the header frame', async () => {
  const [header] = await cast([['o', 1_775_000_000_500_000n, 'x']], { command: 'ls "a"', columns: 120, rows: 40 });
  expect(JSON.parse(header!)).toEqual({
    version: 3,
    term: { cols: 120, rows: 40, type: 'xterm-256color' },
    timestamp: 1_775_000_000,
    command: 'ls "a"',
  });
});

test('a session without a terminal is given one of the usual size', async () => {
  const [header] = await cast([], { columns: 0, rows: 0, term: '' });
  expect(JSON.parse(header!)).toMatchObject({ term: { cols: 80, rows: 24 } });
});

test('times are relative to the event before, also across what is left out', async () => {
  expect(
    await events([
      ['o', 1_000_000n, 'a'],
      ['i', 1_200_000n, 'secret'],
      ['e', 1_500_001n, 'b'],
      ['r', 2_500_001n, '100x30'],
      ['m', 2_500_001n, 'here'],
      ['x', 3_000_001n, '3'],
    ]),
  ).toEqual([
    [0, 'o', 'a'],
    [0.500001, 'o', 'b'],
    [1, 'r', '100x30'],
    [0, 'm', 'here'],
    [0.5, 'x', '3'],
  ]);
});

test('what was typed is not exported, for it holds passwords', async () => {
  expect((await cast([['i', 1n, 'hunter2']])).join('')).not.toContain('hunter2');
});

describe('bytes that are no UTF-8', () => {
  test('a character cut between frames is put together, output and stderr apart', async () => {
    const [first, second] = [Buffer.from('関'), Buffer.from('所')];
    expect(
      await events([
        ['o', 1n, first.subarray(0, 1)],
        ['e', 1n, second.subarray(0, 2)],
        ['o', 1n, first.subarray(1)],
        ['e', 1n, second.subarray(2)],
      ]),
    ).toEqual([
      [0, 'o', '関'],
      [0, 'o', '所'],
    ]);
  });

  test('become replacement characters, also at the very end', async () => {
    expect(await events([['o', 1n, Buffer.from([0x61, 0xff, 0x62])]])).toEqual([[0, 'o', 'a\ufffdb']]);
    expect(await events([['o', 1n, Buffer.from([0xe9, 0x96])]])).toEqual([[0, 'o', '\ufffd']]);
  });
});

test('no control character stands in the file as itself: printing it to a terminal runs nothing', async () => {
  const hostile = '\x1b]52;c;ZXZpbA==\x07\x9b31m\x7f\u009d"\r\n';
  const lines = await cast(
    [
      ['o', 1n, hostile],
      ['m', 1n, hostile],
    ],
    { command: hostile, term: hostile },
  );
  expect(lines.every((line) => /^[^\0-\x1f\x7f-\x9f]*\n$/.test(line))).toBe(true);
  expect(JSON.parse(lines[1]!)).toEqual([0, 'o', hostile]);
});

test('an unreadable resize and a gap become markers an auditor sees', async () => {
  expect(
    await events([
      ['r', 1n, '-1xNaN'],
      ['g', 1n, 'lost'],
    ]),
  ).toEqual([
    [0, 'm', 'unreadable resize'],
    [0, 'm', 'gap: lost'],
  ]);
});

test('frames without a header are refused', async () => {
  const rest = each(framesOf([['o', 1n, 'x']]).slice(1));
  await expect(collect(toAsciicast(rest))).rejects.toMatchObject({ code: 'recording_corrupt' });
});

test('what was run without a terminal is shown line under line, not as a staircase', async () => {
  const lines = await cast([['o', 1_775_000_000_500_000n, 'one\ntwo\r\n']], { term: '' });
  expect(JSON.parse(lines[1]!)).toEqual([expect.anything(), 'o', 'one\r\ntwo\r\n']);
});
