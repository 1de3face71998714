/** Every role in one process: bastion, console, background work. */
import { readFile, writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { recoverParcels, recoverRedemptions, type Vault } from '../approvals/index.ts';
import type { Config } from '../config/index.ts';
import {
  asError,
  Cleanup,
  type Clock,
  GatewayError,
  hasCode,
  hasErrno,
  type Log,
  newUuid,
  systemClock,
} from '../foundation/index.ts';
import { controlSession, hostAuthorityLine, listenSsh, recoverSessions, TerminalDesk } from '../gateway/index.ts';
import { applyInventory, type Inventory, InventorySchema } from '../identity/index.ts';
import { ROLES, type SessionId } from '../policy/index.ts';
import { appendAuditEvent, followSession, witnessDelay } from '../recorder/index.ts';
import { startAccountInventory } from './account-inventory.ts';
import { announceAuthorities } from './authority-events.ts';
import { createAdministration } from './administration.ts';
import { createOidcClient, createTerminalDoor, createWebApi } from '../web/api/index.ts';
import { startBackground } from './background.ts';
import { loadSshKeys, type SshKeys } from './bastion.ts';
import { loadFlow } from './calendar.ts';
import { loadDeliveries } from './deliveries.ts';
import { type DataDirectory, holdDirectory, prepareDataDirectory } from './data-directory.ts';
import { type DemoParts, startDemoParts } from './demo-parts.ts';
import { startDerivedWork } from './derived.ts';
import { type Evidence, openEvidence } from './evidence.ts';
import { startDiskWatch } from './disk-watch.ts';
import { startHttpServer } from './http-server.ts';
import { startKeyOrders } from './key-orders.ts';
import { listenForDecisions } from './session-listeners.ts';
import { parcelsDoor, type Relay, startRelay } from './relay.ts';
import { placeOf, type ServedSites, serveSites } from './sites.ts';
import { startSecretRotation } from './target-secrets.ts';
import { type SshService, startSshService } from './ssh-service.ts';
import { openStorage } from './storage.ts';
import { openOwnVault } from './vault.ts';
import { VERSION } from './version.ts';

export interface Running extends AsyncDisposable {
  readonly publicUrl: URL;
  readonly ssh: {
    readonly host: string;
    readonly port: number;
    readonly hostKeyLine: string;
    /** For known_hosts: with this line a client knows the gateway and every target behind it. */
    readonly hostAuthorityLine: string;
  };
  readonly sites: ServedSites | undefined;
  readonly directory: DataDirectory;
  /** Where systems put and take parcels; undefined where the relay does not listen. */
  readonly relay: Relay | undefined;
  /** Aborted when the gateway can no longer record and should be restarted. */
  readonly failed: AbortSignal;
  readonly workers: SshService['workers'];
  readonly reload: SshService['reload'];
}

const DEMO_PROVIDER = 'Sekisho demo';
const UI_BESIDE_DIST = new URL('../ui/', import.meta.url);
const UI_OF_SOURCES = new URL('../dist/ui/', import.meta.url);

/** Starts everything in order; what was started is stopped again when a later part refuses. */
export async function startAll(config: Config, log: Log, clock: Clock = systemClock): Promise<Running> {
  const cleanup = new Cleanup();
  try {
    return await start(config, log, clock, cleanup);
  } catch (thrown) {
    await cleanup[Symbol.asyncDispose]();
    throw thrown;
  }
}

async function start(config: Config, log: Log, clock: Clock, cleanup: Cleanup): Promise<Running> {
  const publicUrl = new URL(config.http.publicUrl);
  const directory = await prepareDataDirectory(config.dataDirectory);
  cleanup.use(await holdDirectory(directory.root));
  const gatewayId = await loadGatewayId(directory.root, clock);
  const { database, queue, url: databaseUrl } = await openStorage(config, directory.postgres, log, cleanup);
  const evidence = await openEvidence({ config, directory, database, clock, log }, cleanup);
  const { recorder, recordings, ledger, pseudonymKey, witnessesLateSince } = evidence;
  startDiskWatch({ database, clock, log, directory: directory.recorder }, cleanup);
  const keys = await loadSshKeys(directory.keys, config);
  const deps = { database, clock, log, gatewayId };
  await announceAuthorities(deps, keys, { directory: directory.keys, isInAgent: 'userAuthority' in config.ssh });
  const demo = await startDemo({ config, directory, keys, log, clock }, cleanup);
  const inventory = await findInventory(config, demo);
  if (inventory !== undefined) await applyInventory(deps, inventory);
  const { vault, vaultRecipients, store, identities } = await openOwnVault(directory, config, clock);
  await recoverEverything({ ...deps, vault }, directory, evidence);
  const ways = await startWork({ ...deps, queue, recordings }, { config, directory }, cleanup);
  await evidence.keepUp();
  const derived = await startDerivedWork({ database, clock, log, directory, recordings }, cleanup);
  await startKeyOrders(
    { ...deps, leafLog: recorder.leafLog, pseudonymKey, derived, directory: directory.recorder },
    cleanup,
  );
  await announce(deps, config, cleanup);
  const askAccountInventory = await startAccountInventory({ ...deps, queue, keys, config }, cleanup);
  const signInDecided = await listenForDecisions(database);
  const relay = await startRelay({ ...deps, queue, keys, vault, store, identities }, config, cleanup);
  const own = { ...deps, recorder, keys, signInDecided, directory, exports: ledger, witnessesLateSince, vault };
  const ofSsh = { ...own, databaseUrl, recordings, vaultRecipients };
  const service = await startSshService(ofSsh, config, cleanup);
  const terminals = new TerminalDesk({ clock, database, place: service.terminals });
  const web = createWebApi({
    ...{ ...deps, publicUrl, derived, signInDecided },
    ...settledBy(config, keys),
    uiDirectory: uiDirectory(),
    ...watchedBy(evidence),
    administration: createAdministration({ clock, log, config, keys, directory: directory.keys }),
    controlSession: (principal, request) => controlSession(deps, principal, request),
    ...{ parcels: parcelsDoor({ ...deps, store, identities }), workers: service.workers },
    witnessDelay: () => witnessDelay(witnessesLateSince(), clock.now(), config.recorder.log.witnessGraceMinutes),
    providers: providersOf(config, publicUrl, demo),
    ...ways,
    ...{ askAccountInventory, terminals },
    askSecretRotation: await startSecretRotation({ ...deps, queue, keys, config }, cleanup),
  });
  const door = createTerminalDoor({ ...deps, publicUrl, terminals });
  cleanup.use(await startHttpServer(withDemo(web, demo), config.http, door));
  const sites = await serveSites(own, config, cleanup);
  const { host, port, proxyProtocolFrom } = config.ssh;
  const { serve, connectionsMax } = service;
  const ssh = cleanup.use(await listenSsh({ host, port, log, serve, connectionsMax, balancers: proxyProtocolFrom }));
  return {
    publicUrl,
    ssh: {
      ...{ host: config.ssh.advertisedHost, port: ssh.port, hostKeyLine: keys.hostKey.publicKeyLine },
      hostAuthorityLine: hostAuthorityLine(keys.hostAuthority.publicKeyLine),
    },
    sites,
    directory,
    relay,
    failed: recorder.failed,
    workers: service.workers,
    reload: service.reload,
    [Symbol.asyncDispose]: () => cleanup[Symbol.asyncDispose](),
  };
}

/** What the console reads of recordings, sealed and going on. */
function watchedBy({ recordings, objects, walKey }: Evidence) {
  return {
    recordings,
    followSession: (id: SessionId, signal: AbortSignal) => followSession({ ...recordings, walKey }, id, signal),
    protection: () => objects.protection(),
  };
}

/** @returns what the console has to know of it: what may leave the house, and the calendar of emergencies. */
async function startWork(
  deps: Omit<Parameters<typeof startBackground>[0], 'flow' | 'delivery' | 'upkeepSeconds'>,
  { config, directory }: { readonly config: Config; readonly directory: DataDirectory },
  cleanup: Cleanup,
) {
  const flow = await loadFlow(config);
  const delivery = await loadDeliveries(config, directory.keys, deps.log);
  await startBackground({ ...deps, flow, delivery, upkeepSeconds: config.flow.upkeepSeconds }, cleanup);
  const { review } = config.emergency;
  const { holidays } = flow.calendar;
  return { delivery, emergency: { ...config.emergency, review: { ...review, holidays } } };
}

/** What of the console the configuration and the keys settle. */
function settledBy(config: Config, keys: SshKeys) {
  const { http, mode, secondFactor: factorRules, sites } = config;
  return {
    ...{ mode, factorRules, ssh: sshTitle(config, keys), trustedProxies: http.trustedProxies ?? [] },
    ...{ loginAuthority: keys.loginAuthority, factorSeal: keys.factorSeal, secretSeal: keys.secretSeal },
    sites: sites === null ? undefined : placeOf(sites),
  };
}

/** How the console tells people to come in by SSH. */
function sshTitle({ ssh }: Config, { hostKey, hostAuthority }: SshKeys) {
  return {
    ...{ host: ssh.advertisedHost, port: ssh.advertisedPort, hostKeyFingerprint: hostKey.fingerprint },
    ...{ hostKeyLine: hostKey.publicKeyLine, hostCaLine: hostAuthority.publicKeyLine },
  };
}

/** What a crash left open of sessions, uses of tickets and parcels is ended. */
async function recoverEverything(
  deps: Parameters<typeof recoverSessions>[0] & { readonly vault: Vault },
  directory: DataDirectory,
  { recordings }: Evidence,
): Promise<void> {
  const { database, clock, vault } = deps;
  await recoverSessions(deps, directory.recorder);
  await recoverRedemptions({ database, clock, recordings });
  await recoverParcels({ database, clock, vault });
}

async function announce(
  deps: { database: Parameters<typeof appendAuditEvent>[0]; clock: Clock; gatewayId: string; log: Log },
  config: Config,
  cleanup: Cleanup,
): Promise<void> {
  const { database, clock, gatewayId: gateway, log } = deps;
  await appendAuditEvent(database, clock, {
    type: 'gateway.started',
    actor: null,
    body: { gateway, mode: config.mode, version: VERSION },
  });
  cleanup.defer(() =>
    appendAuditEvent(database, clock, { type: 'gateway.stopped', actor: null, body: { gateway } }).catch(
      (thrown: unknown) => {
        if (!hasCode(thrown, 'database_unavailable')) throw thrown;
        log.warn(
          { event: 'gateway.stop_not_audited', err: asError(thrown) },
          'the database was gone before the gateway',
        );
      },
    ),
  );
}

/** In demo mode without a provider of one's own: an identity provider and a server to enter. */
async function startDemo(
  parts: { config: Config; directory: DataDirectory; keys: SshKeys; log: Log; clock: Clock },
  cleanup: Cleanup,
): Promise<DemoParts | undefined> {
  const { config, directory, keys, log, clock } = parts;
  if (config.identityProviders.length > 0) return undefined;
  const publicUrl = new URL(config.http.publicUrl);
  const authorityLine = keys.authority.publicKeyLine;
  return startDemoParts(
    { mode: config.mode, publicUrl, directory: directory.demo, authorityLine, sites: config.sites, log, clock },
    cleanup,
  );
}

/** The configured inventory and the demo's as one: what an inventory does not name any more loses its grants. */
async function findInventory(config: Config, demo: DemoParts | undefined): Promise<Inventory | undefined> {
  const file = config.inventory === null ? undefined : InventorySchema.parse(await readInventory(config.inventory));
  if (demo === undefined) return file;
  const invented = InventorySchema.parse(demo.inventory);
  if (file === undefined) return invented;
  return {
    issuer: invented.issuer,
    zone: file.zone,
    people: [...invented.people, ...file.people],
    systems: [...invented.systems, ...file.systems],
    targets: [...invented.targets, ...file.targets],
    accounts: [...invented.accounts, ...file.accounts],
    grants: [...invented.grants, ...file.grants],
  };
}

async function readInventory(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as unknown;
  } catch (cause) {
    throw new GatewayError('config_invalid', `The inventory ${path} cannot be read as JSON.`, { cause });
  }
}

