import { join } from 'node:path';
import { type Clock, createLog, newUuid, systemClock } from '../../../foundation/index.ts';
import type { ConnectionId, PersonId, SessionId, TargetId } from '../../../policy/model.ts';
import { createFrameWriter, type FrameType } from '../../../recorder/frames.ts';
import {
  type Frame,
  type OwningRecorder,
  type Recorder,
  type RecorderOptions,
  type RecordingMeta,
  type SealedRecording,
  startRecorder,
} from '../../../recorder/index.ts';
import { encodeMeta } from '../../../recorder/recording.ts';

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

export function start(directory: string, options: Partial<RecorderOptions> = {}): Promise<OwningRecorder> {
  const clock: Clock = systemClock;
  return startRecorder({ directory: rootOf(directory), clock, log: silent, limits: SMALL, ...options });
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

export type Piece = readonly [type: Exclude<FrameType, 'h'>, micros: bigint, payload: Uint8Array | string];

/** A whole recording as bytes, made without a recorder. */
export function encodeRecording(pieces: readonly Piece[], meta = newMeta()): Buffer {
  const writer = createFrameWriter(meta.sessionId);
  const parts = writer.begin(pieces[0]?.[1] ?? 1n, encodeMeta(meta));
  for (const [type, micros, payload] of pieces) parts.push(...writer.add(type, micros, Buffer.from(payload)));
  parts.push(...writer.end(writer.state.micros));
  return Buffer.concat(parts);
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
