/** What a page of the list costs over HTTP while there are ten thousand parcels, whoever asks. */
import { z } from 'zod';
import { startConsole } from '../console/gateway.ts';
import { percentile, round, summary } from '../measure/statistics.ts';
import { bar, type BenchOptions, type Part } from '../model.ts';
import { fillParcels } from './queries.ts';

const PARCELS = 10_000;
const P95_MS_MAX = 100;
const PAGES_DEEP = 20;
const Page = z.looseObject({ parcels: z.array(z.looseObject({ number: z.number() })) });
/** Sees all; owns the one system, the other; asked for some; sees none. */
const ASKING = ['suzuki', 'tanaka', 'mori', 'aoki', 'yamada'] as const;

export async function listing({ quick, runs, say }: BenchOptions): Promise<Part> {
  await using site = await startConsole();
  const { gateway } = site;
  const count = quick ? 1_000 : PARCELS;
  await fillParcels(gateway.db.owner, count);
  const figures: Record<string, unknown> = {};
  let worst = 0;
  for (const login of ASKING) {
    const person = await gateway.person(login);
    const taken: number[] = [];
    let seen = 0;
    for (let turn = 0; turn < runs + 1; turn++) {
      let before = '';
      for (let page = 0; page < PAGES_DEEP; page++) {
        const start = performance.now();
        const { parcels } = Page.parse((await person.get(`/api/parcels${before}`)).json);
        if (turn > 0) taken.push(performance.now() - start);
        seen = Math.max(seen, parcels.length);
        const last = parcels.at(-1);
        if (last === undefined) break;
        before = `?before=${last.number}`;
      }
    }
    const p95 = percentile(taken, 95);
    figures[login] = { ...summary(taken), seen };
    worst = Math.max(worst, p95);
    say(`parcels for ${login}: p50 ${round(percentile(taken, 50), 1)} ms, p95 ${round(p95, 1)} ms, ${seen} on a page`);
  }
  const note = `${count} parcels, the slowest of ${ASKING.length} people, ${PAGES_DEEP} pages deep`;
  return {
    figures: { parcel_list_ms: figures },
    bars: [bar('listing/p95', { value: round(worst, 1), op: '<=', limit: P95_MS_MAX, unit: 'ms' }, note)],
  };
}
