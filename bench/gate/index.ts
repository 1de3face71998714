/** The bars of the export gate: what is recognised, what is stopped wrongly, and what it costs. */
import type { BenchOptions, Part, Report } from '../model.ts';
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

export async function gateBench(options: BenchOptions): Promise<Report> {
  const parts: Part[] = [];
  for (const [id, measure] of Object.entries(PARTS)) {
    if (options.only.length > 0 && !options.only.includes(id)) continue;
    options.say(`-- ${id}`);
    parts.push(await measure(options));
  }
  return {
    name: 'gate',
    figures: Object.assign({}, ...parts.map(({ figures }) => figures)) as Report['figures'],
    bars: parts.flatMap(({ bars }) => bars),
  };
}
