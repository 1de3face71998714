/** Sign-in by an identity provider of the company: OpenID Connect code flow with PKCE (S256), state and nonce. */
import * as oidc from 'openid-client';
import { z } from 'zod';
import { asError, type Clock, GatewayError, LIMITS, type Secret, systemClock } from '../../foundation/index.ts';
import type { Claims, ProviderLogout } from '../../identity/index.ts';
import type { Role } from '../../policy/index.ts';
import {
  type ConfirmedClaims,
  ProviderClaims,
  toClaims,
  toAssurance,
  type SignInAssurance,
} from './provider-claims.ts';
import { createLogoutVerifier } from './logout-token.ts';
import { boundedFetch, isUnreachable } from './provider-fetch.ts';
import { createSeal } from './seal.ts';

export interface OidcSettings {
  /** What the addresses call it, `default` for the only one. */
  readonly name: string;
  /** What the sign-in page calls it. */
  readonly title: string;
  readonly issuer: URL;
  readonly clientId: string;
  readonly clientSecret: Secret<string>;
  readonly publicUrl: URL;
  /** Which role a group of the provider's `groups` claim gives; other groups give none. */
  readonly roleOfGroup: Readonly<Record<string, Role>>;
  /** What a value of `acr`, or one of `amr`, says of the factors that were asked for; others say `single`. */
  readonly assuranceOfAcr?: Readonly<Record<string, 'single' | 'multi'>>;
  readonly assuranceOfAmr?: Readonly<Record<string, 'single' | 'multi'>>;
  /** Seconds by which the provider's clock may differ from ours. */
  readonly clockSkewSeconds?: number;
  /** `scim`: people and roles come by SCIM alone, and nobody else is let in. */
  readonly provisioning?: 'just_in_time' | 'scim';
  /** Which attribute of SCIM is the subject of a sign-in. */
  readonly scimSubject?: 'externalId' | 'userName';
  /** Plain http to the provider: for the demonstration on loopback only. */
  readonly allowInsecure: boolean;
  readonly clock?: Clock;
}

/** A sign-in that the provider confirmed. */
export interface ConfirmedSignIn extends SignInAssurance {
  readonly claims: Claims;
  readonly idToken: string | null;
  /** The provider's name for its session, by which it ends it. */
  readonly providerSession: string | null;
  readonly returnPath: string;
}

export interface OidcClient {
  readonly name: string;
  readonly title: string;
  readonly issuer: URL;
  readonly provisioning: 'just_in_time' | 'scim';
  readonly scimSubject: 'externalId' | 'userName';
  readonly roleOfGroup: OidcSettings['roleOfGroup'];
  /**
   * @param fresh the provider has to ask its person anew, whoever is signed in there.
   * @returns where to send the browser, and what its short-lived cookie must bring back.
   * @throws {GatewayError} `provider_unreachable`.
   */
  readonly begin: (returnPath: string, fresh?: boolean) => Promise<{ readonly url: URL; readonly pending: string }>;
  /** @param search the query string of the callback. @throws {GatewayError} `sign_in_failed`, `provider_unreachable`. */
  readonly finish: (search: string, pending: string | undefined) => Promise<ConfirmedSignIn>;
  /** Where to send the browser to sign out at the provider too; the console when the provider has no such page. */
  readonly signOutUrl: (idToken: string | null) => Promise<URL>;
  /** What a logout token of the provider ends. @throws {GatewayError} `request_invalid`, `provider_unreachable`. */
  readonly readLogout: (token: string) => Promise<ProviderLogout>;
}

/** Seconds between "sign in" and the callback. */
export const PENDING_SECONDS = 600;
/** Seconds that may have passed since the provider asked its person, where it was to ask anew. */
const FRESH_SECONDS = 300;
const CLOCK_SKEW_SECONDS = 30;
/** So that what the provider changes of itself is seen. */
const METADATA_MS = 3_600_000;
const SCOPE = 'openid profile email groups';

const Pending = z.strictObject({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  returnPath: z.string(),
  fresh: z.boolean(),
  expiresAt: z.number(),
});

/** The path of the callback. Each provider has its own, so that none can pass on the answer of another (RFC 9700 §4.4). */
function callbackPath(name: string): string {
  return name === 'default' ? '/auth/callback' : `/auth/callback/${name}`;
}

