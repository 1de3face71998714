/** A page of 600 bytes, again and again: what each request costs. */
import { interleave } from '../measure/interleave.ts';
import { cpuOfFamily } from '../measure/processes.ts';
import { median, round, summary } from '../measure/statistics.ts';
import { bar, type BenchOptions, type Part } from '../model.ts';
import { must } from '../world/run.ts';
import type { HttpWorld } from './world.ts';

const ROADS = ['nginx', 'gateway'] as const;
type Road = (typeof ROADS)[number];
/** One page of a browser at a time, and as many as two browsers have under way. */
const CONNECTIONS = { alone: 1, busy: 12 } as const;
type Load = keyof typeof CONNECTIONS;

interface Taken {
  readonly p50Ms: number;
  readonly perSecond: number;
  /** Requests for one second of processor time. */
  readonly perCore: number;
}

export async function small(world: HttpWorld, { runs, quick, say }: BenchOptions): Promise<Part> {
  const headers = await world.enter('guarded');
  const seconds = quick ? 2 : 5;
  await load(world, 'gateway', { headers, seconds: 3, connections: CONNECTIONS.busy });
  const taken: Record<Load, Record<Road, Taken[]>> = {
    alone: { nginx: [], gateway: [] },
    busy: { nginx: [], gateway: [] },
  };
  for (const kind of ['alone', 'busy'] as const) {
    const connections = CONNECTIONS[kind];
    await interleave(ROADS, quick ? 2 : runs, async (road) => {
      const one = await load(world, road, { headers, seconds, connections });
      taken[kind][road].push(one);
      return one.p50Ms;
    });
  }
  const of = (kind: Load, road: Road, figure: keyof Taken) => taken[kind][road].map((one) => one[figure]);
  const ratio = (kind: Load, figure: keyof Taken): number =>
    round(median(of(kind, 'gateway', figure)) / median(of(kind, 'nginx', figure)));
  for (const kind of ['alone', 'busy'] as const)
    for (const figure of ['p50Ms', 'perSecond', 'perCore'] as const)
      say(`${kind} ${figure}: ${ROADS.map((road) => `${road} ${round(median(of(kind, road, figure)))}`).join(', ')}`);
  const figures = Object.fromEntries(
    (['alone', 'busy'] as const).flatMap((kind) =>
      (['p50Ms', 'perSecond', 'perCore'] as const).map((figure) => [
        `small_${kind}_${figure}`,
        Object.fromEntries(ROADS.map((road) => [road, summary(of(kind, road, figure))])),
      ]),
    ),
  );
  return {
    figures,
    bars: [
      bar('small_get/p50', { value: ratio('alone', 'p50Ms'), op: '<=', limit: 3, unit: 'x' }, 'one at a time'),
      bar('small_get/p50_busy', { value: ratio('busy', 'p50Ms'), op: '<=', limit: 3, unit: 'x' }, 'twelve at a time'),
      bar('small_get/per_core', { value: ratio('busy', 'perCore'), op: '>=', limit: 0.25, unit: 'x' }),
    ],
  };
}

async function load(
  { gateway, proxy }: HttpWorld,
  road: Road,
  asked: { headers: Readonly<Record<string, string>>; seconds: number; connections: number },
): Promise<Taken> {
  const { port, pid } = road === 'nginx' ? proxy : { port: gateway.sitesPort, pid: gateway.pid };
  const before = cpuOfFamily(pid);
  const began = performance.now();
  const { stdout } = await must('wrk', [
    ...['-t', '1', '-c', String(asked.connections), '-d', `${asked.seconds}s`, '--latency'],
    ...Object.entries(asked.headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]),
    `http://127.0.0.1:${port}/small.html`,
  ]);
  const cpu = cpuOfFamily(pid) - before;
  const text = stdout.toString();
  if (/Non-2xx/.test(text)) throw new Error(`${road}: ${text}`);
  const requests = Number(/(\d+) requests in/.exec(text)?.[1]);
  const perSecond = (requests * 1_000) / (performance.now() - began);
  return { p50Ms: millisecondsOf(/50%\s+(\S+)/.exec(text)?.[1] ?? ''), perSecond, perCore: requests / cpu };
}

function millisecondsOf(text: string): number {
  const [, value = '', unit = ''] = /^([\d.]+)(us|ms|s)$/.exec(text) ?? [];
  if (value === '') throw new Error(`wrk says ${text}`);
  return Number(value) * (unit === 'us' ? 0.001 : unit === 'ms' ? 1 : 1_000);
}
