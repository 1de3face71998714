/** The configuration as the program uses it: complete, checked, frozen. */
import { availableParallelism } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import type { z } from 'zod';
import { GatewayError, LIMITS, type LogLevel, Secret } from '../foundation/index.ts';
import { message } from '../messages/index.ts';
import { ROLES, type Role } from '../policy/index.ts';
import { completeEmergency, type EmergencyConfig } from './emergency.ts';
import { completeFlow, type FlowConfig } from './flow.ts';
import { completeTargets, type TargetsConfig, type UserAuthorityConfig, userAuthorityOf } from './kept-keys.ts';
import { completeNotifications, type NotificationsConfig } from './notifications.ts';
import { type Fault, productionFaults } from './production.ts';
import { completeRelay, type RelayConfig } from './relay.ts';
import { type ConfigFile, ConfigSchema } from './schema.ts';
import { completeSites, type SitesConfig } from './sites.ts';
import { completeStorage, completeStorageCredentials, type StorageConfig, type StorageCredentials } from './storage.ts';
import { completeLog, type TransparencyConfig } from './transparency.ts';

export interface Config {
  readonly mode: 'demo' | 'production';
  /** Absolute. */
  readonly dataDirectory: string;
  readonly http: {
    readonly host: string;
    readonly port: number;
    readonly publicUrl: string;
    /** None: the address that connects is where a request comes from. */
    readonly trustedProxies?: readonly string[];
  };
  readonly ssh: UserAuthorityConfig & {
    readonly host: string;
    readonly port: number;
    readonly advertisedHost: string;
    readonly advertisedPort: number;
    /** 0: served in the one process. */
    readonly workers: number;
    /** What is asked of who signs in; see the keys of `ssh`. */
    /** `idleMinutes` 0: sessions may be idle for ever. */
    readonly sessionLimits: { readonly perPerson: number; readonly perTarget: number };
    readonly timeLimits: { readonly idleMinutes: number; readonly hoursMax: number };
    /** 0: nobody is asked whether they are still there. */
    readonly keepaliveSeconds: number;
    readonly signIn: {
      readonly secondFactor: 'none' | 'browser' | 'totp';
      readonly securityKeyIsTwoFactors?: boolean;
      readonly secondFactorMinutes: number;
      readonly userVerification: boolean;
      readonly banner: string;
    };
    /** CIDRs. */
    readonly proxyProtocolFrom: readonly string[];
  };
  /** Null: no site is served. */
  readonly sites: SitesConfig | null;
  readonly targets: TargetsConfig;
  readonly recorder: {
    readonly durability: 'strict' | 'buffered';
    /** age recipients beside the console's own. */
    readonly recipients: { readonly screen: readonly string[]; readonly keystrokes: readonly string[] };
    /** Absolute path of the console's own identity; null: it holds none and replays nothing. */
    readonly replayIdentity: string | null;
    readonly storage: StorageConfig;
    readonly log: TransparencyConfig;
  };
  /** Null: the role of the machine. Apart from `recorder`, which worker processes are told. */
  readonly storageCredentials: StorageCredentials | null;
  readonly database: {
    /** Null: the embedded database. */
    readonly url: Secret<string> | null;
    /** Null: migrations are checked, not run. */
    readonly ownerUrl: Secret<string> | null;
    readonly poolSize: number;
  };
  /** Null: work is queued in PostgreSQL. */
  readonly redis: { readonly url: Secret<string> } | null;
  /** In the order of the sign-in page; none: the demo identity provider. */
  readonly identityProviders: readonly IdentityProviderConfig[];
  readonly emergency: EmergencyConfig;
  /** Undefined: the relay does not listen. */
  readonly relay?: RelayConfig | undefined;
  readonly flow: FlowConfig;
  readonly notifications: NotificationsConfig;
  readonly secondFactor: { readonly web: 'off' | 'required'; readonly webMinutes: number };
  /** Absolute path of the inventory, or null. */
  readonly inventory: string | null;
  readonly logLevel: LogLevel;
}

type Assurances = Readonly<Record<string, 'single' | 'multi'>>;

