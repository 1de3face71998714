/**
 * `npm run bench -- NAME [--only id,id] [--quick] [--runs N] [--profile DIRECTORY] [--positives FILE …]`: progress on
 * stderr, one JSON on the last line.
 */
import { parseArgs } from 'node:util';
import { approvalsBench } from './approvals/index.ts';
import { consoleBench } from './console/index.ts';
import { gateBench } from './gate/index.ts';
import { httpBench } from './http/index.ts';
import { topFunctions } from './measure/profile.ts';
import { type BenchOptions, type Report, ROW_FILES, type RowFile } from './model.ts';
import { relayBench } from './relay/index.ts';
import { recorderBench } from './recorder/index.ts';
import { sshBench } from './ssh/index.ts';

const BENCHES: Readonly<Record<string, (options: BenchOptions) => Promise<Report>>> = {
  ssh: sshBench,
  gate: gateBench,
  approvals: approvalsBench,
  recorder: recorderBench,
  console: consoleBench,
  http: httpBench,
  relay: relayBench,
};

const path = { type: 'string' } as const;
const ROWS = {
  positives: path,
  mutated: path,
  negatives: path,
  twins: path,
  ambiguous: path,
  'sql-positives': path,
  'sql-negatives': path,
} as const satisfies Record<RowFile, typeof path>;

async function main(): Promise<number> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      only: { type: 'string' },
      quick: { type: 'boolean' },
      runs: { type: 'string' },
      profile: { type: 'string' },
      ...ROWS,
    },
  });
  const bench = BENCHES[positionals[0] ?? ''];
  if (bench === undefined) {
    process.stderr.write(`bench: name one of ${Object.keys(BENCHES).join(', ')}\n`);
    return 2;
  }
  const report = await bench({
    only: values.only === undefined ? [] : values.only.split(','),
    quick: values.quick ?? false,
    runs: Number(values.runs ?? 5),
    profile: values.profile,
    rows: Object.fromEntries(ROW_FILES.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]]))),
    say: (line) => process.stderr.write(`bench: ${line}\n`),
  });
  if (values.profile !== undefined) for (const line of topFunctions(values.profile)) process.stderr.write(`${line}\n`);
  for (const { id, value, op, limit, unit, holds, reason } of report.bars) {
    const state = holds === null ? 'not measured' : holds ? 'holds' : 'FAILS';
    process.stderr.write(
      `bench: ${id}: ${String(value)} ${op} ${limit} ${unit}: ${state}${reason === undefined ? '' : ` (${reason})`}\n`,
    );
  }
  process.stdout.write(`${JSON.stringify(report)}\n`);
  return report.bars.some(({ holds }) => holds === false) ? 1 : 0;
}

process.exitCode = await main();
