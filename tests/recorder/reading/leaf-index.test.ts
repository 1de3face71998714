/** One session out of a long log, without reading the whole log each time. */
import { describe, expect, test } from '@jest/globals';
import { nodeFiles } from '../../../recorder/files.ts';
import {
  createKeyRing,
  type FileSystem,
  fileObjects,
  indexLeaves,
  KeyFiles,
  openRecordingReader,
  type SealedRecording,
} from '../../../recorder/index.ts';
import { readStory } from '../../../recorder/reading/source.ts';
import { tempDirectory } from '../../support/temp-directory.ts';
import { flipByte } from '../../support/flip-byte.ts';
import { collect, newMeta, reader, record, rootOf, start } from '../support/recordings.ts';

const BUNDLE = 256;

/** What is opened to be read, by its path. */
function watched(): { files: FileSystem; opened: string[] } {
  const opened: string[] = [];
  const open: FileSystem['open'] = (path, flags, mode) => {
    opened.push(path);
    return nodeFiles.open(path, flags, mode);
  };
  return { files: { ...nodeFiles, open }, opened };
}

const bundles = (paths: readonly string[]): string[] => [
  ...new Set(paths.flatMap((path) => /tile\/entries\/(.*)$/.exec(path)?.[1] ?? [])),
];

describe('an index of the log', () => {
  test('tells of a session what the whole log tells, by the bundles that hold its leaves alone', async () => {
    await using home = await tempDirectory();
    const directory = rootOf(home.path);
    /** A session among heartbeats; closed, so that all of it stands in bundles. */
    const more = async (text: string, heartbeats: number): Promise<SealedRecording> => {
      await using recorder = await start(home.path);
      const sealed = await record(recorder, [text]);
      const at = new Date().toISOString();
      const beats = Array.from({ length: heartbeats }, () => recorder.leafLog.append({ v: 2, type: 'heartbeat', at }));
      await Promise.all(beats);
      return sealed;
    };
    const early = await more('early', 3 * BUNDLE);
    const { files, opened } = watched();
    const leaves = indexLeaves(directory, files);
    const whole = (id: string) => readStory({ directory }, id);
    const indexed = (id: string) => readStory({ directory, leaves }, id);
    expect(await indexed(early.sessionId)).toEqual(await whole(early.sessionId));
    const late = await more('late', BUNDLE);
    expect(await indexed(late.sessionId)).toEqual(await whole(late.sessionId));
    // The second time: its own bundle, and what is not full yet.
    opened.length = 0;
    expect(await indexed(early.sessionId)).toEqual(await whole(early.sessionId));
    expect(bundles(opened).filter((name) => !name.includes('.p/'))).toEqual(['000']);
    await using keyFiles = new KeyFiles(directory);
    const keys = createKeyRing(keyFiles, [reader.identity]);
    const recordings = openRecordingReader({ directory, objects: fileObjects(directory), keys, leaves });
    for (const { sessionId, frames } of [late, early]) {
      expect(await collect(recordings.frames(sessionId, { keystrokes: true }))).toHaveLength(frames);
    }
  });

  test('refuses what was altered after it was read', async () => {
    await using home = await tempDirectory();
    const directory = rootOf(home.path);
    const { sessionId } = await (async () => {
      await using recorder = await start(home.path);
      const sealed = await record(recorder, ['seen']);
      const at = new Date().toISOString();
      await Promise.all(Array.from({ length: BUNDLE }, () => recorder.leafLog.append({ v: 2, type: 'heartbeat', at })));
      return sealed;
    })();
    const leaves = indexLeaves(directory);
    expect(await readStory({ directory, leaves }, sessionId)).not.toHaveProperty('verdict');
    await flipByte(`${directory}/log/tile/entries/000`, 300);
    expect(await readStory({ directory, leaves }, sessionId)).toMatchObject({ verdict: 'TAMPERED' });
    expect(await readStory({ directory }, sessionId)).toMatchObject({ verdict: 'TAMPERED' });
  });

  test('refuses what is no session id, and knows nothing of others', async () => {
    await using home = await tempDirectory();
    const directory = rootOf(home.path);
    await using recorder = await start(home.path);
    await record(recorder, ['one']);
    const leaves = indexLeaves(directory);
    await expect(readStory({ directory, leaves }, '../../etc/passwd')).rejects.toMatchObject({
      code: 'request_invalid',
    });
    expect(await readStory({ directory, leaves }, newMeta().sessionId)).toMatchObject({ verdict: 'INCOMPLETE' });
  });
});
