/** The journeys of the product in a real browser: each in both languages, on a desk and on a telephone. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { type Locale, CATALOGUES, type MessageKey } from '../../web/ui/messages/index.ts';
import { accessibilityFaults, startBrowser } from '../support/browser.ts';
import { TestGateway } from '../support/gateway.ts';
import { describeWith } from '../support/partners.ts';
import { waitFor } from '../support/wait-for.ts';
import { openConsole } from './support/console.ts';

const DUMP = 'mysqldump crm customers';
const TICKET_PAGE = /\/tickets\/[0-9a-f-]{36}$/;

const WAYS = [
  { locale: 'ja', width: 1_280 },
  { locale: 'en', width: 390 },
  { locale: 'ja', width: 390 },
  { locale: 'en', width: 1_280 },
] as const satisfies readonly { locale: Locale; width: number }[];

/** Each language and each width once. */
const DESK_AND_TELEPHONE = [WAYS[0], WAYS[1]];

describeWith(['chromium', 'ssh', 'ssh-keygen'], 'the journeys', () => {
  let gateway: TestGateway;
  let browser: Browser;
  const faults: string[] = [];

  beforeAll(async () => {
    gateway = await TestGateway.start();
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await gateway[Symbol.asyncDispose]();
  });

  const openAs = async (login: string, path: string, { locale, width }: (typeof WAYS)[number]): Promise<Page> => {
    const page = await openConsole({ browser, gateway, faults }, login, path);
    await page.setViewportSize({ width, height: 844 });
    // The telephone is one of somebody who works in the dark.
    await page.emulateMedia({ colorScheme: width < 500 ? 'dark' : 'light' });
    await page.evaluate(
      `fetch('/api/me', { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: '{"locale":"${locale}"}' })`,
    );
    await page.reload();
    await page.locator(`html[lang=${locale}]`).waitFor({ state: 'attached' });
    return page;
  };

  /** The page reads well for everybody and never scrolls sideways. */
  const expectSound = async (page: Page): Promise<void> => {
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth - window.innerWidth')).toBe(0);
  };

  test.each(WAYS)(
    'export: refused, asked, approved by keyboard alone, done, replayed and verified ($locale, $width)',
    async (way) => {
      const say = (key: MessageKey): string => CATALOGUES[way.locale][key];
      const refused = await gateway.ssh('chen', DUMP);
      const link = new URL(/https?:\S+act=[0-9a-f-]{36}/.exec(refused.stderr)?.[0] ?? '');
      const asking = await openAs('chen', link.pathname + link.search, way);
      await asking.getByLabel(say('ticketNew.purpose')).fill('Inquiry 2026-114');
      await expectSound(asking);
      await asking.getByRole('button', { name: say('ticketNew.submit') }).click();
      await asking.waitForURL(TICKET_PAGE);
      const path = new URL(asking.url()).pathname;
      await asking.context().close();

      const deciding = await openAs('tanaka', path, way);
      await deciding.getByRole('button', { name: say('ticket.approve') }).waitFor();
      await expectSound(deciding);
      await tabTo(deciding, 'textarea', say('ticket.reason'));
      await deciding.keyboard.type('The counts are right');
      await tabTo(deciding, 'button', say('ticket.approve'));
      await deciding.keyboard.press('Enter');
      await deciding.getByText('The counts are right').first().waitFor();
      expect((await gateway.ssh('chen', DUMP)).status).toBe(0);
      await deciding.reload();
      await deciding.getByText(say('ticket.result.matches')).first().waitFor();
      await expectSound(deciding);
      await deciding.context().close();

      const auditing = await openAs('suzuki', '/sessions?box=all&exports=1', way);
      await auditing.locator('tbody a').first().click();
      await waitFor('the recording to be sealed', () =>
        auditing.getByRole('button', { name: say('session.replay.start') }).isVisible(),
      );
      await auditing.getByRole('button', { name: say('session.replay.start') }).click();
      await auditing.locator('.ap-player').first().waitFor();
      await auditing.getByRole('button', { name: say('verify.button') }).click();
      await auditing.locator('.verdict[data-verdict^=VERIFIED]').waitFor();
      await expectSound(auditing);
      await auditing.context().close();
    },
    90_000,
  );

  test.each(DESK_AND_TELEPHONE)(
    'emergency: begun at once, reported, and looked at afterwards by somebody else ($locale, $width)',
    async (way) => {
      const say = (key: MessageKey): string => CATALOGUES[way.locale][key];
      const page = await openAs('aoki', '/tickets/new?kind=emergency', way);
      await page.getByLabel(/crm-db/).check();
      await page.getByLabel(say('work.reason')).fill('Orders stand still');
      await page.getByLabel(say('work.hours')).fill('1');
      await expectSound(page);
      await page.getByRole('button', { name: say('work.submit.emergency') }).click();
      await page.waitForURL(TICKET_PAGE);
      expect((await gateway.ssh('aoki', 'echo in')).stdout.toString()).toBe('in\n');
      await page.getByRole('button', { name: say('emergency.finish') }).click();
      await page
        .getByRole('dialog')
        .getByRole('button', { name: say('emergency.finish') })
        .click();
      await page.getByText(say('state.review_due')).first().waitFor();
      await expectSound(page);
      await page.context().close();
    },
    60_000,
  );

  test.each(DESK_AND_TELEPHONE)(
    'every page of every role ($locale, $width)',
    async (way) => {
      for (const [login, paths] of PAGES) {
        const page = await openAs(login, '/', way);
        for (const path of paths) {
          await page.goto(new URL(path, page.url()).href);
          await page.locator('h1').waitFor();
          await page.locator('main [role=status] .mantine-Loader-root').first().waitFor({ state: 'detached' });
          await expectSound(page);
        }
        await page.context().close();
      }
    },
    90_000,
  );

  test('Japanese takes two cells in the player, so that columns stand below one another', async () => {
    await gateway.ssh('chen', 'printf "顧客一覧|氏名|\\n12345678|abcd|\\nｶﾅ半角ｶﾅ|漢字|\\n"');
    const { json } = await (await gateway.person('suzuki')).get('/api/sessions?box=all');
    const id = String((json['sessions'] as { id: string }[])[0]?.id);
    const page = await openAs('suzuki', `/sessions/${id}`, WAYS[0]);
    await page.getByRole('button', { name: CATALOGUES.ja['session.replay.start'] }).click();
    await page.locator('.ap-player').filter({ hasText: '顧客一覧' }).waitFor();
    const columns = await page.evaluate(BAR_PLACES);
    expect(columns).toHaveLength(3);
    for (const places of columns as number[][]) {
      expect(places).toHaveLength(2);
      for (const [n, place] of places.entries())
        expect(Math.abs(place - (columns as number[][])[1]![n]!)).toBeLessThan(1);
    }
  });

  test('no page broke its own content security policy or threw', () => {
    expect(faults).toEqual([]);
  });
});

