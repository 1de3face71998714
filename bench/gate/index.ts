/** The bars of the export gate: what is recognised, what is stopped wrongly, and what it costs. */
import { type BenchOptions, type Part, type Report, runParts } from '../model.ts';
import { ambiguous, mutated, ordinary, recall, twins } from './corpora.ts';
import { judgeCost } from './judge-cost.ts';
import { meter } from './meter.ts';
import { outputGuard } from './output-guard.ts';
import { sftpHash } from './sftp-hash.ts';
import { statements } from './statements.ts';

const PARTS: Readonly<Record<string, (options: BenchOptions) => Promise<Part>>> = {
  recall,
  rewritten: mutated,
  ordinary,
  twins,
  ambiguous,
  sql: statements,
  judge: judgeCost,
  // It brings up a gateway and its targets; nothing of them is loaded to judge rows.
  guarded_line: async (options) => (await import('./guarded-line.ts')).guardedLine(options),
  output_guard: outputGuard,
  meter,
  sftp_hash: sftpHash,
};

export function gateBench(options: BenchOptions): Promise<Report> {
  return runParts('gate', PARTS, options);
}
