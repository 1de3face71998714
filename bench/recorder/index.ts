/** The bars of the recorder and its evidence: what durability costs, what checking costs, what an auditor waits for. */
import type { BenchOptions, Part, Report } from '../model.ts';
import { append } from './append.ts';
import { cpu } from './cpu.ts';
import { echo } from './echo.ts';
import { merkle, proofs } from './leaves.ts';
import { memory } from './memory.ts';
import { searching } from './searching.ts';

const PARTS: Readonly<Record<string, (options: BenchOptions) => Promise<Part>>> = {
  append,
  echo,
  cpu,
  merkle,
  proofs,
  memory,
  search: searching,
};

export async function recorderBench(options: BenchOptions): Promise<Report> {
  const parts: Part[] = [];
  for (const [id, measure] of Object.entries(PARTS)) {
    if (options.only.length > 0 && !options.only.includes(id)) continue;
    options.say(`-- ${id}`);
    parts.push(await measure(options));
  }
  return {
    name: 'recorder',
    figures: Object.assign({}, ...parts.map(({ figures }) => figures)) as Report['figures'],
    bars: parts.flatMap(({ bars }) => bars),
  };
}
