/** What an approver's list and the number on its door cost while ten thousand tickets wait and many more are over. */
import { countInbox, listTickets } from '../../approvals/index.ts';
import { LIMITS } from '../../foundation/index.ts';
import { percentile, round, summary } from '../measure/statistics.ts';
import { bar, type BenchOptions, type Part } from '../model.ts';
import { type ApproverName, type House, startHouse } from './house.ts';

const OPEN = 10_000;
const CLOSED = 30_000;
const P95_MS_MAX = 50;
const WARM_UP = 10;

/** All of it waits for the one, a tenth for the other, and nothing for the second line. */
const VIEWERS: readonly ApproverName[] = ['tanaka', 'sato', 'kimura'];

async function milliseconds(count: number, ask: () => Promise<unknown>): Promise<number[]> {
  const taken: number[] = [];
  for (let run = 0; run < WARM_UP + count; run += 1) {
    const start = performance.now();
    await ask();
    if (run >= WARM_UP) taken.push(performance.now() - start);
  }
  return taken;
}

async function ofViewer(house: House, name: ApproverName, count: number) {
  const principal = house.approvers[name];
  const page = { box: 'inbox', limit: LIMITS.ticketsListedMax } as const;
  const list = await milliseconds(count, () => listTickets(house, principal, page));
  const door = await milliseconds(count, () => countInbox(house, principal));
  return { waiting: await countInbox(house, principal), list, door };
}

export async function inbox({ quick, runs, say }: BenchOptions): Promise<Part> {
  await using house = await startHouse();
  const [open, closed] = quick ? [1_000, 1_000] : [OPEN, CLOSED];
  await house.fill({ open, closed });
  const figures: Record<string, unknown> = { open, closed };
  let [list, door] = [0, 0];
  for (const name of VIEWERS) {
    const seen = await ofViewer(house, name, quick ? 20 : 60 * runs);
    figures[name] = { waiting: seen.waiting, list_ms: summary(seen.list), count_ms: summary(seen.door) };
    say(
      `inbox of ${seen.waiting}: p50 ${round(percentile(seen.list, 50), 1)} ms, p95 ${round(percentile(seen.list, 95), 1)} ms`,
    );
    list = Math.max(list, percentile(seen.list, 95));
    door = Math.max(door, percentile(seen.door, 95));
  }
  const limit = { op: '<=', limit: P95_MS_MAX, unit: 'ms' } as const;
  return {
    figures: { inbox: figures },
    bars: [
      bar('inbox/list_p95', { value: round(list, 1), ...limit }, `${open} open tickets, the slowest of the approvers`),
      bar('inbox/count_p95', { value: round(door, 1), ...limit }),
    ],
  };
}
