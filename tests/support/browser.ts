/** Debian's Chromium, driven as a person drives it. */
import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { partner } from './partners.ts';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: partner('chromium'), args: FLAGS });
}

/** Adds to `complaints` what the page complains of from now on: script errors and refusals of its content security policy. */
export function noteComplaints(page: Page, complaints: string[]): void {
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && /Content Security Policy|Refused to/.test(message.text()))
      complaints.push(message.text());
  });
}

interface Violation {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string }[];
}

/** Serious and critical findings of axe-core on the page as it stands. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  // What is still fading in has the contrast of nothing.
  await page.evaluate(
    'Promise.allSettled(document.getAnimations().filter((one) => one instanceof CSSTransition).map((one) => one.finished))',
  );
  // Through the debugger, which the page's own policy does not bind.
  await page.evaluate(axe.source);
  const violations: Violation[] = await page.evaluate('axe.run().then((result) => result.violations)');
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`);
}
