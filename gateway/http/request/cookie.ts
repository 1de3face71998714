/** The gateway's own cookie on the host of one site. */
import type { SitePlace } from '../place.ts';
import type { BrowserRequest } from '../model.ts';

/** `__Host-`: the browser takes it from this very host alone, so that no site next door can plant one. */
export function siteCookieName({ scheme }: SitePlace): string {
  return scheme === 'https' ? '__Host-sekisho-site' : 'sekisho-site';
}

export function pendingSiteCookieName({ scheme }: SitePlace): string {
  return scheme === 'https' ? '__Host-sekisho-site-entry' : 'sekisho-site-entry';
}

/** @param maxAgeSeconds 0 takes the cookie away. */
export function setCookie(name: string, value: string, { scheme }: SitePlace, maxAgeSeconds: number): string {
  const secure = scheme === 'https' ? '; Secure' : '';
  return `${name}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAgeSeconds}${secure}`;
}

/** The value; undefined when absent, or when there are two and nobody can say which is ours. */
export function cookieOf({ headers }: Pick<BrowserRequest, 'headers'>, name: string): string | undefined {
  const values = (headers.cookie ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  return values.length === 1 ? values[0] : undefined;
}
