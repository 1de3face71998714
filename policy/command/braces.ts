/** Brace expansion: `{cat,/srv/x}` is two words, so it is read as two. */
import { parse, type Word as Node } from 'unbash';

const EXPANSIONS_MAX = 64;

/**
 * The source texts a word with braces stands for, in the shell's order.
 * @returns undefined when there are too many or the braces count (`{1..9}`): the caller treats that as unknown.
 */
export function expandBraces(node: Node): readonly string[] | undefined {
  if (!(node.parts ?? []).some((part) => part.type === 'BraceExpansion')) return [node.text];
  let texts: string[] = [''];
  for (const part of node.parts ?? []) {
    const choices = part.type === 'BraceExpansion' ? choicesOf(part.text) : [part.text];
    if (choices === undefined || texts.length * choices.length > EXPANSIONS_MAX) return undefined;
    texts = texts.flatMap((text) => choices.map((choice) => text + choice));
  }
  return texts;
}

/** `{a,b{c,d}}` → a, bc, bd. */
function choicesOf(text: string): string[] | undefined {
  const choices = splitTop(text.slice(1, -1));
  if (choices.length < 2) return undefined;
  const expanded: string[] = [];
  for (const choice of choices) {
    const inner = wordNode(choice);
    const texts = inner === undefined ? [choice] : expandBraces(inner);
    if (texts === undefined) return undefined;
    expanded.push(...texts);
  }
  return expanded.length > EXPANSIONS_MAX ? undefined : expanded;
}

/** An escaped character, a quoted text or one character. */
const UNIT = /\\[^]|'[^']*'|"(?:\\[^]|[^"\\])*"|[^]/g;

/** Splits at commas that stand outside quotes, braces and parentheses. */
function splitTop(text: string): string[] {
  const parts: string[] = [];
  let part = '';
  let depth = 0;
  for (const [unit] of text.matchAll(UNIT)) {
    if (unit === '{' || unit === '(') depth += 1;
    else if (unit === '}' || unit === ')') depth -= 1;
    if (unit === ',' && depth === 0) {
      parts.push(part);
      part = '';
    } else part += unit;
  }
  return [...parts, part];
}

/** The one word `text` is, or undefined when it is none. */
export function wordNode(text: string): Node | undefined {
  const script = parse(`x ${text}`);
  const command = script.commands[0]?.command;
  if (script.errors !== undefined || script.commands.length !== 1 || command?.type !== 'Command') return undefined;
  const word = command.args[0];
  return command.args.length === 1 && word?.type === 'Word' ? word : undefined;
}
