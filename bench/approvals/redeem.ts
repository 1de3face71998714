/** Fifty sessions of two processes that spend one ticket at the same moment: who wins, and how long each waits. */
import { once } from 'node:events';
import type { ChildProcess } from 'node:child_process';
import { decideTicket, type RedemptionRequest } from '../../approvals/index.ts';
import { Cleanup } from '../../foundation/index.ts';
import { percentile, round, summary } from '../measure/statistics.ts';
import { bar, type BenchOptions, type Part } from '../model.ts';
import { endChild, ROOT, startChild } from '../world/run.ts';
import { DUMP, type House, POOL_SIZE, startHouse } from './house.ts';
import { countUses } from './queries.ts';

const PROCESSES = 2;
const ATTEMPTS = 50;
const OPEN = 10_000;
const P95_MS_MAX = 100;

export interface Attempts {
  readonly requests: readonly RedemptionRequest[];
}

export interface Attempted {
  /** Milliseconds to the answer. */
  readonly taken: number;
  /** `redeemed`, or why not. */
  readonly outcome: string;
}

async function ask(child: ChildProcess, attempts: Attempts): Promise<readonly Attempted[]> {
  const answered = once(child, 'message');
  child.send(attempts);
  const [answers] = (await answered) as [readonly Attempted[]];
  return answers;
}

/** One approved ticket, and as many attempts on it. */
async function oneTicket(house: House, children: readonly ChildProcess[]) {
  const { id, actDigest } = await house.askExport();
  const yes = { decision: 'approve', reason: 'needed', actDigest } as const;
  await decideTicket(house, house.approvers.tanaka, id, yes);
  const sessions = await Promise.all(Array.from({ length: ATTEMPTS }, () => house.session()));
  const requests = sessions.map((sessionId) => ({
    ...{ personId: house.requester.person.id, targetId: house.target, digest: actDigest, text: DUMP },
    sessionId: sessionId as RedemptionRequest['sessionId'],
  }));
  const shares = children.map((_, at) => requests.filter((__, index) => index % children.length === at));
  const attempted = (await Promise.all(children.map((child, at) => ask(child, { requests: shares[at] ?? [] })))).flat();
  return { attempted, uses: await countUses(house.database, id) };
}

export async function redeem({ quick, runs, say }: BenchOptions): Promise<Part> {
  await using house = await startHouse();
  await house.fill({ open: quick ? 500 : OPEN, closed: 0 });
  const cleanup = new Cleanup();
  await using _ended = cleanup;
  const children: ChildProcess[] = [];
  for (let at = 0; at < PROCESSES; at += 1) {
    const child = await startChild(`${ROOT}/bench/approvals/redeem-child.ts`, { url: house.url, poolSize: POOL_SIZE });
    cleanup.defer(() => endChild(child));
    children.push(child);
  }
  await oneTicket(house, children); // Connections and plans are made.
  const taken: number[] = [];
  let wrong = 0;
  const rounds = quick ? 3 : 6 * runs;
  for (let at = 0; at < rounds; at += 1) {
    const { attempted, uses } = await oneTicket(house, children);
    const winners = attempted.filter(({ outcome }) => outcome === 'redeemed').length;
    const late = attempted.filter(({ outcome }) => outcome === 'used').length;
    if (winners !== 1 || uses !== 1 || late !== ATTEMPTS - 1) wrong += 1;
    taken.push(...attempted.map((one) => one.taken));
  }
  const p95 = round(percentile(taken, 95), 1);
  say(`redeem: ${rounds} tickets, ${ATTEMPTS} attempts each: p50 ${round(percentile(taken, 50), 1)} ms, p95 ${p95} ms`);
  return {
    figures: { redeem: { tickets: rounds, attempts: ATTEMPTS, processes: PROCESSES, ms: summary(taken) } },
    bars: [
      bar('redeem/not_exactly_one', { value: wrong, op: '=', limit: 0, unit: 'tickets' }),
      bar('redeem/p95', { value: p95, op: '<=', limit: P95_MS_MAX, unit: 'ms' }),
    ],
  };
}
