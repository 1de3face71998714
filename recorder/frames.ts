/** The frames of a recording (docs/formats/recording-v2.md): pure functions on bytes. */
import { GatewayError, LIMITS } from '../foundation/index.ts';
import type { StreamName } from './keys/session-keys.ts';

/**
 * header (canonical JSON), output, stderr, input, resize (`COLUMNSxROWS`), marker (UTF-8), exit (decimal status or
 * signal name), gap (UTF-8: what is missing and why), contents of files (`o BYTES` or `i BYTES`: passed and not kept),
 * echo (canonical JSON `{"echo":false}`: from here on what is typed is not shown).
 */
const FRAME_TYPES = ['h', 'o', 'e', 'i', 'r', 'm', 'x', 'g', 'c', 'n'] as const;
export type FrameType = (typeof FRAME_TYPES)[number];

export interface Frame {
  readonly type: FrameType;
  /** 0, 1, 2, … over both streams of the session. */
  readonly seq: number;
  /** Unix time in microseconds; never less than that of the frame before. */
  readonly micros: bigint;
  readonly payload: Buffer;
}

/** What stands before a payload: its length u32 | type | number u64 | time u64, big-endian. */
export const FRAME_HEAD_BYTES = 21;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Reports whether `id` is a UUID in its one canonical form; nothing else ever becomes part of a path. */
export function isSessionId(id: string): boolean {
  return UUID.test(id);
}

/** What was typed is kept apart from all else: who may see the one need not see the other. */
export function streamOf(type: FrameType): StreamName {
  return type === 'i' ? 'keystrokes' : 'screen';
}

/** Writes a frame's head at `at`. */
export function writeFrameHead(
  target: Buffer,
  at: number,
  { type, seq, micros }: Omit<Frame, 'payload'>,
  bytes: number,
): void {
  target.writeUInt32BE(bytes, at);
  target.writeUInt8(type.charCodeAt(0), at + 4);
  target.writeUInt32BE(Math.floor(seq / 2 ** 32), at + 5); // As two halves: a BigInt a frame costs more than all the rest.
  target.writeUInt32BE(seq >>> 0, at + 9);
  target.writeBigUInt64BE(micros, at + 13);
}

export function encodeFrame({ payload, ...head }: Omit<Frame, 'payload'> & { readonly payload: Uint8Array }): Buffer {
  const bytes = Buffer.allocUnsafe(FRAME_HEAD_BYTES + payload.length);
  writeFrameHead(bytes, 0, head, payload.length);
  bytes.set(payload, FRAME_HEAD_BYTES);
  return bytes;
}

/**
 * The frames that stand back to back in `bytes`, nothing before, between or behind them; numbers grow and time does not
 * run backwards. The payloads share the memory of `bytes`.
 * @throws {GatewayError} `recording_corrupt`.
 */
export function parseFrames(bytes: Buffer): Frame[] {
  const frames: Frame[] = [];
  for (let at = 0; at < bytes.length; ) {
    const frame = parseFrame(bytes, at);
    const before = frames.at(-1);
    if (before !== undefined && (frame.seq <= before.seq || frame.micros < before.micros)) {
      throw corrupt('A frame stands in the wrong place.');
    }
    frames.push(frame);
    at += FRAME_HEAD_BYTES + frame.payload.length;
  }
  return frames;
}

function parseFrame(bytes: Buffer, at: number): Frame {
  const begin = at + FRAME_HEAD_BYTES;
  if (begin > bytes.length) throw corrupt('A frame is cut short.');
  const end = begin + bytes.readUInt32BE(at);
  if (end - begin > LIMITS.frameBytesMax) throw corrupt('A frame is larger than frames are.');
  if (end > bytes.length) throw corrupt('A frame is cut short.');
  const type = String.fromCharCode(bytes.readUInt8(at + 4));
  const seq = bytes.readBigUInt64BE(at + 5);
  if (!isFrameType(type) || seq > BigInt(Number.MAX_SAFE_INTEGER)) throw corrupt('A frame has a head it cannot have.');
  return { type, seq: Number(seq), micros: bytes.readBigUInt64BE(at + 13), payload: bytes.subarray(begin, end) };
}

function isFrameType(type: string): type is FrameType {
  return FRAME_TYPES.some((known) => known === type);
}

function corrupt(message: string): GatewayError {
  return new GatewayError('recording_corrupt', message);
}
