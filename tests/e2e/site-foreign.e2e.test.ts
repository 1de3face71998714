/** Two applications of others behind the gateway, in a real browser: what people do with them every day, and their downloads. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { Cleanup } from '../../foundation/index.ts';
import { startBrowser } from '../support/browser.ts';
import { TestGateway } from '../support/gateway.ts';
import { describeWith } from '../support/partners.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { newest } from './support/house.ts';
import { startAdminer, startFileBrowser } from './support/foreign-sites.ts';
import { personRows, siteInventory } from './support/odd-site.ts';
import { approve, askFrom, ended } from './support/tickets.ts';

const PERSONS = personRows(240);
/** Together more people than a session may see (300), each far below every limit. */
const PARTS = 20;
const PART_PEOPLE = 20;
const SESSION_PEOPLE = 300;
const CSV = PERSONS.map((row) => row.join(',')).join('\n');

describeWith(['chromium', 'php', 'adminer', 'webfsd'], 'applications of others behind the gateway', () => {
  const cleanup = new Cleanup();
  let gateway: TestGateway;
  let browser: Browser;
  let database: string;
  const saved: string[] = [];

  beforeAll(async () => {
    const { path } = cleanup.use(await tempDirectory());
    const [databases, files] = [join(path, 'adminer'), join(path, 'files')];
    await Promise.all([mkdir(databases), mkdir(files)]);
    await writeFile(join(files, 'readme.txt'), 'how this shelf is used\n');
    await writeFile(join(files, 'customers.csv'), CSV);
    for (let part = 0; part < PARTS; part += 1) {
      const people = personRows(PARTS * PART_PEOPLE).slice(part * PART_PEOPLE, (part + 1) * PART_PEOPLE);
      await writeFile(join(files, `part-${part}.json`), JSON.stringify(people));
    }
    const adminer = cleanup.use(await startAdminer(databases, PERSONS));
    const shelf = cleanup.use(await startFileBrowser(files));
    database = adminer.database;
    const inventory = join(path, 'inventory.json');
    // Its form brings another `token` each time, which says nothing of what is asked for.
    const sites = [
      { name: 'adminer', port: adminer.port, web: { changingParameters: ['token'] } },
      { name: 'shelf', port: shelf.port },
    ];
    await writeFile(inventory, JSON.stringify(siteInventory('http://issuer.invalid/', sites)));
    gateway = cleanup.use(await TestGateway.start({ inventory }));
    browser = await startBrowser();
    cleanup.defer(() => browser.close());
  }, 60_000);
  afterAll(() => cleanup[Symbol.asyncDispose]());

  /** Sent from the site to the console, from there to the provider, and back. */
  async function enter(name: string): Promise<Page> {
    const page = await (await browser.newContext({ locale: 'ja-JP' })).newPage();
    page.on('download', (download) => saved.push(download.suggestedFilename()));
    const origin = gateway.running.sites?.originOf(name) ?? '';
    await page.goto(`${origin}/`);
    await page.locator('button[name=login][value=aoki]').click();
    await page.waitForURL(`${origin}/**`);
    return page;
  }

  /** What a click leads to: stopped, asked for from the page, approved, and then in the vault. */
  async function refusedThenInVault(page: Page, click: () => Promise<void>): Promise<void> {
    await click();
    await page.getByText('ブラウザーに届く前に止めました').waitFor();
    const refusal = await page.content();
    expect(refusal).not.toContain('090-1234');
    const ticket = await approve(gateway, await askFrom(gateway, 'aoki', refusal, { destination: 'vault' }));
    await page.goBack();
    await click();
    await page.getByText('保管庫に格納しました').waitFor();
    expect(await page.content()).not.toContain('090-1234');
    const end = await ended(gateway, ticket);
    expect(end).toMatchObject({ state: 'used', result: { outcome: 'completed' }, parcel: { outcome: 'sealed' } });
    expect(end.result.rows).toBeGreaterThanOrEqual(PERSONS.length);
    expect(saved).toEqual([]);
  }

  test('an administration page over a database: signed in, browsed, its export stopped and in the vault', async () => {
    const page = await enter('adminer');
    await page.locator('select[name="auth[driver]"]').selectOption('sqlite');
    await page.locator('input[name="auth[username]"]').fill('aoki');
    await page.locator('input[name="auth[db]"]').fill(database);
    await page.locator('input[type=submit]').first().click();
    await page.locator('a[href*="select=customers"]').first().click();
    await page.getByText('p0001@example.com').waitFor();
    await page.locator('select[name=format]').waitFor({ state: 'attached' });
    const exportAs = (output: 'text' | 'file') => async (): Promise<void> => {
      const form = page.locator('form', { has: page.locator('select[name=format]') });
      // The page folds its export away until somebody opens it.
      await page.evaluate(
        "for (const one of document.querySelectorAll('fieldset div')) one.classList.remove('hidden')",
      );
      await form.locator('input[name=all]').check({ force: true });
      await form.locator('select[name=output]').selectOption(output, { force: true });
      await form.locator('select[name=format]').selectOption('csv', { force: true });
      await form.locator('input[name=export]').click({ force: true });
    };
    await refusedThenInVault(page, exportAs('file'));
    await page.goBack();
    // "Open" is the same table in a tab.
    await exportAs('text')();
    await page.getByText('ブラウザーに届く前に止めました').waitFor();
    expect((await newest(gateway.database, 'act.refused')).body).toMatchObject({
      text: expect.stringContaining('POST /'),
    });
  }, 90_000);

  test('a file browser: a text is read, a file of customers is stopped and in the vault', async () => {
    const page = await enter('shelf');
    await page.getByRole('link', { name: 'readme.txt' }).click();
    await page.getByText('how this shelf is used').waitFor();
    await page.goBack();
    await refusedThenInVault(page, () => page.getByRole('link', { name: 'customers.csv' }).click());
  }, 60_000);

  test('a script that fetches part after part and makes a file of them gets no further than the budget', async () => {
    const page = await enter('shelf');
    const built: unknown = await page.evaluate(`(async () => {
      const parts = [];
      const answers = [];
      for (let part = 0; part < ${PARTS}; part += 1) {
        const answer = await fetch('/part-' + part + '.json');
        answers.push(answer.status);
        if (answer.ok) parts.push(await answer.text());
      }
      const blob = new Blob(parts);
      return { answers, people: (await blob.text()).split('@example.com').length - 1 };
    })()`);
    const { answers, people } = built as { answers: number[]; people: number };
    expect(people).toBeGreaterThan(0);
    expect(people).toBeLessThanOrEqual(SESSION_PEOPLE);
    expect(answers.at(-1)).toBe(403);
    expect((await newest(gateway.database, 'budget.exceeded')).body).toMatchObject({ kind: 'persons' });
  }, 60_000);
});
