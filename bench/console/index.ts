/** The bars of the console: what its pages weigh and how soon they stand, and what its lists cost. */
import { type BenchOptions, type Part, type Report, runParts } from '../model.ts';
import { pages } from './pages.ts';
import { sessions } from './sessions.ts';

const PARTS: Readonly<Record<string, (options: BenchOptions) => Promise<Part>>> = { pages, sessions };

export function consoleBench(options: BenchOptions): Promise<Report> {
  return runParts('console', PARTS, options);
}
