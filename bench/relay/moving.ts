/** A gigabyte into the vault, inspected, and out again, beside what OpenSSH's sftp does with it on the same disk. */
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { relayKeyPath } from '../../demo/relay-keys.ts';
import { createPersonalDataMeter, createRowCounter } from '../../policy/index.ts';
import { freePort } from '../../tests/support/free-port.ts';
import { cpuByName, residentKilobytes } from '../measure/processes.ts';
import { median, round, summary } from '../measure/statistics.ts';
import { bar, type BenchOptions, type Part } from '../model.ts';
import { run } from '../world/run.ts';
import { World } from '../world/world.ts';
import { orders, writeOrders } from './content.ts';

const MEGABYTE = 1_000_000;
const NAME = 'orders.csv';
/** How often the memory of the gateway is looked at. */
const LOOK_MS = 50;
const Asked = z.looseObject({ ticket: z.looseObject({ id: z.string(), number: z.number(), actDigest: z.string() }) });
const Choices = z.looseObject({ systems: z.array(z.looseObject({ id: z.string(), name: z.string() })) });
const Parcels = z.looseObject({ parcels: z.array(z.looseObject({ number: z.number(), state: z.string() })) });

interface Round {
  /** Seconds. */
  readonly into: number;
  readonly inspection: number;
  readonly out: number;
  /** Seconds of CPU of the gateway itself. */
  readonly cpu: number;
  /** Megabytes beyond what it held before. */
  readonly growth: number;
}

export async function moving({ quick, runs, say }: BenchOptions): Promise<Part> {
  const port = await freePort();
  await using world = await World.start({ gatewaySections: { relay: { port } } });
  const local = join(world.directory, NAME);
  const bytes = await writeOrders(local, (quick ? 32 : 1_000) * MEGABYTE);
  await once(world, port, await small(world), say); // What is loaded and compiled once is no growth.
  const rounds: Round[] = [];
  const plain: number[] = [];
  for (let at = 0; at < (quick ? 2 : Math.min(runs, 1)); at += 1) {
    plain.push((await batch(world, 'direct', `put ${local} ${world.account.home}/kept`)).seconds);
    rounds.push(await once(world, port, local, say));
    plain[at] = (plain[at] ?? 0) + (await batch(world, 'direct', `get ${world.account.home}/kept /dev/null`)).seconds;
  }
  const meter = meterSeconds(bytes);
  return report({ rounds, plain, bytes, meter, say });
}

async function small(world: World): Promise<string> {
  const path = join(world.directory, `small-${NAME}`);
  await writeOrders(path, 16 * MEGABYTE);
  return path;
}

function report(found: {
  readonly rounds: readonly Round[];
  readonly plain: readonly number[];
  readonly bytes: number;
  readonly meter: number;
  readonly say: (line: string) => void;
}): Part {
  const { bytes, meter, plain, rounds, say } = found;
  const of = (value: (one: Round) => number): number => median(rounds.map(value));
  const ours = of(({ into, out }) => into + out);
  const whole = of(({ into, inspection, out }) => into + inspection + out);
  const theirs = median(plain);
  const share = meter / of(({ cpu }) => cpu);
  const growth = Math.max(...rounds.map((one) => one.growth));
  const speed = (seconds: number): number => round(bytes / MEGABYTE / seconds, 1);
  say(
    `MB/s: in ${speed(of((one) => one.into))}, inspected ${speed(of((one) => one.inspection))}, out ${speed(of((one) => one.out))}`,
  );
  const note = `${round(bytes / MEGABYTE, 0)} MB of orders, one line in fifty with a person`;
  return {
    figures: {
      relay_seconds: Object.fromEntries(
        (['into', 'inspection', 'out', 'cpu'] as const).map((name) => [name, summary(rounds.map((one) => one[name]))]),
      ),
      sftp_in_and_out_seconds: summary(plain),
      meter_cpu_seconds: round(meter),
    },
    bars: [
      bar('moving/in_and_out', { value: round(theirs / ours), op: '>=', limit: 0.5, unit: 'x sftp' }, note),
      bar('moving/with_inspection', { value: round(theirs / whole), op: '>=', limit: 0.5, unit: 'x sftp' }, note),
      bar('moving/growth', { value: round(growth, 1), op: '<=', limit: 64, unit: 'MB' }),
      bar('moving/meter', { value: round(share), op: '<=', limit: 0.3, unit: 'of the CPU' }, note),
    ],
  };
}

