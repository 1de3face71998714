/** How soon the page on which owners decide about a held parcel stands, in a browser that knows nothing yet. */
import { chromium } from 'playwright-core';
import { findPartner } from '../../scripts/partners.mjs';
import { startConsole } from '../console/gateway.ts';
import { median, round, summary } from '../measure/statistics.ts';
import { bar, type BenchOptions, type Part } from '../model.ts';
import { fillParcels, findHeld } from './queries.ts';

const MS_MAX = 1_500;
const PARCELS = 10_000;
const LIMIT = { op: '<=', limit: MS_MAX, unit: 'ms' } as const;

export async function deciding({ quick, runs, say }: BenchOptions): Promise<Part> {
  const executablePath = findPartner('chromium');
  if (executablePath === undefined) {
    return { figures: {}, bars: [bar('deciding/page', { value: null, ...LIMIT }, 'chromium is missing')] };
  }
  await using site = await startConsole();
  const { gateway } = site;
  await fillParcels(gateway.db.owner, quick ? 100 : PARCELS);
  const number = await findHeld(gateway.db.owner);
  const { cookie } = await gateway.person('mori');
  const { href } = gateway.running.publicUrl;
  await using browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  const taken: number[] = [];
  for (let turn = 0; turn < runs; turn++) {
    const context = await browser.newContext({ locale: 'ja-JP' });
    const at = cookie.indexOf('=');
    await context.addCookies([{ name: cookie.slice(0, at), value: cookie.slice(at + 1), url: href }]);
    const page = await context.newPage();
    const start = performance.now();
    await page.goto(new URL(`/relay/${number}`, href).href, { waitUntil: 'commit' });
    await page.getByText('180').first().waitFor(); // What was found, beside what was promised.
    taken.push(performance.now() - start);
    await context.close();
  }
  say(`page of a held parcel: p50 ${round(median(taken), 0)} ms`);
  return {
    figures: { parcel_page_ms: summary(taken) },
    bars: [bar('deciding/page', { value: round(median(taken), 0), ...LIMIT })],
  };
}
