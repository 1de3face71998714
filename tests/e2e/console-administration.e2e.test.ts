/** Finding one's way, and the pages of those who keep the gateway, in a real browser. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { accessibilityFaults, startBrowser } from '../support/browser.ts';
import { TestGateway } from '../support/gateway.ts';
import { describeWith } from '../support/partners.ts';
import { expectAccessible, openConsole } from './support/console.ts';

describeWith(['chromium'], 'the console of those who keep the gateway', () => {
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

  const openAs = (login: string, path: string): Promise<Page> => openConsole({ browser, gateway, faults }, login, path);

  test('a maintainer finds no section of work that is not theirs', async () => {
    const page = await openAs('chen', '/');
    const menu = page.getByRole('navigation', { name: 'Main', exact: true });
    await menu.getByRole('button', { name: 'My account' }).waitFor();
    expect(await menu.getByRole('button').allInnerTexts()).toEqual(['My account']);
  });

  test('a section opens and closes by keys alone, and its pages are links', async () => {
    const page = await openAs('kimura', '/');
    await page.setViewportSize({ width: 1280, height: 800 });
    const section = page.getByRole('button', { name: '管理', exact: true });
    await section.focus();
    await page.keyboard.press('Enter');
    const link = page.getByRole('link', { name: '利用者', exact: true }).first();
    await link.waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Escape');
    await link.waitFor({ state: 'hidden' });
    expect(await page.evaluate('document.activeElement.textContent.trim()')).toBe('管理');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/people');
    expect(await section.getAttribute('aria-expanded')).toBe('false');
    // One row, however many pages there are.
    expect(await page.evaluate("document.querySelector('.top-nav').clientHeight")).toBeLessThan(60);
  });

  test('on a telephone all pages stand behind one button', async () => {
    const page = await openAs('kimura', '/');
    await page.setViewportSize({ width: 390, height: 844 });
    await page.getByRole('button', { name: 'メニューを開く' }).click();
    const list = page.getByRole('navigation', { name: 'すべてのページ' });
    await list.getByRole('link', { name: '監査イベント' }).waitFor();
    await expectAccessible(page);
    await list.getByRole('link', { name: '監査イベント' }).click();
    await page.waitForURL('**/audit');
    await list.waitFor({ state: 'hidden' });
  });

  test('no page broke its own content security policy or threw', () => {
    expect(faults).toEqual([]);
  });
});
