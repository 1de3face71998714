/** What is done with derived data, each as one function: they run in a thread where no keystroke waits for them. */
import { randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type Clock, LIMITS } from '../../foundation/index.ts';
import { buildReplay } from '../replay/build.ts';
import { type ContainerWriter, createContainer } from '../replay/container.ts';
import type { ReplayFrame, TranscriptLine } from '../replay/model.ts';
import { replayPath, replayPurpose } from '../replay/read.ts';
import { walkRecording } from '../replay/walk.ts';
import { mergeSegments } from './merge.ts';
import { findsNeedles, NEEDLE_SESSION, plantNeedles } from './needles.ts';
import type { SearchAnswer, SearchField, SearchRequest } from './query.ts';
import { searchSegments } from './search.ts';
import { SegmentReader, segmentPath, segmentPurpose } from './segment-read.ts';
import { SegmentBuilder } from './segment-write.ts';

/** Where derived data lies and the key it is encrypted with. */
export interface DerivedPlace {
  readonly directory: string;
  readonly key: Buffer;
}

const whole = z.number().int().nonnegative();

/** What the manifest keeps of a segment. */
export const SegmentFactsSchema = z.strictObject({
  name: z.string().regex(/^[0-9a-f]{32}$/),
  /** Segments whose needles are in it, itself among them when it was not merged. */
  planted: z.array(z.string()),
  sessions: z.array(z.string()),
  blocks: whole,
  textBytes: whole,
  bytes: whole,
});
export type SegmentFacts = z.infer<typeof SegmentFactsSchema>;

const PLANTED_MAX = 8;
const FIELD_OF_KIND: Readonly<Record<TranscriptLine['kind'], SearchField>> = {
  screen: 'shown',
  passed: 'shown',
  typed: 'typed',
  executed: 'executed',
  note: 'executed',
};

/** Makes a session's replay and its part of the search index; nothing is left of it when it fails. */
export async function buildSession(
  place: DerivedPlace,
  sessionId: string,
  frames: AsyncIterable<ReplayFrame>,
): Promise<SegmentFacts[]> {
  await mkdir(join(place.directory, 'replay'), { recursive: true, mode: 0o700 });
  const path = replayPath(place.directory, sessionId);
  const container = await createContainer(path, place.key, replayPurpose(sessionId));
  const index = new SessionIndexer(place, sessionId);
  try {
    await buildReplay(frames, container, (line, startedAt) => index.add(line, startedAt));
    const facts = await index.finish();
    await container.finish();
    return facts;
  } catch (thrown) {
    await container.abort().catch(() => undefined);
    await index.abort();
    throw thrown;
  }
}

/** What was typed in a session, also what was not shown. It is kept nowhere. */
export async function readKeystrokes(frames: AsyncIterable<ReplayFrame>): Promise<TranscriptLine[]> {
  const lines: TranscriptLine[] = [];
  await walkRecording(frames, {
    start: () => undefined,
    event: () => undefined,
    output: () => undefined,
    marker: () => undefined,
    line: (line) => {
      if (line.kind === 'typed' && lines.length < LIMITS.replayMarkersMax) lines.push(line);
    },
  });
  return lines;
}

/** Makes one segment of several, without the sessions of `forget`. The parts stay where they are. */
export async function mergeParts(
  place: DerivedPlace,
  parts: readonly SegmentFacts[],
  forget: readonly string[],
): Promise<SegmentFacts> {
  const forgotten = new Set(forget);
  const planted = plantedAfter(parts);
  const name = newName();
  const container = await createSegment(place, name);
  const segments: SegmentReader[] = [];
  try {
    for (const part of parts) segments.push(await SegmentReader.open(place, part.name));
    const { sessions, fields, textBytes } = await mergeSegments(segments, container, (session, segment) =>
      session === NEEDLE_SESSION ? !planted.has(segment.name) : forgotten.has(session),
    );
    return {
      ...{ name, planted: [...planted.values()].flat(), sessions: sessionsOf(sessions), blocks: fields.length },
      ...{ textBytes, bytes: await container.finish() },
    };
  } catch (thrown) {
    await container.abort().catch(() => undefined);
    throw thrown;
  } finally {
    for (const segment of segments) await segment[Symbol.asyncDispose]();
  }
}

/** The parts whose needles are kept, so that the number of needles stays small: the first and, with room, the last. */
function plantedAfter(parts: readonly SegmentFacts[]): Map<string, readonly string[]> {
  const kept = new Map<string, readonly string[]>();
  let count = 0;
  for (const part of new Set([parts[0], parts.at(-1)])) {
    if (part === undefined || (kept.size > 0 && count + part.planted.length > PLANTED_MAX)) continue;
    kept.set(part.name, part.planted);
    count += part.planted.length;
  }
  return kept;
}

