/** What a command says to the processes, and what each does with it to its own sessions. */
import { z } from 'zod';
import { asError, type Database, type Log } from '../../foundation/index.ts';
import type { SessionId } from '../../policy/index.ts';
import type { LiveSession, SessionRegistry } from '../session-registry.ts';
import { selectAsked } from './queries.ts';

export const CONTROL_CHANNEL = 'sekisho_session_control';

/** Control, format (bidirectional), private-use, surrogate and line-separator characters: a terminal would obey them. */
export const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u;

const Control = z.strictObject({
  session: z.custom<SessionId>((value) => z.uuid().safeParse(value).success),
  verb: z.enum(['end', 'pause', 'resume', 'message']),
  text: z
    .string()
    .max(2_000)
    .refine((text) => !UNPRINTABLE.test(text)),
});
export type Control = z.infer<typeof Control>;

export function encodeControl(control: Control): string {
  return JSON.stringify(control);
}

interface ControlDeps {
  readonly database: Database;
  readonly registry: SessionRegistry;
  readonly log: Log;
}

/**
 * Does what was asked when the session is one of this process; whatever cannot be read is left, and noted. Every role of
 * the database may notify, so a session goes on again only when its row says so.
 */
export function applyControl({ database, registry, log }: ControlDeps, payload: string): void {
  const control = readControl(payload);
  if (control === undefined) {
    log.warn({ event: 'session.control_unreadable' }, 'a notification cannot be read');
    return;
  }
  const session = registry.get(control.session);
  if (session === undefined) return;
  if (control.verb !== 'resume') act(session, control);
  else
    reread({ database, registry }, [session.id]).catch((thrown: unknown) => {
      log.warn({ event: 'session.control_unread', err: asError(thrown) }, 'a paused session stays paused');
    });
}

/** Reads again what was asked of every session here: after a time in which a notification could have been missed. */
export async function rereadControls(deps: Pick<ControlDeps, 'database' | 'registry'>): Promise<void> {
  const ids = deps.registry.all().map(({ id }) => id);
  if (ids.length > 0) await reread(deps, ids);
}

async function reread(
  { database, registry }: Pick<ControlDeps, 'database' | 'registry'>,
  ids: readonly SessionId[],
): Promise<void> {
  for (const { id, endText, pauseText } of await selectAsked(database, ids)) {
    const session = registry.get(id);
    if (endText !== null) session?.end('ended', endText);
    else if (pauseText !== null) session?.attendance.pause(pauseText);
    else session?.attendance.resume();
  }
}

function act(session: LiveSession, { verb, text }: Control): void {
  if (verb === 'end') session.end('ended', text);
  else if (verb === 'pause') session.attendance.pause(text);
  else session.attendance.tell('session.message', 'session_message', { text });
}

function readControl(payload: string): Control | undefined {
  try {
    return Control.parse(JSON.parse(payload));
  } catch {
    return undefined;
  }
}
