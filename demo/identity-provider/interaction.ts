import type { IncomingMessage, ServerResponse } from 'node:http';
import { errors, type Provider } from 'oidc-provider';
import { GatewayError } from '../../foundation/index.ts';
import { DEMO_PEOPLE } from '../people.ts';
import { chooseLocale } from './messages.ts';
import { failurePage, peoplePage, sendPage } from './pages.ts';

const BODY_BYTES_MAX = 1_024;

interface Interaction {
  readonly provider: Provider;
  readonly base: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
}

/**
 * The sign-in page at `BASE/interaction/UID`. GET shows the seven people; POST takes one form field,
 * `login=SUBJECT` (application/x-www-form-urlencoded), or `cancel=yes`, and answers 303 back to the provider.
 *
 * The provider's signed cookie, which a post from another site does not carry (SameSite=Lax), names the interaction;
 * so nobody can be signed in by a page they did not open themselves (login CSRF).
 */
export async function answerInteraction(interaction: Interaction): Promise<void> {
  try {
    await answer(interaction);
  } catch (thrown) {
    if (!(thrown instanceof errors.OIDCProviderError) && !(thrown instanceof GatewayError)) throw thrown;
    const locale = chooseLocale(interaction.request.headers['accept-language']);
    const error = thrown instanceof errors.OIDCProviderError ? thrown.error : thrown.code;
    const facts = { locale, base: interaction.base, error, description: thrown.message };
    sendPage(interaction.response, thrown.status, failurePage(facts));
  }
}

async function answer({ provider, base, request, response, query }: Interaction): Promise<void> {
  const { uid, prompt, params } = await provider.interactionDetails(request, response);
  const asked = typeof params['ui_locales'] === 'string' ? params['ui_locales'] : undefined;
  const locale = chooseLocale(query.get('lang') ?? undefined, asked, request.headers['accept-language']);
  const people = (unknown: boolean): string =>
    peoplePage({ locale, base, action: `${base}/interaction/${uid}`, unknown });

  if (request.method === 'GET') {
    sendPage(response, 200, people(false));
    return;
  }
  if (request.method !== 'POST') throw new GatewayError('request_invalid');
  // Second net under SameSite: a browser names the site it posts from.
  if (request.headers.origin !== undefined && request.headers.origin !== new URL(provider.issuer).origin) {
    throw new GatewayError('origin_refused');
  }
  const form = await readForm(request);
  if (form.get('cancel') === 'yes') return finish({ error: 'access_denied', error_description: 'cancelled' });
  const person = DEMO_PEOPLE.find(({ subject }) => subject === form.get('login'));
  if (person === undefined || prompt.name !== 'login') {
    sendPage(response, 400, people(true));
    return;
  }
  return finish({ login: { accountId: person.subject } });

  function finish(result: Parameters<Provider['interactionFinished']>[2]): Promise<void> {
    return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  }
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  if (request.headers['content-type']?.split(';')[0]?.trim() !== 'application/x-www-form-urlencoded') {
    throw new GatewayError('request_invalid');
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) throw new GatewayError('request_too_large');
    chunks.push(chunk);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
}
