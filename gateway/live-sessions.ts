/** What reaches sessions from outside: a change of access, a shutdown, and what an earlier crash left behind. */
import { asError } from '../foundation/index.ts';
import { appendAuditEvent, findSealedRecording, insertRecording } from '../recorder/index.ts';
import type { PersonId, SessionId } from '../policy/index.ts';
import { findStopReason } from './admission.ts';
import { closeSessionRow, findAbandonedSessions, type OpenRow } from './queries.ts';
import type { SessionDeps } from './session.ts';

/**
 * Ends the live sessions whose person may no longer be there: of one person, or of all after a time in which a
 * notification could have been missed. When the facts cannot be read the sessions end as well.
 */
export async function recheckSessions(deps: SessionDeps, personId?: PersonId): Promise<void> {
  const sessions = personId === undefined ? deps.registry.all() : deps.registry.ofPerson(personId);
  await Promise.all(
    sessions.map(async (session) => {
      try {
        const reason = await findStopReason(deps, session.authorization);
        if (reason !== undefined) session.end(reason);
      } catch (thrown) {
        deps.log.warn(
          { event: 'session.recheck_failed', sessionId: session.id, err: asError(thrown) },
          'access unreadable',
        );
        session.end('revoked');
      }
    }),
  );
}

/** Ends every live session and waits until each is sealed. */
export async function shutDownSessions({ registry }: Pick<SessionDeps, 'registry'>): Promise<void> {
  const sessions = registry.all();
  for (const session of sessions) session.end('shutdown');
  await Promise.all(sessions.map((session) => session.closed));
}

/**
 * Closes what this gateway left open when it last stopped without order: the recorder has sealed the recordings from
 * its write-ahead log by now; this tells the database. @returns how many sessions were closed.
 */
export async function recoverSessions(deps: SessionDeps, directory: string): Promise<number> {
  const abandoned = await findAbandonedSessions(deps.database, deps.gatewayId);
  for (const row of abandoned) await recoverSession(deps, row, directory);
  return abandoned.length;
}

async function recoverSession(deps: SessionDeps, row: OpenRow, directory: string): Promise<void> {
  const { database, clock } = deps;
  const id = row.id as SessionId;
  const sealed = await findSealedRecording({ directory, sessionId: id });
  await database.inTransaction(async (tx) => {
    const reason = 'gateway_restarted';
    if (!(await closeSessionRow(tx, clock, { id, reason, exitStatus: null }))) return;
    if (sealed !== undefined) await insertRecording(tx, clock, sealed);
    await appendAuditEvent(tx, clock, {
      type: 'session.recovered',
      actor: null,
      session: id,
      body: { reason, head: sealed?.head.toString('hex') ?? '' },
    });
  });
}
