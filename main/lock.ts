/** `sekisho lock`: locks a thing, lists what is locked and lifts locks, at the gateway's own command line. */
import type { Config } from '../config/index.ts';
import { createLog, Database, GatewayError, LIMITS, systemClock } from '../foundation/index.ts';
import { liftLock, listStandingLocks, placeLock } from '../identity/index.ts';
import { LOCK_KINDS } from '../policy/index.ts';

export interface LockOptions {
  /** The kind and what names the thing. */
  readonly words: readonly string[];
  readonly reason: string | undefined;
  /** ISO 8601 with its offset. */
  readonly until: string | undefined;
  /** The id of a lock to lift. */
  readonly lift: string | undefined;
  readonly list: boolean;
}

const USAGE = `sekisho lock ${LOCK_KINDS.join('|')} SUBJECT --reason TEXT [--until TIME]`;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** @throws {GatewayError} `request_invalid`, `not_found`, `start_refused` (no database). */
export async function runLock(config: Config, options: LockOptions): Promise<number> {
  const { url } = config.database;
  if (url === null) throw new GatewayError('start_refused', 'This needs DATABASE_URL: in demo mode use the console.');
  await using database = new Database({ url, poolSize: 2, log: createLog('silent') });
  const deps = { database, clock: systemClock };
  if (options.list) {
    for (const { id, kind, label, reason, lockedBy, until } of await listStandingLocks(deps, LIMITS.pageRowsMax)) {
      const by = lockedBy?.name ?? 'command line';
      const end = until === null ? '' : `  until ${until.toISOString()}`;
      process.stdout.write(`${id}  ${kind}  ${label}  ${JSON.stringify(reason)}  ${by}${end}\n`);
    }
    return 0;
  }
  if (options.lift !== undefined) {
    if (!UUID.test(options.lift)) throw new GatewayError('not_found', 'Name the lock by its id: sekisho lock --list');
    await liftLock(deps, null, options.lift);
    process.stdout.write('Lifted.\n');
    return 0;
  }
  await placeLock(deps, null, readLock(options));
  process.stdout.write('Locked.\n');
  return 0;
}

function readLock({ words, reason = '', until }: LockOptions): Parameters<typeof placeLock>[2] {
  const [name, subject, ...more] = words;
  const kind = LOCK_KINDS.find((one) => one === name);
  if (kind === undefined || subject === undefined || more.length > 0) throw new GatewayError('request_invalid', USAGE);
  const end = until === undefined ? null : new Date(until);
  // Without its offset a time would mean another moment on another machine.
  if (end !== null && (Number.isNaN(end.getTime()) || !/(Z|[+-]\d\d:\d\d)$/.test(until ?? ''))) {
    throw new GatewayError('request_invalid', '--until: a time with its offset, such as 2026-04-01T09:00:00+09:00');
  }
  return { kind, subject, reason, until: end };
}
