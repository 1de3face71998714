/** Reads sealed recordings: both streams in one, every byte checked against the log before it is believed. */
import { GatewayError } from '../../foundation/index.ts';
import { openChunk } from '../chunks/open.ts';
import type { Frame } from '../frames.ts';
import { keyCommitment, type StreamName, STREAMS } from '../keys/session-keys.ts';
import type { ChunkLeaf } from '../../evidence/index.ts';
import type { FoundLeaf } from '../log/session-leaves.ts';
import { mergeFrames } from './merge.ts';
import type { SessionStory } from './session-story.ts';
import { fetchChunk, readStory, type RecordingSource } from './source.ts';

/** Where one chunk stands, and what the log says of it. */
export type ChunkRef = Pick<ChunkLeaf, 'stream' | 'seq' | 'object' | 'bytes' | 'first' | 'frames' | 't0' | 't1'> & {
  /** Index of its leaf. */
  readonly leaf: number;
};

export interface FramesOptions {
  /** Also what was typed, where the caller may see it. Default: left out. */
  readonly keystrokes?: boolean;
}

export interface RecordingReader {
  /**
   * The frames of a sealed recording, in order. The first may come before a later one is found wrong.
   * @throws {GatewayError} `request_invalid` no session id; `not_found` no sealed recording; `recording_corrupt` with
   * where; `recording_erased` its keys were destroyed; `recording_locked` no identity here opens it.
   */
  frames(sessionId: string, options?: FramesOptions): AsyncGenerator<Frame, void, undefined>;
  /** Its chunks in the order of the log. @throws as `frames`. */
  chunks(sessionId: string): Promise<ChunkRef[]>;
  /** No less than the bytes shown from a time on (Unix microseconds), by what the chunks say: needs no key. */
  shownBytesMax(sessionId: string, since: bigint): Promise<number>;
}

export function openRecordingReader(source: RecordingSource): RecordingReader {
  return {
    frames: (sessionId, { keystrokes = false } = {}) => readFrames(source, sessionId, keystrokes),
    async chunks(sessionId) {
      const story = await sealedStory(source, sessionId);
      return STREAMS.flatMap((stream) => story.chunks[stream])
        .sort((left, right) => left.entry.index - right.entry.index)
        .map(refOf);
    },
    async shownBytesMax(sessionId, since) {
      const { chunks } = await sealedStory(source, sessionId);
      let bytes = 0;
      for (const found of chunks.screen) {
        if (BigInt(found.leaf.t1) < since) continue;
        const chunk = await fetchChunk(source.objects, found);
        if (chunk === undefined) throw missing(found);
        bytes += chunk.header.bytes;
      }
      return bytes;
    },
  };
}

function refOf({ entry, leaf }: FoundLeaf<ChunkLeaf>): ChunkRef {
  const { stream, seq, object, bytes, first, frames, t0, t1 } = leaf;
  return { stream, seq, object, bytes, first, frames, t0, t1, leaf: entry.index };
}

type SealedStory = SessionStory & { readonly close: NonNullable<SessionStory['close']> };

async function sealedStory(source: RecordingSource, sessionId: string): Promise<SealedStory> {
  const story = await readStory(source, sessionId);
  if ('verdict' in story) {
    throw new GatewayError(story.verdict === 'TAMPERED' ? 'recording_corrupt' : 'not_found', story.detail);
  }
  const { close } = story;
  if (close === undefined) throw new GatewayError('not_found', 'The recording is not sealed yet.');
  return { ...story, close };
}

async function* readFrames(
  source: RecordingSource,
  sessionId: string,
  keystrokes: boolean,
): AsyncGenerator<Frame, void, undefined> {
  const story = await sealedStory(source, sessionId);
  const streams = STREAMS.filter((stream) => stream === 'screen' || keystrokes);
  const keys: Buffer[] = [];
  try {
    const parts: AsyncGenerator<Frame, void, undefined>[] = [];
    for (const stream of streams) {
      const key = await keyOf(source, story, stream);
      keys.push(key);
      parts.push(readStream(source, story.chunks[stream], key));
    }
    const total = streams.length === STREAMS.length ? story.close.leaf.frames : undefined;
    yield* mergeFrames(parts, total);
  } finally {
    for (const key of keys) key.fill(0);
  }
}

/** The key that the log committed to when the session began, and no other. */
export async function keyOf(source: RecordingSource, story: SessionStory, stream: StreamName): Promise<Buffer> {
  const { sid, keys } = story.open.leaf;
  if (story.shreds[stream] !== undefined) throw new GatewayError('recording_erased');
  const unwrapped = await source.keys.unwrap(sid, stream);
  if ('missing' in unwrapped) {
    if (unwrapped.missing === 'no_identity') throw new GatewayError('recording_locked');
    throw new GatewayError('recording_corrupt', 'The wrapped key of the recording is missing, and nobody erased it.');
  }
  if (keyCommitment(unwrapped.key, sid, stream) !== keys[stream]) {
    throw new GatewayError('recording_corrupt', 'The wrapped key is not the one the session was sealed with.');
  }
  return unwrapped.key;
}

export async function* readStream(
  { objects }: Pick<RecordingSource, 'objects'>,
  chunks: readonly FoundLeaf<ChunkLeaf>[],
  key: Buffer,
): AsyncGenerator<Frame, void, undefined> {
  for (const found of chunks) {
    const chunk = await fetchChunk(objects, found);
    if (chunk === undefined) throw missing(found);
    yield* await openChunk(chunk, key);
  }
}

function missing({ entry }: FoundLeaf<ChunkLeaf>): GatewayError {
  return new GatewayError('recording_corrupt', `The object of leaf ${entry.index} of the log is missing.`);
}
