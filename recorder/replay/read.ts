/** Replays as they lie on the disk, and as asciinema-player's segmented source wants them. */
import { join } from 'node:path';
import { z } from 'zod';
import { GatewayError, hasErrno } from '../../foundation/index.ts';
import { isSessionId } from '../frames.ts';
import { ContainerReader, unpackJson } from './container.ts';
import {
  type Marker,
  type ReplayIndex,
  ReplayIndexSchema,
  type Segment,
  SegmentSchema,
  type TranscriptLine,
  TranscriptLineSchema,
} from './model.ts';
import { timesWithoutPauses } from './time-map.ts';

export interface ReplayPlace {
  /** Where the derived files lie. */
  readonly directory: string;
  readonly key: Buffer;
}

export function replayPath(directory: string, sessionId: string): string {
  // Stops a session id that climbs out of the directory.
  if (!isSessionId(sessionId)) throw new GatewayError('request_invalid', 'A session id is a UUID.');
  return join(directory, 'replay', `${sessionId}.skd`);
}

export function replayPurpose(sessionId: string): string {
  return `replay|${sessionId}`;
}

export interface OpenReplay extends AsyncDisposable {
  readonly index: ReplayIndex;
  segment(number: number): Promise<Segment>;
  transcript(part: number): Promise<TranscriptLine[]>;
}

/** Undefined when there is none yet. @throws {GatewayError} `derived_unreadable`: it must be made anew. */
export async function openReplay({ directory, key }: ReplayPlace, sessionId: string): Promise<OpenReplay | undefined> {
  const path = replayPath(directory, sessionId);
  const reader = await ContainerReader.open(path, key, replayPurpose(sessionId)).catch((thrown: unknown) => {
    if (hasErrno(thrown, 'ENOENT')) return undefined;
    throw thrown;
  });
  if (reader === undefined) return undefined;
  const read = async <Output>(schema: z.ZodType<Output>, record: number | undefined): Promise<Output> => {
    if (record === undefined) throw new GatewayError('not_found');
    return schema.parse(unpackJson(await reader.read(record)));
  };
  const close = (): Promise<void> => reader[Symbol.asyncDispose]();
  try {
    const index = await read(ReplayIndexSchema, reader.records - 1);
    return {
      index,
      segment: (number) => read(SegmentSchema, index.segments[number]?.[1]),
      transcript: (part) => read(z.array(TranscriptLineSchema), index.transcript[part]?.record),
      [Symbol.asyncDispose]: close,
    };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

type Pauses = 'cut' | 'kept';

/** Milliseconds since the beginning as seconds of the player; to be asked in rising order. */
function playerTimes({ cuts }: ReplayIndex, pauses: Pauses): (at: number) => number {
  if (pauses === 'kept') return (at) => at / 1_000;
  const time = timesWithoutPauses(cuts);
  return (at) => time(at) / 1_000;
}

/** The markers with their seconds in the player. */
function playedMarkers(index: ReplayIndex, markers: readonly Marker[], pauses: Pauses) {
  const time = playerTimes(index, pauses);
  return [...markers]
    .sort((one, other) => one.at - other.at)
    .map((marker) => ({ ...marker, at: Math.min(marker.at, index.durationMillis) }))
    .map((marker) => ({ ...marker, seconds: time(marker.at) }));
}

/** `format: 'segmented'`, version 1, of asciinema-player 3.18. */
export function playerIndex(
  index: ReplayIndex,
  pauses: Pauses,
  view: { readonly markers: readonly Marker[]; readonly urlOf: (segment: number) => string },
) {
  const time = playerTimes(index, pauses);
  return {
    version: 1,
    term: { cols: index.columns, rows: index.rows },
    segments: index.segments.map(([at], number) => ({ start: time(at), url: view.urlOf(number) })),
    duration: time(index.durationMillis),
    markers: playedMarkers(index, view.markers, pauses).map(({ seconds, text }) => [seconds, text] as const),
  };
}

export function playerSegment(index: ReplayIndex, { snapshot, events }: Segment, pauses: Pauses) {
  const time = playerTimes(index, pauses);
  return { snapshot, events: events.map(([at, code, data]) => [time(at), code, data] as const) };
}
