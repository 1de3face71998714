/** What the gateway and the thread that reads recordings say to each other. Frames go by pieces, each acknowledged. */
import { z } from 'zod';
import { TranscriptLineSchema } from '../replay/model.ts';
import { SegmentFactsSchema } from './operations.ts';
import { SEARCH_FIELDS, SearchPlaceSchema, SearchRequestSchema } from './query.ts';

const id = z.number().int();
const bytes = z.custom<Uint8Array>((value) => ArrayBuffer.isView(value));
const FrameSchema = z.strictObject({
  type: z.enum(['h', 'o', 'e', 'i', 'r', 'm', 'x', 'g', 'c', 'n', 'w', 'a', 'u']),
  seq: z.number().int(),
  micros: z.bigint(),
  payload: bytes,
});
export type SentFrame = z.infer<typeof FrameSchema>;

export const OrderSchema = z.discriminatedUnion('op', [
  z.strictObject({ id, op: z.literal('build'), sessionId: z.string() }),
  z.strictObject({ id, op: z.literal('keystrokes') }),
  z.strictObject({
    id,
    op: z.literal('merge'),
    parts: z.array(SegmentFactsSchema).min(1),
    forget: z.array(z.string()),
  }),
  z.strictObject({ id, op: z.literal('search'), names: z.array(z.string()), request: SearchRequestSchema }),
  z.strictObject({
    id,
    op: z.literal('test'),
    segments: z.array(SegmentFactsSchema.pick({ name: true, planted: true })),
  }),
  /** More frames of the recording that order `id` reads. */
  z.strictObject({ id, op: z.literal('frames'), frames: z.array(FrameSchema), bytes: z.number().int() }),
  /** There are no more: all were given, or reading failed. */
  z.strictObject({ id, op: z.literal('end'), failed: z.boolean() }),
]);
export type Order = z.infer<typeof OrderSchema>;

export const ReportSchema = z.discriminatedUnion('is', [
  z.strictObject({ id, is: z.literal('taken'), bytes: z.number().int() }),
  z.strictObject({ id, is: z.literal('done'), result: z.unknown() }),
  z.strictObject({ id, is: z.literal('failed'), code: z.string().nullable(), message: z.string() }),
]);
export type Report = z.infer<typeof ReportSchema>;

/** The results by order. */
export const RESULTS = {
  build: z.array(SegmentFactsSchema),
  keystrokes: z.array(TranscriptLineSchema),
  merge: SegmentFactsSchema,
  search: z.strictObject({
    hits: z.array(
      z.strictObject({
        session: z.string(),
        field: z.enum(SEARCH_FIELDS),
        at: z.number(),
        offset: z.number(),
        text: z.string(),
        linesBefore: z.array(z.string()),
        linesAfter: z.array(z.string()),
      }),
    ),
    moreIn: z.array(z.string()),
    next: SearchPlaceSchema.nullable(),
    ranOut: z.boolean(),
  }),
  test: z.array(z.string()),
} as const;
export type Result<Op extends keyof typeof RESULTS> = z.infer<(typeof RESULTS)[Op]>;
