/** Whether a request can be read in one way only. What cannot is refused: two servers would see two requests in it. */
import type { BrowserRequest } from '../model.ts';

export type RequestFault =
  | 'absolute_form'
  | 'lengths_conflict'
  | 'transfer_encoding'
  | 'host_conflict'
  | 'header_malformed'
  | 'headers_too_many';

const HEADERS_MAX = 200;
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$/;
const COUNT = /^\d{1,15}$/;

/** Node's own parser runs in its strict mode before this; what it joins or lets through is looked at in the raw. */
export function requestFault(
  request: Pick<BrowserRequest, 'rawHeaders' | 'url' | 'httpVersionMajor'>,
): RequestFault | undefined {
  const { rawHeaders, url = '' } = request;
  if (rawHeaders.length > HEADERS_MAX * 2) return 'headers_too_many';
  // `GET http://elsewhere/` and `OPTIONS *`: proxies and servers disagree on which host is meant.
  if (!url.startsWith('/') || url.includes('#')) return 'absolute_form';
  const of = valuesOf(rawHeaders);
  if (of === undefined) return 'header_malformed';
  return lengthFault(of) ?? hostFault(of);
}

/** CL.TE and TE.CL smuggling (RFC 9112 §6.1), and two lengths of which each server takes another. */
function lengthFault(of: ReadonlyMap<string, readonly string[]>): RequestFault | undefined {
  const lengths = of.get('content-length') ?? [];
  const codings = of.get('transfer-encoding') ?? [];
  if (lengths.length > 1 || lengths.some((length) => !COUNT.test(length))) return 'lengths_conflict';
  if (codings.length > 0 && lengths.length > 0) return 'lengths_conflict';
  return codings.length > 1 || codings.some((coding) => coding !== 'chunked') ? 'transfer_encoding' : undefined;
}

function hostFault(of: ReadonlyMap<string, readonly string[]>): RequestFault | undefined {
  const named = of.get('host') ?? [];
  const hosts = new Set([...named, ...(of.get(':authority') ?? [])].map((host) => host.toLowerCase()));
  return hosts.size !== 1 || named.length > 1 ? 'host_conflict' : undefined;
}

function valuesOf(rawHeaders: readonly string[]): Map<string, string[]> | undefined {
  const of = new Map<string, string[]>();
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    const value = rawHeaders[at + 1] ?? '';
    if (!name.startsWith(':') && !NAME.test(name)) return undefined;
    // A line break in a value begins another header at a server that takes a bare one for an end.
    if (/[\0\r\n]/.test(value)) return undefined;
    const key = name.toLowerCase();
    of.set(key, [...(of.get(key) ?? []), value]);
  }
  return of;
}

/** The host that the request is for; both libraries' ways of saying it. */
export function hostOf({ headers }: Pick<BrowserRequest, 'headers'>): string {
  const authority = headers[':authority'];
  return typeof authority === 'string' ? authority : (headers.host ?? '');
}
