/** Files by the real sftp client, in and out. */
import { randomBytes } from 'node:crypto';
import { chown, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { interleave } from '../measure/interleave.ts';
import { median, round, summary } from '../measure/statistics.ts';
import { bar, type BenchOptions, type Part } from '../model.ts';
import { run } from '../world/run.ts';
import type { World } from '../world/world.ts';

const MEGABYTE = 1_000_000;
const ROADS = ['direct', 'jump', 'gateway'] as const;

export async function sftp(world: World, options: BenchOptions): Promise<Part> {
  const bytes = (options.quick ? 32 : 256) * MEGABYTE;
  const { uid, gid } = await stat(world.account.home);
  const [local, remote] = [join(world.directory, 'sent.bin'), join(world.account.home, 'kept.bin')];
  const content = randomBytes(bytes);
  await writeFile(local, content);
  await writeFile(remote, content);
  await chown(remote, uid, gid);
  const refusal = await refused(world, remote);
  const bars = [];
  const figures: Record<string, unknown> = {};
  for (const direction of ['get', 'put'] as const) {
    const command = direction === 'get' ? `get ${remote} /dev/null` : `put ${local} ${remote}.new`;
    const roads = refusal === undefined ? ROADS : ROADS.filter((road) => road !== 'gateway');
    const connecting = await interleave(roads, 3, (road) => transfer(world, road, 'pwd'));
    const took = await interleave(roads, Math.max(options.runs, options.quick ? 2 : 5), async (road) => {
      const seconds = ((await transfer(world, road, command)) - median(connecting[road])) / 1_000;
      return bytes / MEGABYTE / seconds;
    });
    figures[`sftp_${direction}_mb_per_s`] = Object.fromEntries(roads.map((road) => [road, summary(took[road])]));
    const ratio = refusal === undefined ? round(median(took.gateway) / median(took.jump)) : null;
    options.say(`sftp ${direction} MB/s: ${roads.map((road) => `${road} ${round(median(took[road]), 0)}`).join(', ')}`);
    bars.push(bar(`sftp/${direction}`, { value: ratio, op: '>=', limit: 1.1, unit: 'x' }, refusal));
  }
  return { figures, bars };
}

/** Why the gateway gives no sftp here, or undefined when it does. */
async function refused(world: World, remote: string): Promise<string | undefined> {
  const { status, stderr } = await batch(world, 'gateway', `ls ${remote}`);
  return status === 0 ? undefined : `the gateway refuses sftp: ${stderr.trim()}`;
}

async function transfer(world: World, road: string, command: string): Promise<number> {
  const { status, stderr, milliseconds } = await batch(world, road, command);
  if (status !== 0) throw new Error(`sftp ${road}: ${stderr}`);
  return milliseconds;
}

function batch(world: World, road: string, command: string) {
  const { sftp: program, ssh } = world.openSsh;
  return run(program, ['-F', world.configPath, '-S', ssh, '-b', '-', '-q', road], { stdin: `${command}\n` });
}
