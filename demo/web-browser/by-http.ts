/** Where there is no Chromium: the requests that a browser would send, by hand. Pages are read as text. */
import { type IncomingMessage, request as send } from 'node:http';
import { text as wholeText } from 'node:stream/consumers';
import { signInByHttp } from '../sign-in.ts';
import type { Shown, WebBrowserTool } from './tool.ts';

const STEPS_MAX = 10;

export function createRequests(): WebBrowserTool {
  const jars = new Map<string, Map<string, string>>();
  let here = new URL('http://localhost/');
  const open = async (url: URL): Promise<Shown> => {
    const shown = await visit(jars, url);
    here = new URL(shown.url);
    return shown;
  };
  return {
    ...{ name: 'requests by hand (no Chromium on this machine)', open },
    signIn: async (publicUrl, login) => {
      const cookies = await signInByHttp({ publicUrl: publicUrl.href, login, fetch });
      const pairs = cookies.split('; ').map((pair): [string, string] => split(pair));
      jars.set(publicUrl.host, new Map(pairs));
    },
    follow: (path) => open(new URL(path, here)),
    press: (path) => visit(jars, new URL(path, here), 'POST'),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

async function visit(jars: Map<string, Map<string, string>>, url: URL, method = 'GET'): Promise<Shown> {
  let next = url;
  for (let step = 0; ; step += 1) {
    const jar = jars.get(next.host) ?? new Map<string, string>();
    jars.set(next.host, jar);
    const answer = await ask(next, step === 0 ? method : 'GET', jar);
    const { location } = answer.headers;
    if (location === undefined || step === STEPS_MAX) return shownOf(next, answer);
    answer.resume();
    next = new URL(location, next);
  }
}

function ask(url: URL, method: string, jar: Map<string, string>): Promise<IncomingMessage> {
  const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
  const page = { accept: 'text/html', 'sec-fetch-dest': 'document', 'accept-language': 'ja' };
  const headers = { ...page, host: url.host, origin: url.origin, ...(cookie === '' ? {} : { cookie }) };
  // Names below localhost are this machine for a browser (RFC 6761 §6.3), for a resolver not everywhere.
  const host = /(?:^|\.)localhost$/.test(url.hostname) ? '127.0.0.1' : url.hostname;
  return new Promise((resolve, reject) => {
    const options = { host, port: url.port, path: url.pathname + url.search, method, headers, agent: false };
    const asked = send(options, (answer) => {
      for (const line of answer.headers['set-cookie'] ?? []) {
        const [name, value] = split(line.split(';')[0] ?? '');
        if (/max-age=0/i.test(line)) jar.delete(name);
        else jar.set(name, value);
      }
      resolve(answer);
    });
    asked.on('error', reject);
    asked.end();
  });
}

async function shownOf(url: URL, answer: IncomingMessage): Promise<Shown> {
  const body = await wholeText(answer);
  const disposition = answer.headers['content-disposition'];
  return {
    ...{ status: answer.statusCode ?? 0, url: url.href },
    title: /<title>([^<]*)<\/title>/.exec(body)?.[1] ?? '',
    text: body
      .replaceAll(/<(style|title)>[\s\S]*?<\/\1>/g, '')
      .replaceAll(/<[^>]*>/g, '\n')
      .replaceAll(/\n+/g, '\n'),
    links: [...body.matchAll(/<a [^>]*href="([^"]*)"/g)].map(([, href = '']) => new URL(href, url).href),
    download: disposition === undefined ? null : (/filename="([^"]*)"/.exec(disposition)?.[1] ?? disposition),
  };
}

function split(pair: string): [string, string] {
  const at = pair.indexOf('=');
  return [pair.slice(0, at), pair.slice(at + 1)];
}
