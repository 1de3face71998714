/** The console as somebody sees it in a real browser. */
import { expect } from '@jest/globals';
import type { Browser, Locator, Page } from 'playwright-core';
import { accessibilityFaults, noteComplaints } from '../../support/browser.ts';
import type { TestGateway } from '../../support/gateway.ts';

const PHONE = { width: 375, height: 800 };

/** Opens a path as somebody, through the provider's sign-in page; what the page complains of is added to `faults`. */
export async function openConsole(
  { browser, gateway, faults }: { browser: Browser; gateway: TestGateway; faults: string[] },
  login: string,
  path: string,
): Promise<Page> {
  const context = await browser.newContext({ locale: login === 'chen' ? 'en-US' : 'ja-JP' });
  const page = await context.newPage();
  noteComplaints(page, faults);
  await page.goto(new URL(`/auth/sign-in?return=${encodeURIComponent(path)}`, gateway.running.publicUrl).href);
  await page.locator(`button[name=login][value=${login}]`).click();
  await page.waitForURL((url) => url.pathname === new URL(path, url).pathname);
  return page;
}

/** Nobody is kept out by how the page is made, wide or narrow. */
export async function expectAccessible(page: Page): Promise<void> {
  expect(await accessibilityFaults(page)).toEqual([]);
  const before = page.viewportSize();
  await page.setViewportSize(PHONE);
  expect(await page.evaluate('document.documentElement.scrollWidth - window.innerWidth')).toBe(0);
  if (before !== null) await page.setViewportSize(before);
}

const TABS_MAX = 80;

/** Goes to `place` as somebody without a mouse does. Fails where the keys never reach it. */
export async function tabTo(page: Page, place: Locator): Promise<void> {
  for (let tabs = 0; tabs < TABS_MAX; tabs++) {
    await page.keyboard.press('Tab');
    if ((await place.and(page.locator(':focus')).count()) === 1) return;
  }
  throw new Error(`no way by keys to ${place.toString()}`);
}
