/** The host keys that the gateway shows, as itself and in the name of each target behind it. */
import { createPrivateKey, type KeyObject, randomBytes } from 'node:crypto';
import { type Clock, GatewayError, LIMITS, rawPublicKey } from '../../../foundation/index.ts';
import type { CertificateAuthority } from '../../../identity/index.ts';
import { type ParsedKey, serverKey, utils } from '../library/index.ts';

export interface HostKeyDeps {
  readonly clock: Clock;
  /** Signs host certificates: clients trust it by one `@cert-authority` line. */
  readonly hostAuthority: Pick<CertificateAuthority, 'issueHostCertificate'>;
  /** The gateway's own Ed25519 host key, OpenSSH private key text. */
  readonly hostKey: string;
  /** The one that follows it, when a rotation is under way. */
  readonly nextHostKey?: string | undefined;
}

/** Keys in the order in which they are offered: a certificate, and the plain key for clients that trust no authority. */
export type ShownKeys = readonly { readonly key: ParsedKey }[];

export interface HostKeys {
  /** For a server reached by any of these names. The certificate in it renews itself. */
  shownAs(names: readonly string[]): ShownKeys;
  /** What clients that know the gateway's key may learn; nothing unless a rotation is under way. */
  readonly announced: readonly ParsedKey[];
}

/**
 * The line of known_hosts by which a client knows the gateway and every target behind it. It believes this authority
 * about any host, so it belongs into a file that is read for these hosts alone (`UserKnownHostsFile`).
 */
export function hostAuthorityLine(publicKeyLine: string): string {
  return `@cert-authority * ${publicKeyLine}`;
}

const CLOCK_SKEW_MS = 5 * 60_000;
const HOUR_MS = 3_600_000;

/** @throws {GatewayError} `start_refused` when the key is no Ed25519 private key. */
export function createHostKeys(deps: HostKeyDeps): HostKeys {
  const privateKey = readPrivateKey(deps.hostKey);
  const plain = serverKey(privateKey);
  const publicKey = rawPublicKey(privateKey);
  const cache = new Map<string, ShownKeys>();
  return {
    announced: deps.nextHostKey === undefined ? [] : [plain, serverKey(readPrivateKey(deps.nextHostKey))],
    shownAs(names) {
      const key = names.join(' ');
      const known = cache.get(key);
      if (known !== undefined) return known;
      // Names come from clients, in as many writings as they like: the cache starts anew before it grows.
      if (cache.size >= LIMITS.hostCertificatesCachedMax) cache.clear();
      const keys = [{ key: serverKey(privateKey, renewing(deps, publicKey, names)) }, { key: plain }];
      cache.set(key, keys);
      return keys;
    },
  };
}

/** A certificate that is issued at the first asking and again when half of its time is over. */
function renewing({ clock, hostAuthority }: HostKeyDeps, publicKey: Buffer, names: readonly string[]): () => Buffer {
  let issued: { blob: Buffer; renewAt: number } | undefined;
  return () => {
    const now = clock.now().getTime();
    if (issued !== undefined && now < issued.renewAt) return issued.blob;
    const lifetime = LIMITS.hostCertificateHours * HOUR_MS;
    const blob = hostAuthority.issueHostCertificate({
      publicKey,
      hostNames: names,
      keyId: `sekisho ${names[0] ?? ''}`,
      serial: randomBytes(8).readBigUInt64BE() >> 1n,
      validAfter: new Date(now - CLOCK_SKEW_MS),
      validBefore: new Date(now + lifetime),
    });
    issued = { blob, renewAt: now + lifetime / 2 };
    return blob;
  };
}

function readPrivateKey(text: string): KeyObject {
  const parsed = utils.parseKey(text);
  if (parsed instanceof Error || !parsed.isPrivateKey() || parsed.type !== 'ssh-ed25519') {
    throw new GatewayError('start_refused', 'The SSH host key is not a readable Ed25519 private key.');
  }
  return createPrivateKey(parsed.getPrivatePEM());
}
