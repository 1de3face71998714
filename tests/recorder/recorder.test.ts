import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { type Frame, readRecording, recordingPath, verifySession } from '../../recorder/index.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { newMeta, record, SMALL, start } from './support/recordings.ts';

async function collect(frames: AsyncIterable<Frame>): Promise<Frame[]> {
  const all: Frame[] = [];
  for await (const frame of frames) all.push(frame);
  return all;
}

test('a sealed recording reads back as it was written and verifies', async () => {
  await using directory = await tempDirectory();
  const root = join(directory.path, 'recorder');
  await using recorder = await start(directory.path);
  const meta = newMeta();
  const sealed = await record(recorder, ['hello ', '世界\r\n'], meta);

  const frames = await collect(readRecording(recordingPath(root, meta.sessionId)));
  expect(frames.map(({ type, payload }) => [type, type === 'h' ? '' : payload.toString()])).toEqual([
    ['h', ''],
    ['o', 'hello '],
    ['o', '世界\r\n'],
    ['x', '0'],
  ]);
  expect(sealed).toMatchObject({ frames: 4, openLeaf: 0, closeLeaf: 1, recovered: false });
  expect(await verifySession({ directory: root, sessionId: meta.sessionId })).toMatchObject({
    verdict: 'VERIFIED',
    frames: 4,
    bytes: sealed.bytes,
    at: null,
  });
  expect((await stat(recordingPath(root, meta.sessionId))).mode & 0o777).toBe(0o400);
});
