/** The console in a real browser: the certificate of `sekisho login`, and live sessions under control. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { startBrowser } from '../support/browser.ts';
import { TestGateway } from '../support/gateway.ts';
import { describeWith } from '../support/partners.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { startCommand } from './support/command.ts';
import { type LiveSsh, startSsh } from './support/live-ssh.ts';
import { expectAccessible, openConsole } from './support/console.ts';

describeWith(['chromium', 'ssh', 'ssh-keygen'], 'the console and what is live', () => {
  let gateway: TestGateway;
  let browser: Browser;
  let work: LiveSsh;
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

  test('the page that confirms sekisho login shows the code to compare, and the certificate can be revoked', async () => {
    await using home = await tempDirectory();
    await using command = startCommand(home.path, ['login', gateway.running.publicUrl.href]);
    const [, code = ''] = await command.sees(/\/logins\/([A-Z0-9]{4}-[A-Z0-9]{4})/);
    const page = await openAs('chen', `/logins/${code}`);
    await page.getByRole('img', { name: `Code: ${code}` }).waitFor();
    await page.getByText(/If somebody sent you this link or reads a code to you, deny it/).waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Yes, it is mine: sign it in' }).click();
    await page.getByText(/Approved\. Go back to your terminal/).waitFor();
    expect((await command.ended).status).toBe(0);
    await page.goto(new URL('/keys', page.url()).href);
    await page.getByRole('button', { name: /^Revoke the certificate/ }).waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: /^Revoke the certificate/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke', exact: true }).click();
    await page.getByText('The certificate is revoked.').waitFor();
    await page.getByText('No certificate is in force.').waitFor();
  });

  test('somebody who may see no live session is told what would appear', async () => {
    const page = await openAs('chen', '/sessions?box=live');
    await page.getByText('No session that you may see is going on.').waitFor();
    await expectAccessible(page);
  });

  test('the security officer pauses a session by keyboard alone, with a reason, and resumes it, in Japanese', async () => {
    work = await startSsh(gateway, 'chen', ['echo ready; cat']);
    await work.sees('ready');
    const page = await openAs('kimura', '/sessions?box=live');
    const pause = page.getByRole('button', { name: /^一時停止: .* crm-db での作業セッション$/ });
    await pause.waitFor();
    await expectAccessible(page);
    await pause.focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel(/理由/).waitFor();
    await expectAccessible(page);
    await dialog.getByRole('button', { name: '一時停止' }).press('Enter');
    await dialog.getByText('入力してください。').waitFor();
    await dialog.getByLabel(/理由/).fill('操作の内容を確認します');
    await dialog.getByRole('button', { name: '一時停止' }).press('Enter');
    await page.getByText('作業セッションを一時停止しました。').waitFor();
    await page.getByText('一時停止中', { exact: true }).waitFor();
    await work.sees('paused: 操作の内容を確認します');
    await expectAccessible(page);
    await page.getByRole('button', { name: /^再開: / }).press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: '再開' }).press('Enter');
    await page.getByText('作業セッションを再開しました。').waitFor();
    await work.sees('[session_resumed]');
  });

  test('the owner writes to the person and ends the session; an auditor sees it and can do nothing', async () => {
    const auditor = await openAs('suzuki', '/sessions?box=live');
    await auditor.getByRole('rowheader', { name: /Chen/ }).waitFor();
    expect(await auditor.getByRole('button', { name: /crm-db での作業セッション/ }).count()).toBe(0);
    const page = await openAs('tanaka', '/sessions?box=live');
    await page.getByRole('button', { name: /^連絡: / }).click();
    await page
      .getByRole('dialog')
      .getByLabel(/連絡内容/)
      .fill('18時で終わりにしてください');
    await page.getByRole('dialog').getByRole('button', { name: '連絡' }).click();
    await page.getByText('連絡を送りました。').waitFor();
    await work.sees('18時で終わりにしてください [session_message]');
    await page.getByRole('button', { name: /^終了させる: / }).click();
    await page.getByRole('dialog').getByLabel(/理由/).fill('作業時間が終わりました');
    await page.getByRole('dialog').getByRole('button', { name: '終了させる' }).click();
    await work.sees('作業時間が終わりました. [session_ended]');
    expect((await work.ended).status).toBe(255);
    await page.getByText('閲覧できる進行中の作業セッションはありません。').waitFor();
  });

  test('no page broke its own content security policy or threw', () => {
    expect(faults).toEqual([]);
  });
});
