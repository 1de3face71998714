/** What reaches sessions from outside: a change of access, a shutdown, and what an earlier crash left behind. */
import { appendAuditEvent, findSealedRecordings, type SealedRecording, insertRecording } from '../recorder/index.ts';
import type { PersonId, SessionId } from '../policy/index.ts';
import { recheckSession } from './admission.ts';
import { closeSessionRow, findUnfinishedSessions, type UnfinishedRow } from './queries.ts';
import type { SessionDeps } from './session.ts';

/**
 * Ends the live sessions whose person may no longer be there: of one person, or of all after a time in which a
 * notification could have been missed.
 */
export async function recheckSessions(deps: SessionDeps, personId?: PersonId): Promise<void> {
  deps.registry.noteAccessChange();
  const sessions = personId === undefined ? deps.registry.all() : deps.registry.ofPerson(personId);
  await Promise.all(sessions.map((session) => recheckSession(deps, session)));
}

/** Ends every live session and waits until each is sealed. */
export async function shutDownSessions({ registry }: Pick<SessionDeps, 'registry'>): Promise<void> {
  const sessions = registry.all();
  for (const session of sessions) session.end('shutdown');
  await Promise.all(sessions.map((session) => session.closed));
}

/** `workerId`: of one worker that is gone, while the others go on. */
type RecoveryDeps = Pick<SessionDeps, 'clock' | 'database' | 'gatewayId' | 'workerId'>;

/**
 * Closes what this gateway left open when it last stopped without order, or one of its workers did: the recorder has sealed the recordings from
 * its write-ahead log by now; this tells the database. @returns how many sessions were recovered.
 */
export async function recoverSessions(deps: RecoveryDeps, directory: string): Promise<number> {
  let recovered = 0;
  const rows = await findUnfinishedSessions(deps.database, deps);
  if (rows.length === 0) return recovered;
  const ids = rows.map(({ id }) => id);
  const sealedOf = await findSealedRecordings({ directory }, ids);
  for (const row of rows) {
    if (await recoverSession(deps, row, sealedOf(row.id))) recovered += 1;
  }
  return recovered;
}

async function recoverSession(
  deps: RecoveryDeps,
  row: UnfinishedRow,
  sealed: SealedRecording | undefined,
): Promise<boolean> {
  const { database, clock } = deps;
  const id = row.id as SessionId;
  const isOpen = row.closeReason === null;
  if (!isOpen && sealed === undefined) return false; // Closed, and nothing of it is left to be found.
  return database.inTransaction(async (tx) => {
    const reason = deps.workerId === undefined ? 'gateway_restarted' : 'worker_lost';
    if (isOpen && !(await closeSessionRow(tx, clock, { id, reason, exitStatus: null }))) return false;
    if (sealed !== undefined) await insertRecording(tx, clock, sealed);
    await appendAuditEvent(tx, clock, {
      type: 'session.recovered',
      actor: null,
      session: id,
      body: { reason: row.closeReason ?? reason, head: sealed?.head.toString('hex') ?? '' },
    });
    return true;
  });
}
