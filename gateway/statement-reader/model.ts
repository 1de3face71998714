import { z } from 'zod';

/** PostgreSQL is read by its own parser, the others by one that knows them. */
export const DIALECTS = ['postgresql', 'mysql', 'mssql', 'oracle', 'sqlite', 'snowflake', 'bigquery', 'hive'] as const;
export type Dialect = (typeof DIALECTS)[number];

/** What one dialect's parser makes of a text. */
export const DialectReading = z.strictObject({
  dialect: z.enum(DIALECTS),
  /** Tables it names, `schema.table` or `table`, as written but for quotes; names that a WITH defines are none. */
  relations: z.array(z.string()),
  /** PostgreSQL's own fingerprint: equal for statements that differ in constants alone. */
  fingerprint: z.string().nullable(),
});
export type DialectReading = z.infer<typeof DialectReading>;

/**
 * `readings` is empty where no parser takes the text, which is no sign of anything: clients have words of their own.
 * `gaveUp`: a parser did not go to the end of a text that a server may take, because it is nested too deep.
 */
export type StatementReading =
  | { readonly read: true; readonly readings: readonly DialectReading[]; readonly gaveUp: boolean }
  | { readonly read: false; readonly why: 'too_large' | 'timed_out' | 'failed' | 'busy' };

export const WorkerAnswer = z.strictObject({
  id: z.number(),
  readings: z.array(DialectReading),
  gaveUp: z.boolean(),
});
/** `parts`: what is read instead by a parser that does not take `sql` whole. */
export const WorkerQuestion = z.strictObject({ id: z.number(), sql: z.string(), parts: z.array(z.string()) });
