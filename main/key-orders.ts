/** What people ordered of the keys of recordings is done as soon as the database says so. */
import { KEY_ORDERS_CHANNEL, type KeyLog, type KeyOrdersDeps, performKeyOrders } from '../approvals/index.ts';
import { asError, type Cleanup, LIMITS } from '../foundation/index.ts';
import { createPseudonyms, type Derived, KeyFiles } from '../recorder/index.ts';

interface KeyWork extends Pick<KeyOrdersDeps, 'database' | 'clock' | 'log'> {
  readonly leafLog: KeyLog;
  readonly pseudonymKey: Uint8Array;
  readonly derived: Pick<Derived, 'forget'>;
  /** The recorder's. */
  readonly directory: string;
}

/** Listens until the database is closed; what waited while nobody listened is done first. */
export async function startKeyOrders(work: KeyWork, cleanup: Cleanup): Promise<void> {
  const { database, clock, log, leafLog, derived, directory } = work;
  const keyFiles = cleanup.use(new KeyFiles(directory));
  const forget = (sessionId: string): Promise<void> => derived.forget(sessionId);
  const pseudonyms = createPseudonyms(work.pseudonymKey);
  const deps: KeyOrdersDeps = { database, clock, log, leafLog, keyFiles, pseudonyms, forget, directory };
  let last: Promise<unknown> = Promise.resolve();
  let again: NodeJS.Timeout | undefined;
  cleanup.defer(() => clearTimeout(again));
  const look = (): void => {
    last = last
      .then(() => performKeyOrders(deps))
      .then(({ kept }) => {
        clearTimeout(again);
        if (kept > 0) again = setTimeout(look, LIMITS.witnessRetryMillisMax).unref();
      })
      .catch((thrown: unknown) => {
        log.warn({ event: 'recording.order_failed', err: asError(thrown) }, 'a key was not erased or wrapped anew yet');
      });
  };
  await database.listen(KEY_ORDERS_CHANNEL, look, look);
}
