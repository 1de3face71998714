/** `sekisho keys list`: to whom recordings are sealed, what is held and what is to be erased. */
import { listErasures, listHolds } from '../../approvals/index.ts';
import type { Database } from '../../foundation/index.ts';
import { type MessageKey, message } from '../../messages/index.ts';
import { STREAMS } from '../../recorder/index.ts';
import type { RecordingKeys } from '../recording-keys.ts';

/** Lines for a terminal. */
export async function describeKeys(
  database: Database,
  { identities, recipients }: RecordingKeys,
  language: 'en' | 'ja',
): Promise<string> {
  const say = (key: MessageKey, values: Record<string, string | number> = {}): string => message(language, key, values);
  const lines = STREAMS.flatMap((stream) => [
    say('keys.recipients', { stream }),
    ...recipients[stream].map((recipient) => `  ${recipient}`),
  ]);
  lines.push(say('keys.identities', { count: identities.length }));
  for (const { session, reason, placedAt } of await listHolds(database)) {
    lines.push(say('keys.hold', { session, reason: plain(reason), at: placedAt.toISOString() }));
  }
  for (const erasure of await listErasures(database)) {
    const { id, session, stream, verdict, erasedAt } = erasure;
    const state = erasedAt === null ? (verdict ?? 'waiting') : 'erased';
    lines.push(say(`keys.erasure.${state}`, { id, session, stream, at: erasedAt?.toISOString() ?? '' }));
  }
  return `${lines.join('\n')}\n`;
}

/** On one line: what a person wrote must not draw over a terminal. */
function plain(text: string): string {
  return text.replace(/\s+/gu, ' ');
}
