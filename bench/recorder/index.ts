/** The bars of the recorder and its evidence: what durability costs, what checking costs, what an auditor waits for. */
import { type BenchOptions, type Part, type Report, runParts } from '../model.ts';
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

export function recorderBench(options: BenchOptions): Promise<Report> {
  return runParts('recorder', PARTS, options);
}
