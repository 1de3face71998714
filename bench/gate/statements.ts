/** SQL: export statements of every dialect recognised, ordinary statements let through. */
import { judgeStatement } from '../../policy/index.ts';
import { bar, type BenchOptions, type Part, type RowFile } from '../model.ts';
import { STATEMENT_POLICY } from './policy.ts';
import { proportion, proportions } from './proportion.ts';
import { readRows, type Row, sourceOf } from './rows.ts';

const TOLD = 12;

export async function statements(options: BenchOptions): Promise<Part> {
  const positives = await stopped(options, 'sql-positives');
  const negatives = await stopped(options, 'sql-negatives');
  tell(
    options,
    'export statements allowed',
    positives.rows.filter(({ isStopped }) => !isStopped),
  );
  tell(
    options,
    'ordinary statements stopped',
    negatives.rows.filter(({ isStopped }) => isStopped),
  );
  return {
    figures: { sql: { recall: positives.by, stopped: negatives.by } },
    bars: [
      bar('sql/recall', { value: positives.all.percent, op: '>=', limit: 99.5, unit: '%' }, positives.reason),
      bar('sql/false', { value: negatives.all.percent, op: '<=', limit: 0.05, unit: '%' }, negatives.reason),
    ],
  };
}

interface Stopped {
  readonly row: Row;
  readonly isStopped: boolean;
}

async function stopped(options: BenchOptions, name: RowFile) {
  const { rows: all, own } = await readRows(options, name);
  const rows = all.map((row): Stopped => {
    return { row, isStopped: judgeStatement(row.command, STATEMENT_POLICY).verdict !== 'allow' };
  });
  const total = proportion(rows.filter(({ isStopped }) => isStopped).length, rows.length);
  const sure = total.interval === null ? 'no rows' : `95 % interval ${total.interval[0]} to ${total.interval[1]}`;
  return {
    rows,
    all: total,
    by: {
      all: total,
      by_source: proportions(rows, { group: ({ row }) => sourceOf(row), isHit: (one) => one.isStopped }),
    },
    reason: own ? `${sure}; ${rows.length} rows of its own: no --${name} FILE` : sure,
  };
}

function tell({ say }: BenchOptions, what: string, rows: readonly Stopped[]): void {
  if (rows.length > 0) say(`${what}: ${rows.length}, among them`);
  for (const { row } of rows.slice(0, TOLD)) say(`  ${JSON.stringify(row.command).slice(0, 160)}`);
}
