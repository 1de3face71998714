import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { startBrowser } from '../support/browser.ts';
import { TestGateway } from '../support/gateway.ts';
import { describeWith } from '../support/partners.ts';
import { expectAccessible, openConsole, tabTo } from './support/console.ts';

describeWith(['chromium', 'ssh', 'ssh-keygen'], 'the console in a real browser', () => {
  let gateway: TestGateway;
  let browser: Browser;
  let session: string;
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

  test('somebody who is not signed in is asked to, and comes back to where they were', async () => {
    const page = await (await browser.newContext({ locale: 'ja-JP' })).newPage();
    await page.goto(new URL('/tickets', gateway.running.publicUrl).href);
    await page
      .getByRole('button', { name: '組織のアカウントでサインイン' })
      .or(page.getByRole('link', { name: '組織のアカウントでサインイン' }))
      .click();
    await page.locator('button[name=login][value=aoki]').click();
    await page.waitForURL('**/tickets*');
    await expectAccessible(page);
  });

  test('a refused export becomes a ticket, in English', async () => {
    const refused = await gateway.ssh('chen', 'mysqldump crm customers');
    const link = /https?:\S+act=[0-9a-f-]{36}/.exec(refused.stderr)?.[0] ?? '';
    const page = await openAs('chen', link.slice(gateway.running.publicUrl.origin.length));
    await page.getByText('mysqldump crm customers').first().waitFor();
    await expectAccessible(page);
    await page.getByLabel(/Purpose/).fill('Answer to inquiry 2026-114');
    await page.getByRole('button', { name: /Ask for|Send the request|Request/ }).click();
    await page.waitForURL(/\/tickets\/[0-9a-f-]{36}$/);
    await page.getByText('Answer to inquiry 2026-114').first().waitFor();
    expect(await page.getByRole('button', { name: 'Approve this command' }).count()).toBe(0);
    await expectAccessible(page);
  });

  test('the owner reads the exact act and approves it, in Japanese', async () => {
    const tanaka = await gateway.person('tanaka');
    const { json } = await tanaka.get('/api/tickets?box=inbox');
    const [ticket] = json['tickets'] as { id: string }[];
    const page = await openAs('tanaka', `/tickets/${ticket!.id}`);
    await page.getByText('mysqldump crm customers').first().waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'このコマンドを承認' }).waitFor();
    await page.getByText('申請どおりの上限で承認します。').waitFor();
    // By keys alone: a shorter time than was asked, a reason, yes.
    await tabTo(page, page.getByLabel('期限', { exact: true }));
    await page.keyboard.press('ArrowLeft');
    await page.getByText(/承認する範囲: .*まで、使用 1 回。/).waitFor();
    await tabTo(page, page.getByLabel(/理由/));
    await page.keyboard.type('件数と目的を確認した');
    await tabTo(page, page.getByRole('button', { name: 'このコマンドを承認' }));
    await page.keyboard.press('Enter');
    await page.getByText('件数と目的を確認した').first().waitFor();
    await page.getByText(/（申請: /).waitFor();
    const exported = await gateway.ssh('chen', 'mysqldump crm customers');
    expect(exported.status).toBe(0);
    await page.reload();
    await page.getByText('実績は申請の範囲内です。').waitFor();
    await expectAccessible(page);
  });

  test('the auditor replays the session and sees that it verifies', async () => {
    const suzuki = await gateway.person('suzuki');
    const { json } = await suzuki.get('/api/sessions?box=all');
    const sessions = json['sessions'] as { id: string; exitStatus: number | null; sealed: boolean }[];
    session = sessions.find(({ exitStatus }) => exitStatus === 0)!.id;
    const page = await openAs('suzuki', `/sessions/${session}`);
    await page.getByRole('button', { name: '記録を検証する' }).click();
    await page.getByText(/記録のすべてのバイトが署名付きログと一致/).waitFor();
    await page.getByRole('button', { name: '記録を再生する' }).click();
    await page.locator('.ap-player').first().waitFor();
    await expectAccessible(page);
  });

  test('a maintainer does not replay, and is told who can', async () => {
    const page = await openAs('chen', `/sessions/${session}`);
    await page.getByRole('button', { name: 'Play the recording' }).click();
    await page.getByText('internal audit').first().waitFor();
    expect(await page.locator('.ap-player').count()).toBe(0);
  });

  test('no page broke its own content security policy or threw', () => {
    expect(faults).toEqual([]);
  });
});
