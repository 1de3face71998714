/** What the gateway says between a program's output: in the same order, so that it stands where it belongs. */
import { asError } from '../../../foundation/index.ts';
import { type MessageKey, message } from '../../../messages/index.ts';
import { appendAuditEvent, type AuditEvent } from '../../../recorder/index.ts';
import type { ChannelWork } from '../model.ts';
import type { PersonSide, Values } from '../person-side.ts';
import type { Output } from './model.ts';

type Told = Extract<AuditEvent, { type: 'output.filtered' | 'output.transfer_cancelled' | 'output.refused' }>;

export interface Speech {
  /** One line, recorded and shown behind what passed before. */
  say(key: MessageKey, code: string, values?: Values): void;
}

export function speechOf({ hasTerminal, locale }: PersonSide, put: (stream: Output, bytes: Buffer) => void): Speech {
  return {
    say(key, code, values = {}) {
      const text = message(locale, 'line', { text: message(locale, key, values), code });
      if (hasTerminal) put('o', Buffer.from(`\r\n${text}\r\n`));
      else put('e', Buffer.from(`${text}\n`));
    },
  };
}

/** Tells of what was kept back. Nothing was let through, so nothing is hidden when it cannot be written. */
export async function tellOf({ deps, session }: ChannelWork, told: Pick<Told, 'type' | 'body'>): Promise<void> {
  const event = { ...told, actor: session.authorization.person.id, session: session.id } as Told;
  try {
    await appendAuditEvent(deps.database, deps.clock, event);
  } catch (thrown) {
    deps.log.error({ event: 'output.not_audited', type: told.type, err: asError(thrown) }, 'an event is missing');
  }
}
