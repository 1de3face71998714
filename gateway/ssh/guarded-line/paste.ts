/** Several lines that came in one paste: shown with their verdicts first, for nobody pressed Enter. */
import { LIMITS } from '../../../foundation/index.ts';
import { message } from '../../../messages/index.ts';
import { inCommands, type Locale, type VerdictName } from '../../../policy/index.ts';
import type { ChannelWork } from '../model.ts';
import { shown } from '../printable.ts';
import type { InputQueue } from './input-queue.ts';

const ENTER = new Set([0x0d, 0x0a]);
/** ^C, ^D, Escape, n, q. */
const NO = new Set([0x03, 0x04, 0x1b, 0x6e, 0x71]);

/**
 * Shows what was pasted and waits for one key.
 * @returns the commands to run, none when the person dropped them; undefined at the end of the input.
 */
export async function confirmPaste(
  work: ChannelWork,
  input: InputQueue,
  { text, verdictsOf }: { text: string; verdictsOf: (commands: readonly string[]) => readonly VerdictName[] },
): Promise<readonly string[] | undefined> {
  const { person, session } = work;
  const { locale } = person;
  const commands = inCommands(text);
  await person.sayText(message(locale, 'line.paste.head', { count: commands.length }));
  await person.sayText(preview(commands, locale, verdictsOf(commands)));
  await person.sayText(message(locale, 'line.paste.ask'));
  const answer = await answerOf(input, session.signal, (bytes) => session.record('i', bytes));
  if (answer === undefined) return undefined;
  if (answer) return commands;
  await person.sayText(message(locale, 'line.paste.dropped'));
  return [];
}

function preview(commands: readonly string[], locale: Locale, verdicts: readonly VerdictName[]): string {
  const rows = commands.slice(0, LIMITS.pasteLinesShown).map((command, at) => {
    const [first = '', ...more] = command.split('\n');
    const verdict = message(locale, `line.verdict.${verdicts[at] ?? 'deny'}`);
    const rest = more.map((line) => `\r\n       ${shown(line)}`).join('');
    return `${String(at + 1).padStart(4)}  ${verdict}  ${shown(first)}${rest}`;
  });
  const left = commands.length - rows.length;
  const end = left > 0 ? [message(locale, 'line.paste.more', { count: left })] : [];
  return [...rows, ...end].join('\r\n');
}

/** Whether Enter was pressed. What was typed before the question was answered is no answer to anything else. */
async function answerOf(
  input: InputQueue,
  signal: AbortSignal,
  record: (bytes: Uint8Array) => Promise<void>,
): Promise<boolean | undefined> {
  for (;;) {
    const typed = await input.nextNew(signal);
    if (typed === undefined) return undefined;
    if (!typed.recorded) await record(typed.bytes);
    const at = typed.bytes.findIndex((byte) => ENTER.has(byte) || NO.has(byte));
    const byte = typed.bytes[at];
    if (byte !== undefined) return ENTER.has(byte);
  }
}
