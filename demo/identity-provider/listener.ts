import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { type Clock, systemClock } from '../../foundation/index.ts';
import { answerInteraction } from './interaction.ts';
import { loopbackUrl } from './loopback.ts';
import { sendStyle, STYLE_PATH } from './pages.ts';
import { buildProvider, type DemoIdentityProviderOptions } from './provider.ts';

/** What a mounting framework leaves of a request: Express cuts its mount path off `url` and keeps `originalUrl`. */
interface MountedRequest extends IncomingMessage {
  originalUrl?: string;
}

/**
 * The demonstration's own OpenID provider, as a listener for every path below the issuer's.
 * It may be mounted (`app.use('/oidc', listener)`) or called for whole URLs; discovery is at
 * `ISSUER/.well-known/openid-configuration`. State lives in the process; keys are new at each start.
 *
 * Signing in by a script: follow the redirects of `/auth/sign-in` by hand with a cookie jar until a 200 page below
 * `ISSUER/interaction/`, post `login=SUBJECT` to its address, follow on to the callback (`signInByHttp`).
 * @throws {GatewayError} `start_refused` when issuer or a redirect address is not http on 127.0.0.1 or localhost.
 */
export function createDemoIdentityProvider(
  options: DemoIdentityProviderOptions & { readonly clock?: Clock },
): RequestListener {
  const issuer = loopbackUrl(options.issuer, 'issuer');
  for (const address of options.redirectUris) loopbackUrl(address, 'redirect address');
  for (const address of options.postLogoutRedirectUris) loopbackUrl(address, 'sign-out address');
  if (options.backchannelLogoutUri !== undefined) loopbackUrl(options.backchannelLogoutUri, 'back-channel address');
  const base = issuer.pathname.replace(/\/$/, '');
  const provider = buildProvider(options, base, options.clock ?? systemClock);
  const answerProtocol = provider.callback();

  return (request: MountedRequest, response: ServerResponse) => {
    const whole = request.originalUrl ?? request.url ?? '/';
    // A name that merely resolves to this machine is another site's (DNS rebinding).
    if (request.headers.host !== issuer.host) {
      refuse(response, 421);
      return;
    }
    if (!whole.startsWith(`${base}/`)) {
      refuse(response, 404);
      return;
    }
    request.originalUrl = whole;
    request.url = whole.slice(base.length);

    // Split, not parsed as a URL: `//` is a path here, and no URL.
    const [pathname = '', search = ''] = request.url.split('?', 2);
    if (pathname === STYLE_PATH && request.method === 'GET') {
      sendStyle(response);
      return;
    }
    if (!pathname.startsWith('/interaction/')) {
      answerProtocol(request, response).catch(() => refuse(response, 500));
      return;
    }
    answerInteraction({ provider, base, request, response, query: new URLSearchParams(search) }).catch(() =>
      refuse(response, 500),
    );
  };
}

function refuse(response: ServerResponse, status: number): void {
  if (response.headersSent) response.destroy();
  else response.writeHead(status, { 'content-type': 'text/plain', 'cache-control': 'no-store' }).end();
}
