/** An export that its ticket lets one person take over the console: they alone, once, and whole. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { type Entry, fromBuffer } from 'yauzl';
import { text } from 'node:stream/consumers';
import { startBrowser } from '../support/browser.ts';
import { TestGateway } from '../support/gateway.ts';
import { describeWith } from '../support/partners.ts';
import { waitFor } from '../support/wait-for.ts';
import { expectAccessible, openConsole } from './support/console.ts';
import { events } from './support/house.ts';
import { approved, ended } from './support/tickets.ts';

const EXPORT = 'mysqldump crm customers';

describeWith(['chromium', 'ssh', 'ssh-keygen'], 'an export for a download from the console', () => {
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

  /** @returns the number of its parcel, when it was inspected. */
  const exported = async (destination: 'page' | 'vault'): Promise<number> => {
    const ticket = await approved(gateway, 'aoki', EXPORT, { destination });
    expect((await gateway.ssh('aoki', EXPORT)).stdout.toString()).toBe('');
    const { parcel } = await ended(gateway, ticket);
    const number = parcel?.number ?? 0;
    const aoki = await gateway.person('aoki');
    await waitFor('its inspection', async () => {
      const { json } = await aoki.get(`/api/parcels/${number}`);
      return JSON.stringify(json).includes('"state":"released"');
    });
    return number;
  };

  test('is refused to others, to a second one, and to anybody when it only lies in the vault', async () => {
    const number = await exported('page');
    const path = `/api/parcels/${number}/download`;
    const aoki = await gateway.person('aoki');
    const chen = await gateway.person('chen');
    const tanaka = await gateway.person('tanaka');
    expect((await chen.post(path, {})).status).toBe(404);
    expect((await tanaka.post(path, {})).status).toBe(404); // The owner who said yes gets nothing of it either.
    const begun = await aoki.post(path, {});
    expect(begun.status).toBe(201);
    const once = `${path}/${String(begun.json['download'])}`;
    expect((await tanaka.get(once)).status).toBe(404);
    expect((await aoki.post(path, {})).status).toBe(409); // One at a time.
    expect((await aoki.get(once)).status).toBe(200);
    expect((await aoki.get(once)).status).toBe(404);
    expect((await aoki.post(path, {})).status).toBe(409);
    const refused = await events(gateway.database, 'parcel.download_refused');
    expect(refused.map(({ body }) => body['reason']).reverse()).toEqual([
      ...['not_theirs', 'not_theirs', 'in_progress', 'taken'],
    ]);

    const inVault = await exported('vault');
    expect((await aoki.post(`/api/parcels/${inVault}/download`, {})).status).toBe(404);
  }, 60_000);

  test('comes to a browser whole, by a click, and is destroyed in the vault', async () => {
    const number = await exported('page');
    const page = await openConsole({ browser, gateway, faults }, 'aoki', `/relay/${number}`);
    await page.getByRole('button', { name: 'ダウンロードする（一度のみ）' }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('dialog').getByRole('button', { name: 'ダウンロードする（一度のみ）' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe(`P-${number}.zip`);
    const files = await unzipped(await readFile(await download.path()));
    const [told] = await events(gateway.database, 'parcel.downloaded');
    expect(told?.body).toMatchObject({ parcel: number, files: files.size });
    const shown = JSON.stringify((await (await gateway.person('aoki')).get(`/api/parcels/${number}`)).json);
    for (const content of files.values()) {
      expect(shown).toContain(createHash('sha256').update(content).digest('hex'));
    }
    expect([...files.values()].join('')).toContain('INSERT');
    await page.getByText('この小包はもうダウンロードできません。').waitFor();
    await expectAccessible(page);
    await waitFor('its destruction', async () =>
      (await events(gateway.database, 'parcel.destroyed')).some(({ body }) => body['parcel'] === number),
    );
    expect(faults).toEqual([]);
  }, 60_000);
});

function unzipped(bytes: Buffer): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  return new Promise((resolve, reject) => {
    fromBuffer(bytes, { lazyEntries: true, validateEntrySizes: true }, (error, zip) => {
      if (error !== null) {
        reject(error);
        return;
      }
      zip.on('entry', (entry: Entry) => {
        zip.openReadStream(entry, (failed, stream) => {
          if (failed !== null) reject(failed);
          else
            void text(stream).then((content) => {
              files.set(entry.fileName, content);
              zip.readEntry();
            }, reject);
        });
      });
      zip.on('end', () => resolve(files));
      zip.readEntry();
    });
  });
}
