/** Who serves the sockets that the gateway accepts: this very process, or its workers. */
import { recoverParcels, recoverRedemptions, type Vault } from '../approvals/index.ts';
import type { Config } from '../config/index.ts';
import {
  asError,
  type Cleanup,
  type Clock,
  type Database,
  GatewayError,
  LIMITS,
  type Log,
  type Secret,
} from '../foundation/index.ts';
import { type AcceptorOptions, recoverSessions, type TerminalPlace } from '../gateway/index.ts';
import { appendAuditEvent, type OwningRecorder, type RecordingSource, type ExportIntents } from '../recorder/index.ts';
import { noteAuthorities } from './authority-events.ts';
import { loadSshKeys, type SshKeys, startBastion } from './bastion.ts';
import type { DataDirectory } from './data-directory.ts';
import { auditRecorderFault } from './recorder-fault.ts';
import { loadRecordingKeys } from './recording-keys.ts';
import { unchangeable } from './unchangeable.ts';
import { WorkerTerminals } from './workers/terminals.ts';
import { WorkerPool, type WorkerSettings } from './workers/pool.ts';
import type { LostWorker } from './workers/worker-process.ts';

export interface SshServiceDeps {
  readonly database: Database;
  readonly databaseUrl: Secret<string>;
  readonly clock: Clock;
  readonly log: Log;
  readonly recorder: OwningRecorder;
  readonly exports: ExportIntents;
  /** Since when too few witnesses cosign the log or the ledger. */
  readonly witnessesLateSince: () => Date | undefined;
  readonly recordings: RecordingSource;
  readonly gatewayId: string;
  readonly keys: SshKeys;
  readonly signInDecided: EventTarget;
  readonly directory: DataDirectory;
  readonly vault: Vault;
  readonly vaultRecipients: readonly string[];
}

export interface SshService {
  readonly serve: AcceptorOptions['serve'];
  /** Where terminals in the browser are served. */
  readonly terminals: TerminalPlace;
  readonly connectionsMax: number;
  /** How many workers there should be and how many serve; none when this process serves. */
  readonly workers: () => { readonly wanted: number; readonly serving: number };
  /** Replaces the workers by new ones with the program and configuration of now. @throws {GatewayError} nothing changed. */
  readonly reload: (config: Config) => Promise<void>;
}

/** Ready to serve. Closed with `cleanup`: every session ends, told, and is sealed. */
export function startSshService(deps: SshServiceDeps, config: Config, cleanup: Cleanup): Promise<SshService> {
  return config.ssh.workers === 0 ? serveHere(deps, config, cleanup) : serveInWorkers(deps, config, cleanup);
}

async function serveHere(deps: SshServiceDeps, config: Config, cleanup: Cleanup): Promise<SshService> {
  const { clock, database, exports, gatewayId, keys, log, recorder, signInDecided, vault } = deps;
  const { witnessesLateSince } = deps;
  const own = { clock, database, exports, gatewayId, log, recorder, signInDecided, vault, witnessesLateSince };
  const bastion = await startBastion({ ...own, keys, config }, cleanup);
  return {
    serve: (socket, place, head) => bastion.server.serve(socket, place, head),
    terminals: bastion.terminals,
    connectionsMax: LIMITS.sshConnectionsMax,
    workers: () => ({ wanted: 0, serving: 0 }),
    reload: () =>
      Promise.reject(
        new GatewayError(
          'start_refused',
          'There are no workers to replace (ssh.workers is 0): stop and start instead.',
        ),
      ),
  };
}

async function serveInWorkers(deps: SshServiceDeps, config: Config, cleanup: Cleanup): Promise<SshService> {
  const { clock, log, recorder } = deps;
  auditRecorderFault({ ...deps, sessions: () => 0 }, cleanup); // Of this process; each worker tells of its own.
  const pool = cleanup.use(
    await WorkerPool.start({
      count: config.ssh.workers,
      settings: await settingsOf(deps, config),
      clock,
      log,
      leafLog: recorder.leafLog,
      exports: deps.exports,
      witnesses: () => ({
        accepted: recorder.leafLog.latestAccepted(),
        lateSince: deps.witnessesLateSince() ?? null,
      }),
      recover: (lost) => recoverLost(deps, lost),
    }),
  );
  const reload = async (changed: Config): Promise<void> => {
    const fixed = unchangeable(config, changed);
    if (fixed.length > 0)
      throw new GatewayError('config_invalid', `Only a stop and a start change ${fixed.join(', ')}.`);
    await pool.reload(changed.ssh.workers, await settingsOf(deps, changed));
  };
  return {
    serve: (socket, place, head) => pool.serve(socket, place, head),
    terminals: new WorkerTerminals(pool),
    connectionsMax: LIMITS.sshConnectionsMax * config.ssh.workers,
    workers: () => ({ wanted: pool.wanted, serving: pool.serving }),
    reload: async (changed) => {
      await audited(deps, changed, reload(changed));
      // The workers read the keys anew: an exchange takes effect with them.
      await noteAuthorities(deps, await loadSshKeys(deps.directory.keys, changed));
    },
  };
}

/** Workers are told all recipients: they need no identity to know the console's own. */
async function settingsOf(
  { databaseUrl, directory, gatewayId, vaultRecipients }: SshServiceDeps,
  config: Config,
): Promise<WorkerSettings> {
  const { http, logLevel, mode, ssh, targets } = config;
  const { recipients } = await loadRecordingKeys(config.recorder);
  const recorder = { ...config.recorder, recipients };
  return {
    gatewayId,
    dataDirectory: directory.root,
    databaseUrl: databaseUrl.expose(),
    poolSize: config.database.poolSize,
    vaultRecipients: [...vaultRecipients],
    logLevel,
    config: { http, mode, recorder, ssh, targets },
  };
}

async function recoverLost(deps: SshServiceDeps, { id, slot, cause }: LostWorker): Promise<void> {
  const { clock, database, directory, gatewayId, recorder } = deps;
  await recorder.recoverWorker(slot);
  const sessions = await recoverSessions({ clock, database, gatewayId, workerId: id }, directory.recorder);
  await recoverRedemptions({ database, clock, recordings: deps.recordings });
  await recoverParcels({ database, clock, vault: deps.vault });
  if (cause === undefined) return;
  await appendAuditEvent(database, clock, {
    type: 'worker.lost',
    actor: null,
    body: { gateway: gatewayId, worker: id, cause, sessions },
  });
}

async function audited(
  { clock, database, gatewayId: gateway, log }: SshServiceDeps,
  config: Config,
  reload: Promise<void>,
): Promise<void> {
  try {
    await reload;
  } catch (thrown) {
    const detail = asError(thrown).message.slice(0, 500);
    const event = { type: 'gateway.reload_refused', actor: null, body: { gateway, detail } } as const;
    await appendAuditEvent(database, clock, event).catch((unwritten: unknown) => {
      log.error({ event: 'gateway.reload_not_audited', err: asError(unwritten) }, 'the refusal is not in the events');
    });
    throw thrown;
  }
  const body = { gateway, workers: config.ssh.workers };
  await appendAuditEvent(database, clock, { type: 'gateway.reloaded', actor: null, body });
}
