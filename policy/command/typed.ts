/** What somebody who takes shell text line by line must know of it: where a command ends, and what it defines. */
import { type HereDoc, parse, type ParsedScript, type SyntaxNode, forEachChild } from 'unbash';
import { LIMITS } from '../../foundation/index.ts';

/** Whether a shell would wait for more: an open quote, a loop without its `done`, a `|` at the end, a here-document. */
export function goesOn(text: string): boolean {
  if (text.length > LIMITS.commandBytesMax) return false;
  const backslashes = /\\*$/.exec(text)?.[0].length ?? 0;
  if (backslashes % 2 === 1) return true;
  const script = parse(text);
  const errors = script.errors ?? [];
  if (errors.some(({ message }) => message.startsWith('unexpected'))) return false;
  const end = text.trimEnd().length;
  return errors.some(({ message, pos }) => message.startsWith('unterminated') || pos >= end) || hasOpenHereDoc(script);
}

function hasOpenHereDoc(script: ParsedScript): boolean {
  let isOpen = false;
  const look = (node: SyntaxNode): void => {
    if (isHereDoc(node)) isOpen ||= node.closing === undefined;
    else forEachChild(node, look);
  };
  look(script);
  return isOpen;
}

function isHereDoc(node: SyntaxNode): node is HereDoc {
  return node.type === 'HereDoc';
}

/** The commands of a text of many lines, each as long as a shell would wait for its end. Blank lines are left out. */
export function inCommands(text: string): string[] {
  const commands: string[] = [];
  let open: string | undefined;
  for (const line of text.split('\n')) {
    const whole: string = open === undefined ? line : `${open}\n${line}`;
    open = goesOn(whole) ? whole : undefined;
    if (open === undefined && whole.trim() !== '') commands.push(whole);
  }
  return open === undefined || open.trim() === '' ? commands : [...commands, open];
}

/** The functions that a text surely defines, by name; undefined where the text could not be read. */
export function functionsIn(text: string): ReadonlyMap<string, string> {
  const script = parse(text);
  const functions = new Map<string, string>();
  if ((script.errors ?? []).length > 0) return functions;
  for (const { command } of script.commands) {
    if (command.type === 'Function') functions.set(command.name.value, text.slice(command.pos, command.end));
  }
  return functions;
}
