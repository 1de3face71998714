/** What a second worker adds: connections a second, and bulk of two flows. */
import { cpus } from 'node:os';
import { round } from '../measure/statistics.ts';
import { bar, type BenchOptions, type Part } from '../model.ts';
import type { World } from '../world/world.ts';
import { writeLogText } from './bulk.ts';
import { loadWorld } from './load.ts';

const MEGABYTE = 1_000_000;
const LIMIT = 1.7;
/** Two workers, and as much again for who loads them and who is loaded. */
const CORES_WANTED = 4;

interface Carried {
  readonly connections: number;
  readonly megabytes: number;
}

async function twoFlows(world: World, bytes: number): Promise<number> {
  const path = `${world.account.home}/app.log`;
  await writeLogText(path, bytes);
  const start = performance.now();
  const both = await Promise.all(
    ['gateway', 'gateway-aoki'].map((road) => world.ssh(road, [`cat < ${path}`], { discard: true })),
  );
  for (const { status, stderr } of both)
    if (status !== 0) throw new Error(`a flow ended with ${String(status)}: ${stderr}`);
  return (2 * bytes) / MEGABYTE / ((performance.now() - start) / 1_000);
}

async function carry(count: number, { quick, runs, say }: BenchOptions): Promise<Carried> {
  await using loaded = await loadWorld({ gatewaySsh: { workers: count }, gatewayCore: undefined });
  await using load = await loaded.load();
  await load.ask({ do: 'connect', count: quick ? 50 : 300, atOnce: 12 });
  let [connections, megabytes] = [0, 0];
  // The best of several: what else the machine does can only take away.
  for (let at = 0; at < (quick ? 1 : runs); at += 1) {
    const { done, failures, seconds } = await load.ask({ do: 'connect', count: quick ? 100 : 500, atOnce: 12 });
    if (done === 0) throw new Error(`no connection: ${JSON.stringify(failures)}`);
    if (Object.keys(failures).length > 0) say(`workers ${count}: not connected: ${JSON.stringify(failures)}`);
    connections = Math.max(connections, done / seconds);
    megabytes = Math.max(megabytes, await twoFlows(loaded.world, (quick ? 32 : 256) * MEGABYTE));
  }
  return { connections, megabytes };
}

export async function workers(options: BenchOptions): Promise<Part> {
  const one = await carry(1, options);
  const two = await carry(2, options);
  const rate = round(two.connections / one.connections);
  const flow = round(two.megabytes / one.megabytes);
  options.say(`workers: connections ${round(one.connections, 0)} and ${round(two.connections, 0)} a second`);
  options.say(`workers: bulk ${round(one.megabytes, 0)} and ${round(two.megabytes, 0)} MB/s`);
  const cores = cpus().length;
  const tooFew = cores < CORES_WANTED ? `${cores} cores carry the workers and all that loads them` : undefined;
  const judged = (id: string, value: number) => {
    const measured = bar(id, { value, op: '>=', limit: LIMIT, unit: 'x' }, tooFew);
    // With too few cores a miss says nothing about the workers.
    return tooFew !== undefined && measured.holds === false ? { ...measured, holds: null } : measured;
  };
  return {
    figures: { workers_1: one, workers_2: two },
    bars: [judged('workers/connections', rate), judged('workers/bulk', flow)],
  };
}
