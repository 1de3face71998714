/** Large bodies: how fast they stream, what they leave in memory, and what counting the people in them costs. */
import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { interleave } from '../measure/interleave.ts';
import { cpuOfFamily, residentKilobytes } from '../measure/processes.ts';
import { median, round, summary } from '../measure/statistics.ts';
import { bar, type BenchOptions, type Part } from '../model.ts';
import { must } from '../world/run.ts';
import type { HttpWorld, SiteName } from './world.ts';

const MEGABYTE = 1_000_000;
const SAMPLE_MS = 50;

export async function body(world: HttpWorld, { runs, quick, say }: BenchOptions): Promise<Part> {
  const bytes = (quick ? 200 : 1_000) * MEGABYTE;
  await writeFrom(join(world.documents, 'large.bin'), bytes);
  const headers = await world.enter('plain');
  const ask = async (road: 'nginx' | 'gateway'): Promise<number> =>
    (bytes / MEGABYTE) * (1_000 / (await fetchBody(world, road, { path: '/large.bin', headers, bytes })));
  await ask('gateway');
  const before = residentKilobytes(world.gateway.pid);
  let highest = before;
  const watch = setInterval(() => (highest = Math.max(highest, residentKilobytes(world.gateway.pid))), SAMPLE_MS);
  const rates = await interleave(['nginx', 'gateway'], quick ? 2 : Math.max(3, runs), ask);
  clearInterval(watch);
  const growth = (highest - before) / 1_024;
  say(
    `body MB/s: nginx ${round(median(rates.nginx), 0)}, gateway ${round(median(rates.gateway), 0)}; growth ${round(growth, 1)} MiB`,
  );
  return {
    figures: { body_mb_per_s: { nginx: summary(rates.nginx), gateway: summary(rates.gateway) } },
    bars: [
      bar('body/nginx', { value: round(median(rates.gateway) / median(rates.nginx)), op: '>=', limit: 0.5, unit: 'x' }),
      bar('body/growth', { value: round(growth, 1), op: '<=', limit: 64, unit: 'MiB' }),
    ],
  };
}

/** The same table through a site without budgets and through one where each person in it is told from the others. */
export async function meter(world: HttpWorld, { runs, quick, say }: BenchOptions): Promise<Part> {
  const bytes = (quick ? 20 : 100) * MEGABYTE;
  await pipeline(Readable.from(customers(bytes)), createWriteStream(join(world.documents, 'customers.csv')));
  const sites: readonly SiteName[] = ['plain', 'metered'];
  const headers = new Map<SiteName, Readonly<Record<string, string>>>();
  for (const name of sites) headers.set(name, await world.enter(name));
  const cpu: Record<string, number[]> = { plain: [], metered: [] };
  const ask = async (name: SiteName): Promise<number> => {
    const start = cpuOfFamily(world.gateway.pid);
    const took = await fetchBody(world, 'gateway', {
      path: '/customers.csv',
      headers: headers.get(name) ?? {},
      bytes: 0,
    });
    cpu[name]?.push(cpuOfFamily(world.gateway.pid) - start);
    return took / 1_000;
  };
  for (const name of sites) await ask(name);
  const seconds = await interleave(sites, quick ? 2 : Math.max(3, runs), ask);
  const more = round(median(seconds.metered) / median(seconds.plain) - 1);
  const moreCpu = round(median(cpu['metered'] ?? []) / median(cpu['plain'] ?? []) - 1);
  say(
    `CSV seconds: passing ${round(median(seconds.plain), 2)}, metered ${round(median(seconds.metered), 2)} (CPU ${round(moreCpu * 100, 0)} % more)`,
  );
  return {
    figures: { csv_s: { plain: summary(seconds.plain), metered: summary(seconds.metered) }, csv_cpu_more: moreCpu },
    bars: [bar('meter/csv', { value: round(more * 100, 1), op: '<=', limit: 30, unit: '% more' })],
  };
}

async function fetchBody(
  { gateway, proxy }: HttpWorld,
  road: 'nginx' | 'gateway',
  asked: { path: string; headers: Readonly<Record<string, string>>; bytes: number },
): Promise<number> {
  const port = road === 'nginx' ? proxy.port : gateway.sitesPort;
  const { milliseconds, stdout } = await must('curl', [
    ...['-s', '-S', '-f', '-o', '/dev/null', '-w', '%{size_download}'],
    ...Object.entries(asked.headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]),
    `http://127.0.0.1:${port}${asked.path}`,
  ]);
  const got = Number(stdout.toString());
  if (asked.bytes > 0 ? got !== asked.bytes : got === 0) throw new Error(`${road}: ${got} bytes of ${asked.path}`);
  return milliseconds;
}

async function writeFrom(path: string, bytes: number): Promise<void> {
  await pipeline(createReadStream('/dev/urandom', { end: bytes - 1 }), createWriteStream(path));
}

/** A person a line, none twice. */
function* customers(bytes: number): Generator<string> {
  for (let written = 0, at = 0; written < bytes; ) {
    const lines: string[] = [];
    for (let size = 0; size < 1_000_000; at += 1) {
      const digits = String(at).padStart(8, '0');
      const line = `${at},見本 太郎${at},090-${digits.slice(0, 4)}-${digits.slice(4)},p${digits}@example.com,東京都架空区${at % 97}丁目,2026-0${(at % 9) + 1}-11,完了\n`;
      lines.push(line);
      size += Buffer.byteLength(line);
    }
    const text = lines.join('');
    written += Buffer.byteLength(text);
    yield text;
  }
}
