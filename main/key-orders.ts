/** What people ordered of the keys of recordings is done as soon as the database says so. */
import { KEY_ORDERS_CHANNEL, type KeyOrdersDeps, performKeyOrders } from '../approvals/index.ts';
import { asError } from '../foundation/index.ts';

/** Listens until the database is closed; what waited while nobody listened is done first. */
export async function startKeyOrders(deps: KeyOrdersDeps): Promise<void> {
  const { database, log } = deps;
  let last: Promise<unknown> = Promise.resolve();
  const look = (): void => {
    last = last
      .then(() => performKeyOrders(deps))
      .catch((thrown: unknown) => {
        log.warn({ event: 'recording.order_failed', err: asError(thrown) }, 'a key was not erased or wrapped anew yet');
      });
  };
  await database.listen(KEY_ORDERS_CHANNEL, look, look);
}
