/** A download from a site, as the tour tells it: each step of it is checked there against what came back. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { WebBrowserTool } from '../../demo/index.ts';
import { createRequests } from '../../demo/web-browser/by-http.ts';
import { startChromium } from '../../demo/web-browser/chromium.ts';
import { TourPerson } from '../../main/tour/console.ts';
import { downloadFromSite } from '../../main/tour/download.ts';
import { createReport } from '../../main/tour/report.ts';
import { TestGateway } from '../support/gateway.ts';
import { describeWith } from '../support/partners.ts';
import { events } from './support/house.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await TestGateway.start();
});
afterAll(() => gateway[Symbol.asyncDispose]());

/** @returns what is told of it. */
async function tell(browser: WebBrowserTool): Promise<string> {
  const { running } = gateway;
  let told = '';
  const report = createReport((text) => {
    told += text;
  });
  const aoki = await TourPerson.signIn('aoki', running.publicUrl);
  await downloadFromSite({ running, report, browser }, aoki);
  const newestFirst = await events(gateway.database, 'parcel.sealed', 'recording.viewed', 'recording.verified');
  const types = newestFirst.map(({ type }) => type);
  expect(types.slice(0, 3)).toEqual(['recording.verified', 'recording.viewed', 'parcel.sealed']);
  return told;
}

describeWith('chromium', 'a download in Chromium, as the tour tells it', () => {
  test('is refused, asked for, approved, laid into the vault once, and replays as a trail that verifies', async () => {
    await using browser = await startChromium(join(gateway.directory, 'browser'));
    expect(browser).toBeDefined();
    if (browser === undefined) return;
    expect(await tell(browser)).toContain('browser: Chromium');
  }, 90_000);
});

describe('a download where there is no browser', () => {
  test('goes the same way by requests, and the story says that no browser was there', async () => {
    await using browser = createRequests();
    expect(await tell(browser)).toContain('no Chromium on this machine');
  });
});
