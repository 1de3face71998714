/** The bars of the HTTP bastion, each measured beside nginx's plain reverse proxy on the same machine in the same run. */
import { profiling } from '../measure/profile.ts';
import { type BenchOptions, type Part, type Report, reportOf } from '../model.ts';
import { body, meter } from './body.ts';
import { small } from './small.ts';
import { type HttpWorld, startHttpWorld } from './world.ts';

const PARTS: Readonly<Record<string, (world: HttpWorld, options: BenchOptions) => Promise<Part>>> = {
  small,
  body,
  meter,
};

export async function httpBench(options: BenchOptions): Promise<Report> {
  const parts: Part[] = [];
  await using world = await startHttpWorld(options.profile === undefined ? [] : profiling(options.profile));
  for (const [id, measure] of Object.entries(PARTS)) {
    if (options.only.length > 0 && !options.only.includes(id)) continue;
    options.say(`-- ${id}`);
    parts.push(await measure(world, options));
  }
  return reportOf('http', parts);
}
