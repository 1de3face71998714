/** The words of a text that is one plain command and nothing else. */
import { readScript } from '../command/walk.ts';
import type { Word } from '../command/model.ts';
import { readWord } from '../command/words.ts';

const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]/u;

/**
 * Program and arguments of `text` when it is one simple command whose words the shell only unquotes or completes as
 * file names: no variables, substitutions, braces, redirections, assignments, background or second command. Undefined
 * for any other text: what its words will be is known only while it runs.
 */
export function plainWords(text: string): readonly Word[] | undefined {
  if (HIDDEN.test(text)) return undefined;
  const script = readScript(text);
  const [statement, ...others] = script.commands;
  if (statement === undefined || others.length > 0 || (script.errors?.length ?? 0) > 0) return undefined;
  const { command } = statement;
  if (statement.background === true || command.type !== 'Command' || command.name === undefined) return undefined;
  if (command.prefix.length > 0 || command.redirects.length > 0) return undefined;
  const words: Word[] = [readWord(command.name)];
  for (const argument of command.args) {
    if (argument.type !== 'Word') return undefined;
    words.push(readWord(argument));
  }
  // A comment behind the command, or anything else between its words, is no word and yet part of the text.
  const end = command.args.at(-1)?.end ?? command.name.end;
  if (text.slice(end).trim() !== '') return undefined;
  return words.every(isPlain) ? words : undefined;
}

function isPlain({ pieces }: Word): boolean {
  return pieces.every((piece) => {
    if (piece.kind === 'glob') return true;
    if (piece.kind === 'unknown') return /^~[\w.-]*$/.test(piece.source);
    return piece.quoted || !/[{}$`]/.test(piece.text);
  });
}
