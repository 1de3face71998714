import { type MessageKey, message } from '../../messages/index.ts';

/** Says it in both languages: before the sign-in nobody knows who reads, and afterwards the terminal is the same. */
export function say(key: MessageKey, values: Readonly<Record<string, string | number>> = {}): void {
  process.stdout.write(`${message('en', key, values)}\n${message('ja', key, values)}\n\n`);
}
