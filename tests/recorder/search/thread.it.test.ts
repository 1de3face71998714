import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { GatewayError, LIMITS, systemClock } from '../../../foundation/index.ts';
import { type Connect, DerivedThread, inProcess, inThread } from '../../../recorder/search/thread.ts';
import { tempDirectory } from '../../support/temp-directory.ts';
import { framesOf, header, out, SESSION } from '../replay/frames.ts';

const KEY = Buffer.alloc(32, 7);
const request = (text: string) => ({
  ...{ text, fields: ['shown' as const], sessions: null, after: null, before: null, from: null },
  ...{ hits: 5, hitsPerSession: 5 },
});

async function* many(bytes: number) {
  const text = `${'顧客 '.repeat(2_000)}\r\n`;
  yield* framesOf([header(), ...Array.from({ length: Math.ceil(bytes / 14_000) }, (_, n) => out(n * 100, text))]);
}

describe.each([
  ['a thread of its own', (directory: string): Connect => inThread({ directory, key: KEY })],
  ['this thread', (directory: string): Connect => inProcess({ directory, key: KEY }, systemClock)],
])('reading recordings in %s', (_, connect) => {
  test('fails with what failed, and goes on with the next', async () => {
    await using directory = await tempDirectory();
    await using thread = new DerivedThread(connect(directory.path));
    async function* torn() {
      yield* framesOf([header(), out(0, 'x')]);
      await Promise.resolve();
      throw new GatewayError('recording_corrupt', 'torn');
    }
    await expect(thread.build(SESSION, torn())).rejects.toMatchObject({ code: 'recording_corrupt', message: 'torn' });
    await expect(thread.build(SESSION, framesOf([out(0, 'x')]))).rejects.toMatchObject({ code: 'recording_corrupt' });
    await expect(thread.search([], request(''))).rejects.toMatchObject({ code: 'request_invalid' });
    expect(await readdir(join(directory.path, 'replay'))).toEqual([]);
    const [segment] = await thread.build(SESSION, framesOf([header(), out(0, '顧客一覧')]));
    expect((await thread.search([segment!.name], request('一覧'))).hits).toHaveLength(1);
    expect(await thread.test([segment!])).toEqual([]);
  });

  test('takes a recording much larger than what may be on its way, and no faster than it reads', async () => {
    await using directory = await tempDirectory();
    await using thread = new DerivedThread(connect(directory.path));
    const [segment] = await thread.build(SESSION, many(LIMITS.derivedFramesBytesMax * 1.5));
    expect(segment!.textBytes).toBeGreaterThan(LIMITS.derivedFramesBytesMax);
  });

  test('that is stopped fails what it had and takes no more', async () => {
    await using directory = await tempDirectory();
    const thread = new DerivedThread(connect(directory.path));
    async function* stopped() {
      yield* framesOf([header()]);
      await thread[Symbol.asyncDispose]();
      yield* framesOf([out(0, 'x')]);
    }
    await expect(thread.build(SESSION, stopped())).rejects.toMatchObject({ code: 'derived_unreadable' });
    await expect(thread.search([], request('x'))).rejects.toMatchObject({ code: 'derived_unreadable' });
  });
});

test('a thread that dies fails what it had, and a new one takes the next', async () => {
  await using directory = await tempDirectory();
  const connect = inProcess({ directory: directory.path, key: KEY }, systemClock);
  let kill: (error: Error) => void = () => undefined;
  let connected = 0;
  await using thread = new DerivedThread((heard, lost) => {
    connected += 1;
    kill = lost;
    return connect(heard, lost);
  });
  async function* deadly() {
    yield* framesOf([header()]);
    kill(new Error('out of memory'));
    yield* framesOf([out(0, 'x')]);
  }
  await expect(thread.build(SESSION, deadly())).rejects.toMatchObject({ code: 'derived_unreadable' });
  expect(await thread.build(SESSION, framesOf([header()]))).toHaveLength(1);
  expect(connected).toBe(2);
});
