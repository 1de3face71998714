/** Connecting, signing in and running `true`: the wait that everybody feels first. */
import { interleave } from '../measure/interleave.ts';
import { median, round, summary } from '../measure/statistics.ts';
import { bar, type BenchOptions, type Part } from '../model.ts';
import { WAN, type World } from '../world/world.ts';

const WARM_UPS = 5;

async function connect(world: World, alias: string): Promise<number> {
  const { status, milliseconds, stderr } = await world.ssh(alias, ['true'], { discard: true });
  if (status !== 0) throw new Error(`${alias}: status ${String(status)}: ${stderr}`);
  return milliseconds;
}

/** Which key exchange the client and the gateway agree on. */
async function keyExchange(world: World, alias: string): Promise<string> {
  const { stderr } = await world.ssh(alias, ['true'], { extra: ['-v', '-o', 'LogLevel=DEBUG1'] });
  return /kex: algorithm: (\S+)/.exec(stderr)?.[1] ?? 'unknown';
}

export async function connectLoopback(world: World, { runs, quick, say }: BenchOptions): Promise<Part> {
  const roads = ['direct', 'jump', 'force', 'gateway'] as const;
  for (let at = 0; at < WARM_UPS; at += 1) await connect(world, 'gateway');
  const kex = await keyExchange(world, 'gateway');
  const series = await interleave(roads, Math.max(runs * (quick ? 2 : 6), 5), (alias) => connect(world, alias));
  const p50 = (name: (typeof roads)[number]): number => median(series[name]);
  say(`connect: ${roads.map((name) => `${name} ${round(p50(name), 1)} ms`).join(', ')} (${kex})`);
  const reason = kex.startsWith('mlkem') ? undefined : `the gateway agreed on ${kex}, not on mlkem768x25519-sha256`;
  const ratio = (to: 'jump' | 'direct'): number => round(p50('gateway') / p50(to));
  return {
    figures: {
      connect_loopback_ms: Object.fromEntries(roads.map((name) => [name, summary(series[name])])),
      connect_key_exchange: kex,
    },
    bars: [
      bar('connect_loopback/jump', { value: ratio('jump'), op: '<=', limit: 0.4, unit: 'x' }, reason),
      bar('connect_loopback/direct', { value: ratio('direct'), op: '<=', limit: 0.6, unit: 'x' }, reason),
    ],
  };
}

export async function connectWan(world: World, { runs, say }: BenchOptions): Promise<Part> {
  const limits = { '40-10': 0.52, '10-40': 0.57 } as const;
  const figures: Record<string, unknown> = {};
  const bars = [];
  for (const { name } of WAN) {
    const roads = [`direct-${name}`, `jump-${name}`, `gateway-${name}`] as const;
    for (const alias of roads) await connect(world, alias);
    const series = await interleave(roads, Math.max(runs, 5), (alias) => connect(world, alias));
    const [direct = 0, jump = 0, gateway = 0] = roads.map((alias) => median(series[alias]));
    say(`connect ${name} ms: direct ${round(direct, 1)}, jump ${round(jump, 1)}, gateway ${round(gateway, 1)}`);
    figures[`connect_wan_${name}_ms`] = Object.fromEntries(roads.map((alias) => [alias, summary(series[alias])]));
    bars.push(
      bar(`connect_wan/${name}/jump`, { value: round(gateway / jump), op: '<=', limit: limits[name], unit: 'x' }),
      bar(`connect_wan/${name}/direct`, { value: round(gateway / direct), op: '<=', limit: 0.88, unit: 'x' }),
    );
  }
  return { figures, bars };
}
