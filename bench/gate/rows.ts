/** The rows of a corpus: one JSON object a line, as published corpora of command lines have them. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { BenchOptions, RowFile } from '../model.ts';
import { OWN_ROWS } from './own-rows.ts';

const RowSchema = z.object({
  command: z.string(),
  source: z.string().default('unknown'),
  note: z.string().default(''),
  class: z.string().optional(),
  mutation: z.string().optional(),
});
export type Row = z.infer<typeof RowSchema>;

export interface Rows {
  readonly rows: readonly Row[];
  /** The rows are this program's own few, since no file was named: they show that it works, not how good it is. */
  readonly own: boolean;
}

/** @throws when a line is not such an object: a corpus that cannot be read is no corpus. */
export async function readRows({ rows: files, say }: BenchOptions, name: RowFile): Promise<Rows> {
  const file = files[name];
  if (file === undefined) {
    say(`no --${name} FILE: judging ${OWN_ROWS[name].length} rows of this program's own`);
    return { rows: OWN_ROWS[name].map((row) => RowSchema.parse(row)), own: true };
  }
  const rows: Row[] = [];
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    if (line.trim() === '') continue;
    const parsed = RowSchema.safeParse(JSON.parse(line));
    if (!parsed.success) throw new Error(`${file}: line ${rows.length + 1} is no row: ${parsed.error.message}`);
    rows.push(parsed.data);
  }
  return { rows, own: false };
}

/** What a row was taken from, without the place in it: `gtfobins`, `tldr`. */
export function sourceOf({ source }: Row): string {
  return source.split('/')[0] ?? source;
}

/** Rows of ordinary work in rising closeness to data: `tier0`, `tier1`; their note begins with it. */
export function tierOf({ source, note }: Row): string {
  const tier = /^tier\d+/.exec(note)?.[0];
  return tier === undefined
    ? sourceOf({ command: '', source, note })
    : `${sourceOf({ command: '', source, note })}/${tier}`;
}
