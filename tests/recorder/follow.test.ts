/** Following a session that goes on, behind a real recorder's write-ahead log and signed log. */
import { describe, expect, test } from '@jest/globals';
import { hasCode } from '../../foundation/index.ts';
import { type Frame, followSession, type LiveEvent, type LiveSource } from '../../recorder/index.ts';
import { liveEvents } from '../../recorder/replay/live.ts';
import { testRecordings } from '../support/recordings.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { newMeta, rootOf, SMALL, start, startWorker } from './support/recordings.ts';

const WAL_KEY = Buffer.alloc(32, 1);
const sourceOf = (directory: string): LiveSource => ({ ...testRecordings(rootOf(directory)), walKey: WAL_KEY });

/** The frames of the screen until one holds `word`. */
async function until(batches: AsyncGenerator<readonly Frame[], void, undefined>, word: string): Promise<Frame[]> {
  const frames: Frame[] = [];
  for (;;) {
    const { value, done } = await batches.next();
    if (done === true) throw new Error(`ended without ${word}`);
    frames.push(...value);
    if (value.some(({ payload }) => payload.includes(word))) return frames;
  }
}

/** Follows until the test is over. */
function follow(directory: string, sessionId: string) {
  const leaving = new AbortController();
  const batches = followSession(sourceOf(directory), sessionId, leaving.signal);
  return {
    batches,
    [Symbol.asyncDispose]: async (): Promise<void> => {
      leaving.abort();
      await batches.return();
    },
  };
}

const shown = (frames: readonly Frame[]): string => frames.map(({ payload }) => payload.toString('latin1')).join('');

describe('following a session', () => {
  test('is refused for what is no session, and for one of which nothing is durable here', async () => {
    await using home = await tempDirectory();
    await using recorder = await start(home.path);
    const { signal } = new AbortController();
    const asked = async (id: string): Promise<unknown> =>
      followSession(sourceOf(home.path), id, signal)
        .next()
        .catch((thrown: unknown) => thrown);
    expect(hasCode(await asked('../wal'), 'request_invalid')).toBe(true);
    expect(hasCode(await asked(newMeta().sessionId), 'not_found')).toBe(true);
    expect(recorder.failed.aborted).toBe(false);
  });

  test('is refused where no identity here opens the recording, though the write-ahead log could be read', async () => {
    await using home = await tempDirectory();
    await using recorder = await start(home.path);
    const recording = await recorder.openRecording(newMeta());
    await recording.append('o', Buffer.from('secret'));
    const source: LiveSource = {
      ...sourceOf(home.path),
      keys: { unwrap: () => Promise.resolve({ missing: 'no_identity' }) },
    };
    const first = followSession(source, recording.sessionId, new AbortController().signal).next();
    expect(hasCode(await first.catch((thrown: unknown) => thrown), 'recording_locked')).toBe(true);
  });

  test('gives what was shown so far and then what comes, none twice, and never what was typed', async () => {
    await using home = await tempDirectory();
    await using recorder = await start(home.path);
    const other = await recorder.openRecording(newMeta());
    const recording = await recorder.openRecording(newMeta());
    await recording.append('o', Buffer.from('before '));
    const leaving = new AbortController();
    const batches = followSession(sourceOf(home.path), recording.sessionId, leaving.signal);
    const first = await batches.next();
    expect(first.value?.map(({ type }) => type)).toEqual(['h', 'o']);
    await other.append('o', Buffer.from('of somebody else'));
    await recording.append('i', Buffer.from('password'));
    await recording.append('o', Buffer.from('after'));
    const frames = await until(batches, 'after');
    expect(shown(frames)).toBe('after');
    leaving.abort();
    expect((await batches.next()).done).toBe(true);
  });

  test('goes on over new segments of the write-ahead log and over what a flood put past it', async () => {
    await using home = await tempDirectory();
    await using recorder = await start(home.path, { limits: { ...SMALL, chunkBytes: 8 * 1024 } });
    const recording = await recorder.openRecording(newMeta());
    await using following = follow(home.path, recording.sessionId);
    const { batches } = following;
    await batches.next();
    const pieces: string[] = [];
    for (let n = 0; n < 40; n++) {
      const piece = `${n}:${'x'.repeat(6_000)};`;
      pieces.push(piece);
      if (n % 8 === 0) await recording.append('o', Buffer.from(piece));
      else void recording.append('o', Buffer.from(piece));
    }
    await recording.append('o', Buffer.from('the end'));
    expect(shown(await until(batches, 'the end'))).toBe(`${pieces.join('')}the end`);
  });

  test('finds a session that a worker serves', async () => {
    await using home = await tempDirectory();
    await using owner = await start(home.path);
    const { leafLog, failed } = owner;
    await using worker = await startWorker(home.path, { slot: 1, leafLog: { ...leafLog, failed } });
    const recording = await worker.openRecording(newMeta());
    await using following = follow(home.path, recording.sessionId);
    const { batches } = following;
    await batches.next();
    await recording.append('o', Buffer.from('from the worker'));
    expect(shown(await until(batches, 'worker'))).toBe('from the worker');
  });
});

describe('what a watcher is shown', () => {
  test('is the screen as it stands, then cleaned output, resizes and markers', async () => {
    await using home = await tempDirectory();
    await using recorder = await start(home.path);
    const recording = await recorder.openRecording(newMeta());
    await recording.append('o', Buffer.from('\u001b]52;c;ZXZpbA==\u0007顧客一覧\r\nold\rnew'));
    await using following = follow(home.path, recording.sessionId);
    const events = liveEvents(following.batches);
    const [reset] = (await events.next()).value ?? [];
    expect(reset).toMatchObject({ kind: 'reset', cols: 80, rows: 24 });
    expect(JSON.stringify(reset)).toContain('顧客一覧');
    expect(JSON.stringify(reset)).not.toContain('ZXZpbA');
    await recording.append('m', Buffer.from('ls'));
    await recording.append('r', Buffer.from('100x30'));
    await recording.append('o', Buffer.from('\u001b[31mred\u001b]0;title\u0007'));
    const seen: LiveEvent[] = [];
    while (!seen.some((event) => event.kind === 'event' && event.code === 'o'))
      seen.push(...((await events.next()).value ?? []));
    expect(seen).toEqual([
      { kind: 'marker', marker: { at: expect.any(Number), kind: 'command', text: 'ls' } },
      { kind: 'event', at: expect.any(Number), code: 'r', data: '100x30' },
      { kind: 'marker', marker: expect.objectContaining({ kind: 'resize' }) },
      { kind: 'event', at: expect.any(Number), code: 'o', data: '\u001b[31mred' },
    ]);
  });
});
