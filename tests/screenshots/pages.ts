/** Which pages there are pictures of, as whom, and what is done before one is taken. */
import type { Page } from 'playwright-core';

export interface Shot {
  readonly name: string;
  readonly login: string;
  readonly path: string;
  readonly dark?: boolean;
  readonly then?: (page: Page) => Promise<void>;
}

interface Made {
  readonly waiting: string;
  readonly used: string;
  readonly session: string;
}

async function replay(page: Page): Promise<void> {
  await page.locator('main .mantine-Button-root').first().click();
  await page.locator('.ap-player').first().waitFor();
  await page.locator('.marker').last().click();
  await page.locator('.ap-player').filter({ hasText: '顧客一覧' }).waitFor();
}

async function checkServer(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'crm-db' }).click();
  await page.locator('main section button').first().click();
  await page.locator('main [role=status] dl').waitFor();
}

/** A third less than was asked, by the keys of the slider. */
async function lowerLimits(page: Page): Promise<void> {
  const rows = page.locator('.limits input[type=range]').first();
  await rows.focus();
  for (let step = 0; step < 20; step++) await page.keyboard.press('ArrowLeft');
  await page.locator('.limits').scrollIntoViewIfNeeded();
}

/** The section that stands open on a wide screen, or the list of all pages on a narrow one. */
async function openMenu(page: Page): Promise<void> {
  const burger = page.locator('.nav-narrow .mantine-Burger-root');
  if (await burger.isVisible()) await burger.click();
  else await page.locator('.nav-section button').first().click();
}

export function pagesOf({ waiting, used, session }: Made): readonly Shot[] {
  return [
    { name: 'home-maintainer', login: 'aoki', path: '/' },
    { name: 'home-owner', login: 'tanaka', path: '/' },
    { name: 'home-auditor', login: 'suzuki', path: '/' },
    { name: 'home-security', login: 'kimura', path: '/' },
    { name: 'home-security-dark', login: 'kimura', path: '/', dark: true },
    { name: 'menu', login: 'kimura', path: '/people', then: openMenu },
    { name: 'home-administrator', login: 'yamada', path: '/' },
    { name: 'tickets-inbox', login: 'tanaka', path: '/tickets?box=inbox' },
    { name: 'ticket-new', login: 'aoki', path: '/tickets/new?kind=access' },
    { name: 'ticket-approval', login: 'tanaka', path: `/tickets/${waiting}` },
    { name: 'ticket-limits', login: 'tanaka', path: `/tickets/${waiting}`, then: lowerLimits },
    { name: 'ticket-used', login: 'tanaka', path: `/tickets/${used}` },
    { name: 'sessions', login: 'suzuki', path: '/sessions?box=all' },
    { name: 'session-replay', login: 'suzuki', path: `/sessions/${session}`, then: replay },
    { name: 'search', login: 'suzuki', path: '/search?text=%E9%A1%A7%E5%AE%A2' },
    { name: 'audit', login: 'suzuki', path: '/audit' },
    { name: 'reconciliation', login: 'tanaka', path: '/reconciliation' },
    { name: 'gate', login: 'tanaka', path: '/gate' },
    { name: 'locks', login: 'kimura', path: '/locks' },
    { name: 'people', login: 'kimura', path: '/people' },
    { name: 'systems', login: 'yamada', path: '/systems' },
    { name: 'target', login: 'yamada', path: '/systems', then: checkServer },
    { name: 'configuration', login: 'yamada', path: '/configuration' },
    { name: 'relay', login: 'tanaka', path: '/relay' },
    { name: 'check', login: 'suzuki', path: '/check' },
    { name: 'custody', login: 'suzuki', path: '/custody' },
    { name: 'accounts', login: 'tanaka', path: '/accounts' },
    { name: 'deliveries', login: 'kimura', path: '/deliveries' },
    { name: 'terminal', login: 'chen', path: '/terminal/crm-db' },
    { name: 'reviews', login: 'tanaka', path: '/reviews' },
    { name: 'keys', login: 'aoki', path: '/keys' },
    { name: 'security', login: 'aoki', path: '/security' },
    { name: 'notifications', login: 'aoki', path: '/notifications' },
  ];
}
