/** What the approval page weighs and how soon it stands in a browser that knows nothing yet; how soon another page follows. */
import { gzipSync } from 'node:zlib';
import { type Browser, chromium, type Page } from 'playwright-core';
import { findPartner } from '../../scripts/partners.mjs';
import { ask } from '../../tests/e2e/support/tickets.ts';
import type { TestGateway } from '../../tests/support/gateway.ts';
import { median, round, summary } from '../measure/statistics.ts';
import { bar, type BenchOptions, type Part } from '../model.ts';
import { startConsole } from './gateway.ts';

const GZIP_KB_MAX = 250;
const FIRST_LOAD_MS_MAX = 1_500;
const ROUTE_MS_MAX = 150;

export async function pages({ runs, say }: BenchOptions): Promise<Part> {
  await using site = await startConsole();
  const { gateway } = site;
  const executablePath = findPartner('chromium');
  if (executablePath === undefined) return notMeasured();
  await using browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  const { id } = await ask(gateway, 'chen', 'mysqldump crm customers');
  const loads: number[] = [];
  let kilobytes = 0;
  for (let run = 0; run < runs; run++) {
    const load = await firstLoad(browser, gateway, `/tickets/${id}`);
    loads.push(load.milliseconds);
    kilobytes = Math.max(kilobytes, load.kilobytes);
  }
  say(`approval page: ${round(kilobytes, 1)} KB of scripts, p50 ${round(median(loads), 0)} ms`);
  const routes = await routeChanges(browser, gateway, runs);
  say(`route change: p50 ${round(median(routes), 1)} ms`);
  return {
    figures: { first_load_ms: summary(loads), script_gzip_kb: round(kilobytes, 1), route_ms: summary(routes) },
    bars: [
      bar('pages/script_gzip', { value: round(kilobytes, 1), op: '<=', limit: GZIP_KB_MAX, unit: 'KB' }),
      bar('pages/first_load', { value: round(median(loads), 0), op: '<=', limit: FIRST_LOAD_MS_MAX, unit: 'ms' }),
      bar('pages/route_change', { value: round(median(routes), 1), op: '<=', limit: ROUTE_MS_MAX, unit: 'ms' }),
    ],
  };
}

function notMeasured(): Part {
  const reason = 'chromium is missing';
  return {
    figures: {},
    bars: [
      bar('pages/script_gzip', { value: null, op: '<=', limit: GZIP_KB_MAX, unit: 'KB' }, reason),
      bar('pages/first_load', { value: null, op: '<=', limit: FIRST_LOAD_MS_MAX, unit: 'ms' }, reason),
      bar('pages/route_change', { value: null, op: '<=', limit: ROUTE_MS_MAX, unit: 'ms' }, reason),
    ],
  };
}

/** A browser of its own with the owner's sign-in and nothing in its cache. */
async function openPage(browser: Browser, gateway: TestGateway): Promise<Page> {
  const context = await browser.newContext({ locale: 'ja-JP' });
  const { cookie } = await gateway.person('tanaka');
  const at = cookie.indexOf('=');
  const { href } = gateway.running.publicUrl;
  await context.addCookies([{ name: cookie.slice(0, at), value: cookie.slice(at + 1), url: href }]);
  return context.newPage();
}

/** Until the way to decide can be seen. `kilobytes`: of the scripts that had come by then, as gzip makes them. */
async function firstLoad(browser: Browser, gateway: TestGateway, path: string) {
  const page = await openPage(browser, gateway);
  const scripts: Promise<Buffer>[] = [];
  page.on('response', (response) => {
    if (response.url().endsWith('.js')) scripts.push(response.body());
  });
  const start = performance.now();
  await page.goto(new URL(path, gateway.running.publicUrl).href, { waitUntil: 'commit' });
  await page.getByRole('button', { name: 'このコマンドを承認' }).waitFor();
  const milliseconds = performance.now() - start;
  const came = await Promise.all([...scripts]);
  await page.context().close();
  return { milliseconds, kilobytes: came.reduce((sum, script) => sum + gzipSync(script).length, 0) / 1_000 };
}

const STEPS = [
  ['作業セッション', '作業セッション'],
  ['申請', '申請'],
  ['SSH 鍵', 'SSH 鍵'],
] as const;

/** From the click until the next page's own heading stands. */
async function routeChanges(browser: Browser, gateway: TestGateway, runs: number): Promise<number[]> {
  const page = await openPage(browser, gateway);
  await page.goto(gateway.running.publicUrl.href);
  await page.waitForLoadState('networkidle');
  const taken: number[] = [];
  for (let run = 0; run < runs; run++) {
    for (const [link, heading] of STEPS) {
      const script = `(${CLICK_AND_WAIT})(${JSON.stringify([link, heading])})`;
      taken.push(Number(await page.evaluate(script)));
    }
  }
  await page.context().close();
  return taken;
}

/** Runs in the page, so that the way to the browser is not measured with it. */
const CLICK_AND_WAIT = `([link, heading]) => new Promise((resolve, reject) => {
  const anchor = [...document.querySelectorAll('nav a')].find((one) => one.textContent.trim().startsWith(link));
  if (anchor === undefined) { reject(new Error('no link ' + link)); return; }
  const start = performance.now();
  const observer = new MutationObserver(() => {
    if (document.querySelector('h1')?.textContent !== heading) return;
    observer.disconnect();
    requestAnimationFrame(() => resolve(performance.now() - start));
  });
  observer.observe(document.body, { childList: true, subtree: true, characterData: true });
  anchor.click();
})`;
