/** One session that a crash left open: what the signed log has of it, what follows in the write-ahead log, its end. */
import { type Clock, GatewayError, type Limits } from '../foundation/index.ts';
import type { SessionId } from '../policy/index.ts';
import type { EncodedFrame } from './batch.ts';
import type { Beginning } from './beginning.ts';
import type { SealedChunk, SealThread } from './chunks/seal-thread.ts';
import { gather } from './files.ts';
import { encodeFrame, FRAME_HEAD_BYTES, type FrameType, parseFrames, streamOf } from './frames.ts';
import type { KeyFiles } from './keys/key-files.ts';
import { forgetSessionKeys, type StreamName, STREAMS } from './keys/session-keys.ts';
import { LeafChain } from './leaf-chain.ts';
import type { AppendedLeaf, LeafLog } from './log/leaf-log.ts';
import type { ChunkLeaf } from '../evidence/index.ts';
import type { FoundLeaf } from './log/session-leaves.ts';
import type { ObjectStore } from './objects/store.ts';
import type { SealedRecording } from './recording.ts';

const PLACES_BYTES = 16;
const LEVEL = 6;
const RECOVERED_NOTE = 'recovered';
const STOPPED_NOTE = 'The recorder stopped here. What had not been acknowledged is not kept.';
const TORN_NOTE = 'The recorder stopped here, and its last write was cut. What had not been acknowledged is not kept.';

export interface RebuildOptions {
  readonly beginning: Beginning;
  /** Those of the session, in the order of the log. */
  readonly leaves: readonly FoundLeaf[];
  readonly clock: Clock;
  readonly limits: Pick<Limits, 'chunkBytes'>;
  readonly leafLog: LeafLog;
  readonly objects: ObjectStore;
  readonly thread: SealThread;
  readonly keyFiles: KeyFiles;
}

/** Of one stream: chunks and frames that the signed log names. */
interface Logged {
  chunks: number;
  frames: number;
}

