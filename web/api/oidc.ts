/** Sign-in by the company's identity provider: OpenID Connect code flow with PKCE (S256), state and nonce. */
import * as oidc from 'openid-client';
import { z } from 'zod';
import { asError, type Clock, GatewayError, type Secret, systemClock } from '../../foundation/index.ts';
import type { Claims } from '../../identity/index.ts';
import type { Role } from '../../policy/index.ts';
import { createSeal } from './seal.ts';

export interface OidcSettings {
  readonly issuer: URL;
  readonly clientId: string;
  readonly clientSecret: Secret<string>;
  readonly publicUrl: URL;
  /** Which role a group of the provider's `groups` claim gives; other groups give none. */
  readonly roleOfGroup: Readonly<Record<string, Role>>;
  /** Plain http to the provider: for the demonstration on loopback only. */
  readonly allowInsecure: boolean;
  readonly clock?: Clock;
}

/** A sign-in that the provider confirmed. */
export interface ConfirmedSignIn {
  readonly claims: Claims;
  readonly idToken: string | null;
  readonly returnPath: string;
}

export interface OidcClient {
  /** @returns where to send the browser, and what its short-lived cookie must bring back. */
  readonly begin: (returnPath: string) => Promise<{ readonly url: URL; readonly pending: string }>;
  /** @param search the query string of the callback. @throws {GatewayError} `sign_in_failed`. */
  readonly finish: (search: string, pending: string | undefined) => Promise<ConfirmedSignIn>;
  /** Where to send the browser to sign out at the provider too; the console when the provider has no such page. */
  readonly signOutUrl: (idToken: string | null) => Promise<URL>;
}

/** Seconds between "sign in" and the callback. */
export const PENDING_SECONDS = 600;
const PROVIDER_TIMEOUT_SECONDS = 10;
const SCOPE = 'openid profile email groups';

const Pending = z.strictObject({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  returnPath: z.string(),
  expiresAt: z.number(),
});

const ProviderClaims = z.looseObject({
  sub: z.string(),
  name: z.string().optional(),
  preferred_username: z.string().optional(),
  email: z.string().optional(),
  employer: z.string().optional(),
  locale: z.string().optional(),
  groups: z.array(z.string()).optional(),
});

/** The provider is asked at the first sign-in, and again after a failure: neither has to start before the other. */
export function createOidcClient(settings: OidcSettings): OidcClient {
  const { publicUrl, clock = systemClock } = settings;
  const redirectUri = new URL('/auth/callback', publicUrl);
  const seal = createSeal(settings.clientSecret, 'sekisho pending sign-in v1');
  const configuration = lazily(() => discover(settings));

  return {
    begin: async (returnPath) => {
      const config = await configuration();
      const pending = {
        state: oidc.randomState(),
        nonce: oidc.randomNonce(),
        verifier: oidc.randomPKCECodeVerifier(),
        returnPath,
        expiresAt: clock.now().getTime() + PENDING_SECONDS * 1_000,
      };
      const url = oidc.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri.href,
        scope: SCOPE,
        state: pending.state,
        nonce: pending.nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(pending.verifier),
        code_challenge_method: 'S256',
      });
      return { url, pending: seal.close(JSON.stringify(pending)) };
    },

    finish: async (search, cookie) => {
      const pending = readPending(cookie === undefined ? undefined : seal.open(cookie), clock);
      const config = await configuration();
      // Built from our own address, never from a Host header.
      const callback = new URL(redirectUri);
      callback.search = search;
      try {
        const { claims, idToken } = await exchange(config, callback, pending);
        return {
          claims: toClaims(config.serverMetadata().issuer, settings.roleOfGroup, claims),
          idToken,
          returnPath: pending.returnPath,
        };
      } catch (thrown) {
        throw new GatewayError('sign_in_failed', undefined, { cause: asError(thrown) });
      }
    },

    signOutUrl: async (idToken) => {
      const home = new URL('/', publicUrl);
      const config = await configuration();
      if (config.serverMetadata().end_session_endpoint === undefined) return home;
      return oidc.buildEndSessionUrl(config, {
        post_logout_redirect_uri: home.href,
        ...(idToken === null ? {} : { id_token_hint: idToken }),
      });
    },
  };
}

async function exchange(config: oidc.Configuration, callback: URL, pending: z.output<typeof Pending>) {
  const tokens = await oidc.authorizationCodeGrant(config, callback, {
    pkceCodeVerifier: pending.verifier,
    expectedState: pending.state,
    expectedNonce: pending.nonce,
    idTokenExpected: true,
  });
  const confirmed = ProviderClaims.parse(tokens.claims());
  const more =
    config.serverMetadata().userinfo_endpoint === undefined
      ? {}
      : await oidc.fetchUserInfo(config, tokens.access_token, confirmed.sub);
  // The signed token has the last word about who it is.
  return { claims: ProviderClaims.parse({ ...more, ...confirmed }), idToken: tokens.id_token ?? null };
}

/** `issuer` is the provider's own name for itself, which discovery compared with ours: people are known by it. */
function toClaims(
  issuer: string,
  roleOfGroup: OidcSettings['roleOfGroup'],
  claims: z.output<typeof ProviderClaims>,
): Claims {
  const roles = (claims.groups ?? []).flatMap((group) => {
    const role = Object.hasOwn(roleOfGroup, group) ? roleOfGroup[group] : undefined;
    return role === undefined ? [] : [role];
  });
  return {
    issuer,
    subject: claims.sub,
    name: claims.name ?? claims.preferred_username ?? claims.sub,
    email: claims.email ?? null,
    employer: claims.employer ?? '',
    locale: /^ja\b/i.test(claims.locale ?? '') ? 'ja' : 'en',
    roles: [...new Set(roles)],
  };
}

function readPending(text: string | undefined, clock: Clock): z.output<typeof Pending> {
  const refused = new GatewayError('sign_in_failed', 'This sign-in was not begun here or took too long; begin again.');
  if (text === undefined) throw refused;
  const pending = Pending.parse(JSON.parse(text));
  if (pending.expiresAt <= clock.now().getTime()) throw refused;
  return pending;
}

async function discover(settings: OidcSettings): Promise<oidc.Configuration> {
  try {
    return await oidc.discovery(
      settings.issuer,
      settings.clientId,
      undefined,
      oidc.ClientSecretPost(settings.clientSecret.expose()),
      {
        timeout: PROVIDER_TIMEOUT_SECONDS,
        // eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so only to stand out; demo mode on loopback.
        ...(settings.allowInsecure ? { execute: [oidc.allowInsecureRequests] } : {}),
      },
    );
  } catch (thrown) {
    throw new GatewayError('sign_in_failed', 'The identity provider does not answer; try again soon.', {
      cause: asError(thrown),
    });
  }
}

/** One attempt at a time, its success kept, its failure forgotten. */
function lazily<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => {
    made ??= make().catch((thrown: unknown) => {
      made = undefined;
      throw thrown;
    });
    return made;
  };
}
