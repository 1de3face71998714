/** Frames: what is inside a chunk, back to back. length u32 | type 1 byte | seq u64 | micros u64 | payload, big-endian. */
import { concat, EvidenceError, viewOf } from './bytes.ts';
import { EVIDENCE_LIMITS } from './limits.ts';

/**
 * header (canonical JSON), output, stderr, input, resize (`COLUMNSxROWS`), marker (UTF-8), exit (decimal status or
 * signal name), gap (UTF-8: what is missing and why), contents of files (`o BYTES` or `i BYTES`: passed and not kept),
 * terminal notes (JSON `{"echo":false}`: the target's terminal shows what is typed no more, or again), web (canonical JSON:
 * one step of an exchange with a site), answer and question (`u32 exchange | bytes`: text of a body from and to it).
 */
export const FRAME_TYPES = ['h', 'o', 'e', 'i', 'r', 'm', 'x', 'g', 'c', 'n', 'w', 'a', 'u'] as const;
export type FrameType = (typeof FRAME_TYPES)[number];

export interface Frame {
  readonly type: FrameType;
  /** 0, 1, 2… over the whole session, both streams together. */
  readonly seq: number;
  /** Unix time in microseconds. */
  readonly micros: bigint;
  readonly payload: Uint8Array;
}

/** Bytes of a frame before its payload. */
export const FRAME_HEAD_BYTES = 21;

const MICROS_SAFE = BigInt(Number.MAX_SAFE_INTEGER);

/** Writes at `at` what stands before a payload of `bytes` bytes. */
export function writeFrameHead(
  target: Uint8Array,
  at: number,
  { type, seq, micros }: Omit<Frame, 'payload'>,
  bytes: number,
): void {
  writeUint32(target, at, bytes);
  target[at + 4] = type.charCodeAt(0);
  // As halves, and without a view: whoever forwards a keystroke waits for this.
  writeUint32(target, at + 5, Math.floor(seq / 2 ** 32));
  writeUint32(target, at + 9, seq);
  if (micros <= MICROS_SAFE) {
    const whole = Number(micros);
    writeUint32(target, at + 13, Math.floor(whole / 2 ** 32));
    writeUint32(target, at + 17, whole);
  } else {
    writeUint32(target, at + 13, Number(micros >> 32n));
    writeUint32(target, at + 17, Number(micros & 0xffff_ffffn));
  }
}

/** What stands before a payload of `bytes` bytes. */
export function encodeFrameHead(head: Omit<Frame, 'payload'>, bytes: number): Uint8Array {
  const whole = new Uint8Array(FRAME_HEAD_BYTES);
  writeFrameHead(whole, 0, head, bytes);
  return whole;
}

export function encodeFrame(frame: Frame): Uint8Array {
  return concat([encodeFrameHead(frame, frame.payload.length), frame.payload]);
}

/** Big-endian, the low 32 bits. */
function writeUint32(target: Uint8Array, at: number, value: number): void {
  target[at] = value >>> 24;
  target[at + 1] = value >>> 16;
  target[at + 2] = value >>> 8;
  target[at + 3] = value;
}

/** All frames of a chunk's plaintext. @throws {EvidenceError} when it is anything but whole frames in order. */
export function parseFrames(plaintext: Uint8Array): Frame[] {
  const frames: Frame[] = [];
  const view = viewOf(plaintext);
  let at = 0;
  let [seq, micros] = [-1, 0n];
  while (at < plaintext.length) {
    const frame = readFrame(plaintext, view, at);
    if (frame.seq <= seq) throw new EvidenceError(`Frame ${frame.seq} stands behind frame ${seq}.`);
    if (frame.micros < micros) throw new EvidenceError(`Time runs backwards at frame ${frame.seq}.`);
    [seq, micros] = [frame.seq, frame.micros];
    at += FRAME_HEAD_BYTES + frame.payload.length;
    frames.push(frame);
  }
  return frames;
}

function readFrame(bytes: Uint8Array, view: DataView, at: number): Frame {
  if (bytes.length - at < FRAME_HEAD_BYTES) throw new EvidenceError('The last frame is cut short.');
  const length = view.getUint32(at);
  const start = at + FRAME_HEAD_BYTES;
  if (length > EVIDENCE_LIMITS.frameBytesMax) throw new EvidenceError('A frame is larger than frames are.');
  if (bytes.length - start < length) throw new EvidenceError('The last frame is cut short.');
  const type = String.fromCharCode(view.getUint8(at + 4));
  const seq = Number(view.getBigUint64(at + 5));
  if (!isFrameType(type)) throw new EvidenceError('A frame has a type that is not known.');
  if (!Number.isSafeInteger(seq)) throw new EvidenceError('A frame has a number it cannot have.');
  return { type, seq, micros: view.getBigUint64(at + 13), payload: bytes.subarray(start, start + length) };
}

function isFrameType(type: string): type is FrameType {
  return FRAME_TYPES.some((known) => known === type);
}

/** The stream a frame of this type stands in. */
export function streamOf(type: FrameType): 'screen' | 'keystrokes' {
  return type === 'i' || type === 'u' ? 'keystrokes' : 'screen';
}
