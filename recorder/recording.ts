/** What the rooms above see of a recording, and the first frame that says what is recorded. */
import { z } from 'zod';
import { GatewayError } from '../foundation/index.ts';
import {
  type ConnectionId,
  type PersonId,
  SESSION_KINDS,
  type SessionId,
  type SessionKind,
  type TargetId,
} from '../policy/index.ts';
import { type FrameType, isSessionId } from './frames.ts';
import type { PerStream } from './keys/session-keys.ts';
import { canonicalJson } from '../evidence/index.ts';

export interface RecordingMeta {
  readonly sessionId: SessionId;
  readonly connectionId: ConnectionId;
  readonly personId: PersonId;
  readonly targetId: TargetId;
  readonly account: string;
  readonly kind: SessionKind;
  /** The exec command line; null for a shell. */
  readonly command: string | null;
  /** Cells of the terminal at the start; 0 when there is none. */
  readonly columns: number;
  readonly rows: number;
  readonly term: string;
}

/**
 * `strict`: nothing is forwarded before it is on the disk. `buffered`: what came in the last
 * `LIMITS.recorderBufferedMillis` may be lost when the process or the machine dies.
 */
export type Durability = 'strict' | 'buffered';

/** One session's recording while it goes on. */
export interface RecordingWriter {
  readonly sessionId: SessionId;
  /** Aborted with a GatewayError `recording_unavailable` when nothing more can be recorded: the session must end. */
  readonly failed: AbortSignal;
  /**
   * Adds one frame; resolves when it is on the disk, so forward only then. Waits while too much is not durable yet.
   * Leave `payload` unchanged until then; nothing of it is kept afterwards. @throws {GatewayError} `recording_unavailable`.
   */
  append(type: FrameType, payload: Uint8Array): Promise<void>;
  /**
   * Seals the recording and logs its head; the same promise however often asked. `exit`: the payload of the last frame,
   * of type `x`; left out where the recording is full.
   */
  close(exit?: Uint8Array): Promise<SealedRecording>;
}

export interface SealedRecording {
  readonly sessionId: SessionId;
  /** Under which name its parts are found: the session id. */
  readonly file: string;
  /** Of both streams. */
  readonly frames: number;
  /** Of its objects together, as they are stored. */
  readonly bytes: number;
  readonly chunks: PerStream<number>;
  /** The leaf hash of the close leaf, 32 bytes: it speaks for all the leaves of the session. */
  readonly head: Buffer;
  /** Indexes of the two leaves in the log. */
  readonly openLeaf: number;
  readonly closeLeaf: number;
  /** Sealed after a crash, from the write-ahead log. */
  readonly recovered: boolean;
}

const id = <Id extends string>() => z.custom<Id>((value) => typeof value === 'string' && isSessionId(value));
const cells = z.int().min(0).max(65_535);

const RecordingMetaSchema = z.strictObject({
  v: z.literal(2),
  sessionId: id<SessionId>(),
  connectionId: id<ConnectionId>(),
  personId: id<PersonId>(),
  targetId: id<TargetId>(),
  account: z.string().max(1024),
  kind: z.enum(SESSION_KINDS),
  command: z.string().nullable(),
  columns: cells,
  rows: cells,
  term: z.string().max(1024),
});

type StoredMeta = z.infer<typeof RecordingMetaSchema>;

/** The payload of the first frame. */
export function encodeMeta(meta: RecordingMeta): Buffer {
  const stored = RecordingMetaSchema.parse({
    ...meta,
    v: 2,
    account: wellFormed(meta.account),
    command: meta.command === null ? null : wellFormed(meta.command),
    term: wellFormed(meta.term),
  });
  return Buffer.from(canonicalJson(stored));
}

/** Half a surrogate pair has no UTF-8 form. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}

/** @throws {GatewayError} `recording_corrupt`. */
export function decodeMeta(payload: Buffer): StoredMeta {
  try {
    return RecordingMetaSchema.parse(JSON.parse(payload.toString('utf8')));
  } catch (thrown) {
    throw new GatewayError('recording_corrupt', 'The first frame does not say what was recorded.', { cause: thrown });
  }
}

export const WAL = 'wal';
export const LOG = 'log';

/** Where the write-ahead log of a worker lies: each has its own, for one file has one writer. */
export function workerWalName(slot: number): string {
  return `${WAL}-${slot}`;
}

/** Whether a name under the recorder's directory is that of a write-ahead log, of this start or of an earlier one. */
export function isWalName(name: string): boolean {
  return /^wal(-\d{1,4})?$/.test(name);
}
