/**
 * Replays and the search index, made from sealed recordings in threads of their own and lying on the disk encrypted. They
 * are no evidence and may be lost: what is missing is made anew.
 */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { asError, type Clock, type Database, GatewayError, hasCode, type Log } from '../../foundation/index.ts';
import { appendAuditEvent } from '../queries.ts';
import type { FramesOf, ReplayFrame, TranscriptLine } from '../replay/model.ts';
import { type OpenReplay, openReplay, replayPath } from '../replay/read.ts';
import { IndexKeeper } from './index-keeper.ts';
import type { DerivedPlace } from './operations.ts';
import type { SearchAnswer, SearchRequest } from './query.ts';
import { listSealed, type SealedRow } from './queries.ts';
import { type Connect, DerivedThread, inThread } from './thread.ts';

export interface DerivedOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly place: DerivedPlace;
  readonly framesOf: FramesOf;
  /** How the threads are reached; threads of their own without. */
  readonly connect?: Connect;
}

export interface SearchHealth {
  /** `failed`: something planted was not found, and results may be missing. */
  readonly state: 'complete' | 'behind' | 'failed';
  /** Every recording sealed before this is in the index; null until it was looked for the first time. */
  readonly completeUntil: Date | null;
  /** Recordings that wait for their turn. */
  readonly waiting: number;
  /** Recordings that could not be read. */
  readonly unreadable: number;
  readonly testedAt: Date | null;
  readonly sessions: number;
  readonly textBytes: number;
  readonly indexBytes: number;
}

const PAGE_ROWS = 500;
const WRITE_EVERY = 16;
const TRIES_MAX = 3;
const OWN_FAULTS = new Set(['recording_corrupt', 'not_found']);
/** A row may become visible later than one that was sealed after it. */
const LATE_ROWS_MILLIS = 10 * 60_000;

/** Makes ready what is there; nothing is read from recordings yet. */
export async function startDerived(options: DerivedOptions): Promise<Derived> {
  const { place, log } = options;
  await mkdir(join(place.directory, 'replay'), { recursive: true, mode: 0o700 });
  const connect = options.connect ?? inThread(place);
  const builder = new DerivedThread(connect);
  const searcher = new DerivedThread(connect);
  const { keeper, wasUnreadable } = await IndexKeeper.open({ place, builder, searcher });
  if (wasUnreadable) log.error({ event: 'search.unreadable' }, 'the search index cannot be read and is made anew');
  return new Derived(options, { builder, searcher, keeper });
}

interface Parts {
  readonly builder: DerivedThread;
  readonly searcher: DerivedThread;
  readonly keeper: IndexKeeper;
}

export class Derived implements AsyncDisposable {
  readonly #options: DerivedOptions;
  readonly #parts: Parts;
  readonly #building = new Map<string, Promise<void>>();
  readonly #tries = new Map<string, number>();
  #catchingUp: Promise<void> | undefined;
  #lastSeen: SealedRow | null = null;
  #waiting: SealedRow[] = [];
  #checkedAt: Date | null = null;
  #testedAt: Date | null = null;
  #hasFailed = false;
  #isStopping = false;

  constructor(options: DerivedOptions, parts: Parts) {
    this.#options = options;
    this.#parts = parts;
  }

