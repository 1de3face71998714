/** Tickets decided together, drafts, locks, access reviews, what was done, accounts: in a real browser, both languages. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { startBrowser } from '../support/browser.ts';
import { TestGateway } from '../support/gateway.ts';
import { describeWith } from '../support/partners.ts';
import { expectAccessible, openConsole } from './support/console.ts';
import { asOwner, events } from './support/house.ts';

const DUMP = 'mysqldump crm customers';
const DAY_MS = 86_400_000;

/** Screens for somebody to look at, where a directory is named. */
async function shoot(page: Page, name: string): Promise<void> {
  const directory = process.env['SEKISHO_SCREENS'];
  if (directory === undefined) return;
  for (const width of [1_280, 390]) {
    await page.setViewportSize({ width, height: 900 });
    await page.screenshot({ path: `${directory}/${name}-${width}.png`, fullPage: true });
  }
  await page.setViewportSize({ width: 1_280, height: 900 });
}

describeWith(['chromium', 'ssh', 'ssh-keygen'], 'what people and their access go through', () => {
  let gateway: TestGateway;
  let browser: Browser;
  const faults: string[] = [];

  beforeAll(async () => {
    gateway = await TestGateway.start();
    browser = await startBrowser();
    // The same person as a reader of the other language.
    await asOwner(gateway, "UPDATE persons SET locale = 'en' WHERE name = '木村 さくら'");
  });
  afterAll(async () => {
    await browser.close();
    await gateway[Symbol.asyncDispose]();
  });

  const openAs = (login: string, path: string): Promise<Page> => openConsole({ browser, gateway, faults }, login, path);

  async function ask(login: string, purpose: string): Promise<void> {
    const { stderr } = await gateway.ssh(login, DUMP);
    const act = /\/tickets\/new\?act=([0-9a-f-]{36})/.exec(stderr)?.[1];
    const person = await gateway.person(login);
    const now = Date.now();
    const asked = await person.post('/api/tickets', {
      ...{ refusedActId: act, purpose, client: 'A', rowsMax: 100, bytesMax: 1_000_000 },
      ...{ notBefore: new Date(now).toISOString(), notAfter: new Date(now + DAY_MS).toISOString() },
    });
    expect(asked.status).toBe(201);
  }

  test('like tickets are each shown whole and approved one by one, those that were chosen alone', async () => {
    for (const [login, purpose] of [
      ['aoki', '月次の報告'],
      ['chen', 'For the client'],
      ['aoki', '別の報告'],
    ] as const) {
      await ask(login, purpose);
    }
    const page = await openAs('tanaka', '/tickets?box=inbox');
    await page.getByRole('heading', { name: '類似の申請をまとめて判断' }).waitFor();
    expect(await page.getByRole('checkbox').count()).toBe(3);
    await expectAccessible(page);
    await shoot(page, 'bulk-ja');
    await page.getByLabel(/月次の報告/).check();
    await page.getByLabel(/For the client/).check();
    await page.getByLabel(/理由/).first().fill('件数を確認した');
    await page.getByRole('button', { name: /選択した 2 件/ }).click();
    await page.getByLabel(/月次の報告/).waitFor({ state: 'detached' });
    const states = await asOwner(gateway, 'SELECT purpose, state FROM tickets ORDER BY number');
    expect(states.map(({ state }) => state)).toEqual(['approved', 'approved', 'requested']);
    expect(await events(gateway.database, 'ticket.approved')).toHaveLength(2);
  });

  test('a draft is kept, found again and deleted, in English', async () => {
    const page = await openAs('chen', '/tickets/new?kind=access');
    await page.getByLabel(/Purpose/).fill('Patch, later');
    await page.getByRole('button', { name: 'Save as a draft' }).click();
    await page.goto(new URL('/tickets', gateway.running.publicUrl).href);
    const link = page.getByRole('link', { name: /Patch, later/ });
    await link.waitFor();
    await expectAccessible(page);
    await link.click();
    expect(await page.getByLabel(/Purpose/).inputValue()).toBe('Patch, later');
    await page.goto(new URL('/tickets', gateway.running.publicUrl).href);
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await link.waitFor({ state: 'detached' });
    expect(await asOwner(gateway, 'SELECT 1 FROM ticket_drafts')).toEqual([]);
  });

  test('a server is locked and opened again, in Japanese; who may not, is not asked to', async () => {
    const page = await openAs('tanaka', '/locks');
    await page.getByLabel('種類').selectOption('target');
    await page.getByLabel(/接続先、または/).fill('crm-db');
    await page.getByLabel('理由').fill('調査');
    await expectAccessible(page);
    await page.getByRole('button', { name: '利用停止', exact: true }).click();
    const lift = page.getByRole('button', { name: /停止を解除/ });
    await lift.waitFor();
    expect((await gateway.ssh('chen', 'echo in')).stderr).toContain('[access_target_locked]');
    await expectAccessible(page);
    await shoot(page, 'locks-ja');
    await lift.click();
    await page.getByRole('dialog').getByRole('button', { name: '停止を解除' }).click();
    await page.getByText('利用停止中のものはありません。').waitFor();
    expect((await gateway.ssh('chen', 'echo in')).stdout.toString()).toBe('in\n');
    const auditor = await openAs('suzuki', '/locks');
    await auditor.getByText('利用停止中のものはありません。').waitFor();
    expect(await auditor.getByRole('button', { name: '利用停止', exact: true }).count()).toBe(0);
  });

  test('an access review is started and decided on', async () => {
    const page = await openAs('tanaka', '/reviews');
    await page.getByLabel('システム名または会社名').fill('crm');
    const due = new Date(Date.now() + 7 * DAY_MS).toISOString().slice(0, 16);
    await page.getByLabel('期限').fill(due);
    await expectAccessible(page);
    await page.getByRole('button', { name: '棚卸を開始' }).click();
    await page.getByRole('link', { name: /crm の棚卸/ }).click();
    await page.waitForURL(/\/reviews\/[0-9a-f-]{36}$/);
    await page.getByText('Chen Wei').first().waitFor();
    await expectAccessible(page);
    await shoot(page, 'review-ja');
    expect(await events(gateway.database, 'review.started')).toHaveLength(1);
  });

  test.each([
    ['tanaka', '/reconciliation', 'reconciliation-ja'],
    ['kimura', '/reconciliation', 'reconciliation-en'],
    ['tanaka', '/accounts', 'accounts-ja'],
    ['kimura', '/accounts', 'accounts-en'],
    ['kimura', '/people', 'people-en'],
    ['kimura', '/locks', 'locks-en'],
    ['kimura', '/reviews', 'reviews-en'],
  ])('%s finds nothing in the way at %s', async (login, path, name) => {
    const page = await openAs(login, path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await expectAccessible(page);
    await shoot(page, name);
  });

  test('the secret of an authenticator app is a picture that is drawn in the page', async () => {
    const page = await openAs('aoki', '/security');
    const elsewhere: string[] = [];
    page.on('request', (request) => {
      if (new URL(request.url()).origin !== gateway.running.publicUrl.origin) elsewhere.push(request.url());
    });
    await page.getByRole('button', { name: /認証アプリ/ }).click();
    const code = page.getByRole('img', { name: /QRコード/ });
    await code.waitFor();
    expect(await code.locator('path').getAttribute('d')).toMatch(/^(M\d+ \d+h1v1h-1z){400,}$/);
    await expectAccessible(page);
    await shoot(page, 'totp-ja');
    expect([elsewhere, faults]).toEqual([[], []]);
  });
});
