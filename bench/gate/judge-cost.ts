/** What judging one command costs. */
import { judgeCommand, judgeStatement } from '../../policy/index.ts';
import { percentile, round } from '../measure/statistics.ts';
import { bar, type BenchOptions, type Part } from '../model.ts';
import { POLICY, STATEMENT_POLICY } from './policy.ts';
import { readRows } from './rows.ts';

const WARM_UP = 2;

/** Microseconds of each call, over all rows, after the engine has compiled what it will compile. */
function microseconds(texts: readonly string[], judge: (text: string) => unknown, runs: number): number[] {
  const taken: number[] = [];
  for (let run = 0; run < WARM_UP + runs; run += 1) {
    for (const text of texts) {
      const start = process.hrtime.bigint();
      judge(text);
      const end = process.hrtime.bigint();
      if (run >= WARM_UP) taken.push(Number(end - start) / 1_000);
    }
  }
  return taken;
}

export async function judgeCost(options: BenchOptions): Promise<Part> {
  const silent = { ...options, say: () => undefined };
  const names = ['negatives', 'positives', 'mutated', 'twins'] as const;
  const rows = (await Promise.all(names.map((name) => readRows(silent, name)))).flatMap(({ rows: all }) => all);
  const sql = (
    await Promise.all((['sql-negatives', 'sql-positives'] as const).map((name) => readRows(silent, name)))
  ).flatMap(({ rows: all }) => all);
  const runs = options.quick ? 1 : options.runs;
  const taken = microseconds(
    rows.map(({ command }) => command),
    (text) => judgeCommand(text, POLICY),
    runs,
  );
  const ofSql = microseconds(
    sql.map(({ command }) => command),
    (text) => judgeStatement(text, STATEMENT_POLICY),
    runs,
  );
  const [p50, p99] = [round(percentile(taken, 50), 1), round(percentile(taken, 99), 1)];
  options.say(`judge: p50 ${p50} µs, p99 ${p99} µs over ${rows.length} commands`);
  return {
    figures: {
      judge_us: { commands: rows.length, runs, p50, p99, max: round(Math.max(0, ...taken.slice(-rows.length)), 1) },
      statement_us: {
        statements: sql.length,
        p50: round(percentile(ofSql, 50), 1),
        p99: round(percentile(ofSql, 99), 1),
      },
    },
    bars: [
      bar('judge/p50', { value: p50, op: '<=', limit: 20, unit: 'µs' }),
      bar('judge/p99', { value: p99, op: '<=', limit: 1_000, unit: 'µs' }),
    ],
  };
}