const PAGES = [
  [
    'tanaka',
    [
      '/',
      '/tickets?box=inbox',
      '/sessions?box=live',
      '/sessions?box=all',
      '/reconciliation',
      '/gate',
      '/locks',
      '/reviews',
    ],
  ],
  ['suzuki', ['/', '/search', '/audit', '/sessions?box=all&state=closed']],
  ['kimura', ['/', '/people', '/notifications']],
  ['aoki', ['/', '/keys', '/security', '/tickets', '/tickets/new']],
] as const;

/** Presses Tab until this stands under the keyboard. @throws when the page's end comes first. */
async function tabTo(page: Page, element: string, name: string): Promise<void> {
  for (let presses = 0; presses < 200; presses++) {
    await page.keyboard.press('Tab');
    const here: unknown = await page.evaluate(
      `(() => { const at = document.activeElement; const label = at.labels?.[0] ?? at; return at.localName + ' ' + label.textContent; })()`,
    );
    if (String(here).startsWith(`${element} `) && String(here).includes(name)) return;
  }
  throw new Error(`the keyboard does not reach ${name}`);
}

/** Of each line of the player with bars, where they stand, in pixels from the left. */
const BAR_PLACES = `(() => [...document.querySelectorAll('.ap-line')].map((line) => {
  const places = [];
  const walk = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode;
    for (let at = node.data.indexOf('|'); at !== -1; at = node.data.indexOf('|', at + 1)) {
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + 1);
      places.push(range.getBoundingClientRect().left);
    }
  }
  return places;
}).filter((places) => places.length > 0))()`;
