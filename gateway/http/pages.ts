/** Pages of the gateway on the host of a site. No script, nothing of others, nothing kept. */
import { type MessageKey, message } from '../../messages/index.ts';
import { type Judgement, type Locale, type Passed, reasonOf } from '../../policy/index.ts';
import type { BrowserRequest, BrowserResponse } from './model.ts';

export interface PageLink {
  readonly text: string;
  readonly url: string;
}

export interface Page {
  readonly status: number;
  readonly locale: Locale;
  readonly title: string;
  readonly texts: readonly string[];
  /** A word and what it is: what was recognised, what was asked for. */
  readonly facts?: readonly (readonly [string, string])[];
  readonly links?: readonly PageLink[];
  /** Markup of the gateway's own. */
  readonly form?: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
}

const STYLE =
  'body{font:16px/1.6 system-ui,"Noto Sans CJK JP",sans-serif;margin:0;background:#f6f7f9;color:#1b1f24}main{max-width:42rem;margin:8vh auto;padding:2rem;background:#fff;border-top:4px solid #b4232c;box-shadow:0 1px 4px #0002}h1{font-size:1.4rem;margin:0 0 1rem}dl{margin:1rem 0}dt{font-weight:600}dd{margin:0 0 .5rem;overflow-wrap:anywhere}a.act,button{display:inline-block;margin-top:1rem;padding:.6rem 1.2rem;background:#1c5fb0;color:#fff;text-decoration:none;border:0;border-radius:4px;font:inherit}label{display:block;margin:.8rem 0 .2rem}input{font:inherit;width:100%;box-sizing:border-box;padding:.4rem}@media(max-width:48rem){main{margin:0;min-height:100vh;box-sizing:border-box}}';

/** What does not come from a page of a browser gets the same as JSON: a script shows no page. */
export function sendPage(request: Pick<BrowserRequest, 'headers'>, response: BrowserResponse, page: Page): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const asHtml = wantsPage(request);
  const body = Buffer.from(asHtml ? html(page) : JSON.stringify({ error: jsonOf(page) }));
  const form = page.form === undefined ? "'none'" : "'self'";
  response.writeHead(page.status, {
    'content-type': asHtml ? 'text/html; charset=utf-8' : 'application/json',
    'content-length': body.length,
    'cache-control': 'no-store',
    'content-security-policy': `default-src 'none'; style-src 'unsafe-inline'; form-action ${form}; frame-ancestors 'none'; base-uri 'none'`,
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    ...page.headers,
  });
  response.end(body);
}

export function wantsPage({ headers }: Pick<BrowserRequest, 'headers'>): boolean {
  const destination = headers['sec-fetch-dest'];
  if (typeof destination === 'string') return ['document', 'iframe', 'frame'].includes(destination);
  return (headers.accept ?? '').includes('text/html');
}

/** The language of the browser, for who is not known yet. */
export function localeOf({ headers }: Pick<BrowserRequest, 'headers'>): Locale {
  return /^\s*ja\b/i.test(headers['accept-language'] ?? '') ? 'ja' : 'en';
}

export function say(locale: Locale, key: MessageKey, values: Readonly<Record<string, string | number>> = {}): string {
  return message(locale, key, values);
}

/** What was found, by the rules that found it, each once. */
export function wordFindings(locale: Locale, { findings }: Judgement): string {
  const words = findings.map(({ rule, subject }) => `${reasonOf(rule, locale) ?? subject} (${rule}: ${subject})`);
  return [...new Set(words)].join(' ');
}

export function wordPassed(locale: Locale, { kind, window, limit, count }: Passed) {
  const windows = { command: 'site.window.command', session: 'site.window.session' } as const;
  const said = window === 'command' || window === 'session' ? windows[window] : (`meter.window.${window}` as const);
  return { kind: message(locale, `meter.kind.${kind}`), window: message(locale, said), limit, count: Math.ceil(count) };
}

function jsonOf({ title, texts, facts = [], links = [] }: Page) {
  return {
    code: 'site_refused',
    message: [title, ...texts].join(' '),
    facts: Object.fromEntries(facts),
    url: links[0]?.url ?? null,
  };
}

function html({ locale, title, texts, facts = [], links = [], form = '' }: Page): string {
  const list = facts.map(([name, value]) => `<dt>${text(name)}</dt><dd>${text(value)}</dd>`).join('');
  const body = [
    `<h1>${text(title)}</h1>`,
    ...texts.map((paragraph) => `<p>${text(paragraph)}</p>`),
    list === '' ? '' : `<dl>${list}</dl>`,
    form,
    ...links.map(
      ({ text: label, url }) =>
        `<p><a class="act" href="${text(url)}" target="_blank" rel="noopener">${text(label)}</a></p>`,
    ),
  ].join('');
  return `<!doctype html><html lang="${locale}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${text(title)} - Sekisho</title><style>${STYLE}</style></head><body><main>${body}</main></body></html>`;
}

/** Words of a site or of an address come onto a page of ours: none of them is markup. */
export function text(value: string): string {
  const named: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return value.replace(/[&<>"']/g, (mark) => named[mark] ?? mark).replace(/[\p{Cc}\p{Cf}]/gu, '\ufffd');
}