export interface IdentityProviderConfig {
  readonly name: string;
  readonly title: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: Secret<string>;
  /** Which role a value of the `groups` claim gives. */
  readonly roleOfGroup: Readonly<Record<string, Role>>;
  readonly assuranceOfAcr: Assurances;
  readonly assuranceOfAmr: Assurances;
  readonly clockSkewSeconds: number;
  readonly provisioning: 'just_in_time' | 'scim';
  readonly scimSubject: 'externalId' | 'userName';
}

export interface ConfigPlaces {
  /** Where relative paths start. */
  readonly directory: string;
  /** The data directory of demo mode when none is named. */
  readonly demoDataDirectory: string;
}

const HTTP_PORT = 8080;
const SSH_PORT = 2222;
const POOL_SIZE = 10;
const IDLE_MINUTES = 30;
const KEEPALIVE_SECONDS = 15;
const SESSION_HOURS = 12;
const WORKERS_MAX = 8;
const WEB_FACTOR_MINUTES = 15;
const CLOCK_SKEW_SECONDS = 30;
const LOOPBACK = '127.0.0.1';
const REPLAY_IDENTITY = 'replay_identity.age.txt';
/** In both languages: nobody is known yet. */
const BANNER = (['en', 'ja'] as const).map((locale) => message(locale, 'sign_in.banner')).join('\n');

/** @throws {GatewayError} `config_invalid` naming every fault by its key; no message repeats a value. */
export function parseConfig(raw: unknown, places: ConfigPlaces): Config {
  const parsed = ConfigSchema.safeParse(raw);
  const faults = parsed.success ? [] : parsed.error.issues.flatMap(asFaults);
  if (modeOf(raw) === 'production') {
    const known = new Set(faults.map(({ key }) => key));
    faults.push(...productionFaults(raw).filter(({ key }) => !known.has(key)));
  }
  if (!parsed.success || faults.length > 0) throw new GatewayError('config_invalid', describeFaults(faults));
  return deepFreeze(complete(parsed.data, places));
}

function modeOf(raw: unknown): unknown {
  return typeof raw === 'object' && raw !== null && 'mode' in raw ? raw.mode : undefined;
}

function asFaults(issue: z.core.$ZodIssue): Fault[] {
  const at = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ key: at === '' ? key : `${at}.${key}`, message: 'there is no such key' }));
  }
  return [{ key: at === '' ? 'the whole' : at, message: issue.message }];
}

function describeFaults(faults: readonly Fault[]): string {
  return ['The configuration cannot be used:', ...faults.map(({ key, message }) => `  ${key}: ${message}`)].join('\n');
}

function complete(file: ConfigFile, places: ConfigPlaces): Config {
  const dataDirectory =
    file.data_directory === undefined ? places.demoDataDirectory : absolute(file.data_directory, places.directory);
  return {
    mode: file.mode,
    dataDirectory,
    http: completeHttp(file),
    ssh: completeSsh(file),
    sites: completeSites(file.mode, file.sites, (name) => absolute(name, places.directory)),
    targets: completeTargets(file, (name) => absolute(name, places.directory)),
    recorder: completeRecorder(file, places, dataDirectory),
    storageCredentials: completeStorageCredentials(file.storage_credentials),
    database: {
      url: secretOrNull(file.database?.url),
      ownerUrl: secretOrNull(file.database?.owner_url),
      poolSize: file.database?.pool_size ?? POOL_SIZE,
    },
    redis: file.redis?.url === undefined ? null : { url: new Secret(file.redis.url) },
    identityProviders: completeProviders(file),
    emergency: completeEmergency(file.emergency),
    relay: completeRelay(file.relay),
    flow: completeFlow(file.flow, (name) => absolute(name, places.directory)),
    notifications: completeNotifications(file.notifications, (name) => absolute(name, places.directory)),
    secondFactor: {
      web: file.second_factor?.web ?? (file.mode === 'demo' ? 'off' : 'required'),
      webMinutes: file.second_factor?.web_minutes ?? WEB_FACTOR_MINUTES,
    },
    inventory: file.inventory === undefined ? null : absolute(file.inventory, places.directory),
    logLevel: file.log_level ?? 'info',
  };
}

