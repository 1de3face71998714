/** What the console's administration asks of the gateway itself: the road to a target, the keys in use, the configuration. */
import { join } from 'node:path';
import type { Config } from '../config/index.ts';
import { type Clock, GatewayError, type Log, newUuid } from '../foundation/index.ts';
import { DialFailure, lookAtHost, probeTarget, readTargetAccounts } from '../gateway/index.ts';
import { fingerprintOf, fingerprintOfLine, rotationOf } from '../identity/index.ts';
import type { Target } from '../policy/index.ts';
import type { Administration, CheckedTarget, TargetCheck } from '../web/api/index.ts';
import { addressesOf } from './addresses.ts';
import type { SshKeys } from './bastion.ts';
import { VERSION } from './version.ts';
import { configuredPolicy } from './witness-policy.ts';

interface AdministrationDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly config: Config;
  readonly keys: SshKeys;
  /** Of the private keys. */
  readonly directory: string;
}

const PLAIN_KEY = /^(ssh-ed25519|ecdsa-sha2-nistp(256|384|521)|ssh-rsa)$/;

export function createAdministration(deps: AdministrationDeps): Administration {
  const road = { ...deps, addresses: addressesOf(deps.config), authority: deps.keys.authority };
  return {
    checkTarget: (asked) => checkTarget(road, asked),
    hostKeyShown: (target, fingerprint) => hostKeyShown(road, target, fingerprint),
    authorities: () => authoritiesOf(deps),
    witnesses: async () => {
      const { origin, witnessGraceMinutes } = deps.config.recorder.log;
      return { origin, graceMinutes: witnessGraceMinutes, policy: await configuredPolicy(deps.config.recorder.log) };
    },
    configuration: () => ({ version: VERSION, entries: entriesOf(JSON.parse(JSON.stringify(deps.config))) }),
  };
}

type Road = AdministrationDeps & Parameters<typeof readTargetAccounts>[0];

/** The road that a session takes, as far as the gateway may go without a person. */
async function checkTarget(road: Road, { target, inspectAs, isBehind }: CheckedTarget): Promise<TargetCheck> {
  const nothing = { ident: null, shown: null, legacy: [], signIn: null, detail: null };
  if (isBehind) return { ...nothing, outcome: 'behind', code: null };
  let seen = nothing as Pick<TargetCheck, 'ident' | 'shown'>;
  try {
    const { ident, key } = await lookAtHost(road, target);
    seen = { ident, shown: { algorithm: algorithmOf(key), fingerprint: fingerprintOf(key) } };
    const { legacy } = await probeTarget(road, target);
    const signIn = inspectAs === null ? null : await trySignIn(road, target, inspectAs);
    return { ...nothing, ...seen, legacy, signIn, outcome: 'known', code: null };
  } catch (thrown) {
    if (!(thrown instanceof DialFailure)) throw thrown;
    const { code, detail } = thrown;
    const isOther = code === 'target_host_key_mismatch' || code === 'target_host_certificate_refused';
    return { ...nothing, ...seen, outcome: isOther ? 'other' : 'failed', code, detail };
  }
}

/** By a certificate that the target itself holds to one command; 'entered', or why not. */
async function trySignIn(road: Road, target: Target, inspectAs: string): Promise<string> {
  try {
    await readTargetAccounts(road, { target, inspectAs, keyId: `check-${newUuid(road.clock.now())}` });
    return 'entered';
  } catch (thrown) {
    if (!(thrown instanceof GatewayError)) throw thrown;
    return thrown.code;
  }
}

/**
 * The key of the host that answers now, when it is the one whose fingerprint somebody brought from elsewhere, and when
 * the host has proven that it holds it. Without the first, whoever stands in between would be pinned.
 * @throws {GatewayError} `target_host_key_mismatch`, a DialFailure.
 */
async function hostKeyShown(road: Road, target: Target, fingerprint: string): Promise<string> {
  const { key } = await lookAtHost(road, target);
  const algorithm = algorithmOf(key);
  if (fingerprintOf(key) !== fingerprint || !PLAIN_KEY.test(algorithm)) {
    throw new GatewayError('target_host_key_mismatch', `shown: ${algorithm} ${fingerprintOf(key)}`);
  }
  const hostKey = `${algorithm} ${key.toString('base64')}`;
  await probeTarget(road, { ...target, hostKey, hostCa: null });
  return hostKey;
}

/** The word at the beginning of a key blob (RFC 4253 §6.6). */
function algorithmOf(blob: Buffer): string {
  const length = blob.length < 4 ? 0 : blob.readUInt32BE(0);
  const name = blob.subarray(4, 4 + Math.min(length, 64)).toString('latin1');
  return /^[\w.@-]+$/.test(name) ? name : 'unreadable';
}

async function authoritiesOf({ keys, directory }: AdministrationDeps): ReturnType<Administration['authorities']> {
  const of = async (kind: 'user' | 'host' | 'login', { trustedLines }: SshKeys['authority']) => ({
    kind,
    /** As the files say; this process uses the keys it has started with. */
    step: await rotationOf(join(directory, `${kind}_ca_ed25519.pem`)),
    keys: trustedLines.map((line) => ({ line, fingerprint: fingerprintOfLine(line) })),
  });
  return [
    await of('user', keys.authority),
    await of('host', keys.hostAuthority),
    await of('login', keys.loginAuthority),
  ];
}

/** Every value by its place. Secrets have no printable form, so none can be among them (foundation/secret.ts). */
function entriesOf(value: unknown, place = ''): { readonly key: string; readonly value: string }[] {
  if (typeof value !== 'object' || value === null) return [{ key: place, value: String(value) }];
  const members = Object.entries(value);
  if (members.length === 0) return [{ key: place, value: Array.isArray(value) ? '[]' : '{}' }];
  return members.flatMap(([name, member]) => entriesOf(member, place === '' ? name : `${place}.${name}`));
}
