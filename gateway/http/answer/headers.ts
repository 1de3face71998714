/** Which headers of the site reach the browser. */
import type { OutgoingHttpHeaders } from 'node:http';
import type { Head } from '../head.ts';

const DROPPED = new Set(
  `connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer transfer-encoding upgrade
   content-length content-encoding accept-ranges content-range alt-svc service-worker-allowed refresh
   strict-transport-security public-key-pins x-sekisho-identity`.split(/\s+/),
);

export interface AnswerRules {
  /** Hosts that mean the site itself, for redirects: `127.0.0.1:8000`. */
  readonly ownOrigins: readonly string[];
  /** How the browser reaches it. */
  readonly publicOrigin: string;
  /** The gateway's own cookies, which no site may set. */
  readonly cookieNames: readonly string[];
  /** Nothing of it is kept anywhere. */
  readonly isPrivate: boolean;
}

/** Cookies and other headers that come more than once stay apart. */
export function answerHeaders(head: Head, rules: AnswerRules): OutgoingHttpHeaders {
  const out: Record<string, string | string[]> = {};
  const named = new Set(
    head
      .filter(([name]) => name.toLowerCase() === 'connection')
      .flatMap(([, value]) => value.split(',').map((option) => option.trim().toLowerCase())),
  );
  for (const [name, value] of head) {
    const key = name.toLowerCase();
    if (DROPPED.has(key) || named.has(key)) continue;
    const said = key === 'set-cookie' ? ownCookie(value, rules.cookieNames) : rewritten(key, value, rules);
    if (said === undefined) continue;
    const known = out[key];
    out[key] = known === undefined ? said : [...(Array.isArray(known) ? known : [known]), said];
  }
  if (rules.isPrivate) out['cache-control'] = 'no-store';
  return out;
}

/** Without `Domain`: a cookie of one site is never sent to another. One of the gateway's own name is none of the site's. */
function ownCookie(value: string, own: readonly string[]): string | undefined {
  const [pair = '', ...attributes] = value.split(';');
  const name = pair.slice(0, Math.max(pair.indexOf('='), 0)).trim();
  if (own.includes(name) || own.includes(pair.trim())) return undefined;
  return [pair, ...attributes.filter((attribute) => !/^\s*domain\s*=/i.test(attribute))].join(';');
}

function rewritten(key: string, value: string, { ownOrigins, publicOrigin }: AnswerRules): string {
  if (key !== 'location' && key !== 'content-location') return value;
  const own = ownOrigins.find(
    (origin) => value === origin || value.startsWith(`${origin}/`) || value.startsWith(`${origin}?`),
  );
  return own === undefined ? value : publicOrigin + value.slice(own.length);
}

export function headOf(raw: readonly (string | Buffer)[]): Head {
  const head: [string, string][] = [];
  for (let at = 0; at < raw.length; at += 2) {
    head.push([
      String(raw[at] ?? ''),
      Buffer.isBuffer(raw[at + 1]) ? (raw[at + 1]?.toString('latin1') ?? '') : String(raw[at + 1] ?? ''),
    ]);
  }
  return head;
}

/** The last one where there are more: what most servers take. */
export function headerOf(head: Head, name: string): string {
  return head.findLast(([key]) => key.toLowerCase() === name)?.[1] ?? '';
}
