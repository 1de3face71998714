/** The bars of approvals: how soon a lock acts, what an inbox costs, who wins a race for a ticket, what a decision costs. */
import { type BenchOptions, type Part, type Report, runParts } from '../model.ts';
import { authorisation } from './authorisation.ts';
import { inbox } from './inbox.ts';
import { lock } from './lock.ts';
import { redeem } from './redeem.ts';

const PARTS: Readonly<Record<string, (options: BenchOptions) => Promise<Part>>> = {
  lock,
  inbox,
  redeem,
  authorisation,
};

export function approvalsBench(options: BenchOptions): Promise<Report> {
  return runParts('approvals', PARTS, options);
}