function providersOf(config: Config, publicUrl: URL, demo: DemoParts | undefined) {
  if (demo !== undefined) {
    const { issuer, clientId, clientSecret } = demo;
    const roleOfGroup = Object.fromEntries(ROLES.map((role) => [role, role]));
    const own = { name: 'default', title: DEMO_PROVIDER, issuer, clientId, clientSecret, roleOfGroup };
    return [createOidcClient({ ...own, publicUrl, allowInsecure: true })];
  }
  if (config.identityProviders.length === 0) {
    throw new GatewayError('start_refused', 'No identity provider is configured.');
  }
  return config.identityProviders.map((provider) =>
    createOidcClient({ ...provider, issuer: new URL(provider.issuer), publicUrl, allowInsecure: false }),
  );
}

/** The demo provider answers below /oidc, before the console's own rules (its forms are not JSON). */
function withDemo(web: RequestListener, demo: DemoParts | undefined): RequestListener {
  if (demo === undefined) return web;
  return (request, response) => {
    const isProvider = request.url?.startsWith('/oidc/') === true;
    (isProvider ? demo.identityProvider : web)(request, response);
  };
}

/** A name that outlives restarts, so that the next start finds the sessions this one may leave open. */
async function loadGatewayId(root: string, clock: Clock): Promise<string> {
  const path = join(root, 'gateway-id');
  await writeFile(path, newUuid(clock.now()), { flag: 'wx', mode: 0o600 }).catch((thrown: unknown) => {
    if (!hasErrno(thrown, 'EEXIST')) throw thrown;
  });
  return (await readFile(path, 'utf8')).trim();
}

function uiDirectory(): string {
  return (import.meta.url.includes('/dist/main/') ? UI_BESIDE_DIST : UI_OF_SOURCES).pathname;
}
