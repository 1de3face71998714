/** The relay of this gateway: its listener, and what it does without being asked. */
import { z } from 'zod';
import type { Vault } from '../approvals/index.ts';
import type { Config } from '../config/index.ts';
import {
  asError,
  type Cleanup,
  type Clock,
  type Database,
  type JobKind,
  JobQueues,
  type Log,
  type QueueBackend,
} from '../foundation/index.ts';
import {
  beginDownload,
  clamdScanner,
  type DownloadAsked,
  decideParcel,
  findParcel,
  keepUpRelay,
  listenRelay,
  listParcels,
  listRoutes,
  NO_SCANNER,
  openDownload,
  type ParcelDecision,
  type PieceStore,
  type Scanner,
  TEST_SCANNER,
  type UpkeepDeps,
} from '../relay/index.ts';
import type { Principal } from '../policy/index.ts';
import type { SshKeys } from './bastion.ts';

export interface RelayDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly queue: QueueBackend;
  readonly keys: Pick<SshKeys, 'hostKey' | 'meterKey'>;
  readonly vault: Vault;
  readonly store: PieceStore;
  readonly identities: readonly string[];
}

export interface Relay {
  readonly host: string;
  readonly port: number;
}

const RELAY_UPKEEP: JobKind<Record<string, never>> = { name: 'relay-upkeep', payload: z.strictObject({}) };
const UPKEEP_INTERVAL_MS = 10_000;
/** NOTIFY channel of parcels that were just filled. */
const PARCELS_CHANNEL = 'sekisho_parcels';

/** @returns where systems reach it; undefined where it does not listen. */
export async function startRelay(deps: RelayDeps, config: Config, cleanup: Cleanup): Promise<Relay | undefined> {
  const { clock, database, identities, keys, log, store, vault } = deps;
  const own = { clock, database, identities, log, store, vault };
  const upkeep = { ...own, meterKey: keys.meterKey, scanner: scannerOf(config) };
  await startUpkeep(upkeep, deps, cleanup);
  if (config.relay === undefined) return undefined;
  const { host, port } = config.relay;
  const listener = cleanup.use(await listenRelay({ ...own, host, port, hostKey: keys.hostKey.privateKey }));
  return { host, port: listener.port };
}

/** The relay, for the console. */
export function parcelsDoor(deps: Pick<RelayDeps, 'clock' | 'database' | 'store' | 'identities'>) {
  const { database } = deps;
  return {
    list: (asked: Parameters<typeof listParcels>[1]) => listParcels(database, asked),
    find: (asked: Parameters<typeof findParcel>[1]) => findParcel(database, asked),
    routes: (looking: Parameters<typeof listRoutes>[1]) => listRoutes(database, looking),
    decide: (...said: [Principal, ParcelDecision]) => decideParcel(deps, ...said),
    beginDownload: (...asked: [Principal, DownloadAsked]) => beginDownload(deps, ...asked),
    openDownload: (...asked: [Principal, DownloadAsked & { readonly id: string }]) => openDownload(deps, ...asked),
  };
}

function scannerOf({ mode, relay }: Config): Scanner {
  if (relay?.clamav !== undefined && relay.clamav !== null) return clamdScanner(relay.clamav);
  return mode === 'demo' ? TEST_SCANNER : NO_SCANNER;
}

async function startUpkeep(upkeep: UpkeepDeps, { queue, log }: RelayDeps, cleanup: Cleanup): Promise<void> {
  const queues = cleanup.use(new JobQueues(queue, log));
  queues.work(RELAY_UPKEEP, () => keepUpRelay(upkeep), 1);
  await queues.every(RELAY_UPKEEP, {}, UPKEEP_INTERVAL_MS);
  let running: Promise<void> | undefined;
  const asked = new Set<'round'>();
  const rounds = async (): Promise<void> => {
    while (asked.delete('round')) await keepUpRelay(upkeep);
  };
  // At once after a parcel was filled; the job is for what a notification that was lost would have told.
  const soon = (): void => {
    asked.add('round');
    running ??= rounds()
      .catch((thrown: unknown) => log.warn({ event: 'relay.upkeep_failed', err: asError(thrown) }, 'the relay waits'))
      .finally(() => {
        running = undefined;
      });
  };
  await upkeep.database.listen(PARCELS_CHANNEL, soon, soon);
  cleanup.defer(async () => running);
}
