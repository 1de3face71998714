/**
 * Does to the keys what was ordered: a leaf first, so that outsiders know of it, then the file, then the row. A key that
 * is exchanged waits until a checkpoint covers its leaf: nobody ever sees a file that the log he sees does not name.
 */
import { type Clock, type Database, GatewayError, type Log, sha256 } from '../../foundation/index.ts';
import {
  type AuditEvent,
  appendAuditEvent,
  type KeyFiles,
  type LeafLog,
  type Pseudonyms,
  readStories,
  type SessionStory,
} from '../../recorder/index.ts';
import { insertKeyAct, type KeyOrder, waitingOrders } from './queries.ts';

/** `NOTIFY` by the database whenever something is ordered. */
export const KEY_ORDERS_CHANNEL = 'sekisho_key_orders';

/** The log of the gateway, as far as keys need it. */
export interface KeyLog extends Pick<LeafLog, 'append'> {
  /** Resolves when others can read a checkpoint that covers the leaf. @throws {GatewayError} `witness_unreachable`. */
  covered(index: number): Promise<void>;
}

export interface KeyOrdersDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly leafLog: KeyLog;
  readonly keyFiles: KeyFiles;
  readonly pseudonyms: Pseudonyms;
  /** Removes what was derived from a recording, which must not outlive its keys. */
  readonly forget: (sessionId: string) => Promise<void>;
  /** The recorder's. */
  readonly directory: string;
}

interface Done {
  readonly leaf: number | null;
  readonly event: AuditEvent | undefined;
}

export interface Performed {
  readonly done: number;
  /** Exchanges that wait for a witness: try again in a while. */
  readonly kept: number;
}

/** Carries out what waits; one after the other, in one process. Repeat it after a crash. */
export async function performKeyOrders(deps: KeyOrdersDeps): Promise<Performed> {
  const { clock, database, directory, log } = deps;
  const orders = await waitingOrders(database);
  let kept = 0;
  for (const order of orders) {
    // An erasure never waits behind an exchange whose witnesses do not answer.
    if (order.kind === 'rewrap' && kept > 0) {
      kept += 1;
      continue;
    }
    // Anew for each: an order before it may have changed what the log says, and a crash may have come after a leaf.
    const story = (await readStories({ directory }, [order.session]))(order.session);
    if ('verdict' in story) {
      log.error({ event: 'recording.order_kept', session: order.session }, 'the log does not tell of this session');
      continue;
    }
    const done = order.kind === 'erase' ? await erase(deps, order, story) : await rewrap(deps, order, story);
    if (done === undefined) {
      kept += 1;
      continue;
    }
    const { leaf, event } = done;
    await database.inTransaction(async (tx) => {
      await insertKeyAct(tx, clock, order.id, leaf);
      if (event !== undefined) await appendAuditEvent(tx, clock, event);
    });
  }
  return { done: orders.length - kept, kept };
}

async function erase(
  { clock, forget, keyFiles, leafLog, pseudonyms }: KeyOrdersDeps,
  { id, session, stream, ...order }: Extract<KeyOrder, { kind: 'erase' }>,
  story: SessionStory,
): Promise<Done> {
  const { reason, basis, requestedBy, decidedBy } = order;
  const by = [requestedBy, decidedBy].map((person) => pseudonyms('person', person));
  const told = story.shreds[stream]?.entry.index;
  const leaf =
    told ??
    (
      await leafLog.append({
        ...{ v: 2, type: 'key.shred', sid: session, stream, at: clock.now().toISOString() },
        ...{ reason, basis, by },
      })
    ).index;
  await keyFiles.remove(session, stream);
  await forget(session);
  const body = { session, erasure: id, stream, leaf };
  return { leaf, event: { type: 'recording.erased', actor: null, session, body } };
}

async function rewrap(
  { clock, keyFiles, leafLog }: KeyOrdersDeps,
  { session, stream, orderedBy, ...order }: Extract<KeyOrder, { kind: 'rewrap' }>,
  story: SessionStory,
): Promise<Done | undefined> {
  const [from, to] = [order.from.toString('hex'), order.to.toString('hex')];
  const staged = await keyFiles.readStaged(session, stream, to);
  const rotated = story.rotations.find(({ leaf }) => leaf.stream === stream && leaf.from === from && leaf.to === to);
  const fits = staged !== undefined && sha256(staged).equals(order.to);
  // Erased, or wrapped anew by somebody else meanwhile: the file that waits is of no use any more.
  const isVoid =
    story.shreds[stream] !== undefined || (rotated === undefined && (story.wraps[stream] !== from || !fits));
  if (isVoid) {
    await keyFiles.unstage(session, stream, to);
    return { leaf: null, event: undefined };
  }
  const at = clock.now().toISOString();
  const leaf =
    rotated?.entry.index ??
    (await leafLog.append({ v: 2, type: 'key.rotate', sid: session, stream, at, from, to })).index;
  if (!(await isCovered(leafLog, leaf))) return undefined;
  // After a crash behind the leaf the file may be the one before; behind a later leaf it is another's.
  const isNewest = rotated === undefined || story.wraps[stream] === to;
  if (fits && isNewest) await keyFiles.replace(session, stream, staged);
  await keyFiles.unstage(session, stream, to);
  const body = { session, stream, from, to, leaf };
  return { leaf, event: { type: 'recording.rewrapped', actor: orderedBy, session, body } };
}

/** False while too few witnesses answer. */
async function isCovered(log: KeyLog, leaf: number): Promise<boolean> {
  try {
    await log.covered(leaf);
    return true;
  } catch (thrown) {
    if (thrown instanceof GatewayError && thrown.code === 'witness_unreachable') return false;
    throw thrown;
  }
}
