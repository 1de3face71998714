import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { accessibilityFaults, complaintsOf, startBrowser } from '../support/browser.ts';
import { TestGateway } from '../support/gateway.ts';
import { describeWith } from '../support/partners.ts';

const PHONE = { width: 390, height: 844 };

describeWith(['chromium', 'ssh', 'ssh-keygen'], 'the page of the gate in a real browser', () => {
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

  const openAs = async (login: string, path: string): Promise<Page> => {
    const page = await (await browser.newContext({ locale: 'ja-JP' })).newPage();
    faults.push(...complaintsOf(page));
    await page.goto(new URL(`/auth/sign-in?return=${encodeURIComponent(path)}`, gateway.running.publicUrl).href);
    await page.locator(`button[name=login][value=${login}]`).click();
    await page.waitForURL((url) => url.pathname === path);
    return page;
  };

  const isAccessible = async (page: Page): Promise<void> => {
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.setViewportSize(PHONE);
    expect(await page.evaluate('document.documentElement.scrollWidth - window.innerWidth')).toBe(0);
  };

  test('an owner tries a command by keyboard, and decides about an unknown program', async () => {
    expect((await gateway.ssh('chen', 'customer-page 1')).status).toBe(126);
    const page = await openAs('tanaka', '/gate');
    await page.getByRole('textbox', { name: 'コマンド' }).focus();
    await page.keyboard.type('mysqldump crm customers');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText('規則 dump.mysql').waitFor();
    expect(await page.locator('mark').first().textContent()).toContain('mysqldump');
    await page.getByRole('button', { name: 'プログラム customer-page を認める' }).click();
    await page.getByRole('textbox', { name: '理由' }).fill('照会用');
    await page.getByRole('dialog').getByRole('button', { name: '認める' }).click();
    await page.getByText('利用可').waitFor();
    await isAccessible(page);
    expect((await gateway.ssh('chen', 'customer-page 1')).stdout.toString()).toContain('c0020@example.com');
    expect(faults).toEqual([]);
  }, 60_000);
});
