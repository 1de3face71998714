/** Everything a process with live sessions has to hear from the database, in one place for all of them. */
import { asError } from '../foundation/index.ts';
import { recheckSessions, type SshDeps } from '../gateway/index.ts';
import { SIGN_INS_CHANGED } from '../identity/index.ts';
import type { PersonId } from '../policy/index.ts';

/** Listens until the database is closed. After a lost connection everything is read again: a word may have been missed. */
export async function startSessionListeners(
  deps: Pick<SshDeps, 'clock' | 'database' | 'gatewayId' | 'log' | 'recorder' | 'registry' | 'signInDecided'>,
): Promise<void> {
  const { database, log, signInDecided } = deps;
  const recheck = (personId?: PersonId): void => {
    recheckSessions(deps, personId).catch((thrown: unknown) =>
      log.warn({ event: 'background.recheck_failed', err: asError(thrown) }, 'live sessions were not checked'),
    );
  };
  await database.listen(
    'sekisho_access_changed',
    (personId) => recheck(personId as PersonId),
    () => recheck(),
  );
  await database.listen(
    'sekisho_sign_in_decided',
    (id) => signInDecided.dispatchEvent(new Event(id)),
    () => signInDecided.dispatchEvent(new Event(SIGN_INS_CHANGED)),
  );
}
