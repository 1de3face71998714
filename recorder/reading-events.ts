/** The audit events of looking at recordings; see audit-events.ts. */
import { z } from 'zod';

const id = z.uuid();
const text = z.string().max(16_384);

const body = <Shape extends z.ZodRawShape>(description: string, shape: Shape) =>
  z.strictObject(shape).describe(description);

export const READING_EVENTS = {
  'recording.viewed': body('Somebody replayed or downloaded a recording.', {
    session: id,
    form: z.enum(['replay', 'download', 'transcript', 'live', 'trail']).describe('`live`: watched while it went on.'),
    file: z.enum(['cast2', 'cast3', 'transcript', 'commands', 'har']).optional().describe('What was downloaded.'),
  }),
  'recording.keystrokes_viewed': body('An auditor read what was typed in a session, also what was not shown.', {
    session: id,
    reason: text,
  }),
  'recording.verified': body('Somebody checked a recording against the log.', { session: id, verdict: text }),
  'table.exported': body('Somebody took a table of the console along as a file.', {
    table: z.enum(['sessions', 'tickets', 'audit-events']),
    format: z.enum(['csv', 'json']),
    filters: z.record(z.string(), text),
    rows: z.number().int(),
    allRows: z.boolean().describe('No: there were more rows than one file may hold.'),
  }),
  'search.made': body('Somebody searched the recordings; what was looked for is kept, for it tells what they sought.', {
    query: text,
    fields: z.array(z.enum(['shown', 'typed', 'executed'])),
    filters: z.record(z.string(), text),
    hits: z.number().int().nullable().describe('Of this page; null when the index could not answer.'),
    state: z.enum(['complete', 'behind', 'failed']).describe('Of the index, as the person was told.'),
  }),
  'search.test_failed': body('Part of the search index did not find what was planted in it; it is made anew.', {
    segments: z.number().int(),
    sessions: z.number().int(),
  }),
} as const;
