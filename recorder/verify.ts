/**
 * Recomputes everything from the files alone: the signature of the checkpoint, the root from the entries, the chain of
 * the session's leaves, the hash of every object and, with the keys at hand, what is in them. Says VERIFIED only when all
 * of it agrees.
 */
import { asError, GatewayError, sha256 } from '../foundation/index.ts';
import type { SessionId } from '../policy/index.ts';
import { openChunk, type ParsedChunk } from './chunks/open.ts';
import { type FileSystem, nodeFiles } from './files.ts';
import { KeyFiles } from './keys/key-files.ts';
import type { SessionKeyRing } from './keys/key-ring.ts';
import { keyCommitment, metaCommitment, type StreamName, STREAMS } from './keys/session-keys.ts';
import type { ChunkLeaf } from './log/leaves.ts';
import type { FoundLeaf } from './log/session-leaves.ts';
import type { ObjectStore } from './objects/store.ts';
import type { SessionStory } from './reading/session-story.ts';
import { fetchChunk, fileObjects, readStories, readStory } from './reading/source.ts';
import type { SealedRecording } from './recording.ts';

export interface VerifyReport {
  /** INCOMPLETE: something that should be there is missing, so nothing is proven. */
  readonly verdict: 'VERIFIED' | 'TAMPERED' | 'INCOMPLETE';
  readonly sessionId: string;
  /** Frames that the leaves count and bytes of objects, found right. */
  readonly frames: number;
  readonly bytes: number;
  /** Index in the log of the leaf whose chunk or order is wrong; null when none is. */
  readonly at: number | null;
  readonly detail: string;
}

export interface VerifyOptions {
  /** The recorder's directory. */
  readonly directory: string;
  readonly sessionId: string;
  /** Where the chunks are. Default: the files under the directory. */
  readonly objects?: Pick<ObjectStore, 'get'>;
  /** With them what is sealed is read as well; without them its bytes are proven and not what they say. */
  readonly keys?: SessionKeyRing;
  /** A verifier key held elsewhere (`name+id+key`); without it the one beside the log is believed. */
  readonly verifier?: string;
  readonly files?: FileSystem;
}

interface Progress {
  frames: number;
  bytes: number;
}

/** @throws {GatewayError} `request_invalid` when the session id is none. */
export async function verifySession(options: VerifyOptions): Promise<VerifyReport> {
  const progress = { frames: 0, bytes: 0 };
  const story = await readStory(options, options.sessionId);
  const finding = 'verdict' in story ? story : await checkStory(options, story, progress);
  return { ...finding, sessionId: options.sessionId, ...progress };
}

type Finding = Pick<VerifyReport, 'verdict' | 'at' | 'detail'>;

async function checkStory(options: VerifyOptions, story: SessionStory, progress: Progress): Promise<Finding> {
  const { open, close } = story;
  if (close === undefined) {
    const detail = `The session is open: leaf ${open.entry.index} of the log has no closing leaf.`;
    return { verdict: 'INCOMPLETE', at: null, detail };
  }
  for (const stream of STREAMS) {
    const key = await keyOf(options, story, stream);
    if (key !== undefined && 'verdict' in key) return key;
    for (const found of story.chunks[stream]) {
      const wrong = await checkChunk(options, { story, found, key }, progress);
      if (wrong !== undefined) return wrong;
    }
    key?.fill(0);
  }
  const seen = `${close.leaf.frames} frames as leaves ${open.entry.index} to ${close.entry.index} of the log say.`;
  return { verdict: 'VERIFIED', at: null, detail: [seen, ...erasures(story)].join(' ') };
}

function erasures(story: SessionStory): string[] {
  return STREAMS.flatMap((stream) => {
    const shred = story.shreds[stream];
    if (shred === undefined) return [];
    const { at, basis } = shred.leaf;
    return `The content of the ${stream} was erased lawfully on ${at.slice(0, 10)} (${basis}); existence and order are still proven.`;
  });
}