/** The provider is asked at the first sign-in, and again after a failure: neither has to start before the other. */
export function createOidcClient(settings: OidcSettings): OidcClient {
  const { name, title, publicUrl, clock = systemClock, provisioning = 'just_in_time' } = settings;
  const redirectUri = new URL(callbackPath(name), publicUrl);
  const seal = createSeal(settings.clientSecret, `sekisho pending sign-in v1 ${name}`);
  const configuration = lazily(() => discover(settings), clock);
  const readLogout = createLogoutVerifier({ ...settings, clock, configuration });
  const confirm = async (config: oidc.Configuration, tokens: Tokens, returnPath: string): Promise<ConfirmedSignIn> => {
    const claims = await allClaims(config, tokens);
    return {
      claims: toClaims(config.serverMetadata().issuer, settings.roleOfGroup, claims),
      ...toAssurance(settings, claims),
      idToken: tokens.id_token ?? null,
      providerSession: claims.sid ?? null,
      returnPath,
    };
  };

  return {
    ...{ name, title, issuer: settings.issuer, provisioning, readLogout, roleOfGroup: settings.roleOfGroup },
    scimSubject: settings.scimSubject ?? 'externalId',
    begin: async (returnPath, fresh = false) => {
      const config = await configuration();
      const expiresAt = clock.now().getTime() + PENDING_SECONDS * 1_000;
      const verifier = oidc.randomPKCECodeVerifier();
      const pending = { state: oidc.randomState(), nonce: oidc.randomNonce(), verifier, returnPath, fresh, expiresAt };
      const url = oidc.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri.href,
        scope: SCOPE,
        state: pending.state,
        nonce: pending.nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        ...(fresh ? { prompt: 'login', max_age: '0' } : {}),
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
        const tokens = await oidc.authorizationCodeGrant(config, callback, {
          pkceCodeVerifier: pending.verifier,
          expectedState: pending.state,
          expectedNonce: pending.nonce,
          idTokenExpected: true,
          ...(pending.fresh ? { maxAge: FRESH_SECONDS } : {}),
        });
        return await confirm(config, tokens, pending.returnPath);
      } catch (thrown) {
        throw failureOf(thrown);
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

type Tokens = Awaited<ReturnType<typeof oidc.authorizationCodeGrant>>;

async function allClaims(config: oidc.Configuration, tokens: Tokens): Promise<ConfirmedClaims> {
  const confirmed = ProviderClaims.parse(tokens.claims());
  const more =
    config.serverMetadata().userinfo_endpoint === undefined
      ? {}
      : await oidc.fetchUserInfo(config, tokens.access_token, confirmed.sub);
  // The signed token has the last word about who it is.
  return ProviderClaims.parse({ ...more, ...confirmed });
}

function failureOf(thrown: unknown): GatewayError {
  const cause = asError(thrown);
  return new GatewayError(isUnreachable(thrown) ? 'provider_unreachable' : 'sign_in_failed', undefined, { cause });
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
    const config = await oidc.discovery(
      settings.issuer,
      settings.clientId,
      { [oidc.clockTolerance]: settings.clockSkewSeconds ?? CLOCK_SKEW_SECONDS },
      oidc.ClientSecretPost(settings.clientSecret.expose()),
      {
        timeout: LIMITS.providerTimeoutSeconds,
        [oidc.customFetch]: boundedFetch,
        // eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so only to stand out; demo mode on loopback.
        ...(settings.allowInsecure ? { execute: [oidc.allowInsecureRequests] } : {}),
      },
    );
    // The signature of the ID token too, and not only the TLS connection it came over.
    oidc.enableNonRepudiationChecks(config);
    return config;
  } catch (thrown) {
    throw new GatewayError('provider_unreachable', undefined, { cause: asError(thrown) });
  }
}

/** One attempt at a time, its success kept for a while, its failure forgotten. */
function lazily<Value>(make: () => Promise<Value>, clock: Clock): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  let until = 0;
  return () => {
    const now = clock.now().getTime();
    if (made === undefined || now >= until) {
      until = now + METADATA_MS;
      made = make().catch((thrown: unknown) => {
        made = undefined;
        throw thrown;
      });
    }
    return made;
  };
}
