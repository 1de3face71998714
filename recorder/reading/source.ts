/** What reading a recording needs, and the parts of it that every reader shares. */
import { join } from 'node:path';
import { GatewayError, LIMITS, sha256 } from '../../foundation/index.ts';
import { parseChunk } from '../chunks/open.ts';
import { type FileSystem, nodeFiles, readWhole } from '../files.ts';
import { isSessionId } from '../frames.ts';
import type { SessionKeyRing } from '../keys/key-ring.ts';
import type { Chunk, ChunkLeaf } from '../../evidence/index.ts';
import { readLog } from '../log/read-log.ts';
import { createSessionFinder, type FoundLeaf } from '../log/session-leaves.ts';
import { OBJECTS } from '../objects/open-objects.ts';
import { objectPath, type ObjectStore } from '../objects/store.ts';
import { LOG } from '../recording.ts';
import { LeafIndex } from './leaf-index.ts';
import { type BrokenStory, type SessionStory, tellSession } from './session-story.ts';

export interface RecordingSource {
  /** The recorder's directory. */
  readonly directory: string;
  readonly objects: Pick<ObjectStore, 'get'>;
  readonly keys: SessionKeyRing;
  /** Whose cosignatures of the log count, as this gateway is configured: see `VerifyOptions`. */
  readonly policy?: string;
  readonly files?: FileSystem;
  /** Of the log beside it; without one each reading begins at its first leaf. */
  readonly leaves?: LeafIndex;
}

/** The objects under a recorder's directory, to be read and nothing else: needs no recorder and no right to write. */
export function fileObjects(directory: string, files: FileSystem = nodeFiles): Pick<ObjectStore, 'get'> {
  return { get: (id) => readWhole(files, join(directory, OBJECTS, objectPath(id)), LIMITS.objectBytesMax) };
}

export interface LeavesOptions {
  readonly directory: string;
  readonly files?: FileSystem;
  /** A verifier key held elsewhere (`name+id+key`); without it the one beside the log is believed. */
  readonly verifier?: string;
}

/** What the signed log says of a session. @throws {GatewayError} `request_invalid` when the id is none. */
export async function readStory(
  { leaves, ...options }: LeavesOptions & Pick<RecordingSource, 'leaves'>,
  sessionId: string,
): Promise<SessionStory | BrokenStory> {
  if (leaves === undefined) return (await readStories(options, [sessionId]))(sessionId);
  if (!isSessionId(sessionId)) throw new GatewayError('request_invalid', 'A session id is a UUID.');
  return leaves.storyOf(sessionId);
}

/** For a source that is asked again and again. */
export function indexLeaves(directory: string, files: FileSystem = nodeFiles): LeafIndex {
  return new LeafIndex({ directory: join(directory, LOG), files });
}

/** The same of many sessions, in one reading of the log. */
export async function readStories(
  { directory, files = nodeFiles, verifier }: LeavesOptions,
  sessionIds: readonly string[],
): Promise<(sessionId: string) => SessionStory | BrokenStory> {
  if (!sessionIds.every(isSessionId)) throw new GatewayError('request_invalid', 'A session id is a UUID.');
  const finder = createSessionFinder(new Set(sessionIds));
  const log = { directory: join(directory, LOG), files, visit: finder.visit };
  const { condition, ...reading } = await readLog(verifier === undefined ? log : { ...log, verifier });
  if (condition === 'sound') return (sessionId) => tellSession(finder.leavesOf(sessionId));
  const detail = 'detail' in reading ? reading.detail : '';
  return () => ({ verdict: condition === 'missing' ? 'INCOMPLETE' : 'TAMPERED', at: null, detail });
}

/**
 * The chunk that a leaf names, whose every byte is the one the log committed to; not opened yet.
 * @returns undefined when there is no such object. @throws {GatewayError} `recording_corrupt`.
 */
export async function fetchChunk(
  objects: Pick<ObjectStore, 'get'>,
  { entry, leaf }: FoundLeaf<ChunkLeaf>,
): Promise<Chunk | undefined> {
  const bytes = await objects.get(leaf.object);
  if (bytes === undefined) return undefined;
  if (bytes.length !== leaf.bytes || sha256(bytes).toString('hex') !== leaf.object) {
    throw new GatewayError('recording_corrupt', `The object of leaf ${entry.index} of the log holds other bytes.`);
  }
  const chunk = parseChunk(bytes);
  const { header } = chunk;
  const agrees =
    header.sid === leaf.sid &&
    header.stream === leaf.stream &&
    header.seq === leaf.seq &&
    header.first === leaf.first &&
    header.frames === leaf.frames &&
    header.t0 === leaf.t0 &&
    header.t1 === leaf.t1;
  if (!agrees) {
    throw new GatewayError('recording_corrupt', `Leaf ${entry.index} of the log says other things than its chunk.`);
  }
  return chunk;
}
