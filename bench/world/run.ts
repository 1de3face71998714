/** Running programs to their end, and timing that. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

export interface Ran {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: Buffer;
  readonly stderr: string;
  /** From the start of the program to its end. */
  readonly milliseconds: number;
}

export interface RunOptions {
  readonly stdin?: string | Buffer;
  /** Drops standard output unread: the kernel's /dev/null takes it. */
  readonly discard?: boolean;
  readonly timeoutMs?: number;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

const TIMEOUT_MS = 300_000;

export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { stdin, discard = false, timeoutMs = TIMEOUT_MS, ...rest } = options;
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(program, args, {
      ...rest,
      stdio: [stdin === undefined ? 'ignore' : 'pipe', discard ? 'ignore' : 'pipe', 'pipe'],
      timeout: timeoutMs,
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.stdin?.on('error', () => undefined); // The program may end before it read everything.
    child.once('error', reject);
    child.once('close', (status, signal) =>
      resolve({
        status,
        signal,
        stdout: Buffer.concat(stdout),
        stderr: Buffer.concat(stderr).toString('utf8'),
        milliseconds: performance.now() - start,
      }),
    );
    child.stdin?.end(stdin);
  });
}

/** @throws when the program does not end with status 0. */
export async function must(program: string, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const ran = await run(program, args, options);
  if (ran.status === 0) return ran;
  throw new Error(`${program} ${args.join(' ').slice(0, 300)}: status ${String(ran.status)}: ${ran.stderr}`);
}

/** A part of ours in a process of its own, which prints `ready` and then answers on its channel. */
export async function startChild(
  path: string,
  argument: unknown,
  options: { readonly core?: number | undefined } = {},
): Promise<ChildProcess> {
  const pin = options.core === undefined ? [] : ['taskset', '-c', String(options.core)];
  const loader = `${ROOT}/tests/support/typescript/register.mjs`;
  const words = [...pin, process.execPath, '--import', loader, path, JSON.stringify(argument)];
  const child = spawn(words[0] ?? '', words.slice(1), { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  if (child.stdout === null) throw new Error('a child without output');
  for await (const line of createInterface({ input: child.stdout })) if (line === 'ready') break;
  if (child.exitCode !== null) throw new Error(`${path} ended with ${child.exitCode}`);
  child.stdout.resume();
  return child;
}

export async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}
