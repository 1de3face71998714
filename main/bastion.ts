/** What serves SSH in one process: the gateway's only one, or one of its workers. */
import { join } from 'node:path';
import type { Config } from '../config/index.ts';
import { type Cleanup, GatewayError, LIMITS } from '../foundation/index.ts';
import {
  createHostKeys,
  createSshServer,
  type HostKey,
  keepActivity,
  loadHostKey,
  loadMeterKey,
  Meters,
  requireNativeBinding,
  SessionRegistry,
  StatementReader,
  type SshDeps,
  type SshServer,
  serveFront,
  TerminalHost,
  type TerminalPlace,
} from '../gateway/index.ts';
import {
  type CertificateAuthority,
  type FactorSeal,
  loadCertificateAuthority,
  loadFactorSeal,
  loadSecretSeal,
  openAgentAuthority,
  type SecretSeal,
  type UserAuthority,
} from '../identity/index.ts';
import { addressesOf } from './addresses.ts';
import { auditRecorderFault } from './recorder-fault.ts';
import { startSessionListeners } from './session-listeners.ts';

export interface SshKeys {
  readonly authority: UserAuthority;
  readonly hostKey: HostKey;
  /** Signs the host certificates of the gateway and, towards clients, of the targets behind it. */
  readonly hostAuthority: CertificateAuthority;
  /** For sign-ins at the gateway itself; targets believe `authority` and never this one. */
  readonly loginAuthority: CertificateAuthority;
  /** Of the hashes by which persons in output are counted. */
  readonly meterKey: Buffer;
  /** Of the secrets of authenticator apps. */
  readonly factorSeal: FactorSeal;
  /** Of the secrets of accounts on targets that know no certificates. */
  readonly secretSeal: SecretSeal;
}

/** Reads the private keys of `directory`; the first start makes them. */
export async function loadSshKeys(
  directory: string,
  { ssh, targets }: Pick<Config, 'ssh' | 'targets'>,
): Promise<SshKeys> {
  return {
    authority: await loadUserAuthority(directory, ssh),
    hostKey: await loadHostKey(join(directory, 'ssh_host_ed25519_key')),
    hostAuthority: await loadCertificateAuthority(join(directory, 'host_ca_ed25519.pem')),
    loginAuthority: await loadCertificateAuthority(join(directory, 'login_ca_ed25519.pem')),
    meterKey: await loadMeterKey(join(directory, 'meter_key')),
    factorSeal: await loadFactorSeal(join(directory, 'factor_key')),
    secretSeal: await loadSecretSeal(targets.secretKeyFile ?? join(directory, 'target_secret_key')),
  };
}

/** @throws {GatewayError} `start_refused` when the key is not where the configuration says that it is. */
export async function loadUserAuthority(directory: string, ssh: Config['ssh']): Promise<UserAuthority> {
  if (ssh.userAuthority === undefined) return loadCertificateAuthority(join(directory, 'user_ca_ed25519.pem'));
  return openAgentAuthority(ssh.userAuthority);
}

/** What of the configuration a process with sessions needs: no secret among it, for it goes to other processes. */
export type BastionConfig = Pick<Config, 'http' | 'mode' | 'recorder' | 'ssh' | 'targets'>;

/** What comes in: sockets of SSH, and terminals in the browser. */
export interface Bastion {
  readonly server: SshServer;
  readonly terminals: TerminalPlace;
}

/** Everything a process with sessions has of its own; the keys and the configuration are the same in all of them. */
export interface BastionOptions
  extends Pick<
    SshDeps,
    | 'clock'
    | 'database'
    | 'exports'
    | 'gatewayId'
    | 'log'
    | 'recorder'
    | 'signInDecided'
    | 'throttle'
    | 'vault'
    | 'witnessesLateSince'
    | 'workerId'
  > {
  readonly keys: SshKeys;
  readonly config: BastionConfig;
}

/**
 * Ready to serve admitted sockets. Closed with `cleanup`: its sessions end, told, and are sealed.
 * @throws {GatewayError} `start_refused` in production without the native part of the SSH library.
 */
export async function startBastion({ keys, config, ...own }: BastionOptions, cleanup: Cleanup): Promise<Bastion> {
  if (!requireNativeBinding(config.mode)) {
    own.log.warn({ event: 'ssh.not_native' }, 'SSH runs without its native part: every byte costs twice and more');
  }
  const { advertisedHost, advertisedPort, keepaliveSeconds, sessionLimits, signIn, timeLimits } = config.ssh;
  const deps: SshDeps = {
    ...own,
    publicUrl: new URL(config.http.publicUrl),
    advertised: { host: advertisedHost, port: advertisedPort },
    addresses: addressesOf(config),
    signIn,
    timeLimits,
    sessionLimits,
    keepaliveSeconds,
    witnessGraceMinutes: config.recorder.log.witnessGraceMinutes,
    authority: keys.authority,
    loginAuthority: keys.loginAuthority,
    factorSeal: keys.factorSeal,
    secretSeal: keys.secretSeal,
    hostKeys: createHostKeys({
      clock: own.clock,
      hostAuthority: keys.hostAuthority,
      hostKey: keys.hostKey.privateKey,
      nextHostKey: keys.hostKey.next,
    }),
    statements: cleanup.use(new StatementReader()),
    meters: new Meters({ ...own, key: keys.meterKey }),
    registry: new SessionRegistry(),
  };
  auditRecorderFault({ ...own, sessions: () => deps.registry.all().length }, cleanup);
  await startSessionListeners(deps);
  const activity = keepActivity(deps);
  cleanup.defer(() => activity[Symbol.dispose]());
  const host = cleanup.use(new TerminalHost(own)); // Closed after the sessions have told their ends.
  return { server: cleanup.use(createSshServer(deps)), terminals: placeOf(deps, host) };
}

/** The same session behind another front: the terminals of this process are served as its SSH channels are. */
function placeOf(deps: SshDeps, host: TerminalHost): TerminalPlace {
  return {
    get size() {
      return host.size;
    },
    open({ id, window, ...caller }, upgrade, over) {
      if (host.size >= LIMITS.terminalsPerProcessMax) throw new GatewayError('too_many_terminals');
      host.open({ id, window, over, serve: (front) => serveFront(deps, { ...front, caller }) }, upgrade);
    },
    resume: (id, since, upgrade) => host.resume(id, since, upgrade),
  };
}