/** Segments that are open, those that were asked for last. */
export class OpenSegments implements AsyncDisposable {
  readonly #place: DerivedPlace;
  readonly #open = new Map<string, SegmentReader>();

  constructor(place: DerivedPlace) {
    this.#place = place;
  }

  /** Opens what is missing and closes what is not named any more. @throws what opening throws. */
  async use(names: readonly string[]): Promise<SegmentReader[]> {
    const wanted = new Set(names);
    for (const [name, segment] of this.#open) {
      if (wanted.has(name)) continue;
      this.#open.delete(name);
      await segment[Symbol.asyncDispose]();
    }
    const segments: SegmentReader[] = [];
    for (const name of names) {
      const segment = this.#open.get(name) ?? (await SegmentReader.open(this.#place, name));
      this.#open.set(name, segment);
      segments.push(segment);
    }
    return segments;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.use([]);
  }
}

export async function search(
  open: OpenSegments,
  names: readonly string[],
  request: SearchRequest,
  clock: Clock,
): Promise<SearchAnswer> {
  return await searchSegments(await open.use(names), request, millisOf(clock));
}

/** The names of segments that cannot be read or do not find what was planted in them. */
export async function testSegments(
  place: DerivedPlace,
  segments: readonly Pick<SegmentFacts, 'name' | 'planted'>[],
  clock: Clock,
): Promise<string[]> {
  const bad: string[] = [];
  for (const { name, planted } of segments) {
    const isGood = await testSegment(place, name, { key: place.key, names: planted, now: millisOf(clock) });
    if (!isGood) bad.push(name);
  }
  return bad;
}

async function testSegment(
  place: DerivedPlace,
  name: string,
  planted: Parameters<typeof findsNeedles>[1],
): Promise<boolean> {
  try {
    await using segment = await SegmentReader.open(place, name);
    return planted.names.length > 0 && (await findsNeedles(segment, planted));
  } catch {
    return false; // Whatever is wrong with it: it cannot be searched.
  }
}

const millisOf = (clock: Clock) => (): number => Number(clock.micros() / 1_000n);
const newName = (): string => randomBytes(16).toString('hex');
const sessionsOf = (sessions: readonly { readonly id: string }[]): string[] => [
  ...new Set(sessions.map(({ id }) => id).filter((id) => id !== NEEDLE_SESSION)),
];

async function createSegment({ directory, key }: DerivedPlace, name: string): Promise<ContainerWriter> {
  await mkdir(join(directory, 'search'), { recursive: true, mode: 0o700 });
  return await createContainer(segmentPath(directory, name), key, segmentPurpose(name));
}

interface OpenSegment {
  readonly name: string;
  readonly builder: SegmentBuilder;
  readonly container: ContainerWriter;
}

/** Writes the lines of one session into as many segments as it needs. */
class SessionIndexer {
  readonly #place: DerivedPlace;
  readonly #sessionId: string;
  readonly #done: SegmentFacts[] = [];
  #open: OpenSegment | undefined;
  #startedAt = 0;

  constructor(place: DerivedPlace, sessionId: string) {
    this.#place = place;
    this.#sessionId = sessionId;
  }

  async add(line: TranscriptLine, startedAt: number): Promise<void> {
    this.#startedAt = startedAt;
    // What nobody saw is a password more often than not, and a search may not be a way to try one.
    if (line.hidden === true) return;
    if (this.#open?.builder.isFull === true) await this.#close();
    const { builder } = this.#open ?? (await this.#begin());
    await builder.add({ field: FIELD_OF_KIND[line.kind], at: startedAt + line.at, text: line.text });
  }

  async finish(): Promise<SegmentFacts[]> {
    if (this.#open === undefined && this.#done.length === 0) await this.#begin();
    await this.#close();
    return this.#done;
  }

  async abort(): Promise<void> {
    await this.#open?.container.abort().catch(() => undefined);
    for (const { name } of this.#done) await rm(segmentPath(this.#place.directory, name), { force: true });
  }

  async #begin(): Promise<OpenSegment> {
    const name = newName();
    const container = await createSegment(this.#place, name);
    const builder = new SegmentBuilder(container);
    const open = { name, builder, container };
    this.#open = open;
    await plantNeedles(builder, this.#place.key, name);
    builder.beginSession(this.#sessionId, this.#startedAt, this.#done.length);
    return open;
  }

  async #close(): Promise<void> {
    if (this.#open === undefined) return;
    const { name, builder, container } = this.#open;
    this.#open = undefined;
    await builder.endSession();
    const { sessions, fields, textBytes } = await builder.finish();
    const bytes = await container.finish();
    this.#done.push({
      ...{ name, planted: [name], sessions: sessionsOf(sessions), blocks: fields.length },
      ...{ textBytes, bytes },
    });
  }
}
