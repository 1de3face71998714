/** Writes now and then when people last typed, for the list of live sessions; a keystroke itself writes nothing. */
import { asError, type Database, type Log } from '../../foundation/index.ts';
import type { SessionId } from '../../policy/index.ts';
import type { SessionRegistry } from '../session-registry.ts';
import { updateLastInput } from './queries.ts';

const EVERY_MS = 10_000;

export interface ActivityDeps {
  readonly database: Database;
  readonly log: Log;
  readonly registry: SessionRegistry;
  /** Milliseconds from one writing to the next. */
  readonly everyMs?: number;
}

/** Notes until it is disposed of. */
export function keepActivity(deps: ActivityDeps): Disposable {
  let noted: ReadonlyMap<SessionId, number> = new Map();
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const turn = async (): Promise<void> => {
    const sessions = deps.registry.all().map(({ id, attendance }) => ({ id, last: attendance.lastInput }));
    const changed = sessions.filter(({ id, last }) => noted.get(id) !== last);
    try {
      if (changed.length > 0) {
        await updateLastInput(
          deps.database,
          changed.map(({ id, last }) => ({ id, at: new Date(last) })),
        );
      }
      noted = new Map(sessions.map(({ id, last }) => [id, last]));
    } catch (thrown) {
      deps.log.warn({ event: 'session.activity_not_noted', err: asError(thrown) }, 'the database does not answer');
    }
    again();
  };
  const again = (): void => {
    if (!stopped) timer = setTimeout(() => void turn(), deps.everyMs ?? EVERY_MS).unref();
  };
  again();
  return {
    [Symbol.dispose]: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
