/** Evidence in the console: a bundle checked in the browser, and recordings held and erased by two people. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { Cleanup } from '../../foundation/index.ts';
import { honest } from '../evidence/support/acts.ts';
import { manifestOf, zipBundle } from '../evidence/support/bundles.ts';
import { policyOf } from '../evidence/support/house.ts';

import { startBrowser } from '../support/browser.ts';
import { TestGateway } from '../support/gateway.ts';
import { describeWith } from '../support/partners.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { expectAccessible, openConsole } from './support/console.ts';
import { lastSession } from './support/house.ts';

describeWith(['chromium', 'ssh', 'ssh-keygen'], 'evidence in the console', () => {
  const cleanup = new Cleanup();
  const faults: string[] = [];
  let gateway: TestGateway;
  let browser: Browser;

  beforeAll(async () => {
    gateway = cleanup.use(await TestGateway.start());
    browser = await startBrowser();
    cleanup.defer(() => browser.close());
  }, 60_000);
  afterAll(() => cleanup[Symbol.asyncDispose]());

  const openAs = (login: string, path: string): Promise<Page> => openConsole({ browser, gateway, faults }, login, path);

  test('a maintainer is told that holds and erasures are not theirs', async () => {
    const page = await openAs('chen', '/custody');
    await page.getByText('Recordings are kept by auditors and security officers.').waitFor();
  }, 60_000);

  test('a bundle is TAMPERED in the browser once a byte of it is another, and VERIFIED before', async () => {
    await using directory = await tempDirectory();
    const place = directory.path;
    const house = honest();
    const bundle = join(place, 'bundle.zip');
    const scope = { kind: 'period', from: '2026-11-01T00:00:00.000Z', to: '2026-11-01T00:01:00.000Z' } as const;
    await zipBundle(house, join(place, 'recorder'), bundle, manifestOf(scope));
    await writeFile(join(place, 'policy'), policyOf(house));
    const bytes = await readFile(bundle);
    const [id = ''] = [...house.files.keys()].filter((path) => path.startsWith('objects/'));
    const at = bytes.indexOf(id) + id.length + 40;
    bytes[at] = bytes.readUInt8(at) ^ 1;
    await writeFile(join(place, 'changed.zip'), bytes);
    const page = await openAs('kimura', '/check');
    const inputs = page.locator('input[type=file]');
    await inputs.nth(1).setInputFiles(join(place, 'policy'));
    for (const [file, verdict] of [
      ['changed.zip', 'TAMPERED'],
      ['bundle.zip', 'VERIFIED'],
    ] as const) {
      await inputs.nth(0).setInputFiles(join(place, file));
      await page.getByRole('button', { name: 'バンドルを検証する' }).click();
      await page.locator(`.verdict[data-verdict=${verdict}]`).waitFor();
      if (verdict === 'TAMPERED') expect(await page.locator('.verdict').innerText()).toContain(id);
    }
    await expectAccessible(page);
  }, 60_000);

  test('a recording on hold is not erased; without the hold one person asks and another approves', async () => {
    expect((await gateway.ssh('chen', 'echo seen')).status).toBe(0);
    const { id: session } = await lastSession(gateway, 'chen');
    const auditor = await openAs('kimura', '/custody');
    const fields = (page: Page, label: string) => page.getByRole('textbox', { name: label });
    await fields(auditor, '作業セッション（ID）').nth(0).fill(session);
    await fields(auditor, '理由').nth(0).fill('調査中のため');
    await auditor.getByRole('button', { name: '保全する' }).click();
    await auditor.getByText('保全を設定しました。').waitFor();
    const ask = async (): Promise<void> => {
      await fields(auditor, '作業セッション（ID）').nth(1).fill(session);
      await fields(auditor, '理由').nth(1).fill('保存期間の満了');
      await fields(auditor, '法的根拠または契約条項').fill('契約書第12条');
      await auditor.getByRole('button', { name: '消去を申請する' }).click();
    };
    await ask();
    await auditor.getByText('この作業セッションは証拠保全中のため').waitFor();
    await auditor.getByRole('button', { name: `${session} の保全を解除する` }).click();
    await auditor.getByRole('dialog').getByRole('textbox', { name: '理由' }).fill('調査の終了');
    await auditor.getByRole('dialog').getByRole('button', { name: '保全を解除する' }).click();
    await auditor.getByText('保全を解除しました。').waitFor();
    await auditor.getByRole('button', { name: '消去を申請する' }).click();
    await auditor.getByText('消去を申請しました。').waitFor();
    await auditor.getByText('ご自身の申請のため').first().waitFor();
    await expectAccessible(auditor);
    const officer = await openAs('suzuki', '/custody');
    await officer.getByRole('button', { name: '消去を承認する' }).first().click();
    await officer.getByRole('dialog').getByRole('button', { name: '消去を承認する' }).click();
    await officer.getByText('判断を記録しました。').waitFor();
    expect(faults).toEqual([]);
  }, 60_000);
});
