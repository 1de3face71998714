/** What a command says to the processes, and what each does with it to its own sessions. */
import { z } from 'zod';
import type { Database, Log } from '../../foundation/index.ts';
import type { SessionId } from '../../policy/index.ts';
import type { LiveSession, SessionRegistry } from '../session-registry.ts';
import { selectAsked } from './queries.ts';

export const CONTROL_CHANNEL = 'sekisho_session_control';

const Control = z.strictObject({
  session: z.custom<SessionId>((value) => z.uuid().safeParse(value).success),
  verb: z.enum(['end', 'pause', 'resume', 'message']),
  text: z.string().max(2_000),
});
export type Control = z.infer<typeof Control>;

export function encodeControl(control: Control): string {
  return JSON.stringify(control);
}

/** Does what was asked when the session is one of this process; whatever cannot be read is left, and noted. */
export function applyControl({ registry, log }: { registry: SessionRegistry; log: Log }, payload: string): void {
  const control = readControl(payload);
  if (control === undefined) {
    log.warn({ event: 'session.control_unreadable' }, 'a notification cannot be read');
    return;
  }
  const session = registry.get(control.session);
  if (session !== undefined) act(session, control);
}

/** Reads again what was asked of every session here: after a time in which a notification could have been missed. */
export async function rereadControls({
  database,
  registry,
}: {
  database: Database;
  registry: SessionRegistry;
}): Promise<void> {
  const ids = registry.all().map(({ id }) => id);
  if (ids.length === 0) return;
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
  else if (verb === 'resume') session.attendance.resume();
  else session.attendance.tell('session.message', 'session_message', { text });
}

function readControl(payload: string): Control | undefined {
  try {
    return Control.parse(JSON.parse(payload));
  } catch {
    return undefined;
  }
}
