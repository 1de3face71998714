import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { startBrowser } from '../support/browser.ts';
import { TestGateway } from '../support/gateway.ts';
import { describeWith } from '../support/partners.ts';
import { expectAccessible, openConsole } from './support/console.ts';

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

  const openAs = (login: string, path: string): Promise<Page> => openConsole({ browser, gateway, faults }, login, path);

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
    await expectAccessible(page);
    expect((await gateway.ssh('chen', 'customer-page 1')).stdout.toString()).toContain('c0020@example.com');
    expect(faults).toEqual([]);
  }, 60_000);
});
