/**
 * The maintainer's side of one session: everything shown goes into the recording first.
 */
import { type ErrorCode, GatewayError } from '../../foundation/index.ts';
import { type MessageKey, message } from '../../messages/index.ts';
import type { Locale } from '../../policy/index.ts';
import type { GatewaySession } from '../session.ts';
import type { PersonChannel } from './person-channel.ts';
import { writeTo } from './stream-io.ts';
import { DialFailure, wordDialFailure } from './target/failure.ts';

export type Values = Readonly<Record<string, string | number>>;

export interface PersonSide {
  readonly channel: PersonChannel;
  readonly locale: Locale;
  readonly hasTerminal: boolean;
  /** Records, then shows. `o` is standard output, `e` standard error. */
  show(stream: 'o' | 'e', bytes: Uint8Array): Promise<void>;
  /** One line of ours on standard error, in the person's language, ending in a stable code. */
  say(key: MessageKey, code: string, values?: Values): Promise<void>;
  /** A line that was worded already. */
  sayText(text: string): Promise<void>;
  /** The same past a pause: recorded and shown while everything else waits. */
  announce(text: string): Promise<void>;
}

export function personSide(
  channel: PersonChannel,
  options: { locale: Locale; hasTerminal: boolean; session: GatewaySession | undefined },
): PersonSide {
  const { locale, hasTerminal, session } = options;
  const show = async (stream: 'o' | 'e', bytes: Uint8Array): Promise<void> => {
    await session?.record(stream, bytes);
    await writeTo(stream === 'o' ? channel : channel.stderr, channel, bytes);
  };
  // On a terminal all is one stream, as a terminal is: ssh shows its two in an order of its own.
  const placed = (text: string) =>
    hasTerminal
      ? ({ stream: 'o', bytes: Buffer.from(`\r${text}\r\n`) } as const)
      : ({ stream: 'e', bytes: Buffer.from(`${text}\n`) } as const);
  const sayText = (text: string): Promise<void> => {
    const { stream, bytes } = placed(text);
    return show(stream, bytes);
  };
  return {
    channel,
    locale,
    hasTerminal,
    show,
    sayText,
    announce: async (text) => {
      const { stream, bytes } = placed(text);
      await session?.recordOwn(stream, bytes);
      await writeTo(stream === 'o' ? channel : channel.stderr, channel, bytes);
    },
    say: (key, code, values = {}) => sayText(message(locale, 'line', { text: message(locale, key, values), code })),
  };
}

/**
 * The last line to somebody whose session has ended: the one thing that is not recorded, because the recorder may be
 * the reason. It carries nothing from the target.
 */
export async function sayUnrecorded(
  { channel, locale, hasTerminal }: PersonSide,
  key: MessageKey,
  code: string,
  values: Values = {},
): Promise<void> {
  const outside = personSide(channel, { locale, hasTerminal, session: undefined });
  await outside.say(key, code, values).catch(() => undefined);
}

const FAILURES: Partial<Record<ErrorCode, MessageKey>> = {
  target_unreachable: 'error.target_unreachable', // A channel the target refused; the way to it has its own failures.
  recording_unavailable: 'error.recording_unavailable',
  storage_unavailable: 'error.storage_unavailable',
  witness_unreachable: 'error.witness_unreachable',
  copies_too_many: 'error.copies_too_many',
  database_unavailable: 'error.database_unavailable',
};

/** The message made for a failure, its values and its stable code; those without one are faults of ours. */
export function failureMessage(
  error: Error,
  { locale, name }: { locale: Locale; name: string },
): { key: MessageKey; code: string; values: Values } {
  if (error instanceof DialFailure) return { ...wordDialFailure(error, locale, name), code: error.code };
  const key = error instanceof GatewayError ? FAILURES[error.code] : undefined;
  return key === undefined || !(error instanceof GatewayError)
    ? { key: 'error.internal', code: 'internal', values: { name } }
    : { key, code: error.code, values: { name } };
}
