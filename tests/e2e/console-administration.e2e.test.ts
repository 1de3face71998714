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
    await page.waitForURL('**/systems');
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

  test('an administrator checks the road to a server, and what somebody copied from the page pins nothing new', async () => {
    const page = await openAs('yamada', '/systems');
    await expectAccessible(page);
    await page.getByRole('link', { name: 'crm-db' }).click();
    await page.getByRole('button', { name: '接続を確認する' }).click();
    await page.getByText('応答したのは固定済みのサーバーです。').waitFor();
    const shown = await page.getByText(/^ssh-ed25519 SHA256:/).innerText();
    await expectAccessible(page);
    const field = page.getByLabel('サーバー側で読み上げたフィンガープリント');
    const pin = page.getByRole('button', { name: 'crm-db のホスト鍵を固定する' });
    const dialog = page.getByRole('dialog');
    const ask = async (fingerprint: string): Promise<void> => {
      await field.fill(fingerprint);
      await pin.click();
      await dialog.getByLabel(/理由/).fill('鍵を交換した');
      await dialog.getByRole('button', { name: 'crm-db のホスト鍵を固定する' }).click();
    };
    await ask(`SHA256:${'A'.repeat(43)}`);
    await dialog.getByText('サーバーが登録済みのものと異なるホスト鍵を提示しました。').waitFor();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    await ask(shown.split(' ')[1] ?? '');
    await dialog.getByText('このホスト鍵はすでに固定されています。').waitFor();
  });

  test('an owner ends a grant by name, and the person does not enter any more', async () => {
    const before = await gateway.ssh('chen', 'echo in');
    expect(String(before.stdout)).toBe('in\n');
    const page = await openAs('tanaka', '/systems');
    await page.getByRole('link', { name: 'crm-db' }).click();
    await page.getByRole('button', { name: /Chen Wei さんの権限を終了する/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('crm-db での Chen Wei さんの権限を終了しますか').waitFor();
    await expectAccessible(page);
    await dialog.getByLabel(/理由/).fill('担当を外れた');
    await dialog.getByRole('button', { name: '権限を終了する' }).click();
    await page.getByText('crm-db での Chen Wei さんの権限を終了しました。').waitFor();
    expect(await page.getByRole('button', { name: '接続を確認する' }).count()).toBe(0);
    expect((await gateway.ssh('chen', 'echo in')).status).not.toBe(0);
  });

  test('the configuration of the running gateway is read by keys, and has no secret in it', async () => {
    const page = await openAs('suzuki', '/configuration');
    await page.getByLabel('項目名・値で絞り込む').fill('idleMinutes');
    await page.getByRole('rowheader', { name: 'ssh.timeLimits.idleMinutes' }).waitFor();
    expect(await page.getByRole('rowheader').count()).toBe(1);
    await expectAccessible(page);
  });

  test('no page broke its own content security policy or threw', () => {
    expect(faults).toEqual([]);
  });
});
