/**
 * The recording format, version 1 (docs/formats/recording-v1.md): pure functions on bytes.
 *
 * Every byte is under the hash chain: h₀ = SHA-256(header), hᵢ = SHA-256(hᵢ₋₁ ‖ frame without its hash), and hᵢ stands
 * after frame i. The last frame is the trailer with the totals; its hash is the head that the log keeps.
 */
import { formatUuid, GatewayError, invariant, LIMITS, parseUuid, sha256 } from '../foundation/index.ts';

/**
 * header (canonical JSON), output, stderr, input, resize (`COLUMNSxROWS`), marker (UTF-8), exit (decimal status or
 * signal name), gap (UTF-8: what is missing and why), contents of files (`o BYTES` or `i BYTES`: passed and not kept).
 */
const FRAME_TYPES = ['h', 'o', 'e', 'i', 'r', 'm', 'x', 'g', 'c'] as const;
export type FrameType = (typeof FRAME_TYPES)[number];

export interface Frame {
  readonly type: FrameType;
  /** Unix time in microseconds; never less than that of the frame before. */
  readonly micros: bigint;
  readonly seq: number;
  readonly payload: Buffer;
  /** Where the frame begins in the file. */
  readonly offset: number;
}

/** Where a chain stands: all that is needed to go on with it. */
export interface ChainState {
  readonly sessionId: string;
  readonly head: Buffer;
  readonly frames: number;
  readonly offset: number;
  readonly micros: bigint;
  /** The trailer was seen: nothing may follow. */
  readonly sealed: boolean;
}

const MAGIC = Buffer.from('\x89SKR\r\n\x1a\n', 'latin1');
const VERSION = 1;
const TRAILER = 'z';
const HEAD_BYTES = 21;
export const HASH_BYTES = 32;
const TRAILER_PAYLOAD_BYTES = 16;
export const HEADER_BYTES = 28;
/** Bytes a frame needs beside its payload. */
export const FRAME_OVERHEAD_BYTES = HEAD_BYTES + HASH_BYTES;
/** Bytes of the trailer that closes a recording. */
export const TRAILER_BYTES = FRAME_OVERHEAD_BYTES + TRAILER_PAYLOAD_BYTES;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Reports whether `id` is a UUID in its one canonical form; nothing else ever becomes part of a path. */
export function isSessionId(id: string): boolean {
  return UUID.test(id);
}

/** What stands before a payload. */
export function frameHead({
  type,
  micros,
  seq,
  bytes,
}: Record<'seq' | 'bytes', number> & { type: string; micros: bigint }) {
  const head = Buffer.allocUnsafe(HEAD_BYTES);
  head.writeUInt32BE(bytes, 0);
  head.write(type, 4, 'latin1');
  head.writeBigUInt64BE(BigInt(seq), 5);
  head.writeBigUInt64BE(micros, 13);
  return head;
}

/** Continues a chain, from its very beginning or from where `parseRecording` left it. */
export function createFrameWriter(sessionId: string, from?: ChainState) {
  invariant(isSessionId(sessionId), 'a session id is a UUID');
  let state = from;
  const add = (type: string, micros: bigint, payload: Uint8Array, before: ChainState): Buffer[] => {
    const at = micros > before.micros ? micros : before.micros;
    const start = frameHead({ type, micros: at, seq: before.frames, bytes: payload.length });
    const head = sha256(before.head, start, payload);
    const sealed = type === TRAILER;
    const frames = before.frames + (sealed ? 0 : 1);
    const offset = before.offset + FRAME_OVERHEAD_BYTES + payload.length;
    state = { sessionId, head, frames, offset, micros: at, sealed };
    return [Buffer.concat([start, payload, head])];
  };
  return {
    get state(): ChainState {
      invariant(state, 'a recording has begun');
      return state;
    },
    /** The header and the first frame, in parts that follow each other. */
    begin(micros: bigint, meta: Uint8Array): Buffer[] {
      invariant(state === undefined, 'a recording begins once');
      const header = Buffer.concat([MAGIC, Buffer.from([0, 0, 0, VERSION]), parseUuid(sessionId)]);
      const start = { sessionId, head: sha256(header), frames: 0, offset: header.length, micros: 0n, sealed: false };
      return [header, ...add('h', micros, meta, start)];
    },
    add(type: Exclude<FrameType, 'h'>, micros: bigint, payload: Uint8Array): Buffer[] {
      invariant(state?.sealed === false, 'frames stand between header and trailer');
      invariant(payload.length <= LIMITS.frameBytesMax, 'a payload fits its frame');
      return add(type, micros, payload, state);
    },
    /** The trailer: how many frames and bytes stand before it. */
    end(micros: bigint): Buffer[] {
      invariant(state?.sealed === false, 'a recording ends once');
      const totals = Buffer.alloc(TRAILER_PAYLOAD_BYTES);
      totals.writeBigUInt64BE(BigInt(state.frames), 0);
      totals.writeBigUInt64BE(BigInt(state.offset), 8);
      return add(TRAILER, micros, totals, state);
    },
  };
}

export type FrameWriter = ReturnType<typeof createFrameWriter>;

