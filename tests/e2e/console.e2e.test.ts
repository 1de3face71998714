import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { accessibilityFaults, complaintsOf, startBrowser } from '../support/browser.ts';
import { TestGateway } from '../support/gateway.ts';
import { describeWith } from '../support/partners.ts';

const PHONE = { width: 375, height: 800 };

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

  /** Opens a path as somebody, through the provider's sign-in page. */
  const openAs = async (login: string, path: string): Promise<Page> => {
    const context = await browser.newContext({ locale: login === 'chen' ? 'en-US' : 'ja-JP' });
    const page = await context.newPage();
    faults.push(...complaintsOf(page));
    await page.goto(new URL(`/auth/sign-in?return=${encodeURIComponent(path)}`, gateway.running.publicUrl).href);
    await page.locator(`button[name=login][value=${login}]`).click();
    await page.waitForURL((url) => url.pathname === new URL(path, url).pathname);
    return page;
  };

  /** Nobody is kept out by how the page is made, wide or narrow. */
  const isAccessible = async (page: Page): Promise<void> => {
    expect(await accessibilityFaults(page)).toEqual([]);
    const before = page.viewportSize();
    await page.setViewportSize(PHONE);
    const overflow = await page.evaluate('document.documentElement.scrollWidth - window.innerWidth');
    expect(overflow).toBe(0);
    if (before !== null) await page.setViewportSize(before);
  };

  test('somebody who is not signed in is asked to, and comes back to where they were', async () => {
    const page = await (await browser.newContext({ locale: 'ja-JP' })).newPage();
    await page.goto(new URL('/tickets', gateway.running.publicUrl).href);
    await page
      .getByRole('button', { name: '組織のアカウントでサインイン' })
      .or(page.getByRole('link', { name: '組織のアカウントでサインイン' }))
      .click();
    await page.locator('button[name=login][value=aoki]').click();
    await page.waitForURL('**/tickets*');
    await isAccessible(page);
  });

  test('a refused export becomes a ticket, in English', async () => {
    const refused = await gateway.ssh('chen', 'mysqldump crm customers');
    const link = /https?:\S+act=[0-9a-f-]{36}/.exec(refused.stderr)?.[0] ?? '';
    const page = await openAs('chen', link.slice(gateway.running.publicUrl.origin.length));
    await page.getByText('mysqldump crm customers').first().waitFor();
    await isAccessible(page);
    await page.getByLabel(/Purpose/).fill('Answer to inquiry 2026-114');
    await page.getByRole('button', { name: /Ask for|Send the request|Request/ }).click();
    await page.waitForURL(/\/tickets\/[0-9a-f-]{36}$/);
    await page.getByText('Answer to inquiry 2026-114').first().waitFor();
    expect(await page.getByRole('button', { name: 'Approve this command' }).count()).toBe(0);
    await isAccessible(page);
  });

  test('the owner reads the exact act and approves it, in Japanese', async () => {
    const tanaka = await gateway.person('tanaka');
    const { json } = await tanaka.get('/api/tickets?box=inbox');
    const [ticket] = json['tickets'] as { id: string }[];
    const page = await openAs('tanaka', `/tickets/${ticket!.id}`);
    await page.getByText('mysqldump crm customers').first().waitFor();
    await isAccessible(page);
    await page.getByRole('button', { name: 'このコマンドを承認' }).waitFor();
    await page.getByLabel(/理由/).fill('件数と目的を確認した');
    await page.getByRole('button', { name: 'このコマンドを承認' }).click();
    await page.getByText('件数と目的を確認した').first().waitFor();
    const exported = await gateway.ssh('chen', 'mysqldump crm customers');
    expect(exported.status).toBe(0);
    await page.reload();
    await page.getByText('実績は申請の範囲内です。').waitFor();
    await isAccessible(page);
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
    await isAccessible(page);
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
