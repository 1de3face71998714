import { join } from 'node:path';
import { type Clock, createLog, newUuid, systemClock } from '../../../foundation/index.ts';
import type { ConnectionId, PersonId, SessionId, TargetId } from '../../../policy/model.ts';
import {
  type Recorder,
  type RecorderOptions,
  type RecordingMeta,
  type SealedRecording,
  startRecorder,
} from '../../../recorder/index.ts';

export const silent = createLog('silent');

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
export const SMALL = { walSegmentBytes: 64 * 1024, frameBytesMax: 16 * 1024, recorderFreeBytesMin: 0 };

export function start(directory: string, options: Partial<RecorderOptions> = {}): Promise<Recorder> {
  const clock: Clock = systemClock;
  return startRecorder({ directory: join(directory, 'recorder'), clock, log: silent, limits: SMALL, ...options });
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