/**
 * A strict parser fed piece by piece; holds one frame at most. It refuses at the first odd byte: then `offset` is where
 * the frame begins that holds it.
 */
export interface RecordingParser {
  /** The offset of the first byte not yet understood. */
  readonly offset: number;
  /** Undefined until the header was read. */
  readonly state: ChainState | undefined;
  /** @throws {GatewayError} `recording_corrupt`. */
  push(bytes: Uint8Array): Frame[];
  /** @throws {GatewayError} `recording_corrupt` when the trailer is missing. */
  finish(): ChainState;
}

/** With a `sessionId`, the recording of any other session is refused at its header. */
export function createRecordingParser(sessionId?: string): RecordingParser {
  let rest: Buffer = Buffer.alloc(0);
  let state: ChainState | undefined;

  const next = (): { frame: Frame | undefined; used: number } | undefined => {
    if (state === undefined) {
      const header = readHeader(rest);
      if (header !== undefined && sessionId !== undefined && header.sessionId !== sessionId) {
        throw corrupt('This is the recording of another session.');
      }
      state = header;
      return state === undefined ? undefined : { frame: undefined, used: HEADER_BYTES };
    }
    if (rest.length === 0) return undefined;
    if (state.sealed) throw corrupt('Bytes stand after the trailer.');
    const read = readFrame(rest, state);
    if (read === undefined) return undefined;
    state = read.state;
    return read;
  };

  return {
    get offset() {
      return state?.offset ?? 0;
    },
    get state() {
      return state;
    },
    push(bytes) {
      rest = rest.length === 0 ? Buffer.from(bytes) : Buffer.concat([rest, bytes]);
      const frames: Frame[] = [];
      try {
        for (let step = next(); step !== undefined; step = next()) {
          rest = rest.subarray(step.used);
          if (step.frame !== undefined) frames.push(step.frame);
        }
      } catch (thrown) {
        rest = Buffer.alloc(0); // Whoever has the right bytes from elsewhere may go on with them.
        throw thrown;
      }
      return frames;
    },
    finish() {
      if (rest.length > 0 || state?.sealed !== true) throw corrupt('The recording is cut short.');
      return state;
    },
  };
}

function readHeader(bytes: Buffer): ChainState | undefined {
  const known = Math.min(bytes.length, MAGIC.length);
  if (!bytes.subarray(0, known).equals(MAGIC.subarray(0, known))) throw corrupt('This is no recording.');
  if (bytes.length < HEADER_BYTES) return undefined;
  if (bytes.readUInt32BE(MAGIC.length) !== VERSION) throw corrupt('The version of the recording is unknown.');
  const header = bytes.subarray(0, HEADER_BYTES);
  const sessionId = formatUuid(header.subarray(MAGIC.length + 4));
  return { sessionId, head: sha256(header), frames: 0, offset: HEADER_BYTES, micros: 0n, sealed: false };
}

function readFrame(
  bytes: Buffer,
  before: ChainState,
): { frame: Frame | undefined; state: ChainState; used: number } | undefined {
  if (bytes.length < 4) return undefined;
  const length = bytes.readUInt32BE(0);
  // Stops a length that would make the reader buffer without end.
  if (length > LIMITS.frameBytesMax) throw corrupt('A frame is larger than frames are.');
  const used = FRAME_OVERHEAD_BYTES + length;
  if (bytes.length < used) return undefined;
  const body = bytes.subarray(0, used - HASH_BYTES);
  const head = sha256(before.head, body);
  if (!head.equals(bytes.subarray(used - HASH_BYTES, used))) throw corrupt('The hash chain is broken.');
  const type = String.fromCharCode(bytes.readUInt8(4));
  const micros = bytes.readBigUInt64BE(13);
  if (bytes.readBigUInt64BE(5) !== BigInt(before.frames))
    throw corrupt('A frame is missing or stands in the wrong place.');
  if (micros < before.micros) throw corrupt('Time runs backwards.');
  const payload = body.subarray(HEAD_BYTES);
  const after = { ...before, head, micros, offset: before.offset + used };
  if (type === TRAILER) {
    checkTotals(payload, before);
    return { frame: undefined, state: { ...after, sealed: true }, used };
  }
  if (!isFrameType(type) || (type === 'h') !== (before.frames === 0))
    throw corrupt('A frame has a type it cannot have.');
  const frame = { type, micros, seq: before.frames, payload, offset: before.offset };
  return { frame, state: { ...after, frames: before.frames + 1 }, used };
}

function checkTotals(payload: Buffer, before: ChainState): void {
  const right =
    payload.length === TRAILER_PAYLOAD_BYTES &&
    before.frames > 0 &&
    payload.readBigUInt64BE(0) === BigInt(before.frames) &&
    payload.readBigUInt64BE(8) === BigInt(before.offset);
  if (!right) throw corrupt('The trailer states other totals.');
}

function isFrameType(type: string): type is FrameType {
  return FRAME_TYPES.some((known) => known === type);
}

function corrupt(message: string): GatewayError {
  return new GatewayError('recording_corrupt', message);
}
