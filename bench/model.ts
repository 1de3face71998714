/** What a bench reports. The last line of standard output is one JSON of this shape. */

export type Operator = '<=' | '>=' | '<' | '=';

export interface Bar {
  readonly id: string;
  /** What was measured, in the bar's unit; null when it could not be. */
  readonly value: number | null;
  readonly op: Operator;
  readonly limit: number;
  readonly unit: string;
  /** Null when nothing could be measured: a bar that nobody measured neither holds nor fails. */
  readonly holds: boolean | null;
  /** Why there is no value, or under which condition it was taken. */
  readonly reason?: string;
}

export interface Report {
  readonly name: string;
  readonly figures: Readonly<Record<string, unknown>>;
  readonly bars: readonly Bar[];
}

/** What one part of a bench found out. */
export interface Part {
  readonly figures: Readonly<Record<string, unknown>>;
  readonly bars: readonly Bar[];
}

export const ROW_FILES = [
  'positives',
  'mutated',
  'negatives',
  'twins',
  'ambiguous',
  'sql-positives',
  'sql-negatives',
] as const;
export type RowFile = (typeof ROW_FILES)[number];

export interface BenchOptions {
  /** Ids of the parts to run; empty for all of them. */
  readonly only: readonly string[];
  /** Smaller everything: to see that it works, not how fast it is. */
  readonly quick: boolean;
  /** Interleaved runs of each comparison. */
  readonly runs: number;
  /** Directory for profiles of the gateway; undefined profiles nothing. Profiling slows what is measured. */
  readonly profile: string | undefined;
  /** Files of rows that are judged, by what they are; a bench without one uses rows of its own and says so. */
  readonly rows: Readonly<Partial<Record<RowFile, string>>>;
  readonly say: (line: string) => void;
}

/** Runs the parts that were asked for, one after the other, and puts what they found into one report. */
export async function runParts(
  name: string,
  parts: Readonly<Record<string, (options: BenchOptions) => Promise<Part>>>,
  options: BenchOptions,
): Promise<Report> {
  const found: Part[] = [];
  for (const [id, measure] of Object.entries(parts)) {
    if (options.only.length > 0 && !options.only.includes(id)) continue;
    options.say(`-- ${id}`);
    found.push(await measure(options));
  }
  return reportOf(name, found);
}

export function reportOf(name: string, parts: readonly Part[]): Report {
  return {
    name,
    figures: Object.assign({}, ...parts.map(({ figures }) => figures)) as Report['figures'],
    bars: parts.flatMap(({ bars }) => bars),
  };
}

export function bar(
  id: string,
  { value, op, limit, unit }: { value: number | null; op: Operator; limit: number; unit: string },
  reason?: string,
): Bar {
  const holds = value === null ? null : compare(value, op, limit);
  return { id, value, op, limit, unit, holds, ...(reason === undefined ? {} : { reason }) };
}

function compare(value: number, op: Operator, limit: number): boolean {
  switch (op) {
    case '<=':
      return value <= limit;
    case '>=':
      return value >= limit;
    case '<':
      return value < limit;
    case '=':
      return value === limit;
  }
}
