/** From a lock placed at the console to the end of every session it ends, in two worker processes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { z } from 'zod';
import { family } from '../measure/processes.ts';
import { percentile, round, summary } from '../measure/statistics.ts';
import { bar, type BenchOptions, type Part } from '../model.ts';
import { World } from '../world/world.ts';

const WORKERS = 2;
const SESSIONS = 8;
const P99_MS_MAX = 1_000;
const OFFICER = 'kimura';
/** A session that outlives its lock so long is counted with this and ends the measurement. */
const ALIVE_MS = 30_000;
const ESTABLISHED = '01';

/** Each of them ends all of Chen's sessions. */
const LOCKS = [
  { kind: 'person', subject: 'chen@example.com' },
  { kind: 'company', subject: 'East Maintenance' },
  { kind: 'system', subject: 'bench' },
  { kind: 'target', subject: 'bench-recorded%bench' },
] as const;
const Locks = z.object({ locks: z.array(z.object({ id: z.string() })) });

async function startSession({ openSsh, configPath }: World): Promise<ChildProcess> {
  const child = spawn(openSsh.ssh, ['-F', configPath, 'gateway', 'echo ready; cat'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  let shown = '';
  for await (const bytes of child.stdout.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    shown += bytes.toString();
    if (shown.includes('ready')) break;
  }
  if (!shown.includes('ready')) throw new Error('a session did not begin');
  child.stdout.resume();
  return child;
}

/** Milliseconds to the end of the client. */
async function untilEnd(child: ChildProcess, start: number): Promise<number> {
  if (child.exitCode !== null) throw new Error('a session ended before the lock');
  const stuck = setTimeout(() => child.kill('SIGKILL'), ALIVE_MS);
  await once(child, 'exit');
  clearTimeout(stuck);
  return performance.now() - start;
}

/** How many connections from clients each worker holds. */
function spread({ gateway }: World): number[] {
  const port = gateway.sshPort.toString(16).toUpperCase().padStart(4, '0');
  const sockets = new Set(
    readFileSync('/proc/net/tcp', 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter(([, local = '', , state]) => local.endsWith(`:${port}`) && state === ESTABLISHED)
      .map((fields) => `socket:[${fields[9] ?? ''}]`),
  );
  return family(gateway.pid)
    .filter(({ pid, name }) => pid !== gateway.pid && /^(node|MainThread)/.test(name))
    .map(({ pid }) => open(pid).filter((file) => sockets.has(file)).length)
    .filter((count) => count > 0);
}

function open(pid: number): string[] {
  const directory = `/proc/${pid}/fd`;
  return readdirSync(directory).flatMap((name) => {
    try {
      return [readlinkSync(`${directory}/${name}`)];
    } catch {
      return []; // Closed meanwhile.
    }
  });
}

async function lockOnce(world: World, at: number): Promise<{ taken: number[]; answered: number; workers: number }> {
  const { gateway } = world;
  const sessions = await Promise.all(Array.from({ length: SESSIONS }, () => startSession(world)));
  const workers = spread(world).length;
  const { kind, subject } = LOCKS[at % LOCKS.length] ?? LOCKS[0];
  const start = performance.now();
  const ends = Promise.all(sessions.map((child) => untilEnd(child, start)));
  await gateway.post(OFFICER, '/api/locks', { kind, subject, reason: 'measured' });
  const answered = performance.now() - start;
  const taken = await ends;
  for (const { id } of Locks.parse(await gateway.get(OFFICER, '/api/locks')).locks) {
    await gateway.post(OFFICER, `/api/locks/${id}/lift`, {});
  }
  return { taken, answered, workers };
}

export async function lock({ quick, runs, say }: BenchOptions): Promise<Part> {
  await using world = await World.start({ gatewaySsh: { workers: WORKERS } });
  const rounds = quick ? LOCKS.length : LOCKS.length * Math.max(1, runs);
  const taken: number[] = [];
  const answered: number[] = [];
  let fewest = WORKERS;
  for (let at = 0; at < rounds; at += 1) {
    const one = await lockOnce(world, at);
    taken.push(...one.taken);
    answered.push(one.answered);
    fewest = Math.min(fewest, one.workers);
  }
  const p99 = round(percentile(taken, 99), 0);
  say(`lock: ${taken.length} sessions dead after p50 ${round(percentile(taken, 50), 0)} ms, p99 ${p99} ms`);
  const reason = fewest === WORKERS ? undefined : 'one worker held every session';
  const measured = fewest === WORKERS ? p99 : null;
  return {
    figures: { lock_ms: { locks: rounds, workers: fewest, dead: summary(taken), answered: summary(answered) } },
    bars: [bar('lock/dead_p99', { value: measured, op: '<=', limit: P99_MS_MAX, unit: 'ms' }, reason)],
  };
}
