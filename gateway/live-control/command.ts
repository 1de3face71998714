/** What those who answer for a system may do to a session that goes on: each command is one transaction with its event. */
import { type Clock, type Database, GatewayError, LIMITS, type Transaction } from '../../foundation/index.ts';
import { findPerson, isLocked } from '../../identity/index.ts';
import { type ControlVerb, controlVerbs, type Person, type Principal, type SessionId } from '../../policy/index.ts';
import { appendAuditEvent, type AuditEvent } from '../../recorder/index.ts';
import { CONTROL_CHANNEL, encodeControl, UNPRINTABLE } from './control.ts';
import { lockSession, markEndAsked, markPaused, markResumed, notifyControl } from './queries.ts';

export interface ControlRequest {
  readonly sessionId: SessionId;
  readonly verb: ControlVerb;
  /** The reason of an end or a pause, or the message; '' to resume. The person reads it on their terminal. */
  readonly text: string;
}

/**
 * Asks every gateway process to do this to the session; the one that serves it does so within a second.
 * @throws {GatewayError} `not_found` (also when it is not theirs to see), `not_permitted`, `person_locked`,
 * `session_not_live` (ended, or paused already, or not paused), `request_invalid` (the text).
 */
export async function controlSession(
  deps: { readonly database: Database; readonly clock: Clock },
  principal: Principal,
  { sessionId, verb, text: given }: ControlRequest,
): Promise<void> {
  const text = readText(verb, given);
  await deps.database.inTransaction(async (tx) => {
    const actor = await requireActor(tx, principal);
    const session = await lockSession(tx, sessionId, actor.id);
    const may = session === undefined ? [] : controlVerbs(actor, session);
    if (session === undefined || may.length === 0) throw new GatewayError('not_found');
    if (!may.includes(verb)) throw new GatewayError('not_permitted');
    const fits = verb === 'pause' ? !session.isPaused : verb === 'resume' ? session.isPaused : true;
    if (!session.isLive || !fits) throw new GatewayError('session_not_live');
    const at = deps.clock.now();
    if (verb === 'end') await markEndAsked(tx, { id: sessionId, text, at });
    if (verb === 'pause') await markPaused(tx, { id: sessionId, by: actor.id, text, at });
    if (verb === 'resume') await markResumed(tx, sessionId);
    await appendAuditEvent(tx, deps.clock, eventOf(verb, { actor: actor.id, session: sessionId, text }));
    await notifyControl(tx, CONTROL_CHANNEL, encodeControl({ session: sessionId, verb, text }));
  });
}

/** The person as the database knows them now. */
async function requireActor(tx: Transaction, principal: Principal): Promise<Person> {
  const person = await findPerson(tx, principal.person.id);
  if (person === undefined) throw new GatewayError('not_authenticated');
  if (await isLocked(tx, person.id)) throw new GatewayError('person_locked');
  return person;
}

function readText(verb: ControlVerb, given: string): string {
  const text = given.trim();
  const fits = verb === 'resume' ? text === '' : text !== '' && text.length <= LIMITS.sessionMessageCharactersMax;
  if (fits && !UNPRINTABLE.test(text)) return text;
  throw new GatewayError(
    'request_invalid',
    `text: one line of at most ${LIMITS.sessionMessageCharactersMax} printable characters.`,
  );
}

function eventOf(
  verb: ControlVerb,
  { actor, session, text }: { actor: string; session: string; text: string },
): AuditEvent {
  const common = { actor, session };
  switch (verb) {
    case 'end':
      return { ...common, type: 'session.end_asked', body: { reason: text } };
    case 'pause':
      return { ...common, type: 'session.paused', body: { reason: text } };
    case 'resume':
      return { ...common, type: 'session.resumed', body: {} };
    case 'message':
      return { ...common, type: 'session.messaged', body: { text } };
  }
}
