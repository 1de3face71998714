/** One flow of log text, as fast as it goes, and what it costs. */
import { open } from 'node:fs/promises';
import { interleave } from '../measure/interleave.ts';
import { cpuByName, cpuOfFamily } from '../measure/processes.ts';
import { median, round, summary } from '../measure/statistics.ts';
import { bar, type BenchOptions, type Part } from '../model.ts';
import type { World } from '../world/world.ts';

const MEGABYTE = 1_000_000;
const ROADS = ['direct', 'jump', 'force', 'gateway'] as const;
type Road = (typeof ROADS)[number];

/** Lines as a web server logs them: no two alike, and such that compression or hashing finds nothing special. */
export async function writeLogText(path: string, bytes: number): Promise<void> {
  const file = await open(path, 'w', 0o644);
  const chunk = 4 * 1024 * 1024;
  let line = 0;
  for (let written = 0; written < bytes; ) {
    const lines: string[] = [];
    for (let size = 0; size < chunk; ) {
      const id = Math.imul(line, 2_654_435_761) >>> 0;
      const text = `2026-11-02T08:${String(line % 60).padStart(2, '0')}:11.${String(id % 1000).padStart(3, '0')}Z app-${line % 17} INFO [${id.toString(16)}] GET /orders/${id} 200 ${id % 977}ms line=${line} 受注処理を完了しました\n`;
      lines.push(text);
      size += text.length;
      line += 1;
    }
    const part = Buffer.from(lines.join('')).subarray(0, bytes - written);
    await file.write(part);
    written += part.length;
  }
  await file.close();
}

/** CPU seconds so far of what stands between client and target on this road. */
function bastionCpu(world: World, road: Road): number {
  switch (road) {
    case 'direct':
      return 0;
    case 'jump':
      return cpuOfFamily(world.jump.pid);
    case 'force':
      return cpuOfFamily(world.force.pid);
    case 'gateway':
      return cpuByName(world.gateway.pid, /^(node|MainThread|sekisho)/).named;
  }
}

export async function bulk(world: World, { runs, quick, say }: BenchOptions): Promise<Part> {
  const bytes = (quick ? 64 : 512) * MEGABYTE;
  const path = `${world.account.home}/app.log`;
  await writeLogText(path, bytes);
  // What connecting takes is measured elsewhere, and would count for the gateway here.
  const connecting = await interleave(ROADS, 3, (road) => timed(world, road, 'true'));
  const cpu: Record<Road, number[]> = { direct: [], jump: [], force: [], gateway: [] };
  const seconds = await interleave(ROADS, Math.max(runs, quick ? 2 : 5), async (road) => {
    const before = bastionCpu(world, road);
    const took = (await timed(world, road, `cat < ${path}`)) - median(connecting[road]);
    cpu[road].push(((bastionCpu(world, road) - before) * 1_000 * MEGABYTE) / bytes);
    return took / 1_000;
  });
  const rates = Object.fromEntries(
    ROADS.map((road) => [road, seconds[road].map((one) => bytes / MEGABYTE / one)]),
  ) as Record<Road, number[]>;
  const rate = (road: Road): number => median(rates[road]);
  say(`bulk MB/s: ${ROADS.map((road) => `${road} ${round(rate(road), 0)}`).join(', ')}`);
  const [own, hop] = [median(cpu.gateway), median(cpu.force)];
  say(`bulk CPU s/GB: gateway ${round(own, 2)}, double hop ${round(hop, 2)}, jump ${round(median(cpu.jump), 2)}`);
  return {
    figures: {
      bulk_mb_per_s: Object.fromEntries(ROADS.map((road) => [road, summary(rates[road])])),
      cpu_s_per_gb: Object.fromEntries(ROADS.slice(1).map((road) => [road, summary(cpu[road])])),
    },
    bars: [
      bar('bulk/jump', { value: round(rate('gateway') / rate('jump')), op: '>=', limit: 1.0, unit: 'x' }),
      bar('bulk/double_hop', { value: round(rate('gateway') / rate('force')), op: '>=', limit: 1.2, unit: 'x' }),
      bar('cpu_per_gb', { value: round(own), op: '<=', limit: 2.2, unit: 's/GB' }),
      bar('cpu_per_gb/double_hop', { value: round(own / hop), op: '<=', limit: 1, unit: 'x' }),
    ],
  };
}

async function timed(world: World, road: Road, command: string): Promise<number> {
  const { status, milliseconds, stderr } = await world.ssh(road, [command], { discard: true });
  if (status !== 0) throw new Error(`${road}: status ${String(status)}: ${stderr}`);
  return milliseconds;
}
