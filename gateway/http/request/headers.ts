/** Which headers go from the browser to the site: nothing of one connection, nothing that claims who somebody is. */
import type { Head } from '../head.ts';

/** Of one connection (RFC 9110 §7.6.1), and what proxies before us said of themselves. */
const HOP_BY_HOP = new Set(
  'connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer transfer-encoding upgrade http2-settings'.split(
    ' ',
  ),
);
/** Who came from where is told by the gateway alone: sites believe these. */
const FORWARDED =
  /^(?:forwarded|via|x-forwarded-.*|x-real-ip|x-original-.*|x-rewrite-url|x-client-ip|x-cluster-client-ip|true-client-ip|cf-connecting-ip|x-remote-.*|remote-user|x-authenticated-.*|x-webauth-.*|x-http-method.*|x-method-override)$/;
/** Set anew below, or never sent on. A part of a file could not be judged, so parts are not asked for. */
const OWN = new Set(
  'host content-length expect accept-encoding range if-range authorization sec-websocket-extensions x-sekisho-identity'.split(
    ' ',
  ),
);

export interface ForwardedFrom {
  readonly host: string;
  readonly scheme: string;
  readonly sourceAddress: string;
  /** The name of the gateway's own cookie, which no site ever sees. */
  readonly cookieName: string;
  /** Headers that say who somebody is: a browser's own are dropped. */
  readonly identityHeaders: readonly string[];
  /** Authorization of the browser's own is the site's own business where the gateway does not sign in there. */
  readonly keepsAuthorization: boolean;
}

export function forwardedHeaders(rawHeaders: readonly string[], from: ForwardedFrom): Head {
  const named = connectionOptions(rawHeaders);
  const identity = new Set(from.identityHeaders.map((name) => name.toLowerCase()));
  const kept: [string, string][] = [];
  const cookies: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    const value = rawHeaders[at + 1] ?? '';
    const key = name.toLowerCase();
    if (key === 'cookie') cookies.push(...cookiePairs(value, from.cookieName));
    else if (key === 'authorization' && from.keepsAuthorization) kept.push([name, value]);
    else if (isSentOn(key) && !named.has(key) && !identity.has(key)) kept.push([name, value]);
  }
  if (cookies.length > 0) kept.push(['Cookie', cookies.join('; ')]);
  return [
    ['Host', from.host],
    ...kept,
    // What comes packed would have to be unpacked to be read.
    ['Accept-Encoding', 'identity'],
    ['X-Forwarded-For', from.sourceAddress],
    ['X-Forwarded-Proto', from.scheme],
    ['X-Forwarded-Host', from.host],
  ];
}

/** `_` and `-` are one to many servers (CGI, RFC 3875 §4.1.18): `X_Sekisho_Identity` would pass for the header itself. */
function isSentOn(key: string): boolean {
  return !key.startsWith(':') && !key.includes('_') && !HOP_BY_HOP.has(key) && !OWN.has(key) && !FORWARDED.test(key);
}

function connectionOptions(rawHeaders: readonly string[]): ReadonlySet<string> {
  const named = new Set<string>();
  for (let at = 0; at < rawHeaders.length; at += 2) {
    if (rawHeaders[at]?.toLowerCase() !== 'connection') continue;
    for (const option of (rawHeaders[at + 1] ?? '').split(',')) named.add(option.trim().toLowerCase());
  }
  return named;
}

function cookiePairs(value: string, own: string): string[] {
  return value
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair !== '' && pair.slice(0, Math.max(pair.indexOf('='), 0)).trim() !== own && pair !== own);
}
