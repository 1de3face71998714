import { expect, test } from '@jest/globals';
import { findUnechoed, type Frame, type FrameType } from '../../recorder/index.ts';
import { encodeMeta } from '../../recorder/recording.ts';
import { newMeta } from './support/recordings.ts';

type Piece = readonly [type: Exclude<FrameType, 'h'>, text: string];

/** What was typed and not shown, joined. */
async function unechoed(pieces: readonly Piece[], columns = 80): Promise<string> {
  const first = { type: 'h', payload: encodeMeta(newMeta({ columns })) } as const;
  const rest = pieces.map(([type, text]) => ({ type, payload: Buffer.from(text) }));
  const frames: Frame[] = [first, ...rest].map((frame, seq) => ({ ...frame, seq, micros: BigInt(seq) }));
  const found = await findUnechoed(
    (async function* () {
      await Promise.resolve();
      yield* frames;
    })(),
  );
  return frames
    .filter(({ seq }) => found.has(seq))
    .map(({ payload }) => payload.toString())
    .join('');
}

/** Key by key, each shown before the next. */
const echoed = (text: string): Piece[] =>
  Array.from(text).flatMap((key): Piece[] => [
    ['i', key],
    ['o', key],
  ]);
const silent = (text: string): Piece[] => Array.from(text).map((key): Piece => ['i', key]);
const ENTER: Piece[] = [
  ['i', '\r'],
  ['o', '\r\n'],
];

test('a password after a prompt is marked with its Enter, and the commands around it are not', async () => {
  const pieces: Piece[] = [
    ['o', '$ '],
    ...echoed('sudo id'),
    ...ENTER,
    ['o', '[sudo] password for chen: '],
    ...silent('hunter2'),
    ...ENTER,
    ['o', 'uid=0(root) hunter2\r\n$ '],
    ...echoed('exit'),
    ...ENTER,
  ];
  expect(await unechoed(pieces)).toBe('hunter2\r');
});

test('a password sent in one piece is marked though the same text comes back behind the newline', async () => {
  expect(
    await unechoed([
      ['o', 'Password: '],
      ['i', 'hunter2\r'],
      ['o', '\r\nhunter2 is wrong\r\n'],
    ]),
  ).toBe('hunter2\r');
});

test('stars in the place of characters are no echo', async () => {
  expect(
    await unechoed([
      ['i', 'ab'],
      ['o', '**'],
      ['i', '\r'],
      ['o', '\r\n'],
    ]),
  ).toBe('ab\r');
});

test('corrected, pasted and completed lines are shown lines', async () => {
  expect(await unechoed([...echoed('lx'), ['i', '\x7f'], ['o', '\b \b'], ...echoed('s'), ...ENTER])).toBe('');
  expect(
    await unechoed([
      ['i', 'ls\rpwd\r'],
      ['o', 'ls\r\na b\r\n$ pwd\r\n/home\r\n'],
    ]),
  ).toBe('');
  expect(await unechoed([...echoed('cd /e'), ['i', '\t'], ['o', 'tc/'], ...ENTER])).toBe('');
  expect(await unechoed([['i', '沖縄'], ['o', '沖縄'], ...ENTER])).toBe('');
});

test('keys that show nothing by themselves are not marked', async () => {
  expect(
    await unechoed([
      ['i', '\x1b[A'],
      ['o', 'ls'],
      ['i', '\x1bOC'],
      ['i', '\x03'],
      ['o', '^C\r\n'],
    ]),
  ).toBe('');
});

test('what was typed last and never answered is marked when nothing of it was shown', async () => {
  expect(
    await unechoed([
      ['o', 'Password: '],
      ['i', 'hun'],
    ]),
  ).toBe('hun');
});

test('a recording that says that the echo was off is believed', async () => {
  const pieces: Piece[] = [['n', '{"echo":false}'], ...echoed('ab'), ['n', '{"echo":true}'], ...echoed('cd')];
  expect(await unechoed(pieces)).toBe('ab');
});

test('without a terminal nothing is marked', async () => {
  expect(await unechoed([['i', 'data\n']], 0)).toBe('');
});
