/** Many at once: what a connection costs, what a session keeps, and that no key is lost. */
import { cpus } from 'node:os';
import { join } from 'node:path';
import { cpuByName, cpuOfFamily, family, residentKilobytes } from '../measure/processes.ts';
import { round, summary } from '../measure/statistics.ts';
import { bar, type BenchOptions, type Part } from '../model.ts';
import { type CheapTarget, keyExchanges, Load, startCheapTarget } from '../world/load.ts';
import { World, type WorldOptions } from '../world/world.ts';

const GATEWAY = /^(node|MainThread|sekisho)/;
const AT_ONCE = 12;
/** A gateway runs for weeks: what the runtime still compiles in the first seconds is no cost of a connection. */
const WARM_UP = 1_500;
/** The gateway has one core and the generator the other, as far as two cores allow. */
const [GATEWAY_CORE, OTHER_CORE] = cpus().length > 1 ? [0, 1] : [undefined, undefined];

export interface LoadWorld extends AsyncDisposable {
  readonly world: World;
  readonly cheap: CheapTarget;
  readonly load: () => Promise<Load>;
}

export async function loadWorld(
  options: Pick<WorldOptions, 'gatewaySsh' | 'nodeArguments' | 'gatewayCore'> = {},
): Promise<LoadWorld> {
  const cheap = await startCheapTarget(OTHER_CORE);
  const world = await World.start({
    targets: [cheap.target],
    gatewayCore: GATEWAY_CORE,
    gatewaySsh: { sessions_per_person: 5_000, sessions_per_target: 5_000 },
    ...options,
  });
  return {
    world,
    cheap,
    load: () =>
      Load.start(
        { port: world.gateway.sshPort, user: cheap.target.name, key: join(world.directory, 'chen') },
        OTHER_CORE,
      ),
    [Symbol.asyncDispose]: async () => {
      await world[Symbol.asyncDispose]();
      await cheap[Symbol.asyncDispose]();
    },
  };
}

export async function handshake({ world, load: start }: LoadWorld, { quick, say }: BenchOptions): Promise<Part> {
  await using load = await start();
  await load.ask({ do: 'connect', count: quick ? 50 : WARM_UP, atOnce: AT_ONCE });
  const before = cpuByName(world.gateway.pid, GATEWAY);
  const generatorBefore = cpuOfFamily(load.pid);
  const { done, failures, seconds } = await load.ask({ do: 'connect', count: quick ? 100 : 1_000, atOnce: AT_ONCE });
  const after = cpuByName(world.gateway.pid, GATEWAY);
  const generator = (cpuOfFamily(load.pid) - generatorBefore) / seconds;
  if (done === 0) throw new Error(`no connection: ${JSON.stringify(failures)}`);
  const milliseconds = ((after.named - before.named) * 1_000) / done;
  const database = ((after.others - before.others) * 1_000) / done;
  const [kex = ''] = keyExchanges();
  say(`handshake: ${round(milliseconds, 2)} ms CPU a connection, database ${round(database, 2)} ms, ${kex}`);
  say(`handshake: ${round(done / seconds, 0)} connections/s measured, generator busy ${round(generator * 100, 0)} %`);
  const reason = kex.startsWith('mlkem') ? undefined : `the library has no mlkem768x25519-sha256; ${kex}`;
  return {
    figures: {
      handshake_cpu_ms: round(milliseconds),
      handshake_database_cpu_ms: round(database),
      handshake_measured_per_s: round(done / seconds, 1),
      handshake_generator_busy: round(generator, 2),
      handshake_failures: failures,
      handshake_key_exchange: kex,
    },
    bars: [
      bar('handshake/cpu', { value: round(milliseconds), op: '<=', limit: 5, unit: 'ms' }, reason),
      // The generator has the other core and is as busy as the gateway: the rate of a core is what its CPU gives.
      bar(
        'handshake/rate',
        { value: round(1_000 / milliseconds, 1), op: '>=', limit: 150, unit: '1/s a core' },
        reason,
      ),
    ],
  };
}

function resident(world: World): number {
  return family(world.gateway.pid)
    .filter(({ name }) => GATEWAY.test(name))
    .reduce((sum, { pid }) => sum + residentKilobytes(pid), 0);
}

export async function memory({ world, load: start }: LoadWorld, { quick, say }: BenchOptions): Promise<Part> {
  const [first, second] = quick ? [100, 300] : [1_000, 3_000];
  await using load = await start();
  await load.ask({ do: 'connect', count: 200, atOnce: AT_ONCE });
  const base = resident(world);
  const opened = await load.ask({ do: 'open', count: first, atOnce: AT_ONCE });
  const typed = await load.ask({ do: 'type', perSecond: first / 2, seconds: quick ? 3 : 10 });
  const each = (resident(world) - base) / Math.max(opened.done, 1);
  say(`memory: ${opened.done} sessions, ${round(each, 1)} KB each over ${base} KB; ${JSON.stringify(opened.failures)}`);
  const more = await load.ask({ do: 'open', count: second - first, atOnce: AT_ONCE });
  const all = await load.ask({ do: 'type', perSecond: second / 2, seconds: quick ? 3 : 10 });
  const open = opened.done + more.done;
  const lost = Object.values(all.failures).reduce((sum, count) => sum + count, 0);
  say(`memory: ${open} of ${second} sessions open, ${lost} keys lost of ${all.done + lost}`);
  await load.ask({ do: 'close' });
  const sessions = opened.done === first ? undefined : `${opened.done} of ${first} opened`;
  const missing = open === second ? undefined : `${open} of ${second} opened: ${JSON.stringify(more.failures)}`;
  return {
    figures: {
      memory_base_kb: base,
      memory_kb_a_session: round(each, 1),
      memory_echo_ms: { [first]: summary(typed.echoes), [open]: summary(all.echoes) },
    },
    bars: [
      bar('memory/session', { value: round(each, 1), op: '<=', limit: 120, unit: 'KB' }, sessions),
      bar('memory/lost_keys', { value: second - open + lost, op: '=', limit: 0, unit: 'keys and sessions' }, missing),
    ],
  };
}
