/** Tells a site who is in front of it: a signed token (RFC 7519) of a minute in a header that no browser can send. */
import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { type Clock, loadKeyFile, newUuid, rawPublicKey, sha256 } from '../../../foundation/index.ts';

const TOKEN_SECONDS = 60;
/** PKCS #8 around the seed of an Ed25519 key (RFC 8410 §7). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

export interface SiteKey {
  /** The public key as a set (RFC 7517). */
  readonly jwks: { readonly keys: readonly Readonly<Record<string, string>>[] };
  /** One request's token. */
  token(claims: TokenClaims): string;
}

export interface TokenClaims {
  readonly issuer: string;
  /** The origin by which browsers reach the site. */
  readonly audience: string;
  readonly subject: string;
  readonly account: string;
  readonly name: string;
  readonly email: string | null;
  readonly session: string;
}

/** @throws {GatewayError} `start_refused` when others may read the file. */
export async function loadSiteKey(path: string, clock: Clock): Promise<SiteKey> {
  const seed = await loadKeyFile(path, 'key of the tokens for sites');
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });
  return createSiteKey(key, clock);
}

function createSiteKey(key: KeyObject, clock: Clock): SiteKey {
  const x = rawPublicKey(createPublicKey(key)).toString('base64url');
  // RFC 7638: the members of the key in order, hashed.
  const kid = sha256(JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x })).toString('base64url');
  const head = encode({ alg: 'EdDSA', typ: 'JWT', kid });
  return {
    jwks: { keys: [{ kty: 'OKP', crv: 'Ed25519', use: 'sig', alg: 'EdDSA', kid, x }] },
    token: ({ issuer, audience, subject, account, name, email, session }) => {
      const now = clock.now();
      const iat = Math.floor(now.getTime() / 1_000);
      const body = encode({
        ...{ iss: issuer, aud: audience, sub: subject, iat, nbf: iat - 5, exp: iat + TOKEN_SECONDS, jti: newUuid(now) },
        ...{ preferred_username: account, name, sekisho_session: session },
        ...(email === null ? {} : { email }),
      });
      const signature = sign(null, Buffer.from(`${head}.${body}`), key).toString('base64url');
      return `${head}.${body}.${signature}`;
    },
  };
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
