/** What a page of the list costs over HTTP while there are a hundred thousand sessions, however it is narrowed. */
import { z } from 'zod';
import { percentile, round, summary } from '../measure/statistics.ts';
import { bar, type BenchOptions, type Part } from '../model.ts';
import { startConsole } from './gateway.ts';
import { fillSessions } from './queries.ts';

const SESSIONS = 100_000;
const P95_MS_MAX = 100;
const PAGES_DEEP = 20;
const Page = z.looseObject({ next: z.string().nullable(), sessions: z.array(z.unknown()) });

export async function sessions({ quick, runs, say }: BenchOptions): Promise<Part> {
  await using site = await startConsole();
  const count = quick ? 2_000 : SESSIONS;
  const { person, target } = await fillSessions(site.gateway.db.owner, count);
  const auditor = await site.gateway.person('suzuki');
  const owner = await site.gateway.person('tanaka');
  const asked: readonly [string, typeof auditor, string][] = [
    ['every', auditor, ''],
    ['own_systems', owner, ''],
    ['person', auditor, `&person=${person}`],
    ['target', auditor, `&target=${target}`],
    ['open', auditor, '&state=open'],
    ['refusals', auditor, '&refusals=1'],
    ['verdict', auditor, '&verdict=TAMPERED'],
    ['never_checked', auditor, '&verdict=none'],
    ['early', auditor, '&until=2020-02-01T00:00:00.000Z'],
  ];
  const figures: Record<string, unknown> = { sessions: count };
  let worst = 0;
  for (const [name, as, search] of asked) {
    const taken: number[] = [];
    for (let run = 0; run < runs + 1; run++) {
      let after = '';
      for (let page = 0; page < PAGES_DEEP; page++) {
        const start = performance.now();
        const answer = await as.get(`/api/sessions?box=all${search}${after}`);
        if (run > 0) taken.push(performance.now() - start);
        const { next } = Page.parse(answer.json);
        if (next === null) break;
        after = `&after=${next}`;
      }
    }
    const p95 = percentile(taken, 95);
    figures[name] = summary(taken);
    worst = Math.max(worst, p95);
    say(`sessions ${name}: p50 ${round(percentile(taken, 50), 1)} ms, p95 ${round(p95, 1)} ms`);
  }
  return {
    figures: { session_list_ms: figures },
    bars: [
      bar(
        'sessions/list_p95',
        { value: round(worst, 1), op: '<=', limit: P95_MS_MAX, unit: 'ms' },
        `${count} sessions, the slowest of ${asked.length} ways to narrow them, ${PAGES_DEEP} pages deep`,
      ),
    ],
  };
}
