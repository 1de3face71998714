import { join } from 'node:path';
import { createLog, newUuid, systemClock } from '../../../foundation/index.ts';
import type { ConnectionId, PersonId, SessionId, TargetId } from '../../../policy/model.ts';
import { nodeFiles } from '../../../recorder/files.ts';
import {
  createKeyRing,
  type FileSystem,
  type Frame,
  fileObjects,
  type FrameType,
  KeyFiles,
  openRecordingReader,
  type OwningRecorder,
  type Recorder,
  type RecorderOptions,
  type RecordingMeta,
  type SealedRecording,
  SessionKeyPool,
  startRecorder,
  startWorkerRecorder,
} from '../../../recorder/index.ts';
import { type FileObjects, openFileObjects } from '../../../recorder/objects/file-store.ts';
import type { ObjectStore } from '../../../recorder/objects/store.ts';

const silent = createLog('silent');

export function newMeta(overrides: Partial<RecordingMeta> = {}): RecordingMeta {
  const uuid = (): string => newUuid(systemClock.now());
  return {
    sessionId: uuid() as SessionId,
    connectionId: uuid() as ConnectionId,
    personId: uuid() as PersonId,
    targetId: uuid() as TargetId,
    account: 'aoki',
    kind: 'shell',
    command: null,
    columns: 80,
    rows: 24,
    term: 'xterm-256color',
    ...overrides,
  };
}

/** Small segments, so that a test rolls them and does not write 16 MiB. */
export const SMALL = {
  walSegmentBytes: 64 * 1024,
  frameBytesMax: 16 * 1024,
  recorderDirectBytesMin: 40 * 1024,
  recorderFreeBytesMin: 0,
};

export function rootOf(directory: string): string {
  return join(directory, 'recorder');
}

/** Opens every recording of the tests, also those of a child process. */
export const reader = {
  identity: 'AGE-SECRET-KEY-1VDJLZ7QRZX8EJS555YQVZ0D2VPLCJ0DSW02KMN2JUQDSQH6DX4RQXGSVWU',
  recipient: 'age1g7vz9wackzs64rzkpwja79hjsqz0zsnw6asn4sjmk7rvlanrfptqcm9upe',
};

/** What a recorder has of its own, the same at every start. */
function recorderParts(objects: ObjectStore): Pick<RecorderOptions, 'build' | 'keys' | 'objects' | 'secrets'> {
  return {
    objects,
    keys: new SessionKeyPool({ screen: [reader.recipient], keystrokes: [reader.recipient] }, 2),
    secrets: { wal: Buffer.alloc(32, 1), pseudonym: Buffer.alloc(32, 2) },
    build: 'test',
  };
}

async function openObjects(directory: string, files: FileSystem): Promise<FileObjects> {
  await files.mkdir(rootOf(directory), { recursive: true, mode: 0o700 });
  return await openFileObjects({ directory: join(rootOf(directory), 'objects'), files });
}

export async function start(directory: string, options: Partial<RecorderOptions> = {}): Promise<OwningRecorder> {
  const objects = await openObjects(directory, options.files ?? nodeFiles);
  const recorder = await startRecorder({
    ...{ directory: rootOf(directory), clock: systemClock, log: silent, limits: SMALL },
    ...recorderParts(objects),
    ...options,
  });
  return {
    ...recorder,
    [Symbol.asyncDispose]: async () => {
      await recorder[Symbol.asyncDispose]();
      await objects[Symbol.asyncDispose]();
    },
  };
}

type WorkerOptions = Parameters<typeof startWorkerRecorder>[0];

export async function startWorker(
  directory: string,
  options: Pick<WorkerOptions, 'leafLog' | 'slot'> & Partial<WorkerOptions>,
): Promise<Recorder> {
  const objects = await openObjects(directory, options.files ?? nodeFiles);
  return await startWorkerRecorder({
    ...{ directory: rootOf(directory), clock: systemClock, log: silent, limits: SMALL },
    ...recorderParts(objects),
    ...options,
  });
}

/** All frames of a sealed recording, both streams in one. */
export async function framesOf(directory: string, sessionId: string, files: FileSystem = nodeFiles): Promise<Frame[]> {
  const root = rootOf(directory);
  await using keyFiles = new KeyFiles(root, files);
  const keys = createKeyRing(keyFiles, [reader.identity]);
  const recordings = openRecordingReader({ directory: root, objects: fileObjects(root, files), keys, files });
  return await collect(recordings.frames(sessionId, { keystrokes: true }));
}

/** One sealed recording of the given output. */
export async function record(
  recorder: Recorder,
  outputs: readonly string[],
  meta = newMeta(),
): Promise<SealedRecording> {
  const writer = await recorder.openRecording(meta);
  for (const output of outputs) await writer.append('o', Buffer.from(output));
  await writer.append('x', Buffer.from('0'));
  return await writer.close();
}

export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** What the person saw: the payloads of one type, joined. */
export function textOf(frames: readonly Frame[], type: FrameType): string {
  return frames
    .filter((frame) => frame.type === type)
    .map(({ payload }) => payload.toString())
    .join('');
}