  get health(): SearchHealth {
    const [oldest] = this.#waiting;
    const { unreadable, ...size } = this.#parts.keeper.size;
    const isBehind = oldest !== undefined || this.#checkedAt === null;
    return {
      state: this.#hasFailed ? 'failed' : isBehind ? 'behind' : 'complete',
      completeUntil: oldest?.sealedAt ?? this.#checkedAt,
      ...{ waiting: this.#waiting.length, unreadable, testedAt: this.#testedAt },
      ...size,
    };
  }

  /**
   * A session's replay, made when there is none; `building` when that takes longer than `waitMillis`.
   * @throws {GatewayError} `not_found`, `recording_corrupt`, and what reading its frames throws.
   */
  async replay(sessionId: string, waitMillis: number): Promise<OpenReplay | 'building'> {
    if (this.#parts.keeper.isForgotten(sessionId)) throw new GatewayError('not_found');
    const { place } = this.#options;
    const found = await openReplay(place, sessionId).catch((thrown: unknown) => {
      if (!hasCode(thrown, 'derived_unreadable')) throw thrown;
      return undefined; // It is made anew over what cannot be read.
    });
    if (found !== undefined) return found;
    const built = this.#build(sessionId).then(() => 'built' as const);
    if ((await withinMillis(built, waitMillis)) === undefined) {
      built.catch((thrown: unknown) => this.#tell('replay.failed', sessionId, thrown));
      return 'building';
    }
    const made = await openReplay(place, sessionId);
    if (made === undefined) throw new GatewayError('derived_unreadable');
    return made;
  }

  /** What was typed, also what was not shown; it is read from the recording itself and kept nowhere. */
  keystrokes(sessionId: string): Promise<TranscriptLine[]> {
    return this.#parts.builder.keystrokes(this.#options.framesOf(sessionId, { keystrokes: true }));
  }

  /** The frames without what was typed. */
  frames(sessionId: string): AsyncIterable<ReplayFrame> {
    return this.#options.framesOf(sessionId, { keystrokes: false });
  }

  /** @throws {GatewayError} `request_invalid`; `derived_unreadable`, never silently less than there is. */
  search(request: SearchRequest): Promise<SearchAnswer> {
    return this.#parts.searcher.search(this.#parts.keeper.names, request).catch((thrown: unknown) => {
      if (hasCode(thrown, 'derived_unreadable')) this.#hasFailed = true;
      throw thrown;
    });
  }

  /** Indexes what was sealed since; one after the other, and once at a time. */
  catchUp(): Promise<void> {
    this.#catchingUp ??= this.#catchUp().finally(() => {
      this.#catchingUp = undefined;
    });
    return this.#catchingUp;
  }

  /** Looks for what was planted. Segments that do not find it are made anew by the next catching up. */
  async selfTest(): Promise<void> {
    const { database, clock, log } = this.#options;
    const { bad, sessions } = await this.#parts.keeper.test();
    this.#testedAt = clock.now();
    this.#hasFailed = bad.length > 0;
    if (bad.length === 0) return;
    this.#lastSeen = null;
    log.error(
      { event: 'search.test_failed', segments: bad.length, sessions },
      'the search index does not find needles',
    );
    await appendAuditEvent(database, clock, {
      type: 'search.test_failed',
      actor: null,
      body: { segments: bad.length, sessions },
    });
  }

  /** When the keys of a session are destroyed: nothing that was derived from it may outlive them. */
  async forget(sessionId: string): Promise<void> {
    await this.#building.get(sessionId)?.catch(() => undefined);
    await this.#parts.keeper.forget(sessionId);
    await rm(replayPath(this.#options.place.directory, sessionId), { force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopping = true;
    await this.#parts.builder[Symbol.asyncDispose]();
    await this.#catchingUp?.catch(() => undefined);
    await this.#parts.searcher[Symbol.asyncDispose]();
  }

  async #catchUp(): Promise<void> {
    const { keeper } = this.#parts;
    if (await keeper.startAnewWhenAsked()) this.#lastSeen = null;
    const now = this.#options.clock.now();
    this.#waiting = await this.#unknown();
    let added = 0;
    for (let next = this.#waiting[0]; next !== undefined && !this.#isStopping; next = this.#waiting[0]) {
      if (!(await this.#index(next.session))) return;
      this.#waiting.shift();
      added += 1;
      if (added % WRITE_EVERY !== 0) continue;
      await keeper.write();
      await keeper.merge();
    }
    if (this.#isStopping) return;
    await keeper.write();
    await keeper.merge();
    this.#checkedAt = now;
    if (this.#hasFailed && added > 0) await this.selfTest();
  }

  /** @returns whether it is done with: one that fails for a reason of its own is; another is tried again later. */
  async #index(sessionId: string): Promise<boolean> {
    try {
      await this.#build(sessionId);
      this.#tries.delete(sessionId);
      return true;
    } catch (thrown) {
      if (this.#isStopping) return false;
      this.#tell('search.unreadable_recording', sessionId, thrown);
      const code = thrown instanceof GatewayError ? thrown.code : 'internal';
      const tries = (this.#tries.get(sessionId) ?? 0) + 1;
      this.#tries.set(sessionId, tries);
      // One recording that ends its thread again and again must not keep all others out of the index.
      if (!OWN_FAULTS.has(code) && tries < TRIES_MAX) return false;
      this.#tries.delete(sessionId);
      this.#parts.keeper.noteUnreadable(sessionId, code);
      return true;
    }
  }

  /** Sealed recordings that are not in the index. */
  async #unknown(): Promise<SealedRow[]> {
    const unknown: SealedRow[] = [];
    let after = this.#lastSeen;
    for (;;) {
      const rows = await listSealed(this.#options.database, { after, limit: PAGE_ROWS });
      unknown.push(...rows.filter(({ session }) => !this.#parts.keeper.knows(session)));
      after = rows.at(-1) ?? after;
      if (rows.length < PAGE_ROWS) break;
    }
    if (after !== null) {
      this.#lastSeen = { session: after.session, sealedAt: new Date(after.sealedAt.getTime() - LATE_ROWS_MILLIS) };
    }
    return unknown;
  }

  #build(sessionId: string): Promise<void> {
    const known = this.#building.get(sessionId);
    if (known !== undefined) return known;
    const building = this.#buildNow(sessionId).finally(() => this.#building.delete(sessionId));
    this.#building.set(sessionId, building);
    return building;
  }

  async #buildNow(sessionId: string): Promise<void> {
    const frames = this.#options.framesOf(sessionId, { keystrokes: true });
    const segments = await this.#parts.builder.build(sessionId, frames);
    await this.#parts.keeper.add(sessionId, segments);
  }

  #tell(event: string, session: string, thrown: unknown): void {
    this.#options.log.warn(
      { event, session, err: asError(thrown) },
      'a recording was not made ready for replay and search',
    );
  }
}

/** Undefined when it takes longer. */
async function withinMillis<Value>(work: Promise<Value>, millis: number): Promise<Value | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), millis);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
