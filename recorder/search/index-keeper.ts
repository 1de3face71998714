/** The index as a whole: its manifest, the merging of its segments, their test. One process keeps it. */
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode, LIMITS } from '../../foundation/index.ts';
import { EMPTY_MANIFEST, type Manifest, readManifest, writeManifest } from './manifest.ts';
import type { DerivedPlace, SegmentFacts } from './operations.ts';
import { segmentPath } from './segment-read.ts';
import type { DerivedThread } from './thread.ts';

interface IndexKeeperOptions {
  readonly place: DerivedPlace;
  /** Makes segments one. */
  readonly builder: DerivedThread;
  /** Tests them. */
  readonly searcher: DerivedThread;
}

/** Whose presence says that the index is to be made anew. */
const REBUILD = 'rebuild';
const LASTING = new Set(['recording_corrupt', 'not_found']);

export class IndexKeeper {
  readonly #options: IndexKeeperOptions;
  #manifest: Manifest;
  #known: Set<string>;
  #isUnwritten = false;

  private constructor(options: IndexKeeperOptions, manifest: Manifest) {
    this.#options = options;
    this.#manifest = manifest;
    this.#known = knownOf(manifest);
  }

  /** An index that cannot be read is made anew. */
  static async open(options: IndexKeeperOptions): Promise<{ keeper: IndexKeeper; wasUnreadable: boolean }> {
    const { place } = options;
    await mkdir(join(place.directory, 'search'), { recursive: true, mode: 0o700 });
    let wasUnreadable = false;
    const manifest = await readManifest(place).catch((thrown: unknown) => {
      if (!hasCode(thrown, 'derived_unreadable')) throw thrown;
      wasUnreadable = true;
      return undefined;
    });
    const { unreadable, ...rest } = manifest ?? EMPTY_MANIFEST;
    // What was no fault of the recording is tried again by every start.
    const lasting = unreadable.filter(({ code }) => LASTING.has(code));
    const keeper = new IndexKeeper(options, { ...rest, unreadable: lasting });
    await keeper.#removeStrangers();
    return { keeper, wasUnreadable };
  }

  get names(): string[] {
    return this.#manifest.segments.map(({ name }) => name);
  }

  get size(): { sessions: number; textBytes: number; indexBytes: number; unreadable: number } {
    const { segments, unreadable } = this.#manifest;
    return {
      sessions: new Set(segments.flatMap(({ sessions }) => sessions)).size,
      textBytes: segments.reduce((sum, { textBytes }) => sum + textBytes, 0),
      indexBytes: segments.reduce((sum, { bytes }) => sum + bytes, 0),
      unreadable: unreadable.length,
    };
  }

  knows(session: string): boolean {
    return this.#known.has(session);
  }

  /** Whether the session's keys were destroyed: nothing may be derived from it again. */
  isForgotten(session: string): boolean {
    return this.#manifest.forgotten.includes(session);
  }

  /** Takes a session's segments in; those of one that is in already are thrown away. */
  async add(session: string, segments: readonly SegmentFacts[]): Promise<void> {
    if (this.knows(session)) {
      await this.#remove(segments);
      return;
    }
    this.#manifest = { ...this.#manifest, segments: [...this.#manifest.segments, ...segments] };
    this.#known.add(session);
    this.#isUnwritten = true;
  }

  noteUnreadable(session: string, code: string): void {
    if (!this.knows(session)) this.#change({ unreadable: [...this.#manifest.unreadable, { session, code }] });
  }

