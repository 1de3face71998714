/** The bars of approvals: how soon a lock acts, what an inbox costs, who wins a race for a ticket, what a decision costs. */
import type { BenchOptions, Part, Report } from '../model.ts';
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

export async function approvalsBench(options: BenchOptions): Promise<Report> {
  const parts: Part[] = [];
  for (const [id, measure] of Object.entries(PARTS)) {
    if (options.only.length > 0 && !options.only.includes(id)) continue;
    options.say(`-- ${id}`);
    parts.push(await measure(options));
  }
  return {
    name: 'approvals',
    figures: Object.assign({}, ...parts.map(({ figures }) => figures)) as Report['figures'],
    bars: parts.flatMap(({ bars }) => bars),
  };
}