export class Rebuild {
  readonly sessionId: SessionId;
  /** Names of the segments with frames of it. */
  readonly segments = new Set<string>();
  /** Frames that stood behind a missing one. */
  lost = 0;
  readonly #options: RebuildOptions;
  readonly #logged: Record<StreamName, Logged> = {
    screen: { chunks: 0, frames: 0 },
    keystrokes: { chunks: 0, frames: 0 },
  };
  readonly #chain: LeafChain;
  #bytes = 0;
  #micros: bigint;
  /** Not in any chunk yet, in their order. */
  #left: EncodedFrame[] = [];

  constructor(sessionId: string, options: RebuildOptions) {
    this.sessionId = sessionId as SessionId;
    this.#options = options;
    const { beginning, clock, leafLog, leaves } = options;
    this.#micros = BigInt(beginning.micros);
    const chained = leaves.filter(({ leaf }) => leaf.type === 'session.open' || leaf.type === 'session.chunk');
    for (const { leaf } of chained) if (leaf.type === 'session.chunk') this.#count(leaf);
    const prev = chained.at(-1)?.entry.hash;
    this.#chain = new LeafChain({ sessionId, leafLog, clock, ...(prev === undefined ? {} : { prev }) });
    if (this.#logged.screen.frames > 0) return;
    // Its own time: what was typed may stand in the log already, and is later.
    const micros = BigInt(beginning.micros);
    const bytes = encodeFrame({ type: 'h', seq: 0, micros, payload: beginning.meta });
    this.#left.push({ stream: 'screen', seq: 0, micros, bytes });
  }

  #count({ stream, frames, bytes, t1 }: Pick<ChunkLeaf, 'stream' | 'frames' | 'bytes' | 't1'>): void {
    const logged = this.#logged[stream];
    logged.chunks += 1;
    logged.frames += frames;
    this.#bytes += bytes;
    if (BigInt(t1) > this.#micros) this.#micros = BigInt(t1);
  }

  /** Frames of one entry of the write-ahead log; those that stand in a chunk already are skipped. */
  take(body: Buffer, segment: string): void {
    this.segments.add(segment);
    const places = { screen: Number(body.readBigUInt64BE(0)), keystrokes: Number(body.readBigUInt64BE(8)) };
    let at = PLACES_BYTES;
    for (const { type, seq, micros, payload } of parseFrames(body.subarray(PLACES_BYTES))) {
      const stream = streamOf(type);
      const end = at + FRAME_HEAD_BYTES + payload.length;
      const place = places[stream]++;
      if (place >= this.#logged[stream].frames) {
        this.#left.push({ stream, seq, micros, bytes: Buffer.from(body.subarray(at, end)) });
      }
      at = end;
    }
  }

  /**
   * Drops what stands behind a missing frame: it proves nothing, and unless the disk has lost a whole record nobody was
   * told that it is kept. @returns whether there was such.
   */
  drop(): boolean {
    const { keystrokes, screen } = this.#logged;
    const before = screen.frames + keystrokes.frames;
    for (let last = this.#left.at(-1); last !== undefined; last = this.#left.at(-1)) {
      if (last.seq < before + this.#left.length) break;
      this.#left.pop();
      this.lost += 1;
    }
    return this.lost > 0;
  }

  /** Seals what is left, says what happened, and closes the session in the log. */
  async finish(torn: boolean): Promise<SealedRecording> {
    const openLeaf = await this.#open();
    for (const stream of STREAMS) {
      for (const frames of inChunks(
        this.#left.filter((frame) => frame.stream === stream),
        this.#options.limits,
      )) {
        await this.#chain.chunk(await this.#seal(stream, frames));
      }
    }
    // These frames stand in no write-ahead log: a crash between their leaf and the last one would count them twice.
    const last = await this.#seal('screen', this.#lastFrames(torn));
    const { keystrokes, screen } = this.#logged;
    const chunks = { screen: screen.chunks, keystrokes: keystrokes.chunks };
    const frames = screen.frames + keystrokes.frames;
    const [, closeLeaf] = await Promise.all([
      this.#chain.chunk(last),
      this.#chain.close({ ...chunks, frames, recovered: true }),
    ]);
    forgetSessionKeys(this.#options.beginning.keys);
    const { sessionId } = this;
    const leaves = { openLeaf, closeLeaf: closeLeaf.index, head: Buffer.from(closeLeaf.hash) };
    return { sessionId, file: sessionId, frames, bytes: this.#bytes, chunks, ...leaves, recovered: true };
  }

  /** @returns the index of the open leaf, which a crash may have kept from the log. */
  async #open(): Promise<number> {
    const { beginning, keyFiles, leaves } = this.#options;
    const known = leaves.find(({ leaf }) => leaf.type === 'session.open');
    if (known !== undefined) return known.entry.index;
    const { leaf, wraps } = beginning;
    if (leaf === undefined || wraps === undefined) {
      throw new GatewayError('recording_unavailable', `The log has lost the beginning of session ${this.sessionId}.`);
    }
    await keyFiles.store(this.sessionId, wraps);
    const opened: AppendedLeaf = await this.#chain.open(leaf);
    return opened.index;
  }

  #lastFrames(torn: boolean): EncodedFrame[] {
    const frame = (type: FrameType, text: string, behind: number): EncodedFrame => {
      const now = this.#options.clock.micros();
      if (now > this.#micros) this.#micros = now;
      const seq = this.#logged.screen.frames + this.#logged.keystrokes.frames + behind;
      const bytes = encodeFrame({ type, seq, micros: this.#micros, payload: Buffer.from(text) });
      return { stream: 'screen', seq, micros: this.#micros, bytes };
    };
    const stopped = torn ? TORN_NOTE : STOPPED_NOTE;
    const note = this.lost > 0 ? `${stopped} ${this.lost} frames behind a missing one are left out.` : stopped;
    return [frame('g', note, 0), frame('m', RECOVERED_NOTE, 1)];
  }

  async #seal(stream: StreamName, frames: readonly EncodedFrame[]): Promise<SealedChunk> {
    const { beginning, objects, thread } = this.#options;
    const first = frames[0]?.seq ?? 0;
    const t0 = Number(frames[0]?.micros ?? this.#micros);
    const t1 = Number(frames.at(-1)?.micros ?? this.#micros);
    const memory = gather(frames.map(({ bytes }) => bytes));
    const of = { first, frames: frames.length, bytes: memory.byteLength, t0, t1 };
    const contents = { ...of, sid: this.sessionId, stream, seq: this.#logged[stream].chunks };
    const sealed = await thread.seal({ contents, key: beginning.keys[stream], memory, level: LEVEL });
    await objects.put(sealed.parts, sealed.id);
    this.#count({ ...contents, bytes: sealed.bytes });
    return sealed;
  }
}

function* inChunks(
  frames: readonly EncodedFrame[],
  { chunkBytes }: Pick<Limits, 'chunkBytes'>,
): Generator<EncodedFrame[]> {
  let chunk: EncodedFrame[] = [];
  let bytes = 0;
  for (const frame of frames) {
    chunk.push(frame);
    bytes += frame.bytes.length;
    if (bytes < chunkBytes) continue;
    yield chunk;
    chunk = [];
    bytes = 0;
  }
  if (chunk.length > 0) yield chunk;
}
