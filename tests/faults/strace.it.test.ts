/**
 * Faults of a real kernel's calls: the process killed at a call, the call refused, a write that writes nothing. Whatever
 * happens, what was acknowledged is read back after the next start, and nothing is lost without a word.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { verifySession } from '../../recorder/index.ts';
import { framesOf, rootOf, start, textOf } from '../recorder/support/recordings.ts';
import { describeWith } from '../support/partners.ts';
import { isInShare, isLongRun } from '../support/share.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { CALLS, countCalls, type Injection, type Outcome, runInjected } from './support/injected.ts';

const RUNS = 8;
const AT_ONCE = 2;
const KINDS = ['signal=SIGKILL', 'error=EIO', 'error=ENOSPC', 'retval=0'] as const;
const WRITES = new Set(['write', 'pwrite64', 'pwritev', 'writev']);

/** Every fault at every call; a write of nothing only where something is written. */
function injections(counts: ReadonlyMap<string, number>): Injection[] {
  return CALLS.flatMap((call) =>
    Array.from({ length: counts.get(call) ?? 0 }, (_, at) =>
      KINDS.filter((what) => what !== 'retval=0' || WRITES.has(call)).map((what) => ({ call, at: at + 1, what })),
    ).flat(),
  );
}

async function expectKept(home: string, { acknowledged, sealed, end }: Outcome, injection: Injection): Promise<void> {
  const told = JSON.stringify({ injection, end });
  await using recorder = await start(home);
  if (end === 'done') expect([told, sealed.length]).toEqual([told, 3]);
  for (const [sessionId, last] of acknowledged) {
    const report = await verifySession({ directory: rootOf(home), sessionId });
    expect([told, report.verdict, report.findings]).toEqual([told, 'VERIFIED-UNWITNESSED', expect.anything()]);
    const frames = await framesOf(home, sessionId);
    const numbers = [...textOf(frames, 'o').matchAll(/\[(\d+)\]/g)].map(([, number]) => Number(number));
    expect([told, numbers]).toEqual([told, numbers.map((_, at) => at)]);
    expect([told, numbers.length > last]).toEqual([told, true]);
    // What was not sealed by its own process says so.
    const isRecovered = recorder.recovered.some((one) => one.sessionId === sessionId);
    if (isRecovered) expect([told, frames.some(({ type }) => type === 'g')]).toEqual([told, true]);
    else expect([told, frames.at(-1)?.type]).toEqual([told, expect.stringMatching(/^[xm]$/)]);
  }
}

describeWith(['strace', 'root'], 'a recorder whose system calls fail', () => {
  test(
    'has lost nothing that it acknowledged, and says what it stopped for',
    async () => {
      await using place = await tempDirectory();
      const newHome = async (name: string): Promise<string> => {
        const home = join(place.path, name);
        await mkdir(home);
        return home;
      };
      const trace = join(place.path, 'trace');
      const honest = await runInjected(await newHome('honest'), trace, undefined);
      expect(honest).toMatchObject({ end: 'done', sealed: [expect.anything(), expect.anything(), expect.anything()] });
      const all = injections(await countCalls(trace));
      expect(all.length).toBeGreaterThan(200);
      const left = [...all.filter((_, at) => isInShare(at, all.length / RUNS)).entries()];
      let [killed, failed] = [0, 0];
      const work = async (): Promise<void> => {
        for (let next = left.shift(); next !== undefined; next = left.shift()) {
          const [at, injection] = next;
          const home = await newHome(String(at));
          const outcome = await runInjected(home, join(place.path, `trace-${at}`), injection);
          if (outcome.end === undefined) killed += 1;
          else if (outcome.end !== 'done') failed += 1;
          await expectKept(home, outcome, injection);
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
      // Otherwise the faults were not met.
      expect(killed + failed).toBeGreaterThan(0);
    },
    isLongRun() ? 3_600_000 : 120_000,
  );
});