  /** Makes what was added durable. */
  async write(): Promise<void> {
    if (!this.#isUnwritten) return;
    this.#isUnwritten = false;
    await writeManifest(this.#options.place, this.#manifest);
  }

  /** Makes segments of like size one until there are few. */
  async merge(): Promise<void> {
    for (let parts = this.#mergeable(); parts !== undefined; parts = this.#mergeable()) {
      await this.#replace(parts, [await this.#options.builder.merge([...parts], [])]);
    }
  }

  /** Nothing of the session is found any more, nor is it ever indexed again. */
  async forget(session: string): Promise<void> {
    for (const part of this.#manifest.segments.filter(({ sessions }) => sessions.includes(session))) {
      const isAlone = part.sessions.length === 1;
      await this.#replace([part], isAlone ? [] : [await this.#options.builder.merge([part], [session])]);
    }
    const unreadable = this.#manifest.unreadable.filter((one) => one.session !== session);
    this.#change({ forgotten: [...new Set([...this.#manifest.forgotten, session])], unreadable });
    await this.write();
  }

  /** Drops segments that do not find what was planted in them, so that their sessions are indexed anew. */
  async test(): Promise<{ bad: readonly string[]; sessions: number }> {
    const segments = this.#manifest.segments.map(({ name, planted }) => ({ name, planted }));
    const bad = new Set(await this.#options.searcher.test(segments));
    const parts = this.#manifest.segments.filter(({ name }) => bad.has(name));
    const sessions = new Set(parts.flatMap((part) => part.sessions));
    // A large session lies in several segments: with one of them all go.
    const touched = this.#manifest.segments.filter((part) => part.sessions.some((session) => sessions.has(session)));
    const dropped = [...new Set([...parts, ...touched])];
    if (dropped.length > 0) await this.#replace(dropped, []);
    return { bad: [...bad], sessions: sessions.size };
  }

  /** Drops everything when somebody asked for that. @returns whether. */
  async startAnewWhenAsked(): Promise<boolean> {
    const path = join(this.#options.place.directory, 'search', REBUILD);
    const names = await readdir(join(this.#options.place.directory, 'search'));
    if (!names.includes(REBUILD)) return false;
    this.#change({ unreadable: [] });
    await this.#replace(this.#manifest.segments, []);
    await rm(path, { force: true });
    return true;
  }

  #mergeable(): SegmentFacts[] | undefined {
    const levels = new Map<number, SegmentFacts[]>();
    for (const segment of this.#manifest.segments) {
      const level = Math.floor(Math.log(Math.max(segment.blocks, 1)) / Math.log(LIMITS.searchSegmentsMerged));
      const parts = [...(levels.get(level) ?? []), segment];
      levels.set(level, parts);
      const blocks = parts.reduce((sum, part) => sum + part.blocks, 0);
      if (parts.length >= LIMITS.searchSegmentsMerged && blocks <= LIMITS.searchMergedBlocksMax) return parts;
    }
    return undefined;
  }

  async #replace(old: readonly SegmentFacts[], by: readonly SegmentFacts[]): Promise<void> {
    const gone = new Set(old.map(({ name }) => name));
    this.#change({ segments: [...this.#manifest.segments.filter(({ name }) => !gone.has(name)), ...by] });
    await this.write();
    await this.#remove(old);
  }

  #change(change: Partial<Manifest>): void {
    this.#manifest = { ...this.#manifest, ...change };
    this.#known = knownOf(this.#manifest);
    this.#isUnwritten = true;
  }

  async #remove(segments: readonly SegmentFacts[]): Promise<void> {
    for (const { name } of segments) await rm(segmentPath(this.#options.place.directory, name), { force: true });
  }

  /** Files of a start that was cut off. */
  async #removeStrangers(): Promise<void> {
    const own = new Set(this.names.map((name) => `${name}.sks`));
    const directory = join(this.#options.place.directory, 'search');
    for (const name of await readdir(directory)) {
      if (name.endsWith('.new') || (name.endsWith('.sks') && !own.has(name))) await rm(join(directory, name));
    }
  }
}

function knownOf({ segments, unreadable, forgotten }: Manifest): Set<string> {
  return new Set([
    ...segments.flatMap(({ sessions }) => sessions),
    ...unreadable.map(({ session }) => session),
    ...forgotten,
  ]);
}

/** Asks the gateway that keeps this index to make it anew. */
export function rebuildMarkPath(directory: string): string {
  return join(directory, 'search', REBUILD);
}
