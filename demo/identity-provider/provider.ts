import { createPrivateKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { type Configuration, type JWK, type KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { Clock, Secret } from '../../foundation/index.ts';
import type { Locale } from '../../policy/index.ts';
import { DEMO_PEOPLE } from '../people.ts';
import { memoryAdapter } from './adapter.ts';
import { chooseLocale } from './messages.ts';
import { failurePage, PAGE_HEADERS, signedOutPage, signOutPage } from './pages.ts';

export interface DemoIdentityProviderOptions {
  /** The gateway's public URL + `/oidc`; http on loopback only. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: Secret<string>;
  readonly redirectUris: readonly string[];
  readonly postLogoutRedirectUris: readonly string[];
  /** Where the client is told that a session ended here; nowhere without it. */
  readonly backchannelLogoutUri?: string;
}

const CLAIMS = ['sub', 'name', 'email', 'email_verified', 'locale', 'groups', 'employer'];
const SCOPES = ['openid', 'profile', 'email', 'groups'];
const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** An OpenID provider with one client and the seven people: code flow with PKCE (S256) and sign-out by the client. */
export function buildProvider(options: DemoIdentityProviderOptions, base: string, clock: Clock): Provider {
  const configuration: Configuration = {
    adapter: memoryAdapter(clock),
    clients: [clientOf(options)],
    jwks: { keys: [signingKey()] },
    cookies: {
      keys: [randomBytes(32).toString('base64url')],
      // Names of our own: the console's cookies live on the same origin.
      names: { session: 'demo_idp', interaction: 'demo_idp_interaction', resume: 'demo_idp_resume' },
      long: { httpOnly: true, sameSite: 'lax', signed: true, path: base },
      short: { httpOnly: true, sameSite: 'lax', signed: true },
    },
    scopes: SCOPES,
    // All claims go with `openid` and into the id token: one client, and it needs every one of them.
    claims: { openid: CLAIMS, profile: ['name', 'locale'], email: ['email', 'email_verified'], groups: ['groups'] },
    conformIdTokenClaims: false,
    findAccount: (_ctx, subject) => accountOf(subject),
    loadExistingGrant: grantOwnClient,
    pkce: { required: () => true },
    responseTypes: ['code'],
    interactions: { url: (_ctx, interaction) => `${base}/interaction/${interaction.uid}` },
    ttl: {
      AccessToken: 10 * MINUTE,
      AuthorizationCode: MINUTE,
      IdToken: HOUR,
      Interaction: 10 * MINUTE,
      Session: 8 * HOUR,
      Grant: 8 * HOUR,
    },
    features: {
      backchannelLogout: { enabled: true },
      devInteractions: { enabled: false },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, form) => render(ctx, signOutPage({ locale: localeOf(ctx), base, form })),
        postLogoutSuccessSource: (ctx) => render(ctx, signedOutPage({ locale: localeOf(ctx), base })),
      },
    },
    clientBasedCORS: () => false,
    // It tells its one client of the end of sessions, and has no reason to call anybody else.
    fetch: (address, init) =>
      (address instanceof Request ? address.url : address.toString()) === options.backchannelLogoutUri
        ? fetch(address, withOwnDispatcher(init))
        : Promise.reject(new Error('the demonstration fetches nothing else')),
    renderError: (ctx, out) =>
      render(
        ctx,
        failurePage({
          locale: localeOf(ctx),
          base,
          error: out.error,
          description: out.error_description ?? '',
        }),
      ),
  };
  return new Provider(options.issuer, configuration);
}

/** The library hands over the newest undici's dispatcher, which the runtime's own fetch may be too old for. */
function withOwnDispatcher(init: RequestInit = {}): RequestInit {
  const { dispatcher: _, ...plain }: RequestInit & { readonly dispatcher?: unknown } = init;
  return plain;
}

function clientOf(options: DemoIdentityProviderOptions) {
  return {
    client_id: options.clientId,
    client_secret: options.clientSecret.expose(),
    // What openid-client sends when it is given a secret and nothing else.
    token_endpoint_auth_method: 'client_secret_post' as const,
    grant_types: ['authorization_code'],
    response_types: ['code' as const],
    redirect_uris: [...options.redirectUris],
    post_logout_redirect_uris: [...options.postLogoutRedirectUris],
    ...(options.backchannelLogoutUri === undefined
      ? {}
      : { backchannel_logout_uri: options.backchannelLogoutUri, backchannel_logout_session_required: true }),
  };
}

/** RS256 because OpenID Connect Core §15.1 makes it the one every client understands. New at each start. */
function signingKey(): JWK {
  const made = generateKeyPairSync('rsa', { modulusLength: 2048 });
  // Read anew: a key just made must not be exported as a JWK (see `rawPublicKey`).
  const privateKey = createPrivateKey(made.privateKey.export({ format: 'pem', type: 'pkcs8' }));
  return {
    ...privateKey.export({ format: 'jwk' }),
    kty: 'RSA',
    alg: 'RS256',
    use: 'sig',
    kid: randomBytes(8).toString('hex'),
  };
}

function accountOf(subject: string) {
  const person = DEMO_PEOPLE.find((one) => one.subject === subject);
  if (person === undefined) return undefined;
  return {
    accountId: subject,
    claims: () => ({
      sub: subject,
      name: person.name,
      email: person.email,
      email_verified: true,
      locale: person.locale,
      groups: [...person.roles],
      employer: person.employer,
    }),
  };
}

/** The gateway is the only client and ours: nobody is asked to consent to it. */
async function grantOwnClient(ctx: KoaContextWithOIDC) {
  const { client, session, provider } = ctx.oidc;
  if (client === undefined || session?.accountId === undefined) return undefined;
  const known = session.grantIdFor(client.clientId);
  if (known !== undefined) return provider.Grant.find(known);
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope(SCOPES.join(' '));
  await grant.save();
  return grant;
}

function localeOf(ctx: KoaContextWithOIDC): Locale {
  return chooseLocale(ctx.get('accept-language'));
}

function render(ctx: KoaContextWithOIDC, html: string): void {
  ctx.set(PAGE_HEADERS);
  ctx.body = html;
}
