import { GatewayError, invariant } from '../foundation/index.ts';

const STEPS_MAX = 12;

interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
}

/**
 * Signs a person in to the console as a browser would, over plain HTTP: `GET /auth/sign-in`, the provider's redirects,
 * the form with the seven people (`POST login=SUBJECT`), the callback.
 * @returns the console's cookies as a `Cookie` header value; the provider's own are left out.
 * @throws {GatewayError} `sign_in_failed` when a step answers something else.
 */
export async function signInByHttp(options: {
  readonly publicUrl: string;
  readonly login: string;
  readonly fetch: typeof globalThis.fetch;
}): Promise<string> {
  const provider = `${new URL(options.publicUrl).pathname.replace(/\/$/, '')}/oidc`;
  const jar = new Map<string, Cookie>();
  let next = new URL('auth/sign-in', withSlash(options.publicUrl));
  let form: URLSearchParams | undefined;

  for (let step = 0; step < STEPS_MAX; step++) {
    const response = await options.fetch(next, {
      method: form === undefined ? 'GET' : 'POST',
      redirect: 'manual',
      headers: { cookie: cookieHeader(jar, (cookie) => next.pathname.startsWith(cookie.path)) },
      ...(form === undefined ? {} : { body: form }),
    });
    await response.arrayBuffer();
    for (const line of response.headers.getSetCookie()) keep(jar, next, line);
    if (next.pathname.endsWith('/auth/callback') && response.status < 400) {
      return cookieHeader(jar, (cookie) => !cookie.path.startsWith(provider));
    }
    const isForm: boolean =
      form === undefined && response.status === 200 && next.pathname.startsWith(`${provider}/interaction/`);
    form = isForm ? new URLSearchParams({ login: options.login }) : undefined;
    if (!isForm) next = redirectOf(response, next);
  }
  throw new GatewayError('sign_in_failed', 'The sign-in did not come to an end.');
}

function redirectOf(response: Response, from: URL): URL {
  const location = response.headers.get('location');
  if (response.status < 300 || response.status >= 400 || location === null) {
    throw new GatewayError('sign_in_failed', `${from.pathname} answered ${response.status}.`);
  }
  const to = new URL(location, from);
  // The session's cookies must never be carried to another site.
  if (to.origin !== from.origin) throw new GatewayError('sign_in_failed', `${from.pathname} led to ${to.origin}.`);
  return to;
}

/** Set-Cookie (RFC 6265 §5.2), the parts used here: name, value, Path, and Max-Age or Expires in the past. */
function keep(jar: Map<string, Cookie>, from: URL, line: string): void {
  const [pair, ...attributes] = line.split(';').map((part) => part.trim());
  invariant(pair, 'a cookie has a name');
  const at = pair.indexOf('=');
  const attribute = (name: string): string | undefined =>
    attributes.find((one) => one.toLowerCase().startsWith(`${name}=`))?.slice(name.length + 1);
  const path = attribute('path') ?? (from.pathname.replace(/\/[^/]*$/, '') || '/');
  const cookie = { name: pair.slice(0, at), value: pair.slice(at + 1), path };
  const key = `${cookie.path} ${cookie.name}`;
  if (cookie.value === '' || attribute('max-age') === '0') jar.delete(key);
  else jar.set(key, cookie);
}

function cookieHeader(jar: Map<string, Cookie>, wanted: (cookie: Cookie) => boolean): string {
  return [...jar.values()]
    .filter(wanted)
    .map(({ name, value }) => `${name}=${value}`)
    .join('; ');
}

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}
