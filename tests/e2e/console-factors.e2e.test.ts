/** Passkeys by a virtual authenticator of the browser, and the end of a session at the identity provider. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { findFreePort } from '../../main/free-port.ts';
import { startBrowser } from '../support/browser.ts';
import { TestGateway } from '../support/gateway.ts';
import { describeWith } from '../support/partners.ts';
import { waitFor } from '../support/wait-for.ts';
import { expectAccessible, openConsole } from './support/console.ts';
import { asOwner, events, newest, personId } from './support/house.ts';
import { LiveSsh } from './support/live-ssh.ts';

const LOOPBACK = '127.0.0.1';

/** Screens for somebody to look at, where a directory is named. */
async function shoot(page: Page, name: string): Promise<void> {
  const directory = process.env['SEKISHO_SCREENS'];
  if (directory === undefined) return;
  await page.setViewportSize({ width: 1_280, height: 900 });
  await page.screenshot({ path: `${directory}/${name}-1280.png`, fullPage: true });
  await page.setViewportSize({ width: 390, height: 844 });
  await page.screenshot({ path: `${directory}/${name}-390.png`, fullPage: true });
  await page.setViewportSize({ width: 1_280, height: 900 });
}

async function addAuthenticator(page: Page): Promise<void> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      ...{ protocol: 'ctap2', transport: 'internal', hasResidentKey: true },
      ...{ hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
    },
  });
}

describeWith(['chromium', 'ssh', 'ssh-keygen'], 'second factors in a real browser', () => {
  let gateway: TestGateway;
  let browser: Browser;
  const faults: string[] = [];

  beforeAll(async () => {
    // Browsers know passkeys by the name of a site, and an address is none.
    const port = await findFreePort(LOOPBACK, 0);
    const http = { host: LOOPBACK, port, publicUrl: `http://localhost:${port}` };
    gateway = await TestGateway.start({ config: { http, secondFactor: { web: 'required', webMinutes: 15 } } });
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await gateway[Symbol.asyncDispose]();
  });

  test('a lock asks for a factor, takes the passkey that was registered, and no answer or copy of it twice', async () => {
    const aoki = await gateway.person('aoki');
    expect(aoki.login).toBe('aoki');
    const page = await openConsole({ browser, gateway, faults }, 'kimura', '/security');
    await addAuthenticator(page);
    await page.getByLabel('パスキーの名前').fill('検証用の端末');
    await page.getByRole('button', { name: 'パスキーを登録' }).click();
    await page.getByRole('heading', { name: '検証用の端末' }).waitFor();
    await expectAccessible(page);
    await shoot(page, 'security-ja');
    expect((await newest(gateway.database, 'factor.added')).body).toMatchObject({
      kind: 'passkey',
      label: '検証用の端末',
    });

    await asOwner(gateway, 'UPDATE web_sessions SET factor_at = NULL');
    await page.goto(new URL('/people', gateway.running.publicUrl).href);
    await page
      .getByRole('button', { name: /青木 真.*利用停止|利用停止.*青木 真|青木 真/ })
      .first()
      .click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox').fill('端末の紛失');
    await dialog.getByRole('button', { name: '利用停止' }).click();
    await dialog.getByText('二要素認証をしてください').waitFor();
    await shoot(page, 'step-up-ja');
    const sent = page.waitForRequest((request) => request.url().endsWith('/step-up/passkey'));
    await dialog.getByRole('button', { name: 'パスキーを使う' }).click();
    const proof = await sent;
    await dialog.getByText('確認できました').waitFor();
    await dialog.getByRole('button', { name: '利用停止' }).click();
    await dialog.waitFor({ state: 'hidden' });
    expect((await events(gateway.database, 'person.locked')).length).toBe(1);

    // The same answer again, by who has read it and has the cookie too.
    const cookie = (await page.context().cookies()).find(({ name }) => name === 'sekisho');
    const headers = {
      ...{ cookie: `${cookie?.name}=${cookie?.value}`, origin: gateway.running.publicUrl.origin },
      'content-type': 'application/json',
    };
    const again = await fetch(proof.url(), { method: 'POST', headers, body: proof.postData() ?? '' });
    expect(again.status).toBe(403);
    expect((await newest(gateway.database, 'factor.refused')).body).toMatchObject({
      kind: 'passkey',
      where: 'console',
    });

    // A counter that stands lower than the last one seen: a copy of the key.
    await asOwner(gateway, 'UPDATE passkeys SET counter = 4000000000');
    await asOwner(gateway, 'UPDATE web_sessions SET factor_at = NULL');
    await page.reload();
    await page
      .getByRole('button', { name: /青木 真/ })
      .first()
      .click();
    await page.getByRole('dialog').getByRole('button', { name: '解除' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'パスキーを使う' }).click();
    await page.getByRole('dialog').getByText('二要素認証に失敗しました').waitFor();
    await asOwner(gateway, 'UPDATE locks SET lifted_at = now(), lifted_by = locked_by');
  });

  test('a terminal is let in by its words; the end of the session at the provider ends it within a second', async () => {
    await asOwner(gateway, 'UPDATE persons SET deactivated_at = NULL');
    const args = (await gateway.sshArguments('aoki')).map((arg) => (arg === 'BatchMode=yes' ? 'BatchMode=no' : arg));
    const only = ['-o', 'LogLevel=INFO', '-o', 'PubkeyAuthentication=no', '-o', 'NumberOfPasswordPrompts=1'];
    await using ssh = new LiveSsh([...only, ...args, LOOPBACK, 'echo begun; sleep 60']);
    const [, code = '', first = '', second = ''] = await ssh.sees(
      /\/ssh\/([A-Z0-9-]{9}) [^:]*: ([a-z]+)[^a-z]+([a-z]+)/,
    );
    const page = await openConsole({ browser, gateway, faults }, 'chen', `/ssh/${code}`);
    await page.getByText('Which two words stand in your terminal?').waitFor();
    await expectAccessible(page);
    await shoot(page, 'words-en');
    await asOwner(gateway, 'UPDATE web_sessions SET factor_at = now() WHERE person_id = $1', [
      await personId(gateway, 'chen'),
    ]);
    await page.getByRole('button', { name: `${first} · ${second}` }).click();
    await ssh.sees('begun');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL(/\/oidc\/session\/end/);
    const ended = ssh.ended;
    await page.locator('button[name=logout]').click();
    const told = await waitFor(
      'the provider to tell',
      async () => (await events(gateway.database, 'person.provider_logged_out'))[0],
    );
    const result = await ended;
    expect(result.stderr).toContain('[session_revoked]');
    const closed = await newest(gateway.database, 'session.closed');
    expect(new Date(closed.at).getTime() - new Date(told.at).getTime()).toBeLessThan(1_000);
    expect(faults).toEqual([]);
  });
});
