/** The HTTP bastion of this gateway: sites as targets, on a door of their own. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Vault } from '../approvals/index.ts';
import type { Config, SitesConfig } from '../config/index.ts';
import { asError, type Cleanup, type Clock, type Database, GatewayError, type Log } from '../foundation/index.ts';
import {
  createSitePlace,
  type HttpDeps,
  keepActivity,
  listenSites,
  loadSiteKey,
  Meters,
  SessionRegistry,
  type SiteListener,
  type SitePlace,
} from '../gateway/index.ts';
import type { ExportIntents, Recorder } from '../recorder/index.ts';
import { addressesOf } from './addresses.ts';
import type { SshKeys } from './bastion.ts';
import type { DataDirectory } from './data-directory.ts';
import { startSessionListeners } from './session-listeners.ts';

export interface SitesDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly gatewayId: string;
  readonly recorder: Recorder;
  readonly exports: ExportIntents;
  readonly vault: Vault;
  readonly witnessesLateSince: () => Date | undefined;
  readonly signInDecided: EventTarget;
  readonly directory: DataDirectory;
  readonly keys: SshKeys;
}

/** Where browsers reach sites. */
export interface ServedSites {
  readonly port: number;
  readonly originOf: (label: string) => string;
}

export function placeOf({ domain, publicPort, publicScheme }: SitesConfig): SitePlace {
  return createSitePlace({ domain, scheme: publicScheme, port: publicPort });
}

/** Undefined where the configuration serves none. */
export async function serveSites(deps: SitesDeps, config: Config, cleanup: Cleanup): Promise<ServedSites | undefined> {
  const { sites } = config;
  if (sites === null) return undefined;
  const { port } = await startSites(deps, { ...config, sites }, cleanup);
  return { port, originOf: (label) => placeOf(sites).originOf(label) };
}

/** Closed with `cleanup`: every session ends and is sealed. @throws {GatewayError} `start_refused`. */
async function startSites(
  deps: SitesDeps,
  config: Config & { readonly sites: SitesConfig },
  cleanup: Cleanup,
): Promise<SiteListener> {
  const { clock, directory, keys, ...own } = deps;
  const { http, recorder, sites, ssh } = config;
  const bastion: HttpDeps = {
    ...own,
    clock,
    publicUrl: new URL(http.publicUrl),
    place: placeOf(sites),
    addresses: addressesOf(config),
    meters: new Meters({ ...own, clock, key: keys.meterKey }),
    witnessGraceMinutes: recorder.log.witnessGraceMinutes,
    siteKey: await loadSiteKey(join(directory.keys, 'site_token_key'), clock),
    seal: keys.factorSeal,
    certificates: await readCertificates(sites),
    trustedProxies: http.trustedProxies ?? [],
    timeLimits: ssh.timeLimits,
    sessionLimits: ssh.sessionLimits,
    registry: new SessionRegistry(),
  };
  await startSessionListeners(bastion);
  const activity = keepActivity(bastion);
  cleanup.defer(() => activity[Symbol.dispose]());
  const tls = sites.tls === null ? undefined : await readPair(sites.tls);
  return cleanup.use(await listenSites(bastion, { host: sites.host, port: sites.port, tls }));
}

async function readCertificates({ clientCertificates }: SitesConfig): Promise<HttpDeps['certificates']> {
  const read = Object.entries(clientCertificates).map(async ([name, pair]) => [name, await readPair(pair)] as const);
  return new Map(await Promise.all(read));
}

async function readPair(pair: { readonly certificate: string; readonly key: string }) {
  try {
    return { certificate: await readFile(pair.certificate, 'utf8'), key: await readFile(pair.key, 'utf8') };
  } catch (thrown) {
    const cause = asError(thrown);
    throw new GatewayError('start_refused', `The certificate ${pair.certificate} or its key cannot be read.`, {
      cause,
    });
  }
}
