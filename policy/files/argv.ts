/** The words of a text that is one plain command and nothing else. */
import type { Command } from 'unbash';
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
  const command = HIDDEN.test(text) ? undefined : onlyCommand(text);
  if (command?.name === undefined || command.prefix.length > 0 || command.redirects.length > 0) return undefined;
  const nodes = [command.name, ...command.args];
  // A comment behind the command, or anything else between its words, is no word and yet part of the text.
  if (text.slice(nodes.at(-1)?.end).trim() !== '') return undefined;
  const words = nodes.flatMap((node) => (node.type === 'Word' ? [readWord(node)] : []));
  return words.length === nodes.length && words.every(isPlain) ? words : undefined;
}

function onlyCommand(text: string): Command | undefined {
  const { commands, errors = [] } = readScript(text);
  const [statement] = commands;
  if (statement === undefined || commands.length > 1 || errors.length > 0) return undefined;
  return statement.background !== true && statement.command.type === 'Command' ? statement.command : undefined;
}

function isPlain({ pieces }: Word): boolean {
  return pieces.every((piece) => {
    if (piece.kind === 'glob') return true;
    if (piece.kind === 'unknown') return /^~[\w.-]*$/.test(piece.source);
    return piece.quoted || !/[{}$`]/.test(piece.text);
  });
}
