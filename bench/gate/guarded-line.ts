/** What a line costs at the gateway's own prompt, beside the same command sent by ssh over a connection that is there already. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Keystrokes } from '../measure/keystrokes.ts';
import { percentile, round, summary } from '../measure/statistics.ts';
import { bar, type BenchOptions, type Part } from '../model.ts';
import { World } from '../world/world.ts';

const PROMPT = '$ ';
const ADDED_MS_MAX = 10;

/** The answer differs from the line that asks for it, so that the line's own echo is never taken for it. */
const lineOf = (number: number): string => `printf 'it-is-%s\\n' ${number}`;
const answerOf = (number: number): string => `it-is-${number}`;

/** Milliseconds from the start of `ssh -S` to its first output that answers. */
async function byShared(world: World, control: string, number: number): Promise<number> {
  const words = ['-F', world.configPath, '-S', control, '-tt', 'direct', lineOf(number)];
  const start = performance.now();
  const child = spawn(world.openSsh.ssh, words, { stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = once(child, 'close');
  let shown = '';
  let took: number | undefined;
  for await (const bytes of child.stdout as AsyncIterable<Buffer>) {
    shown += bytes.toString('latin1');
    if (took === undefined && shown.includes(answerOf(number))) took = performance.now() - start;
  }
  await ended;
  if (took === undefined) throw new Error(`ssh over the shared connection answered ${JSON.stringify(shown)}`);
  return took;
}

export async function guardedLine({ quick, runs, say }: BenchOptions): Promise<Part> {
  await using world = await World.start();
  const control = join(world.directory, 'shared');
  const master = spawn(world.openSsh.ssh, ['-F', world.configPath, '-M', '-S', control, '-N', 'direct'], {
    stdio: 'ignore',
  });
  try {
    // A command over the connection proves that it is there: ssh waits for its socket by trying.
    await sharedIsThere(world, control);
    const args = ['-F', world.configPath, '-tt', 'gateway-guarded'];
    await using open = await Keystrokes.open(world.openSsh.ssh, args, PROMPT);
    const series: Record<'shared' | 'gateway', number[]> = { shared: [], gateway: [] };
    const count = (quick ? 10 : 40) * Math.max(1, quick ? 1 : runs);
    for (let at = 0; at < count; at += 1) {
      series.gateway.push(await open.enter(lineOf(at), answerOf(at), PROMPT));
      series.shared.push(await byShared(world, control, at));
    }
    const added = round(percentile(series.gateway, 50) - percentile(series.shared, 50), 2);
    say(`a guarded line adds ${added} ms to the same exec over a shared connection`);
    return {
      figures: { guarded_line_ms: { gateway: summary(series.gateway), shared: summary(series.shared) } },
      bars: [bar('guarded_line/added', { value: added, op: '<=', limit: ADDED_MS_MAX, unit: 'ms' })],
    };
  } finally {
    const ended = once(master, 'close');
    master.kill('SIGTERM');
    await ended;
  }
}

const TRIES = 50;
const TRY_MS = 100;

async function sharedIsThere(world: World, control: string): Promise<void> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const { status } = await world.ssh('direct', [], { extra: ['-S', control, '-O', 'check'] });
    if (status === 0) return;
    await new Promise((resolve) => setTimeout(resolve, TRY_MS));
  }
  throw new Error('the shared connection did not come up');
}
