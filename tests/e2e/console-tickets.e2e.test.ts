/** Work and emergencies through the console in a real browser, and what they open to a real ssh client. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { z } from 'zod';
import { execute, sql } from '../../foundation/index.ts';
import { startBrowser } from '../support/browser.ts';
import { TestGateway } from '../support/gateway.ts';
import { describeWith } from '../support/partners.ts';
import { expectAccessible, openConsole } from './support/console.ts';

const TICKET_PAGE = /\/tickets\/[0-9a-f-]{36}$/;

describeWith(['chromium', 'ssh', 'ssh-keygen'], 'tickets for work and emergencies', () => {
  let gateway: TestGateway;
  let browser: Browser;
  let work: string;
  const faults: string[] = [];

  beforeAll(async () => {
    gateway = await TestGateway.start();
    browser = await startBrowser();
    const risk = JSON.stringify({ tickets: 'required' });
    await execute(gateway.db.database, sql(z.never())`UPDATE systems SET risk = ${risk} WHERE name = 'crm'`);
  });
  afterAll(async () => {
    await browser.close();
    await gateway[Symbol.asyncDispose]();
  });

  const openAs = (login: string, path: string): Promise<Page> => openConsole({ browser, gateway, faults }, login, path);

  test('ssh is refused without one, with the link to ask', async () => {
    const refused = await gateway.ssh('chen', 'echo in');
    expect(refused.status).not.toBe(0);
    expect(refused.stderr).toContain('[access_ticket_required]');
    expect(refused.stderr).toContain('/tickets/new?kind=access');
  });

  test('work is asked for by that link, in English', async () => {
    const page = await openAs('chen', '/tickets/new?kind=access');
    await page.getByLabel(/crm-db/).check();
    await page.getByLabel(/Purpose/).fill('Patch the database');
    await page.getByLabel(/Work plan/).fill('1. Stop\n2. Patch\n3. Start');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Send the request' }).click();
    await page.waitForURL(TICKET_PAGE);
    await page.getByText('Patch the database').first().waitFor();
    await expectAccessible(page);
    work = new URL(page.url()).pathname;
    expect((await gateway.ssh('chen', 'echo in')).stderr).toContain('[access_ticket_required]');
  });

  test('an owner asks back, is answered and approves, in Japanese; then ssh gets in', async () => {
    const page = await openAs('tanaka', work);
    await page.getByLabel('確認事項').fill('停止の時間帯は?');
    await page.getByRole('button', { name: '確認を依頼' }).click();
    await page.getByText('停止の時間帯は?').first().waitFor();
    await expectAccessible(page);
    const asked = await openAs('chen', work);
    await asked.getByLabel('Your answer').fill('Between two and three at night.');
    await asked.getByRole('button', { name: 'Answer', exact: true }).click();
    await asked.getByText('Between two and three at night.').first().waitFor();
    await page.reload();
    await page.getByLabel(/理由/).fill('計画を確認した');
    await page.getByRole('button', { name: '承認', exact: true }).click();
    await page.getByText('計画を確認した').first().waitFor();
    expect((await gateway.ssh('chen', 'echo in')).stdout.toString()).toBe('in\n');
    await page.reload();
    await page.getByText('In use').or(page.getByText('使用中')).first().waitFor();
  });

  test('an emergency begins at once, opens the server, and ends in a report', async () => {
    expect((await gateway.ssh('aoki', 'echo in')).stderr).toContain('[access_ticket_required]');
    const page = await openAs('aoki', '/tickets/new?kind=emergency');
    await page.getByLabel(/crm-db/).check();
    await page.getByLabel('緊急の理由').fill('受注が止まっている');
    await page.getByLabel('時間数').fill('1');
    await expectAccessible(page);
    await page.getByRole('button', { name: '緊急作業を開始する' }).click();
    await page.waitForURL(TICKET_PAGE);
    expect((await gateway.ssh('aoki', 'echo in')).stdout.toString()).toBe('in\n');
    await page.getByRole('button', { name: '緊急作業を終了' }).click();
    await page.getByRole('dialog').getByRole('button', { name: '緊急作業を終了' }).click();
    await page.getByText('事後承認待ち').first().waitFor();
    expect((await gateway.ssh('aoki', 'echo in')).stderr).toContain('[access_ticket_required]');
    await page.getByLabel('作業報告').fill('データベースを再起動した。');
    await page.getByRole('button', { name: '報告する' }).click();
    await page.getByText('データベースを再起動した。').first().waitFor();
    await expectAccessible(page);
  });

  test('the lists and the choice of what to ask for are for everybody', async () => {
    for (const [login, path] of [
      ['tanaka', '/tickets?box=inbox'],
      ['chen', '/tickets'],
      ['chen', '/tickets/new'],
      ['aoki', '/tickets/new?kind=transfer'],
    ] as const) {
      await expectAccessible(await openAs(login, path));
    }
    expect(faults).toEqual([]);
  });
});
