import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import headless from '@xterm/headless';
import { buildReplay } from '../../../recorder/replay/build.ts';
import { ContainerReader, createContainer } from '../../../recorder/replay/container.ts';
import { commandsCsv, transcriptText } from '../../../recorder/replay/exports.ts';
import { openReplay, playerIndex, playerSegment, replayPath, replayPurpose } from '../../../recorder/replay/read.ts';
import { tempDirectory } from '../../support/temp-directory.ts';
import { framesOf, header, out, type Said, SESSION } from './frames.ts';

const KEY = Buffer.alloc(32, 9);

/** Three hours with pauses, a resize, a full-screen program, and more than one segment. */
function* long(): Generator<Said> {
  yield header();
  for (let n = 0; n < 3_000; n++) {
    const at = n * 3_600;
    yield out(at, `\u001b[3${n % 8}mrow ${n} 顧客 ${'x'.repeat(200)}\u001b[0m\r\n`);
    if (n === 500) yield { type: 'm', at, text: 'vi' };
    if (n === 500) yield out(at + 100, '\u001b[?1049h\u001b[2J\u001b[Hediting 一覧');
    if (n === 900) yield out(at + 100, '\u001b[?1049l');
    if (n === 1_500) yield { type: 'r', at: at + 50, text: '120x40' };
  }
  yield { type: 'x', at: 3_000 * 3_600, text: '0' };
}

async function built(said: Iterable<Said>) {
  const { path, ...rest } = await tempDirectory();
  await mkdir(join(path, 'replay'));
  const container = await createContainer(replayPath(path, SESSION), KEY, replayPurpose(SESSION));
  await buildReplay(framesOf(said), container, () => Promise.resolve());
  await container.finish();
  const replay = await openReplay({ directory: path, key: KEY }, SESSION);
  if (replay === undefined) throw new Error('no replay');
  const dispose = async () => {
    await replay[Symbol.asyncDispose]();
    await rest[Symbol.asyncDispose]();
  };
  return { replay, directory: path, dispose };
}

/** The rules of asciinema-player 3.18 (src/driver/recording/segmented.js), which refuses a recording that breaks one. */
async function expectPlayable(
  { replay }: Awaited<ReturnType<typeof built>>,
  pauses: 'cut' | 'kept',
): Promise<readonly (readonly [number, string, string])[][]> {
  const index = playerIndex(replay.index, pauses, { markers: replay.index.markers, urlOf: String });
  expect(index.version).toBe(1);
  const found: (readonly [number, string, string])[][] = [];
  for (const [n, { start }] of index.segments.entries()) {
    const before = index.segments[n - 1]?.start;
    if (before === undefined) expect(start).toBe(0);
    else expect(start > before && start < index.duration).toBe(true);
    const { snapshot, events } = playerSegment(replay.index, await replay.segment(n), pauses);
    expect([Number.isInteger(snapshot.cols), Number.isInteger(snapshot.rows)]).toEqual([true, true]);
    const end = index.segments[n + 1]?.start;
    let last = -1;
    for (const [at] of events) {
      expect(at >= last && at >= start && (end === undefined ? at <= index.duration : at < end)).toBe(true);
      last = at;
    }
    expect(events[0]?.[0]).toBe(start);
    if (end === undefined) expect(last).toBe(index.duration);
    found.push([...events]);
  }
  const times = index.markers.map(([at]) => at);
  expect(times.every((at, n) => at >= (times[n - 1] ?? 0) && at <= index.duration)).toBe(true);
  return found;
}