/** One parcel from crm to billing, from the ticket to the last byte. */
async function once(world: World, port: number, path: string, say: (line: string) => void): Promise<Round> {
  const { gateway } = world;
  const ticket = await approved(world);
  const before = residentKilobytes(gateway.pid);
  const cpu = cpuByName(gateway.pid, /^(node|MainThread)/).named;
  using memory = watched(gateway.pid);
  const put = await relayed(world, port, 'crm', `put ${path} /put/T-${ticket}/${NAME}`);
  const since = performance.now();
  let newest = await newestParcel(world);
  for (; newest.state !== 'released'; newest = await newestParcel(world)) {
    if (['held', 'discarded'].includes(newest.state)) throw new Error(`the parcel is ${newest.state}: ${gateway.log}`);
    await wait(LOOK_MS);
  }
  const inspection = (performance.now() - since) / 1_000;
  const got = await relayed(world, port, 'billing', `get /pickup/P-${newest.number}/${NAME} /dev/null`);
  say(`in ${round(put, 1)} s, inspection ${round(inspection, 1)} s, out ${round(got, 1)} s`);
  return {
    ...{ into: put, inspection, out: got },
    cpu: cpuByName(gateway.pid, /^(node|MainThread)/).named - cpu,
    growth: (memory.most() - before) / 1_000,
  };
}

function watched(pid: number): Disposable & { most(): number } {
  let most = 0;
  const look = (): void => {
    most = Math.max(most, residentKilobytes(pid));
  };
  const timer = setInterval(look, LOOK_MS);
  return { most: () => (look(), most), [Symbol.dispose]: () => clearInterval(timer) };
}

async function newestParcel({ gateway }: World): Promise<{ readonly number: number; readonly state: string }> {
  const [newest] = Parcels.parse(await gateway.get('suzuki', '/api/parcels')).parcels;
  if (newest === undefined) throw new Error('no parcel was put');
  return newest;
}

/** @returns the number of a transfer ticket that both owners approved. */
async function approved({ gateway }: World): Promise<number> {
  const { systems } = Choices.parse(await gateway.get('tanaka', '/api/tickets/choices'));
  const idOf = (name: string): string | undefined => systems.find((system) => system.name === name)?.id;
  const asked = await gateway.post('tanaka', '/api/tickets/transfer', {
    ...{ from: idOf('crm'), to: idOf('billing'), parcel: null, lastsSeconds: 3_600 },
    ...{ purpose: 'bench', description: 'orders' },
  });
  const { id, number, actDigest } = Asked.parse(asked).ticket;
  for (const login of ['mori', 'kimura']) {
    await gateway.post(login, `/api/tickets/${id}/decision`, { decision: 'approve', reason: 'bench', actDigest });
  }
  return number;
}

async function relayed(world: World, port: number, system: 'crm' | 'billing', command: string): Promise<number> {
  const key = relayKeyPath(join(world.gateway.directory, 'data', 'demo'), system);
  const known = join(world.directory, 'known_hosts_relay');
  const options = {
    Port: port,
    User: system,
    IdentityFile: key,
    StrictHostKeyChecking: 'accept-new',
    UserKnownHostsFile: known,
  };
  const words = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${String(value)}`]);
  return (await batch(world, '127.0.0.1', command, words)).seconds;
}

async function batch(world: World, host: string, command: string, more: readonly string[] = []) {
  const { sftp, ssh } = world.openSsh;
  const words = ['-F', world.configPath, '-S', ssh, ...more, '-b', '-', '-q', host];
  const { status, stderr, milliseconds } = await run(sftp, words, { stdin: `${command}\n` });
  if (status !== 0) throw new Error(`sftp ${command}: ${stderr}`);
  return { seconds: milliseconds / 1_000 };
}

const SAMPLE_LINES = 200_000;
const PIECE_BYTES = 64 * 1024;

/** Seconds of CPU that counting people and rows in so many bytes takes, by a sample of them. */
function meterSeconds(bytes: number): number {
  const text = Buffer.from(orders(SAMPLE_LINES, 0));
  const meter = createPersonalDataMeter({ key: Buffer.alloc(32, 7) });
  const rows = createRowCounter(Number.MAX_SAFE_INTEGER);
  const start = process.cpuUsage();
  for (let at = 0; at < text.length; at += PIECE_BYTES) {
    const piece = text.subarray(at, at + PIECE_BYTES);
    rows.count(piece, piece.length);
    meter.take(piece);
  }
  const { user, system } = process.cpuUsage(start);
  return ((user + system) / 1e6) * (bytes / text.length);
}
