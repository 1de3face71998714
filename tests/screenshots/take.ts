/** Every page of the console in both languages, as somebody sees it whose work it is. */
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { Cleanup } from '../../foundation/index.ts';
import { findPartner } from '../../scripts/partners.mjs';
import { TestGateway } from '../support/gateway.ts';
import { startTestPostgres, TEST_URLS } from '../support/postgres.ts';
import { approved, ask } from '../e2e/support/tickets.ts';
import { pagesOf, type Shot } from './pages.ts';

const DUMP = 'mysqldump crm customers';
const SIZES = { wide: { width: 1_280, height: 860 }, phone: { width: 390, height: 844 } } as const;
type Size = keyof typeof SIZES;
const HEIGHT_MAX = 1_700;

/** What somebody would find after a morning's work: refusals, a ticket that waits, an export that was done, recordings. */
async function work(gateway: TestGateway): Promise<{ waiting: string; used: string; session: string }> {
  await gateway.ssh('chen', 'echo 顧客一覧; printf "山田太郎  東京都\\n佐藤花子  大阪府\\n"; seq 3; uname -s');
  const used = await approved(gateway, 'chen', DUMP);
  await gateway.ssh('chen', DUMP);
  await gateway.ssh('aoki', 'mysql -e "select * from customers" crm');
  const waiting = await ask(gateway, 'aoki', DUMP, { rowsMax: 1_200, destination: 'vault' });
  const { json } = await (await gateway.person('suzuki')).get('/api/sessions?box=all');
  const session = (json['sessions'] as { id: string }[]).at(-1);
  return { waiting: waiting.id, used: used.id, session: session?.id ?? '' };
}

interface Look {
  readonly locale: 'en' | 'ja';
  readonly size: Size;
}

async function openAs(browser: Browser, gateway: TestGateway, shot: Shot, { locale, size }: Look): Promise<Page> {
  const context = await browser.newContext({
    locale: locale === 'ja' ? 'ja-JP' : 'en-GB',
    viewport: SIZES[size],
    timezoneId: 'Asia/Tokyo',
  });
  const { cookie } = await gateway.person(shot.login);
  const { href, origin } = gateway.running.publicUrl;
  const at = cookie.indexOf('=');
  await context.addCookies([{ name: cookie.slice(0, at), value: cookie.slice(at + 1), url: href }]);
  await fetch(new URL('/api/me', href), {
    method: 'PATCH',
    headers: { cookie, origin, 'content-type': 'application/json' },
    body: JSON.stringify({ locale }),
  });
  const page = await context.newPage();
  await page.emulateMedia({ colorScheme: shot.dark === true ? 'dark' : 'light', reducedMotion: 'reduce' });
  await page.goto(new URL(shot.path, href).href);
  await page.locator('h1').waitFor();
  await page.waitForLoadState('networkidle');
  return page;
}

/** `names`: of the pages to take; all of them where none is named. With `phone` among them, as a telephone shows them. */
async function main(directory: string, names: readonly string[]): Promise<void> {
  await using cleanup = new Cleanup();
  const executablePath = findPartner('chromium');
  if (executablePath === undefined) throw new Error('chromium is missing');
  const postgres = cleanup.use(await startTestPostgres());
  for (const [role, name] of Object.entries(TEST_URLS)) process.env[name] = String(Reflect.get(postgres, role));
  const gateway = cleanup.use(await TestGateway.start());
  const browser = cleanup.use(await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] }));
  const size = names.includes('phone') ? 'phone' : 'wide';
  const wanted = names.filter((name) => name !== 'phone');
  const shots = pagesOf(await work(gateway)).filter(({ name }) => wanted.length === 0 || wanted.includes(name));
  for (const shot of shots) {
    for (const locale of ['en', 'ja'] as const) {
      const page = await openAs(browser, gateway, shot, { locale, size });
      await shot.then?.(page);
      const height = Number(await page.evaluate('document.documentElement.scrollHeight'));
      await page.setViewportSize({ ...SIZES[size], height: Math.min(Math.max(height, 400), HEIGHT_MAX) });
      const file = `${shot.name}-${locale}${size === 'phone' ? '-phone' : ''}.png`;
      await page.screenshot({ path: join(directory, file), animations: 'disabled' });
      process.stderr.write(`screenshots: ${file}\n`);
      await page.context().close();
    }
  }
}

const [directory, ...names] = process.argv.slice(2);
await main(directory ?? 'docs/images', names);
