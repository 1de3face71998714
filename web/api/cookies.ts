import type { CookieOptions, Request } from 'express';

/** `__Host-` makes the browser refuse the cookie from any other host or path; it needs https. */
const named = (publicUrl: URL, name: string): string => (isSecure(publicUrl) ? `__Host-${name}` : name);

export const sessionCookieName = (publicUrl: URL): string => named(publicUrl, 'sekisho');
export const pendingCookieName = (publicUrl: URL): string => named(publicUrl, 'sekisho-sign-in');

export function isSecure(publicUrl: URL): boolean {
  return publicUrl.protocol === 'https:';
}

/** Not readable by scripts, not sent by other sites' forms; Lax, so that the identity provider can send people back. */
export function cookieOptions(publicUrl: URL): CookieOptions {
  return { httpOnly: true, sameSite: 'lax', path: '/', secure: isSecure(publicUrl) };
}

/** The value of a cookie (RFC 6265 §5.4); undefined when absent, or when there are two and nobody can say which is ours. */
export function readCookie(request: Request, name: string): string | undefined {
  return cookieIn(request.get('cookie'), name);
}

/** The same of a request that no route has: a handshake. */
export function cookieIn(header: string | undefined, name: string): string | undefined {
  const values = (header ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  return values.length === 1 ? values[0] : undefined;
}
