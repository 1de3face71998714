/** Logout tokens (OpenID Connect Back-Channel Logout 1.0 §2.4, §2.6): what a provider signed is checked, every word. */
import { constants, createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { Configuration } from 'openid-client';
import { z } from 'zod';
import { asError, type Clock, GatewayError, LIMITS } from '../../foundation/index.ts';
import type { ProviderLogout } from '../../identity/index.ts';
import { boundedFetch } from './provider-fetch.ts';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const DEFAULT_SKEW_SECONDS = 30;
/** A token without an end is as good as one that ends so long after it was made. */
const AGE_SECONDS_MAX = 300;
/** An unknown key is asked for once in this time at most, or tokens with invented ones would make us ask for ever. */
const KEYS_AGAIN_MS = 10_000;
const KEYS_MS = 300_000;

const Header = z.looseObject({
  alg: z.enum(['RS256', 'PS256', 'ES256', 'EdDSA']),
  kid: z.string().max(255).optional(),
  crit: z.never().optional(),
});
const id = z.string().min(1).max(255);
const Token = z
  .looseObject({
    iss: z.string(),
    aud: z.union([z.string(), z.array(z.string())]),
    iat: z.number(),
    exp: z.number().optional(),
    jti: id,
    events: z.looseObject({ [EVENT]: z.looseObject({}) }),
    sub: id.optional(),
    sid: id.optional(),
    /** §2.4: a logout token has none, so that no ID token can stand in for it. */
    nonce: z.never().optional(),
  })
  .refine(({ sub, sid }) => sub !== undefined || sid !== undefined);
const Keys = z.looseObject({
  keys: z.array(z.looseObject({ kty: z.string(), kid: z.string().optional(), use: z.string().optional() })).max(100),
});
type Jwk = z.output<typeof Keys>['keys'][number];

interface VerifierOptions {
  readonly clientId: string;
  readonly clockSkewSeconds?: number;
  readonly clock: Clock;
  readonly configuration: () => Promise<Configuration>;
}

/** @returns a function that throws `request_invalid` for every token that is not the provider's, for us, and of now. */
export function createLogoutVerifier(options: VerifierOptions): (token: string) => Promise<ProviderLogout> {
  const keysOf = keySource(options);
  return async (token) => {
    const [head = '', body = '', signature = '', ...more] = token.split('.');
    try {
      if (more.length > 0 || signature === '') throw new Error('it is no signed token');
      const header = Header.parse(decode(head));
      const candidates = await keysOf(header.kid);
      const signed = Buffer.from(`${head}.${body}`);
      const isSigned = candidates.some((jwk) => isGood(header.alg, jwk, signed, Buffer.from(signature, 'base64url')));
      if (!isSigned) throw new Error('its signature is not of a key of the provider');
      const { issuer } = (await options.configuration()).serverMetadata();
      return check(options, issuer, Token.parse(decode(body)));
    } catch (thrown) {
      if (thrown instanceof GatewayError) throw thrown;
      throw new GatewayError('request_invalid', 'The logout token cannot be used.', { cause: asError(thrown) });
    }
  };
}

function check(options: VerifierOptions, issuer: string, token: z.output<typeof Token>): ProviderLogout {
  const now = options.clock.now().getTime() / 1_000;
  const skew = options.clockSkewSeconds ?? DEFAULT_SKEW_SECONDS;
  if (token.iss !== issuer) throw new Error('it is of another issuer');
  if (![token.aud].flat().includes(options.clientId)) throw new Error('it is for somebody else');
  const endsAt = Math.min(token.exp ?? Infinity, token.iat + AGE_SECONDS_MAX);
  if (token.iat > now + skew || endsAt < now - skew) throw new Error('it is not of now');
  return {
    issuer,
    tokenId: token.jti,
    // Kept as long as it could be shown again.
    expiresAt: new Date((endsAt + 2 * skew) * 1_000),
    subject: token.sub ?? null,
    session: token.sid ?? null,
  };
}

/** The algorithm must be one of the key's kind: else a token could choose how it is looked at. */
function isGood(algorithm: z.output<typeof Header>['alg'], jwk: Jwk, signed: Buffer, signature: Buffer): boolean {
  const key = keyOf(jwk);
  const kind = key?.asymmetricKeyType;
  if (key === undefined) return false;
  if (algorithm === 'EdDSA') return kind === 'ed25519' && verify(null, signed, key, signature);
  if (algorithm === 'ES256')
    return kind === 'ec' && verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, signature);
  const padding = algorithm === 'PS256' ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING;
  return kind === 'rsa' && verify('sha256', signed, { key, padding, saltLength: 32 }, signature);
}

function keyOf(jwk: Jwk): KeyObject | undefined {
  if (jwk.kty === 'oct' || (jwk.use ?? 'sig') !== 'sig') return undefined;
  try {
    return createPublicKey({ key: { ...jwk }, format: 'jwk' });
  } catch {
    return undefined; // A kind of key this runtime does not know.
  }
}

/** The provider's keys, kept for a while; a key nobody knows is asked for at once, so that a rotation is seen. */
function keySource({ clock, configuration }: VerifierOptions): (kid: string | undefined) => Promise<readonly Jwk[]> {
  let kept: { readonly keys: readonly Jwk[]; readonly at: number } | undefined;
  const of = (kid: string | undefined): readonly Jwk[] =>
    (kept?.keys ?? []).filter((key) => kid === undefined || key.kid === kid);
  return async (kid) => {
    const now = clock.now().getTime();
    const age = kept === undefined ? Infinity : now - kept.at;
    if (age < KEYS_MS && (of(kid).length > 0 || age < KEYS_AGAIN_MS)) return of(kid);
    const { jwks_uri } = (await configuration()).serverMetadata();
    if (jwks_uri === undefined) return [];
    const signal = AbortSignal.timeout(LIMITS.providerTimeoutSeconds * 1_000);
    const response = await boundedFetch(jwks_uri, { signal, redirect: 'error' }).catch((thrown: unknown) => {
      throw new GatewayError('provider_unreachable', undefined, { cause: asError(thrown) });
    });
    kept = { keys: Keys.parse(await response.json()).keys, at: now };
    return of(kid);
  };
}

function decode(part: string): unknown {
  return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
}
