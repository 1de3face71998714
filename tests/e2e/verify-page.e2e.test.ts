/** The page in a bundle, opened from a disk in a real browser: the same words as the command's, and no request. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { Cleanup } from '../../foundation/index.ts';
import { honest } from '../evidence/support/acts.ts';
import { manifestOf, zipBundle } from '../evidence/support/bundles.ts';
import { type House, policyOf } from '../evidence/support/house.ts';
import { accessibilityFaults, startBrowser } from '../support/browser.ts';
import { describeWith } from '../support/partners.ts';
import { ROOT } from '../support/paths.ts';
import { tempDirectory } from '../support/temp-directory.ts';

const PAGE = join(ROOT, 'dist', 'verify', 'verify.html');
const SCOPE = { kind: 'period', from: '2026-11-01T00:00:00.000Z', to: '2026-11-01T00:01:00.000Z' } as const;

describeWith('chromium', 'the page in a bundle', () => {
  const cleanup = new Cleanup();
  const requests: string[] = [];
  let browser: Browser;
  let place: string;
  let house: House;
  let bundle: string;
  let policy: string;

  beforeAll(async () => {
    place = cleanup.use(await tempDirectory()).path;
    browser = await startBrowser();
    cleanup.defer(() => browser.close());
    house = honest();
    bundle = join(place, 'bundle.zip');
    policy = join(place, 'policy');
    await zipBundle(house, join(place, 'recorder'), bundle, manifestOf(SCOPE));
    await writeFile(policy, policyOf(house));
  }, 60_000);
  afterAll(() => cleanup[Symbol.asyncDispose]());

  async function open(locale: string): Promise<Page> {
    const context = await browser.newContext({ locale });
    const page = await context.newPage();
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(pathToFileURL(PAGE).href);
    return page;
  }

  /** What the page says of a bundle: the verdict, and all of its text. */
  async function ask(page: Page, file: string, own?: string): Promise<{ verdict: string | null; text: string }> {
    await page.locator('#bundle').setInputFiles(file);
    if (own !== undefined) await page.locator('#policy').setInputFiles(own);
    await page.locator('button').first().click();
    const box = page.locator('.verdict');
    await box.waitFor({ timeout: 30_000 });
    return { verdict: await box.getAttribute('data-verdict'), text: await box.innerText() };
  }

  async function changedAt(offset: (bytes: Buffer) => number): Promise<string> {
    const bytes = await readFile(bundle);
    const at = offset(bytes);
    bytes[at] = bytes.readUInt8(at) ^ 1;
    const path = join(place, `changed-${at}.zip`);
    await writeFile(path, bytes);
    return path;
  }

  test('says TAMPERED of one changed byte, and where', async () => {
    const [id = ''] = [...house.files.keys()].filter((path) => path.startsWith('objects/'));
    const changed = await changedAt((bytes) => bytes.indexOf(id) + id.length + 40);
    const { verdict, text } = await ask(await open('en-US'), changed, policy);
    expect(verdict).toBe('TAMPERED');
    expect(text).toContain(id);
  }, 60_000);

  test('says INCOMPLETE of a bundle without one chunk, and which', async () => {
    const poor = honest();
    const [id = ''] = [...poor.files.keys()].filter((path) => path.startsWith('objects/'));
    poor.files.delete(id);
    const out = join(place, 'poor.zip');
    await zipBundle(poor, join(place, 'poor'), out, manifestOf(SCOPE));
    const own = join(place, 'poor-policy');
    await writeFile(own, policyOf(poor));
    const { verdict, text } = await ask(await open('ja-JP'), out, own);
    expect(verdict).toBe('INCOMPLETE');
    expect(text).toContain('証明不能');
    expect(text).toContain(id);
  }, 60_000);

  test('says VERIFIED by a policy of the reader, and no more than VERIFIED-UNWITNESSED without', async () => {
    const page = await open('en-US');
    expect(await accessibilityFaults(page)).toEqual([]);
    expect((await ask(page, bundle)).verdict).toBe('VERIFIED-UNWITNESSED');
    const { verdict, text } = await ask(await open('ja-JP'), bundle, policy);
    expect(verdict).toBe('VERIFIED');
    for (const sid of house.sids) expect(text).toContain(sid);
  }, 60_000);

  test('asks nobody for anything', () => {
    expect(new Set(requests)).toEqual(new Set([pathToFileURL(PAGE).href]));
  });
});
