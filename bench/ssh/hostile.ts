/** Hostile peers on both sides, and what somebody else feels meanwhile. */
import { BEHAVIOURS } from '../hostile/as-target.ts';
import { CLIENT_ATTACKS } from '../hostile/hostile.ts';
import { type Felt, Siege } from '../hostile/siege.ts';
import { percentile, round, summary } from '../measure/statistics.ts';
import { bar, type BenchOptions, type Part } from '../model.ts';

const SEED = 20_261_123;
const AT_ONCE = 12;

export async function hostile({ quick, say }: BenchOptions): Promise<Part> {
  await using siege = await Siege.start(SEED);
  const connections = quick ? 1_000 : 100_000;
  const ofTarget = connections / 20;
  const felt: Record<string, Felt> = {};
  const meet = async (name: string, work: () => Promise<Felt>): Promise<void> => {
    const one = await work();
    felt[name] = one;
    const p99 = one.echoes.length > 0 ? round(percentile(one.echoes, 99), 1) : NaN;
    const { failures, misbehaved } = one.attack;
    say(`${name}: echo p99 ${p99} ms, ${one.grownKilobytes} KB more, ${one.lost ?? 'served'}`);
    say(`${name}: ${misbehaved} hostile messages of the target, ${JSON.stringify(failures)} not begun`);
  };
  const asChen = { user: 'bench-recorded', seed: SEED };
  // The first sessions make the process as large as it is at work; growth counts from there.
  await siege.attack({ do: 'fuzz', ...asChen, count: 100, atOnce: AT_ONCE });
  await meet('fuzzed clients', () =>
    siege.during({ do: 'fuzz', ...asChen, count: connections - ofTarget, atOnce: AT_ONCE }),
  );
  for (const behaviour of ['fuzz', 'raw'] as const) {
    await meet(`fuzzed target (${behaviour})`, () =>
      siege.during({ do: 'visit', behaviour, count: ofTarget / 2, atOnce: 4 }),
    );
  }
  for (const attack of CLIENT_ATTACKS) {
    await meet(`client ${attack}`, () => siege.during({ do: 'attack', ...asChen, attack }));
  }
  for (const behaviour of BEHAVIOURS.filter((one) => one !== 'fuzz' && one !== 'raw')) {
    await meet(`target ${behaviour}`, () => siege.during({ do: 'visit', behaviour, count: 1, atOnce: 1 }));
  }
  const served = await siege.serves().then(
    () => true,
    () => false,
  );
  return report(felt, {
    escaped: siege.escaped(),
    alive: served && siege.world.gateway.isAlive,
    reason: quick ? `${connections} of 100000 connections` : undefined,
  });
}

function report(
  felt: Readonly<Record<string, Felt>>,
  { escaped, alive, reason }: { escaped: readonly string[]; alive: boolean; reason: string | undefined },
): Part {
  const all = Object.values(felt);
  const worst = Math.max(...all.map(({ echoes }) => (echoes.length === 0 ? Infinity : percentile(echoes, 99))));
  const grown = Math.max(...all.map(({ grownKilobytes }) => grownKilobytes)) / 1_000;
  const broken = escaped.length + (alive ? 0 : 1) + all.filter(({ lost }) => lost !== undefined).length;
  const echo = Number.isFinite(worst) ? round(worst, 1) : null;
  return {
    figures: {
      hostile: Object.fromEntries(
        Object.entries(felt).map(([name, { echoes, grownKilobytes, lost }]) => [
          name,
          { echo_ms: echoes.length === 0 ? null : summary(echoes), grown_kb: grownKilobytes, lost: lost ?? null },
        ]),
      ),
      hostile_escaped: escaped.slice(0, 10),
    },
    bars: [
      bar('hostile/escaped', { value: broken, op: '=', limit: 0, unit: 'errors and losses' }, reason),
      bar('hostile/echo_p99', { value: echo, op: '<', limit: 20, unit: 'ms' }, reason),
      bar('hostile/growth', { value: round(grown, 1), op: '<', limit: 100, unit: 'MB' }, reason),
    ],
  };
}