describe('a replay of a long session', () => {
  let made: Awaited<ReturnType<typeof built>>;
  beforeAll(async () => {
    made = await built(long());
  });
  afterAll(() => made.dispose());

  test('keeps the rules of the player, with its pauses and without them', async () => {
    expect(made.replay.index.segments.length).toBeGreaterThan(3);
    await expectPlayable(made, 'kept');
    await expectPlayable(made, 'cut');
    const cut = playerIndex(made.replay.index, 'cut', { markers: [], urlOf: String }).duration;
    const kept = playerIndex(made.replay.index, 'kept', { markers: [], urlOf: String }).duration;
    expect([Math.round(kept), Math.round(cut)]).toEqual([3_000 * 3.6, 3_000 * 2]);
  });

  test('shows at the beginning of each segment what was on the screen then', async () => {
    const seen = new headless.Terminal({ cols: 80, rows: 24, scrollback: 0, allowProposedApi: true });
    const write = (terminal: typeof seen, text: string) => new Promise<void>((done) => terminal.write(text, done));
    const screenOf = (terminal: typeof seen): string[] => {
      const { active } = terminal.buffer;
      return Array.from(
        { length: terminal.rows },
        (_, y) => active.getLine(active.baseY + y)?.translateToString(true) ?? '',
      );
    };
    for (const n of made.replay.index.segments.keys()) {
      const { snapshot, events } = await made.replay.segment(n);
      const fresh = new headless.Terminal({ cols: snapshot.cols, rows: snapshot.rows, allowProposedApi: true });
      await write(fresh, snapshot.init);
      expect([n, screenOf(fresh)]).toEqual([n, screenOf(seen)]);
      for (const [, code, data] of events) {
        if (code === 'o') await write(seen, data);
        else seen.resize(Number(data.split('x')[0]), Number(data.split('x')[1]));
      }
    }
  });

  test('has every line once in its transcript', async () => {
    const lines = (await Promise.all(made.replay.index.transcript.map((_, n) => made.replay.transcript(n)))).flat();
    const rows = lines.filter(({ text }) => text.startsWith('row ')).map(({ text }) => Number(text.split(' ')[1]));
    // The line after the full-screen program began stands behind its words.
    expect(rows.sort((one, other) => one - other)).toEqual(
      Array.from({ length: 3_000 }, (_, n) => n).filter((n) => n !== 501),
    );
    expect(transcriptText(made.replay.index, lines).split('\n')).toHaveLength(lines.length + 1);
  });

  test('changed by one bit, cut short or under another name does not open', async () => {
    const path = replayPath(made.directory, SESSION);
    const bytes = await readFile(path);
    const copy = join(made.directory, 'copy.skd');
    const places = [0, 10, 100, Math.floor(bytes.length / 2), bytes.length - 25, bytes.length - 10, bytes.length - 1];
    const read = async (): Promise<void> => {
      await using reader = await ContainerReader.open(copy, KEY, replayPurpose(SESSION));
      for (let n = 0; n < reader.records; n++) await reader.read(n);
    };
    for (const place of places) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(place) ^ 1, place);
      await writeFile(copy, changed);
      await expect(read()).rejects.toMatchObject({ code: 'derived_unreadable' });
    }
    await writeFile(copy, bytes.subarray(0, bytes.length - 1));
    await expect(read()).rejects.toMatchObject({ code: 'derived_unreadable' });
    await writeFile(copy, bytes);
    await expect(ContainerReader.open(copy, KEY, 'replay|other')).rejects.toMatchObject({ code: 'derived_unreadable' });
    await expect(ContainerReader.open(copy, Buffer.alloc(32), replayPurpose(SESSION))).rejects.toMatchObject({
      code: 'derived_unreadable',
    });
    await read();
  });
});

test('a session in which nothing was shown can be played', async () => {
  const made = await built([header()]);
  expect(await expectPlayable(made, 'cut')).toHaveLength(1);
  await made.dispose();
});

test.each(['=1+1', '+1', '-1', '@x', '  =1', '＝1', '\t=1', '|calc', '%x'])(
  'a command like %j is no formula in the list of commands, and quotes and lines stay in their cell',
  async (text) => {
    const made = await built([header(), { type: 'm', at: 5, text: `${text} "quoted"\r\nnext` }]);
    const [, row, rest] = commandsCsv(made.replay.index).split('\r\n');
    expect(row).toMatch(/^"[^"]+","5","command","'/);
    expect(row).toContain('""quoted""');
    expect(rest).toBe('');
    await made.dispose();
  },
);
