/** What a session needs before its first frame: keys that are kept, a beginning in both logs, two streams. */
import { encodeBeginning, openLeafOf } from './beginning.ts';
import { type BatchListener, Commits, type CommitsOptions } from './commits.ts';
import type { FrameQueue, NumberedFrame } from './batch.ts';
import type { KeyFiles } from './keys/key-files.ts';
import type { SessionKeySource } from './keys/key-pool.ts';
import { forgetSessionKeys, type PerStream } from './keys/session-keys.ts';
import { LeafChain } from './leaf-chain.ts';
import type { LeafLog } from './log/leaf-log.ts';
import type { Pseudonyms } from './pseudonyms.ts';
import { encodeMeta, type RecordingMeta, type SealedRecording } from './recording.ts';
import { type SharedOptions, type StreamSession, StreamWriter } from './stream-writer.ts';
import type { WriteAheadLog } from './wal.ts';
import { toHex } from '../evidence/index.ts';
import { type Clock, GatewayError, parseUuid } from '../foundation/index.ts';

/** Shared by all sessions. */
export interface OpeningOptions extends SharedOptions {
  readonly limits: SharedOptions['limits'] & CommitsOptions['limits'];
  readonly clock: Clock;
  readonly wal: WriteAheadLog;
  readonly leafLog: LeafLog;
  readonly keys: SessionKeySource;
  readonly keyFiles: KeyFiles;
  readonly pseudonyms: Pseudonyms;
  readonly build: string;
}

interface Parts {
  readonly keys: PerStream<Buffer>;
  readonly chain: LeafChain;
  readonly streams: PerStream<StreamWriter>;
  /** Its index. */
  readonly openLeaf: number;
}

export class OpenedSession {
  readonly #parts: Parts;
  readonly commits: Commits;

  constructor(commits: Commits, parts: Parts) {
    this.commits = commits;
    this.#parts = parts;
  }

  /** The last frames are durable with the chunk they are in, before anybody is told of the end. */
  async seal(last: NumberedFrame | undefined, frames: number): Promise<Omit<SealedRecording, 'sessionId' | 'file'>> {
    const { chain, openLeaf, streams } = this.#parts;
    if (last !== undefined) streams.screen.add(last);
    await Promise.all([streams.screen.flush(), streams.keystrokes.flush()]);
    const chunks = { screen: streams.screen.chunks, keystrokes: streams.keystrokes.chunks };
    const closeLeaf = await chain.close({ ...chunks, frames, recovered: false });
    const bytes = streams.screen.bytes + streams.keystrokes.bytes;
    const leaves = { openLeaf, closeLeaf: closeLeaf.index, head: Buffer.from(closeLeaf.hash) };
    return { frames, bytes, chunks, ...leaves, recovered: false };
  }

  /** Nothing more is sealed, and the keys are gone. */
  forget(): void {
    const { keys, streams } = this.#parts;
    streams.screen.stop();
    streams.keystrokes.stop();
    forgetSessionKeys(keys);
  }
}

interface SessionParts extends BatchListener {
  readonly frames: FrameQueue;
  readonly onBacklog: (bytes: number) => void;
}

/**
 * Keeps the keys and the first frame, then puts the open leaf into the log, in this order: recovery can add the leaf.
 * @throws {GatewayError} `recording_unavailable`.
 */
export async function openSession(
  meta: RecordingMeta,
  options: OpeningOptions,
  { frames, onBacklog, ...listener }: SessionParts,
): Promise<OpenedSession> {
  const { build, clock, fault, keyFiles, leafLog, pseudonyms, wal } = options;
  const { sessionId } = meta;
  const payload = encodeMeta(meta);
  // Stops a session id that comes again from putting other keys in the place of those that a recording is sealed with.
  if ((await keyFiles.read(sessionId, 'screen')) !== undefined) {
    throw new GatewayError('recording_unavailable', `There is a recording of session ${sessionId} already.`);
  }
  const keys = await options.keys.take();
  try {
    const header = frames.next('h', clock.micros(), payload);
    const accepted = leafLog.latestAccepted();
    const beacon = accepted === null ? null : { size: accepted.size, root: toHex(accepted.root) };
    const leaf = openLeafOf(meta, payload, { at: clock.now(), keys, pseudonyms, beacon, build });
    const { whole, later } = encodeBeginning(header.micros, payload, { keys, leaf });
    await Promise.all([keyFiles.store(sessionId, keys.wraps), wal.begin(sessionId, whole, later)]);
    const chain = new LeafChain({ sessionId, leafLog, clock });
    const { index: openLeaf } = await chain.open(leaf);
    const { screen, keystrokes } = keys; // The wraps stand in their files, and need no memory while the session goes on.
    const streams = createStreams(options, { sessionId, chain, keys, onBacklog });
    streams.screen.add(header);
    const id = parseUuid(sessionId);
    const commits = new Commits({ id, frames, wal, streams, limits: options.limits, ...listener });
    return new OpenedSession(commits, { keys: { screen, keystrokes }, chain, streams, openLeaf });
  } catch (thrown) {
    forgetSessionKeys(keys);
    throw fault.trip(thrown);
  }
}

function createStreams(
  shared: OpeningOptions,
  { keys, ...session }: Omit<StreamSession, 'stream' | 'key'> & { readonly keys: PerStream<Buffer> },
): PerStream<StreamWriter> {
  const create = (stream: 'screen' | 'keystrokes'): StreamWriter =>
    new StreamWriter(shared, { ...session, stream, key: keys[stream] });
  return { screen: create('screen'), keystrokes: create('keystrokes') };
}
