/** The frames of a recording as Node holds them; their form is the evidence room's (docs/formats/recording-v2.md). */
import {
  EvidenceError,
  type Frame as EvidenceFrame,
  FRAME_HEAD_BYTES,
  type FrameType,
  parseFrames as parse,
  streamOf,
  writeFrameHead,
} from '../evidence/index.ts';
import { GatewayError, invariant } from '../foundation/index.ts';

export { FRAME_HEAD_BYTES, type FrameType, streamOf, writeFrameHead };

export interface Frame extends EvidenceFrame {
  readonly payload: Buffer;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Reports whether `id` is a UUID in its one canonical form; nothing else ever becomes part of a path. */
export function isSessionId(id: string): boolean {
  return UUID.test(id);
}

export function encodeFrame(frame: EvidenceFrame): Buffer {
  const bytes = Buffer.allocUnsafe(FRAME_HEAD_BYTES + frame.payload.length);
  layOutFrame(bytes, 0, frame);
  return bytes;
}

/** Writes the frame at `at`. @returns where it ends. */
export function layOutFrame(target: Uint8Array, at: number, frame: EvidenceFrame): number {
  const { payload } = frame;
  writeFrameHead(target, at, frame, payload.length);
  target.set(payload, at + FRAME_HEAD_BYTES);
  return at + FRAME_HEAD_BYTES + payload.length;
}

/**
 * The frames that stand back to back in `bytes`, nothing before, between or behind them; numbers grow and time does not
 * run backwards. The payloads share the memory of `bytes`.
 * @throws {GatewayError} `recording_corrupt`.
 */
export function parseFrames(bytes: Buffer): Frame[] {
  const frames = unlessCorrupt(() => parse(bytes));
  invariant(areNodes(frames), 'what is cut out of a Buffer is one');
  return frames;
}

/** What `read` gives. @throws {GatewayError} `recording_corrupt` for what does not have its format. */
export function unlessCorrupt<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof EvidenceError) throw new GatewayError('recording_corrupt', thrown.message);
    throw thrown;
  }
}

function areNodes(frames: EvidenceFrame[]): frames is Frame[] {
  return frames.every(({ payload }) => Buffer.isBuffer(payload));
}
