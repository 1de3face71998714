/** The console in a real browser while somebody works with a real ssh client: the screen live, and the end of it. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { startBrowser } from '../support/browser.ts';
import { TestGateway } from '../support/gateway.ts';
import { describeWith } from '../support/partners.ts';
import { expectAccessible, openConsole } from './support/console.ts';
import { type LiveSsh, startSsh } from './support/live-ssh.ts';
import { waitFor } from '../support/wait-for.ts';

describeWith(['chromium', 'ssh', 'ssh-keygen'], 'the live view of a session', () => {
  let gateway: TestGateway;
  let browser: Browser;
  let work: LiveSsh;
  let session: string;
  const faults: string[] = [];

  beforeAll(async () => {
    gateway = await TestGateway.start();
    browser = await startBrowser();
    work = await startSsh(gateway, 'chen', ['printf "顧客一覧\\n"; cat']);
    await work.sees('顧客一覧');
    const { json } = await (await gateway.person('suzuki')).get('/api/sessions?box=live');
    session = String((json['sessions'] as { id: string }[])[0]?.id);
  });
  afterAll(async () => {
    await work[Symbol.asyncDispose]();
    await browser.close();
    await gateway[Symbol.asyncDispose]();
  });

  const openAs = (login: string, path: string): Promise<Page> => openConsole({ browser, gateway, faults }, login, path);

  test('is closed to the one who works, who is told who may look', async () => {
    const page = await openAs('chen', `/sessions/${session}`);
    await page.getByRole('button', { name: 'Watch' }).click();
    await page.getByText('internal audit').first().waitFor();
    expect(await page.locator('.ap-player').count()).toBe(0);
  });

  test('follows the screen, lets the owner write and end it with a reason, and leaves its event', async () => {
    const page = await openAs('tanaka', '/sessions?box=live');
    await page.getByRole('rowheader', { name: /Chen/ }).getByRole('link').click();
    await page.getByRole('button', { name: '画面を見る' }).click();
    await page.locator('.ap-player').filter({ hasText: '顧客一覧' }).waitFor();
    await page.getByText('ライブ', { exact: true }).waitFor();
    await expectAccessible(page);
    work.type('これは途中の行です\n');
    await page.locator('.ap-player').filter({ hasText: 'これは途中の行です' }).waitFor();
    await page.getByRole('button', { name: /^終了させる: / }).click();
    await page.getByRole('dialog').getByLabel(/理由/).fill('作業時間が終わりました');
    await page.getByRole('dialog').getByRole('button', { name: '終了させる' }).click();
    await work.sees('作業時間が終わりました. [session_ended]');
    await page.getByRole('button', { name: '記録を再生する' }).waitFor();
    const { json } = await (await gateway.person('suzuki')).get('/api/audit-events?type=recording.viewed');
    expect((json['events'] as { body: unknown }[]).map(({ body }) => body)).toEqual([{ session, form: 'live' }]);
  });

  test('the list is narrowed by its address, and taken along as a file that is noted', async () => {
    const page = await openAs('suzuki', '/sessions?box=all&state=closed');
    await page.getByRole('table').waitFor();
    expect(await page.getByLabel('状態').inputValue()).toBe('closed');
    await expectAccessible(page);
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'CSV 形式' }).click();
    expect((await download).suggestedFilename()).toBe('sessions.csv');
    await page.getByLabel('拒否された操作あり').check();
    await page.getByText('一覧は絞り込まれています').waitFor();
    expect(new URL(page.url()).searchParams.get('refusals')).toMatch(/1/);
    await waitFor('the event', async () => {
      const { json } = await (await gateway.person('suzuki')).get('/api/audit-events?type=table.exported');
      return (json['events'] as unknown[]).length === 1;
    });
  });

  test('no page broke its own content security policy or threw', () => {
    expect(faults).toEqual([]);
  });
});