function completeRecorder(
  { mode, recorder }: ConfigFile,
  places: ConfigPlaces,
  dataDirectory: string,
): Config['recorder'] {
  const identity = recorder?.replay_identity;
  const path =
    identity === undefined ? join(dataDirectory, 'keys', REPLAY_IDENTITY) : absolute(identity, places.directory);
  return {
    durability: recorder?.durability ?? 'strict',
    recipients: { screen: recorder?.recipients?.screen ?? [], keystrokes: recorder?.recipients?.keystrokes ?? [] },
    replayIdentity: recorder?.replay === false ? null : path,
    storage: completeStorage(mode, recorder?.storage),
    log: completeLog(recorder?.log, (file) => absolute(file, places.directory), dataDirectory),
  };
}

/** The single one of `oidc` is a list of one. */
function completeProviders({ oidc, identity_providers: list }: ConfigFile): readonly IdentityProviderConfig[] {
  const named = list ?? (oidc === undefined ? [] : [{ name: 'default', ...oidc }]);
  return named.map(({ name, ...provider }) => ({
    name,
    title: 'title' in provider && provider.title !== undefined ? provider.title : name,
    issuer: provider.issuer,
    clientId: provider.client_id,
    clientSecret: new Secret(provider.client_secret),
    roleOfGroup: provider.role_of_group ?? Object.fromEntries(ROLES.map((role) => [role, role])),
    assuranceOfAcr: provider.assurance_of_acr ?? {},
    assuranceOfAmr: provider.assurance_of_amr ?? {},
    clockSkewSeconds: provider.clock_skew_seconds ?? CLOCK_SKEW_SECONDS,
    provisioning: provider.provisioning ?? 'just_in_time',
    scimSubject: provider.scim_subject ?? 'externalId',
  }));
}

function completeHttp({ http }: ConfigFile): Config['http'] {
  const port = http?.port ?? HTTP_PORT;
  const publicUrl = new URL(http?.public_url ?? `http://${LOOPBACK}:${port}`).origin;
  return { host: http?.host ?? LOOPBACK, port, publicUrl, trustedProxies: http?.trusted_proxies ?? [] };
}

function workersOf(mode: Config['mode'], ssh: ConfigFile['ssh']): number {
  return ssh?.workers ?? (mode === 'demo' ? 0 : Math.min(availableParallelism(), WORKERS_MAX));
}

function completeSsh({ mode, ssh }: ConfigFile): Config['ssh'] {
  const port = ssh?.port ?? SSH_PORT;
  return {
    ...userAuthorityOf(ssh),
    host: ssh?.host ?? (mode === 'demo' ? LOOPBACK : '0.0.0.0'),
    port,
    advertisedHost: ssh?.advertised_host ?? LOOPBACK,
    advertisedPort: ssh?.advertised_port ?? port,
    workers: workersOf(mode, ssh),
    signIn: completeSignIn(mode, ssh),
    sessionLimits: completeSessionLimits(ssh),
    timeLimits: completeTimeLimits(ssh),
    keepaliveSeconds: ssh?.keepalive_seconds ?? KEEPALIVE_SECONDS,
    proxyProtocolFrom: ssh?.proxy_protocol_from ?? [],
  };
}

function completeSessionLimits(ssh: ConfigFile['ssh']): Config['ssh']['sessionLimits'] {
  return {
    perPerson: ssh?.sessions_per_person ?? LIMITS.sessionsPerPersonMax,
    perTarget: ssh?.sessions_per_target ?? LIMITS.sessionsPerTargetMax,
  };
}

function completeTimeLimits(ssh: ConfigFile['ssh']): Config['ssh']['timeLimits'] {
  return {
    idleMinutes: ssh?.idle_timeout_minutes ?? IDLE_MINUTES,
    hoursMax: ssh?.session_hours_max ?? SESSION_HOURS,
  };
}

function completeSignIn(mode: ConfigFile['mode'], ssh: ConfigFile['ssh']): Config['ssh']['signIn'] {
  return {
    secondFactor: ssh?.second_factor ?? (mode === 'demo' ? 'none' : 'browser'),
    secondFactorMinutes: ssh?.second_factor_minutes ?? 0,
    userVerification: ssh?.user_verification ?? false,
    securityKeyIsTwoFactors: ssh?.security_key_is_two_factors ?? false,
    banner: ssh?.banner ?? BANNER,
  };
}

function secretOrNull(value: string | undefined): Secret<string> | null {
  return value === undefined ? null : new Secret(value);
}

function absolute(path: string, directory: string): string {
  return isAbsolute(path) ? path : resolve(directory, path);
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) deepFreeze(part);
    Object.freeze(value);
  }
  return value;
}
