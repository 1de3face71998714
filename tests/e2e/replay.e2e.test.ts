import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { startBrowser } from '../support/browser.ts';
import { TestGateway } from '../support/gateway.ts';
import { describeWith } from '../support/partners.ts';
import { waitFor } from '../support/wait-for.ts';
import { expectAccessible, openConsole } from './support/console.ts';

describeWith(['chromium', 'ssh', 'ssh-keygen'], 'replay and search in a real browser', () => {
  let gateway: TestGateway;
  let browser: Browser;
  let session: string;
  const faults: string[] = [];

  beforeAll(async () => {
    gateway = await TestGateway.start();
    browser = await startBrowser();
    await gateway.ssh('chen', 'echo 顧客一覧; printf "hidden\\rshown\\n"; ls -d /tmp');
    const { json } = await (await gateway.person('suzuki')).get('/api/sessions?box=all');
    session = (json['sessions'] as { id: string }[])[0]!.id;
  });
  afterAll(async () => {
    await browser.close();
    await gateway[Symbol.asyncDispose]();
  });

  const openAs = (login: string, path: string): Promise<Page> => openConsole({ browser, gateway, faults }, login, path);

  test('an owner is not offered the keystrokes, nor the search', async () => {
    const page = await openAs('tanaka', `/sessions/${session}`);
    await page.getByRole('button', { name: '記録を再生する' }).click();
    await page.locator('.ap-player').waitFor();
    expect(await page.getByRole('tab', { name: '打鍵' }).count()).toBe(0);
    expect(await page.getByRole('link', { name: '検索' }).count()).toBe(0);
  });

  test('the player plays segments, jumps to a marker, and its transcript tells what was overwritten', async () => {
    const page = await openAs('suzuki', `/sessions/${session}`);
    const segment = page.waitForResponse((response) => response.url().includes('/replay/segments/'));
    await page.getByRole('button', { name: '記録を再生する' }).click();
    expect((await segment).status()).toBe(200);
    await page.locator('.ap-player').waitFor();
    await page.locator('.marker').filter({ hasText: '終了' }).click();
    await page.locator('.ap-player').filter({ hasText: '顧客一覧' }).waitFor();
    await expectAccessible(page);
    await page.getByRole('tab', { name: '文字起こし' }).click();
    await page.getByText('hidden', { exact: true }).waitFor();
    await expectAccessible(page);
    await page.getByRole('tab', { name: '書き出し' }).click();
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: '文字起こし（テキスト）' }).click();
    expect((await download).suggestedFilename()).toBe(`${session}.txt`);
    await expectAccessible(page);
  });

  test('a search says how far the index is, finds Japanese words, and leads to their moment', async () => {
    const suzuki = await gateway.person('suzuki');
    await waitFor('the recording to be searchable', async () => {
      const { health } = (await suzuki.get('/api/search/health')).json as {
        health: { state: string; sessions: number };
      };
      return health.state === 'complete' && health.sessions === 1;
    });
    const page = await openAs('suzuki', '/search');
    await page.getByLabel('検索する語').fill('顧客');
    await page.getByRole('button', { name: '検索する' }).click();
    await page.waitForURL('**/search?*text=*');
    await page.locator('.found mark').first().waitFor();
    await expectAccessible(page);
    await page
      .getByRole('link', { name: /から再生/ })
      .first()
      .click();
    await page.locator('.ap-player').waitFor();
    expect(new URL(page.url()).pathname).toBe(`/sessions/${session}`);
  });

  test('no page broke its own content security policy or threw', () => {
    expect(faults).toEqual([]);
  });
});
