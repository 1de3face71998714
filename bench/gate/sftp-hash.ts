/** What hashing costs a download by sftp: the same gateway, with the hashing of contents and with it taken out. */
import { randomBytes } from 'node:crypto';
import { chown, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { interleave } from '../measure/interleave.ts';
import { median, round, summary } from '../measure/statistics.ts';
import { bar, type BenchOptions, type Part } from '../model.ts';
import { run } from '../world/run.ts';
import { World } from '../world/world.ts';

const MEGABYTE = 1_000_000;
const PIECE_BYTES = 8 * MEGABYTE;
const SWITCH = new URL('../world/hash-switch.mjs', import.meta.url);

export async function sftpHash({ quick, runs, say }: BenchOptions): Promise<Part> {
  await using world = await World.start({ nodeArguments: ['--import', SWITCH.href] });
  const bytes = (quick ? 64 : 1_000) * MEGABYTE;
  const path = join(world.account.home, 'kept.bin');
  await makeFile(path, bytes);
  const { uid, gid } = await stat(world.account.home);
  await chown(path, uid, gid);
  const connecting = await interleave(['gateway'], 3, () => transfer(world, 'pwd'));
  const took = await interleave(['with', 'without'], quick ? 2 : Math.max(3, runs), async (kind) => {
    const flip = (): void => void process.kill(world.gateway.pid, 'SIGUSR2');
    if (kind === 'without') flip();
    const seconds = ((await transfer(world, `get ${path} /dev/null`)) - median(connecting.gateway)) / 1_000;
    if (kind === 'without') flip();
    return bytes / MEGABYTE / seconds;
  });
  const ratio = round(median(took.with) / median(took.without));
  say(`sftp get MB/s: ${round(median(took.with), 0)} with a hash, ${round(median(took.without), 0)} without`);
  return {
    figures: { sftp_hash_mb_per_s: { with: summary(took.with), without: summary(took.without) } },
    bars: [bar('sftp_hash/get', { value: ratio, op: '>=', limit: 0.7, unit: 'x' })],
  };
}

async function makeFile(path: string, bytes: number): Promise<void> {
  const piece = randomBytes(PIECE_BYTES);
  await using file = await open(path, 'wx');
  for (let at = 0; at < bytes; at += piece.length) await file.write(piece, 0, Math.min(piece.length, bytes - at));
}

async function transfer(world: World, command: string): Promise<number> {
  const { sftp: program, ssh } = world.openSsh;
  const words = ['-F', world.configPath, '-S', ssh, '-b', '-', '-q', 'gateway'];
  const { status, stderr, milliseconds } = await run(program, words, { stdin: `${command}\n` });
  if (status !== 0) throw new Error(`sftp: ${stderr}`);
  return milliseconds;
}
