/** A recorder's process whose system calls strace bends: the real one, on a real file system. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { partner } from '../../support/partners.ts';

const CHILD = new URL('./workload-child.ts', import.meta.url).pathname;
const LOADER = new URL('../../recorder/support/typescript-loader.mjs', import.meta.url).pathname;

/** The calls that change what stands on the disk, or make it durable. */
export const CALLS = [
  'openat',
  'write',
  'pwrite64',
  'pwritev',
  'writev',
  'fsync',
  'fdatasync',
  'rename',
  'mkdir',
  'unlink',
  'close',
] as const;
export type Call = (typeof CALLS)[number];

/** What becomes of the call that is number `at` of its kind: nothing at all, an error, or the end of the process. */
export interface Injection {
  readonly call: Call;
  readonly at: number;
  readonly what: 'signal=SIGKILL' | 'error=EIO' | 'error=ENOSPC' | 'retval=0';
}

export interface Outcome {
  /** The highest number that was acknowledged, by session. */
  readonly acknowledged: ReadonlyMap<string, number>;
  readonly sealed: readonly string[];
  /** `done`, `failed …`; undefined when the process was killed. */
  readonly end: string | undefined;
}

/** @param trace where strace writes the calls it saw. */
export async function runInjected(
  directory: string,
  trace: string,
  injection: Injection | undefined,
): Promise<Outcome> {
  const child = spawn(process.execPath, ['--import', LOADER, CHILD, directory], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // One thread does all that a disk is asked, so that calls have an order and a number.
    env: { PATH: process.env['PATH'], UV_THREADPOOL_SIZE: '1', UV_USE_IO_URING: '0' },
  });
  const exited = once(child, 'exit');
  const acknowledged = new Map<string, number>();
  const sealed: string[] = [];
  let end: string | undefined;
  let tracer: ChildProcess | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    const [, session, number] = /^([0-9a-f-]{36}) (\d+)$/.exec(line) ?? [];
    if (line === 'ready') {
      tracer = await attach(child.pid ?? 0, trace, injection);
      child.stdin.end('go\n');
    } else if (session !== undefined) {
      acknowledged.set(session, Number(number));
    } else if (line.startsWith('sealed ')) {
      sealed.push(line.slice(7));
    } else {
      end = line;
    }
  }
  await exited;
  if (tracer?.exitCode === null && tracer.signalCode === null) await once(tracer, 'exit');
  return { acknowledged, sealed, end };
}

/** Resolves when strace holds every thread of the process. */
async function attach(pid: number, trace: string, injection: Injection | undefined): Promise<ChildProcess> {
  const bend = injection === undefined ? [] : ['-e', `inject=${injection.call}:${injection.what}:when=${injection.at}`];
  const words = ['-f', '-y', '-p', String(pid), '-o', trace, '-e', `trace=${CALLS.join(',')}`, ...bend];
  const tracer = spawn(partner('strace'), words, { stdio: ['ignore', 'ignore', 'pipe'] });
  for await (const line of createInterface({ input: tracer.stderr })) {
    if (/attached/.test(line)) break;
    throw new Error(`strace cannot attach: ${line}`);
  }
  return tracer;
}

/** How often each call was made by the thread that works on the disk. */
export async function countCalls(trace: string): Promise<ReadonlyMap<Call, number>> {
  const byThread = new Map<string, Map<Call, number>>();
  for (const line of (await readFile(trace, 'utf8')).split('\n')) {
    const [, thread = '', name = ''] = /^(\d+) +([a-z0-9]+)\(/.exec(line) ?? [];
    const call = CALLS.find((known) => known === name);
    if (call === undefined) continue;
    const counts = byThread.get(thread) ?? new Map<Call, number>();
    byThread.set(thread, counts.set(call, (counts.get(call) ?? 0) + 1));
  }
  const disk = [...byThread.values()].sort((one, other) => (other.get('fsync') ?? 0) - (one.get('fsync') ?? 0))[0];
  return disk ?? new Map();
}
