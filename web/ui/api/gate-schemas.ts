/** What the page about the gate understands of its answers. */
import * as z from 'zod/mini';
import { Asset, moment, strings, titles } from './schemas.ts';

const limit = z.optional(z.nullable(z.number()));
const windows = z.object({
  command: limit,
  session: limit,
  day: limit,
  days30: limit,
  days90: limit,
  days365: limit,
  lifetime: limit,
});
export type Windows = z.infer<typeof windows>;

/** A target with what the gate guards on it and how much of it may be shown. */
export const GuardedTarget = z.object({
  id: z.string(),
  name: z.string(),
  mode: z.enum(['exec-only', 'guarded-line', 'guarded-shell', 'guarded-pty', 'guarded-web', 'recorded']),
  systemId: z.string(),
  systemTitle: titles,
  owned: z.boolean(),
  programs: strings,
  assets: z.array(Asset),
  budget: z.object({
    limits: z.object({
      persons: z.optional(windows),
      rows: z.optional(windows),
      bytes: z.optional(windows),
      opaqueBytes: z.optional(windows),
      files: z.optional(windows),
    }),
    softRatio: z.number(),
  }),
});
export type GuardedTarget = z.infer<typeof GuardedTarget>;

/** What left by one person's work on one system in the last 30 days. */
export const MeterUse = z.object({
  systemId: z.string(),
  person: z.string(),
  days: z.number(),
  mostPersons: z.number(),
  rows: z.number(),
  bytes: z.number(),
  opaqueBytes: z.number(),
  files: z.number(),
});
export type MeterUse = z.infer<typeof MeterUse>;

export const Program = z.object({
  id: z.string(),
  name: z.string(),
  state: z.enum(['candidate', 'accepted', 'declined']),
  reason: z.nullable(z.string()),
  decidedAt: z.nullable(moment),
  decidedBy: z.nullable(z.string()),
  owned: z.boolean(),
  system: z.object({ name: z.string(), titleEn: z.string(), titleJa: z.string() }),
  askers: z.array(z.object({ id: z.string(), name: z.string(), times: z.number(), askedAt: moment, text: z.string() })),
});
export type Program = z.infer<typeof Program>;