/** The key to look inside with, undefined where there is none, or what is wrong with the wrapped one. */
async function keyOf(
  { directory, files = nodeFiles, keys }: VerifyOptions,
  story: SessionStory,
  stream: StreamName,
): Promise<Buffer | Finding | undefined> {
  if (story.shreds[stream] !== undefined) return undefined;
  const { sid, keys: commitments } = story.open.leaf;
  await using keyFiles = new KeyFiles(directory, files);
  const wrap = await keyFiles.read(sid, stream);
  if (wrap === undefined) {
    return { verdict: 'INCOMPLETE', at: null, detail: `The key of the ${stream} is missing, and nobody erased it.` };
  }
  if (sha256(wrap).toString('hex') !== story.wraps[stream]) {
    return { verdict: 'TAMPERED', at: null, detail: `The key of the ${stream} is not the file that the log names.` };
  }
  const unwrapped = await keys?.unwrap(sid, stream);
  if (unwrapped === undefined || 'missing' in unwrapped) return undefined;
  if (keyCommitment(unwrapped.key, sid, stream) === commitments[stream]) return unwrapped.key;
  return {
    verdict: 'TAMPERED',
    at: null,
    detail: `The key of the ${stream} is not the one that the log committed to.`,
  };
}

interface Checked {
  readonly story: SessionStory;
  readonly found: FoundLeaf<ChunkLeaf>;
  readonly key: Buffer | undefined;
}

async function checkChunk(
  { directory, files = nodeFiles, objects = fileObjects(directory, files) }: VerifyOptions,
  { story, found, key }: Checked,
  progress: Progress,
): Promise<Finding | undefined> {
  const { index } = found.entry;
  try {
    const chunk = await fetchChunk(objects, found);
    if (chunk === undefined) {
      return { verdict: 'INCOMPLETE', at: index, detail: `The object of leaf ${index} of the log is missing.` };
    }
    if (key !== undefined) await lookInside(story, chunk, key);
    progress.frames += found.leaf.frames;
    progress.bytes += found.leaf.bytes;
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof GatewayError) || thrown.code !== 'recording_corrupt') throw thrown;
    return { verdict: 'TAMPERED', at: index, detail: asError(thrown).message };
  }
}

async function lookInside(story: SessionStory, chunk: ParsedChunk, key: Buffer): Promise<void> {
  const frames = await openChunk(chunk, key);
  const [first] = frames;
  const begins = chunk.header.stream === 'screen' && chunk.header.seq === 0;
  if (begins && (first?.type !== 'h' || metaCommitment(key, first.payload) !== story.open.leaf.meta)) {
    throw new GatewayError('recording_corrupt', `The first frame is not the one that the log committed to.`);
  }
}

/**
 * What the log says of sealed sessions, in one reading of it; undefined for one that is not sealed.
 * @throws {GatewayError} `recording_corrupt` when asked for a session that the log tells of in a way it cannot have been.
 */
export async function findSealedRecordings(
  options: Pick<VerifyOptions, 'directory' | 'files'>,
  sessionIds: readonly string[],
): Promise<(sessionId: string) => SealedRecording | undefined> {
  const storyOf = await readStories(options, sessionIds);
  return (sessionId) => {
    const story = storyOf(sessionId);
    if (!('verdict' in story)) return story.close === undefined ? undefined : sealedOf(story, story.close);
    if (story.verdict === 'TAMPERED') throw new GatewayError('recording_corrupt', story.detail);
    return undefined;
  };
}

function sealedOf({ open, chunks }: SessionStory, close: NonNullable<SessionStory['close']>): SealedRecording {
  const all = [...chunks.screen, ...chunks.keystrokes];
  return {
    sessionId: open.leaf.sid as SessionId,
    file: open.leaf.sid,
    bytes: all.reduce((sum, { leaf }) => sum + leaf.bytes, 0),
    frames: close.leaf.frames,
    chunks: { screen: chunks.screen.length, keystrokes: chunks.keystrokes.length },
    head: close.entry.hash,
    openLeaf: open.entry.index,
    closeLeaf: close.entry.index,
    recovered: close.leaf.recovered,
  };
}
