/** What a keystroke's echo costs: alone, and beside somebody's bulk transfer. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { asError } from '../../foundation/index.ts';
import { fdatasyncMilliseconds } from '../measure/disk.ts';
import { Keystrokes } from '../measure/keystrokes.ts';
import { percentile, round, summary } from '../measure/statistics.ts';
import { type Bar, bar, type BenchOptions, type Part } from '../model.ts';
import { World } from '../world/world.ts';

const PAUSE_MS = 8;

/** A terminal on the target whose kernel echoes: `cat` reads what is typed. */
function terminal(world: World, alias: string): Promise<Keystrokes> {
  const args = ['-F', world.configPath, '-tt', alias, 'echo ready; exec cat'];
  return Keystrokes.open(world.openSsh.ssh, args, 'ready');
}

export async function echoIdle(world: World, { runs, quick, say }: BenchOptions): Promise<Part> {
  const keys = quick ? 60 : 200;
  const roads = ['direct', 'jump', 'force', 'gateway'] as const;
  const series: Record<(typeof roads)[number], number[]> = { direct: [], jump: [], force: [], gateway: [] };
  const disk: number[] = [];
  for (let at = 0; at < Math.max(runs, quick ? 2 : 5); at += 1) {
    for (const road of roads) {
      await using open = await terminal(world, road);
      await open.type(20, PAUSE_MS);
      series[road].push(...(await open.type(keys, PAUSE_MS)));
    }
    disk.push(await fdatasyncMilliseconds(world.gateway.directory));
  }
  const sync = percentile(disk, 50);
  const raw = percentile(series.gateway, 50) - percentile(series.direct, 50);
  const added = raw - 2 * sync;
  say(`echo p50 ms: ${roads.map((road) => `${road} ${round(percentile(series[road], 50), 2)}`).join(', ')}`);
  say(`echo adds ${round(raw, 2)} ms, of which two fdatasync ${round(2 * sync, 2)} ms`);
  return {
    figures: {
      echo_idle_ms: Object.fromEntries(roads.map((road) => [road, summary(series[road])])),
      echo_idle_added_raw_ms: round(raw),
      fdatasync_ms: round(sync),
    },
    bars: [bar('echo_idle/strict', { value: round(added), op: '<=', limit: 0.6, unit: 'ms' })],
  };
}

/** The same where a keystroke waits for no disk. */
export async function echoBuffered({ runs, quick, say }: BenchOptions): Promise<Part> {
  await using world = await World.start({ durability: 'buffered' });
  const series: Record<'direct' | 'gateway', number[]> = { direct: [], gateway: [] };
  for (let at = 0; at < Math.max(runs, quick ? 2 : 5); at += 1) {
    for (const road of ['direct', 'gateway'] as const) {
      await using open = await terminal(world, road);
      await open.type(20, PAUSE_MS);
      series[road].push(...(await open.type(quick ? 60 : 200, PAUSE_MS)));
    }
  }
  const added = (rank: number): number => round(percentile(series.gateway, rank) - percentile(series.direct, rank));
  say(`buffered echo adds: p50 ${added(50)} ms, p99 ${added(99)} ms`);
  return {
    figures: { echo_buffered_ms: { direct: summary(series.direct), gateway: summary(series.gateway) } },
    bars: [
      bar('echo_idle/buffered_p50', { value: added(50), op: '<=', limit: 0.4, unit: 'ms' }),
      bar('echo_idle/buffered_p99', { value: added(99), op: '<=', limit: 2, unit: 'ms' }),
    ],
  };
}

/** Flows without end through the gateway, until they are stopped. */
async function withFlows<Result>(world: World, flows: number, work: () => Promise<Result>): Promise<Result> {
  const words = ['-F', world.configPath, 'gateway-aoki', 'exec tr "\\0" x < /dev/zero'];
  const children = Array.from({ length: flows }, () => spawn(world.openSsh.ssh, words, { stdio: 'ignore' }));
  try {
    return await work();
  } finally {
    const ended = children.filter((child) => child.exitCode === null).map((child) => once(child, 'close'));
    for (const child of children) child.kill('SIGKILL');
    await Promise.all(ended);
  }
}

/** Milliseconds of each key, or why there is none. */
async function beside(world: World, flows: number, keys: number): Promise<number[] | string> {
  try {
    return await withFlows(world, flows, async () => {
      await using open = await terminal(world, 'gateway');
      await open.type(50, PAUSE_MS); // Until the flows run at their full rate.
      return await open.type(keys, PAUSE_MS);
    });
  } catch (thrown) {
    return asError(thrown).message;
  }
}

export async function echoUnderBulk({ quick, say }: BenchOptions): Promise<Part> {
  await using world = await World.start({ durability: 'buffered' });
  const figures: Record<string, unknown> = {};
  const bars: Bar[] = [];
  for (const { flows, limits } of [
    { flows: 1, limits: [1, 5] },
    { flows: 8, limits: [3, 10] },
  ]) {
    const took = await beside(world, flows, quick ? 60 : 300);
    figures[`echo_under_bulk_${flows}_flows_buffered_ms`] = typeof took === 'string' ? took : summary(took);
    for (const [at, rank] of [50, 99].entries()) {
      const value = typeof took === 'string' ? null : round(percentile(took, rank));
      const measured = { value, op: '<=', limit: limits[at] ?? 0, unit: 'ms' } as const;
      const id = `echo_under_bulk/${flows}/p${rank}`;
      if (typeof took === 'string') bars.push({ ...bar(id, measured, `no echo came: ${took}`), holds: false });
      else bars.push(bar(id, measured));
      say(`echo beside ${flows} flows: p${rank} ${String(value)} ms`);
    }
  }
  return { figures, bars };
}
