/** What is refused on one connection: an event for each, and a line for the person where one can be shown. */
import { asError, LIMITS } from '../../foundation/index.ts';
import { type MessageKey, message } from '../../messages/index.ts';
import type { Locale } from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import type { Caller, Refusals, SshDeps } from './model.ts';
import type { Values } from './person-side.ts';
import { stored } from './printable.ts';

export function createRefusals(deps: SshDeps, caller: Caller, disconnect: () => void): Refusals {
  const { connectionId: connection, loginName, person } = caller;
  const untold: string[] = [];
  const tellers = new Set<(text: string) => void>();
  let count = 0;
  const record = async (kind: string, detail: string): Promise<void> => {
    count += 1;
    if (count > LIMITS.sshRefusalsMax) {
      disconnect(); // Otherwise one client could fill the audit events.
      return;
    }
    const body = { connection, loginName, kind, detail: stored(detail) };
    try {
      await appendAuditEvent(deps.database, deps.clock, { type: 'channel.refused', actor: person.id, body });
    } catch (thrown) {
      deps.log.error({ event: 'ssh.refusal_not_audited', kind, err: asError(thrown) }, 'refusal not audited');
    }
  };
  return {
    record,
    refuse(kind, detail, key, values) {
      const line = refusalLine(person.locale, key, values);
      const [teller] = tellers;
      if (teller !== undefined) teller(line);
      else if (untold.length < LIMITS.sshChannelsMax) untold.push(line);
      return record(kind, detail);
    },
    tellOn(tell) {
      for (const text of untold.splice(0)) tell(text);
      tellers.add(tell);
      return () => tellers.delete(tell);
    },
  };
}

/**
 * The patched library sends the line as the failure's description, and ssh prints it: in English always, because ssh
 * shows every other script as octal escapes.
 */
export function rejectBecause(reject: () => void, line: string): void {
  (reject as (description: string) => void)(line);
}

export function refusalLine(locale: Locale, key: MessageKey, values: Values = {}): string {
  return message(locale, 'line', { text: message(locale, key, values), code: 'channel_refused' });
}
