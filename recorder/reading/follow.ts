/** What is shown in a session that goes on, as it becomes durable: from the signed log first, then behind the write-ahead log. */
import { setTimeout as pause } from 'node:timers/promises';
import { join } from 'node:path';
import { GatewayError, LIMITS } from '../../foundation/index.ts';
import { decodeBeginning } from '../beginning.ts';
import { nodeFiles } from '../files.ts';
import { type Frame, isSessionId, parseFrames, streamOf } from '../frames.ts';
import { isWalName } from '../recording.ts';
import type { ReadEntry } from '../wal-segment.ts';
import { forgetSessionKeys } from '../keys/session-keys.ts';
import { keyOf, readStream } from './reader.ts';
import { readStory, type RecordingSource } from './source.ts';
import { WalTail } from './wal-tail.ts';

export interface LiveSource extends RecordingSource {
  /** Of the write-ahead logs of this gateway and its workers. */
  readonly walKey: Uint8Array;
}

const PLACES_BYTES = 16;

/**
 * Frames of the screen, none twice and none left out; an empty batch: nothing came for `LIMITS.liveLookMillis`. The
 * first batch is all there is so far. What was typed is under another permission and not among them. Who cannot open the
 * recording later cannot follow it either. It goes on until `signal` says so.
 * @throws {GatewayError} `request_invalid`, `not_found` (nothing durable of it here), as `RecordingReader.frames`.
 */
export async function* followSession(
  source: LiveSource,
  sessionId: string,
  signal: AbortSignal,
): AsyncGenerator<readonly Frame[], void, undefined> {
  if (!isSessionId(sessionId)) throw new GatewayError('request_invalid', 'A session id is a UUID.');
  const follower = new Follower(source, sessionId);
  yield await follower.begin();
  for (;;) {
    await pause(LIMITS.liveLookMillis, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    yield await follower.look();
  }
}

interface Held {
  /** Which frame of the screen it is. */
  readonly place: number;
  readonly frame: Frame;
}

class Follower {
  readonly #source: LiveSource;
  readonly #sessionId: string;
  readonly #tails = new Map<string, WalTail>();
  /** Frames of the screen given out so far. */
  #given = 0;
  /** Frames of the write-ahead log whose turn has not come: those before them stand in the signed log alone. */
  #held: Held[] = [];
  /** The name of the write-ahead log it stands in. */
  #home: string | undefined;
  /** Looks since the signed log was read, and how many there shall be while nothing comes. */
  #sinceLog = 0;
  #patience: number = LIMITS.liveLogTurns;

  constructor(source: LiveSource, sessionId: string) {
    this.#source = source;
    this.#sessionId = sessionId;
  }

  async begin(): Promise<Frame[]> {
    await this.#lookAtTails();
    const logged = await this.#fromLog();
    const frames = [...logged, ...this.#release()];
    if (this.#given === 0) throw new GatewayError('not_found', 'Nothing of the session is durable yet.');
    return frames;
  }

  /**
   * What has become durable since. A flood goes past the write-ahead log, and reading the signed log means all of it: it
   * is read where something is seen to be missing, and ever more rarely while nothing comes.
   */
  async look(): Promise<Frame[]> {
    await this.#lookAtTails();
    const frames = this.#release();
    const isBehind = this.#held.length > 0;
    if (frames.length > 0 && !isBehind) {
      this.#sinceLog = 0;
      this.#patience = LIMITS.liveLogTurns;
      return frames;
    }
    this.#sinceLog += 1;
    if (this.#sinceLog < (isBehind ? LIMITS.liveLogTurns : this.#patience)) return frames;
    this.#sinceLog = 0;
    const logged = await this.#fromLog();
    this.#patience = logged.length > 0 ? LIMITS.liveLogTurns : Math.min(this.#patience * 2, LIMITS.liveLogTurnsMax);
    return [...frames, ...logged, ...this.#release()];
  }

  async #lookAtTails(): Promise<void> {
    const { directory, files = nodeFiles, walKey } = this.#source;
    for (const name of (await files.readdir(directory)).filter(isWalName)) {
      if (!this.#tails.has(name)) this.#tails.set(name, new WalTail({ files, wal: join(directory, name), walKey }));
    }
    for (const [name, tail] of this.#tails) {
      // A session is served by one process: the others' logs need not be read any more.
      if (this.#home !== undefined && this.#home !== name) continue;
      let isHere = false;
      for await (const entry of tail.read()) isHere = this.#take(entry) || isHere;
      if (isHere) this.#home = name;
    }
  }

  #take({ sessionId, kind, body }: ReadEntry): boolean {
    if (sessionId !== this.#sessionId) return false;
    if (kind === 'begin') {
      const { meta, micros, keys } = decodeBeginning(body);
      forgetSessionKeys(keys); // The log's own way to the keys is taken, which a configuration may have closed.
      this.#hold(0, { type: 'h', seq: 0, micros: BigInt(micros), payload: meta });
      return true;
    }
    let place = Number(body.readBigUInt64BE(0));
    for (const frame of parseFrames(body.subarray(PLACES_BYTES))) {
      if (streamOf(frame.type) !== 'screen') continue;
      this.#hold(place, { ...frame, payload: Buffer.from(frame.payload) });
      place += 1;
    }
    return true;
  }

  #hold(place: number, frame: Frame): void {
    if (place >= this.#given) this.#held.push({ place, frame });
  }

  /** Those whose turn has come. */
  #release(): Frame[] {
    const frames: Frame[] = [];
    this.#held.sort((one, other) => one.place - other.place);
    const rest: Held[] = [];
    for (const held of this.#held) {
      if (held.place === this.#given) {
        frames.push(held.frame);
        this.#given += 1;
      } else if (held.place > this.#given) rest.push(held);
    }
    this.#held = rest;
    return frames;
  }

  /** What the signed log has beyond what was given out, checked against it. */
  async #fromLog(): Promise<Frame[]> {
    const story = await readStory(this.#source, this.#sessionId);
    if ('verdict' in story) {
      if (story.verdict === 'TAMPERED') throw new GatewayError('recording_corrupt', story.detail);
      return [];
    }
    const chunks = story.chunks.screen;
    let before = 0;
    const wanted = chunks.filter(({ leaf }) => {
      before += leaf.frames;
      return before > this.#given;
    });
    const frames: Frame[] = [];
    let place = before - wanted.reduce((count, { leaf }) => count + leaf.frames, 0);
    const key = await keyOf(this.#source, story, 'screen');
    try {
      for await (const frame of readStream(this.#source, wanted, key)) {
        if (place === this.#given) {
          frames.push(frame);
          this.#given += 1;
        }
        place += 1;
      }
    } finally {
      key.fill(0);
    }
    return frames;
  }
}
