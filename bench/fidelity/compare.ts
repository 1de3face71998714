/** Runs one case on two roads and says what differs. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import type { World } from '../world/world.ts';
import { type Case, command } from './matrix.ts';

const RUN_MS = 120_000;
const SLOW_PAUSE_MS = 3;

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A digest with the length before it: what a person can compare, and short. */
function digest(chunks: readonly Buffer[]): string {
  const bytes = Buffer.concat(chunks);
  const text = bytes.length <= 200 ? ` ${JSON.stringify(bytes.toString('latin1'))}` : '';
  return `${bytes.length}:${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}${text}`;
}

export function play(
  world: World,
  alias: string,
  one: Case,
  files: { remote: string; local: Buffer },
): Promise<Outcome> {
  const words = [
    ...['-F', world.configPath],
    ...(one.rekeys ? ['-o', 'RekeyLimit=1M'] : []),
    ...(one.pty ? ['-tt'] : ['-T']),
    ...[alias, command(one, files.remote)],
  ];
  return new Promise((resolve, reject) => {
    const child = spawn(world.openSsh.ssh, words, { stdio: 'pipe', timeout: RUN_MS });
    const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
    for (const [stream, chunks] of [[child.stdout, stdout] as const, [child.stderr, stderr] as const]) {
      stream.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        if (one.reader === 'fast') return;
        stream.pause();
        setTimeout(() => stream.resume(), SLOW_PAUSE_MS);
      });
    }
    child.stdin.on('error', () => undefined);
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, stdout: digest(stdout), stderr: digest(stderr) }));
    if (one.streams === 'through') child.stdin.end(files.local.subarray(0, one.bytes));
    else if (!one.pty) child.stdin.end();
  });
}
