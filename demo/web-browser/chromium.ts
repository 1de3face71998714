/** The Chromium of this machine, without a window, driven as a person drives it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { Readable, Writable } from 'node:stream';
import { z } from 'zod';
import { GatewayError } from '../../foundation/index.ts';
import { Devtools } from './devtools.ts';
import type { Shown, WebBrowserTool } from './tool.ts';

const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome'];
const FLAGS = ['--headless=new', '--remote-debugging-pipe', '--no-first-run', '--disable-gpu', '--disable-sync'];
const MORE = ['--disable-background-networking', '--disable-component-update', '--disable-dev-shm-usage'];
const PAGE_MS = 60_000;

const Target = z.object({ targetId: z.string() });
const Attached = z.object({ sessionId: z.string() });
const Answered = z.object({ type: z.string(), response: z.object({ status: z.number() }) });
const Download = z.object({ suggestedFilename: z.string() });
const Value = z.object({ result: z.object({ value: z.unknown().optional() }) });
const Page = z.object({ url: z.string(), title: z.string(), text: z.string(), links: z.array(z.string()) });

const READ =
  '({url: location.href, title: document.title, text: document.body.innerText, links: [...document.links].map((one) => one.href)})';

/** Undefined where this machine has none. @param profile a directory of its own, taken away at the end. */
export async function startChromium(profile: string): Promise<WebBrowserTool | undefined> {
  for (const program of PROGRAMS) {
    const child = await started(program, profile);
    if (child === undefined) continue;
    try {
      return await drive(child, profile);
    } catch (thrown) {
      await end(child, profile);
      throw thrown;
    }
  }
  return undefined;
}

async function started(program: string, profile: string): Promise<ChildProcess | undefined> {
  // Chromium's sandbox does not work for root.
  const root = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const child = spawn(program, [...FLAGS, ...MORE, ...root, `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  return new Promise((resolve) => {
    child.once('spawn', () => resolve(child)).once('error', () => resolve(undefined));
  });
}

async function drive(child: ChildProcess, profile: string): Promise<WebBrowserTool> {
  const [, , , to, from] = child.stdio;
  if (!(to instanceof Writable) || !(from instanceof Readable)) {
    throw new GatewayError('internal', 'no pipes to the browser');
  }
  const devtools = new Devtools(to, from);
  const { targetId } = Target.parse(await devtools.send('Target.createTarget', { url: 'about:blank' }));
  const attached = await devtools.send('Target.attachToTarget', { targetId, flatten: true });
  const { sessionId } = Attached.parse(attached);
  await devtools.send('Page.enable', {}, sessionId);
  await devtools.send('Network.enable', {}, sessionId);
  await devtools.send('Browser.setDownloadBehavior', { behavior: 'deny', eventsEnabled: true });
  const tab = new Tab(devtools, sessionId);
  return {
    name: 'Chromium',
    open: (url) => tab.show(() => devtools.send('Page.navigate', { url: url.href }, sessionId)),
    follow: (path) => tab.show(() => tab.run(`document.querySelector('a[href=${JSON.stringify(path)}]').click()`)),
    press: (path) => tab.show(() => tab.run(formTo(path))),
    signIn: async (publicUrl, login) => {
      const url = new URL('/auth/sign-in', publicUrl).href;
      await tab.show(() => devtools.send('Page.navigate', { url }, sessionId));
      await tab.show(() => tab.run(`document.querySelector('button[name=login][value=${login}]').click()`));
    },
    [Symbol.asyncDispose]: () => end(child, profile),
  };
}

/** One page after the other in one tab. */
class Tab {
  readonly #devtools: Devtools;
  readonly #sessionId: string;

  constructor(devtools: Devtools, sessionId: string) {
    this.#devtools = devtools;
    this.#sessionId = sessionId;
  }

  async run(expression: string): Promise<unknown> {
    const said = await this.#devtools.send('Runtime.evaluate', { expression, returnByValue: true }, this.#sessionId);
    return Value.parse(said).result.value;
  }

  /** What `act` leads to: the page when it has loaded, or the file that came instead. */
  async show(act: () => Promise<unknown>): Promise<Shown> {
    let status = 0;
    let listening = (): void => undefined;
    const led = new Promise<string | null>((resolve) => {
      listening = this.#devtools.listen((method, params) => {
        const answered = method === 'Network.responseReceived' ? Answered.safeParse(params) : undefined;
        if (answered?.data?.type === 'Document') status = answered.data.response.status;
        if (method === 'Browser.downloadWillBegin') resolve(Download.parse(params).suggestedFilename);
        if (method === 'Page.loadEventFired') resolve(null);
      });
    });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new GatewayError('internal', 'the browser shows no page')), PAGE_MS);
    });
    try {
      const download = await Promise.race([act().then(() => led), late]);
      return { ...Page.parse(await this.run(READ)), status, download };
    } finally {
      clearTimeout(timer);
      listening();
    }
  }
}

function formTo(path: string): string {
  return `(() => { const form = document.createElement('form'); form.method = 'post'; form.action = ${JSON.stringify(path)}; document.body.append(form); form.submit(); })()`;
}

async function end(child: ChildProcess, profile: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  }
  await rm(profile, { recursive: true, force: true, maxRetries: 5 });
}
