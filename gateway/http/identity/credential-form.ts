/** Where the gateway signs people in at a site: they give it their own name and password once, and see them never again. */
import { Secret, GatewayError, hasCode } from '../../../foundation/index.ts';
import { keepSiteCredential } from '../../../identity/index.ts';
import type { BrowserRequest, BrowserResponse, HttpDeps, Visit, Work } from '../model.ts';
import { say, sendPage, text } from '../pages.ts';
import { formFields, readBody } from '../request/body.ts';

export const CREDENTIAL_PATH = '/.sekisho/credential';
const ACCOUNT_MAX = 200;
const SECRET_MAX = 2_000;

type Asked = Pick<Work, 'request' | 'response' | 'visit'> & { readonly isShared?: boolean };

export function sendCredentialForm({ request, response, visit, isShared = false }: Asked): void {
  const { locale } = visit.session.authorization.person;
  const { name } = visit.site.target;
  const field = (id: string, type: string, label: string): string =>
    `<label for="${id}">${text(label)}</label><input id="${id}" name="${id}" type="${type}" required maxlength="${ACCOUNT_MAX}" autocomplete="off">`;
  sendPage(request, response, {
    ...{ status: isShared ? 409 : 403, locale, title: say(locale, 'site.no_credential.title') },
    texts: [
      ...(isShared ? [say(locale, 'site.no_credential.shared')] : []),
      say(locale, 'site.no_credential.text', { name }),
    ],
    form: `<form method="post" action="${CREDENTIAL_PATH}">${field('account', 'text', say(locale, 'site.no_credential.account'))}${field('secret', 'password', say(locale, 'site.no_credential.secret'))}<button>${text(say(locale, 'site.no_credential.keep'))}</button></form>`,
  });
}

/** Only from a page of this very host: another site's page must not change who somebody is here. */
export async function takeCredential(
  deps: HttpDeps,
  visit: Visit,
  { request, response }: { request: BrowserRequest; response: BrowserResponse },
): Promise<void> {
  const { person, target } = visit.session.authorization;
  if (request.headers.origin !== `${deps.place.scheme}://${request.headers.host ?? ''}`) {
    throw new GatewayError('origin_refused');
  }
  const body = await readBody(request);
  const fields = new Map(body === undefined ? [] : formFields(body));
  const account = fields.get('account') ?? '';
  const secret = fields.get('secret') ?? '';
  const isFit = account !== '' && account.length <= ACCOUNT_MAX && secret !== '' && secret.length <= SECRET_MAX;
  if (!isFit) {
    sendCredentialForm({ request, response, visit });
    return;
  }
  try {
    await keepSiteCredential(deps, person, { targetId: target.id, account, secret: new Secret(secret) });
  } catch (thrown) {
    if (!hasCode(thrown, 'account_shared')) throw thrown;
    sendCredentialForm({ request, response, visit, isShared: true });
    return;
  }
  response.writeHead(303, { location: '/', 'cache-control': 'no-store' });
  response.end();
}
