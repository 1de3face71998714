/** What a replay is made of. Times are milliseconds since the first frame of the recording. */
import { z } from 'zod';
import type { Frame, FrameType } from '../frames.ts';

export interface ReplayFrame extends Pick<Frame, 'seq' | 'micros' | 'payload'> {
  /** `n`: `{"echo": …}`, where the recording knows it. */
  readonly type: FrameType | 'n';
}

/** The frames of a sealed recording, in order. @throws {GatewayError} `not_found`, `recording_corrupt`. */
export type FramesOf = (sessionId: string, options: { readonly keystrokes: boolean }) => AsyncIterable<ReplayFrame>;

const MARKER_KINDS = ['command', 'file', 'note', 'resize', 'gap', 'exit', 'refusal', 'ticket', 'limit'] as const;
export type MarkerKind = (typeof MARKER_KINDS)[number];

const millis = z.number().int().nonnegative();

/** `screen`: stayed until it scrolled away or the end. `passed`: was shown and overwritten, cleared or left. */
const LINE_KINDS = ['screen', 'passed', 'typed', 'executed', 'note'] as const;

export const TranscriptLineSchema = z.strictObject({
  at: millis,
  kind: z.enum(LINE_KINDS),
  text: z.string(),
  /** Only of `typed`: what stood before it on its line. */
  prompt: z.string().optional(),
  /** Only of `typed`: the terminal did not show it. */
  hidden: z.literal(true).optional(),
});
export type TranscriptLine = z.infer<typeof TranscriptLineSchema>;

const MarkerSchema = z.strictObject({ at: millis, kind: z.enum(MARKER_KINDS), text: z.string() });
export type Marker = z.infer<typeof MarkerSchema>;

const DensitySchema = z.strictObject({ widthMillis: z.number().positive(), bytes: z.array(millis) });

export const ReplayIndexSchema = z.strictObject({
  v: z.literal(1),
  sessionId: z.string(),
  /** Unix milliseconds of the first frame. */
  startedAt: millis,
  durationMillis: millis,
  columns: z.number().int().positive(),
  rows: z.number().int().positive(),
  hasTerminal: z.boolean(),
  /** How the output was read; more than one when it changed on the way. */
  charsets: z.array(z.string()),
  /** Pauses that a replay leaves out: from, until. */
  cuts: z.array(z.tuple([millis, millis])),
  markers: z.array(MarkerSchema),
  markersLeftOut: millis,
  /** Bytes of output over time, with the pauses and without them. */
  density: z.strictObject({ whole: DensitySchema, cut: DensitySchema }),
  /** When each segment begins, and its record in the file. */
  segments: z.array(z.tuple([millis, millis])).min(1),
  transcript: z.array(z.strictObject({ record: millis, from: millis, lines: millis })),
});
export type ReplayIndex = z.infer<typeof ReplayIndexSchema>;

export const SegmentSchema = z.strictObject({
  snapshot: z.strictObject({ cols: z.number().int(), rows: z.number().int(), init: z.string() }),
  events: z.array(z.tuple([millis, z.enum(['o', 'r']), z.string()])).min(1),
});
export type Segment = z.infer<typeof SegmentSchema>;
