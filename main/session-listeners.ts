/** Everything a process with live sessions has to hear from the database, in one place for all of them. */
import { asError, type Database } from '../foundation/index.ts';
import { applyControl, CONTROL_CHANNEL, recheckSessions, rereadControls, type SshDeps } from '../gateway/index.ts';
import { SIGN_INS_CHANGED } from '../identity/index.ts';
import type { PersonId } from '../policy/index.ts';

/** Events named by a sign-in's id, fired when it was decided; until the database is closed. */
export async function listenForDecisions(database: Database): Promise<EventTarget> {
  const decided = new EventTarget();
  await database.listen(
    'sekisho_sign_in_decided',
    (id) => decided.dispatchEvent(new Event(id)),
    () => decided.dispatchEvent(new Event(SIGN_INS_CHANGED)),
  );
  return decided;
}

/** Listens until the database is closed. After a lost connection everything is read again: a word may have been missed. */
export async function startSessionListeners(
  deps: Pick<SshDeps, 'clock' | 'database' | 'gatewayId' | 'log' | 'recorder' | 'registry'>,
): Promise<void> {
  const { database, log } = deps;
  const recheck = (personId?: PersonId): void => {
    recheckSessions(deps, personId).catch((thrown: unknown) =>
      log.warn({ event: 'background.recheck_failed', err: asError(thrown) }, 'live sessions were not checked'),
    );
  };
  await database.listen(
    'sekisho_access_changed',
    // `*`: a lock on something that is not one person's.
    (personId) => recheck(personId === '*' ? undefined : (personId as PersonId)),
    () => recheck(),
  );
  const reread = (): void => {
    rereadControls(deps).catch((thrown: unknown) =>
      log.warn({ event: 'background.reread_failed', err: asError(thrown) }, 'what was asked of sessions was not read'),
    );
  };
  await database.listen(CONTROL_CHANNEL, (payload) => applyControl(deps, payload), reread);
}
