/** The terminal's page in a real browser: typing, Japanese, pasting, resizing, a refusal with its link, and coming back. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { z } from 'zod';
import { startBrowser } from '../support/browser.ts';
import { TestGateway } from '../support/gateway.ts';
import { describeWith } from '../support/partners.ts';
import { expectAccessible, openConsole } from './support/console.ts';

/** Milliseconds between two keys. */
const TYPING = 20;
/** What the screen shows, row by row. */
const TEXT =
  "[...document.querySelectorAll('.xterm-accessibility-tree > div')].map((row) => row.textContent.replaceAll('\\u00a0', ' ').trimEnd()).join('\\n')";

describeWith(['chromium'], 'the terminal page', () => {
  let gateway: TestGateway;
  let browser: Browser;
  let page: Page;
  const faults: string[] = [];

  beforeAll(async () => {
    gateway = await TestGateway.start();
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await gateway[Symbol.asyncDispose]();
  });

  const sees = (wanted: string | RegExp): Promise<void> =>
    page.locator('.xterm-accessibility-tree > div', { hasText: wanted }).first().waitFor();
  const text = (): Promise<string> => page.evaluate(TEXT);
  const type = (keys: string): Promise<void> => page.keyboard.type(keys, { delay: TYPING });
  const paste = (copied: string): Promise<void> =>
    page.evaluate(`{
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', ${JSON.stringify(copied)});
      const event = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true });
      document.querySelector('.terminal-frame textarea').dispatchEvent(event);
    }`);

  test('opens from the list of targets and shows what is typed, Japanese too', async () => {
    page = await openConsole({ browser, gateway, faults }, 'chen', '/');
    await page.getByRole('link', { name: 'Open in the browser: crm-db' }).first().click();
    await page.getByText('Connected', { exact: true }).waitFor();
    await expectAccessible(page);
    await type('echo one-$((1+1))\n');
    await sees('one-2');
    await type('echo ');
    // As an input method does it: what is being composed, then what was chosen.
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Input.imeSetComposition', { text: 'こきゃくいちらん', selectionStart: 8, selectionEnd: 8 });
    await devtools.send('Input.insertText', { text: '顧客一覧' });
    await sees('echo 顧客一覧');
    await type('\n');
    await sees(/^顧客一覧/);
  });

  test('columns align: a Japanese letter is as wide as two others, in both weights, and half-width kana as one', async () => {
    const wide = `async (weight) => {
      const context = document.createElement('canvas').getContext('2d');
      context.font = weight + ' 15px "M PLUS 1 Code"';
      const texts = ['aaaaaaaa', '顧客一覧', '、。「」', 'ｱｲｳｴｵｶｷｸ'];
      const [face] = await document.fonts.load(context.font, texts.join(''));
      const of = (text) => Math.round(context.measureText(text).width * 100);
      return [face?.family ?? '', ...texts.map(of)];
    }`;
    for (const weight of [400, 700]) {
      const [family, ...widths] = z.array(z.unknown()).parse(await page.evaluate(`(${wide})(${weight})`));
      expect(family).toContain('M PLUS 1 Code');
      expect(new Set(widths).size).toBe(1);
      expect(widths[0]).toBeGreaterThan(0);
    }
  });

  test('more than one line is shown before it is pasted, without what nobody would see', async () => {
    await paste('echo first\necho second\u001b[201~-$((2+3))\n');
    const dialog = page.getByRole('dialog');
    await dialog.getByText('echo second[201~-$((2+3))').waitFor();
    await dialog.getByText(/Control characters that nobody would have seen were left out: 1/).waitFor();
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await paste('echo single');
    await type('-$((3+4))\n');
    await sees('single-7');
    expect(await text()).not.toContain('second');
    await paste('echo third-$((4+5))\necho fourth-$((5+6))\n');
    await dialog.getByRole('button', { name: 'Paste' }).click();
    // The guarded prompt has its own look at what was pasted.
    await sees('Enter: run them one after the other');
    await type('\n');
    await sees('fourth-11');
    expect(await text()).toContain('third-9');
  });

  test('a window of another size is the size of the terminal', async () => {
    await page.setViewportSize({ width: 700, height: 700 });
    await type('stty size\n');
    await sees(/^\d+ \d+\s*$/);
    const [, rows, columns] = /\n(\d+) (\d+)\n/.exec(await text()) ?? [];
    expect(Number(columns)).toBeLessThan(100);
    expect(Number(rows)).toBeGreaterThan(10);
  });

  test('a refusal is shown with the link to ask', async () => {
    await page.setViewportSize({ width: 1280, height: 900 });
    await type('mysqldump crm customers\n');
    await sees('/tickets/new?act=');
  });

  test('loading the page anew comes back to the session that runs', async () => {
    await type('KEPT=kept-$((6+7))\n');
    // So that the test can cut it later.
    await page.addInitScript(`{
      const Native = WebSocket;
      window.sockets = [];
      window.WebSocket = class extends Native {
        constructor(...given) {
          super(...given);
          window.sockets.push(this);
        }
      };
    }`);
    await page.reload();
    await page.getByText('Connected', { exact: true }).waitFor();
    await page.locator('.terminal-frame').click();
    await type('echo again-$KEPT\n');
    await sees('again-kept-13');
  });

  test('a connection that was cut comes back by itself', async () => {
    await page.evaluate('window.sockets.at(-1).close()');
    await page.getByText(/The connection was cut/).waitFor();
    await page.getByText('Connected', { exact: true }).waitFor();
    await type('echo there-$((8+9))\n');
    await sees('there-17');
  });

  test('ends when the person says so, and another one can be opened', async () => {
    await page.getByRole('button', { name: 'End the session' }).click();
    await page.getByRole('button', { name: 'Open a new one' }).click();
    await page.getByText('Connected', { exact: true }).waitFor();
    expect(faults).toEqual([]);
  });
});
