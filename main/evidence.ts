/** The recorder with everything it writes to and is read by: chunks, the signed log, the export ledger. */
import { join } from 'node:path';
import { wasExportLogged } from '../approvals/index.ts';
import type { Config } from '../config/index.ts';
import type { Cleanup, Clock, Database, Log } from '../foundation/index.ts';
import {
  EventTrace,
  type ExportLedger,
  loadSecretFile,
  type OwnedObjects,
  type OwningRecorder,
  type RecordingSource,
  startRecorder,
} from '../recorder/index.ts';
import type { DataDirectory } from './data-directory.ts';
import { startLogUpkeep } from './log-upkeep.ts';
import { openRecorderParts } from './recorder-parts.ts';
import { currentIdentities, loadRecordingKeys } from './recording-keys.ts';
import { recordingsOf } from './recording-source.ts';
import { configuredPolicy } from './witness-policy.ts';
import { openLedger, readTransparency } from './transparency.ts';

export interface EvidenceDeps {
  readonly config: Config;
  readonly directory: DataDirectory;
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Evidence {
  readonly recorder: OwningRecorder;
  readonly recordings: RecordingSource;
  readonly objects: OwnedObjects;
  readonly ledger: ExportLedger;
  readonly pseudonymKey: Uint8Array;
  /** Of the write-ahead logs, for those who watch. */
  readonly walKey: Uint8Array;
  /** Since when too few witnesses cosign the log or the ledger. */
  readonly witnessesLateSince: () => Date | undefined;
  /** Begins to make leaves of events and results of exports; before anything writes an event that shall be one. */
  readonly keepUp: () => Promise<void>;
}

/** @throws {GatewayError} `start_refused`, `config_invalid`. */
export async function openEvidence(deps: EvidenceDeps, cleanup: Cleanup): Promise<Evidence> {
  const { config, directory, database, clock, log } = deps;
  const { recipients } = await loadRecordingKeys(config.recorder);
  const parts = await openRecorderParts(
    {
      ...{ directory, clock, log, recorder: config.recorder, recipients },
      ...{ role: 'owner', credentials: config.storageCredentials },
    },
    cleanup,
  );
  const settings = await readTransparency(config.recorder.log);
  const trace = new EventTrace();
  const own = { directory: directory.recorder, clock, log, ...parts, transparency: settings, visitLog: trace.visit };
  const recorder = cleanup.use(await startRecorder(own));
  const mayCreate = !(await wasExportLogged(database));
  const pseudonymKey = parts.secrets.pseudonym;
  const ledger = await openLedger({ directory, clock, log, settings, pseudonymKey, mayCreate }, cleanup);
  return {
    recorder,
    recordings: {
      ...recordingsOf(directory.recorder, () => currentIdentities(config.recorder), parts.objects),
      policy: await configuredPolicy(config.recorder.log),
    },
    objects: parts.objects,
    ledger,
    pseudonymKey,
    walKey: parts.secrets.wal,
    witnessesLateSince: () => earliest(recorder.leafLog.lateSince(), ledger.lateSince()),
    async keepUp() {
      const saltKey = await loadSecretFile(join(directory.keys, 'event_salt_key'));
      const { heartbeatSeconds } = config.recorder.log;
      const { leafLog } = recorder;
      startLogUpkeep({ database, clock, log, leafLog, ledger, trace, saltKey, heartbeatSeconds }, cleanup);
    },
  };
}

function earliest(one: Date | undefined, other: Date | undefined): Date | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one < other ? one : other;
}
