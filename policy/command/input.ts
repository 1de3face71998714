/** What is known of a command's words and input before it runs. */
import type { Assignment, HereDoc, SyntaxNode, Word as Node } from 'unbash';
import type { Input, Span, Word } from './model.ts';
import { feedsWords, innerOf } from './wrappers.ts';
import { literalWord, readParts, readWord, wordOf } from './words.ts';

/** The text of a here-document. */
export function bodyOf(node: HereDoc): Word {
  const span: Span = [node.body.pos, node.body.end];
  return node.body.parts === undefined ? literalWord(node.body.text, span) : wordOf(readParts(node.body.parts), span);
}

/** An assignment standing as an argument (`export A=1`) as the word it is. */
export function literalWordOf(node: Assignment): Word {
  const value = node.value.type === 'Word' ? readWord(node.value).pieces : [];
  return wordOf([{ kind: 'text', text: `${node.name}=`, quoted: false }, ...value], [node.pos, node.end]);
}

/** The program at this place of a pipeline. Behind `xargs` it takes what it reads as names: `xargs cat`. */
export function nameOf(node: SyntaxNode): string {
  if (node.type !== 'Command') return '(';
  const name = lastPart(node.name?.value ?? '');
  const [inner] = innerOf(name, node.args.map(wordOfArgument));
  const program = inner?.words[0];
  if (program === undefined) return name;
  return feedsWords(name) ? `${name} ${lastPart(program.text)}` : lastPart(program.text);
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function wordOfArgument(arg: Node | Assignment): Word {
  return arg.type === 'Word' ? readWord(arg) : literalWordOf(arg);
}

/** `echo text |` and `printf %s text |` hand on a text we can read; anything else is not known before it runs. */
export function pipedFrom(node: SyntaxNode, operator: string, from: readonly string[]): Input {
  const pipe: Input = { kind: 'pipe', from };
  if (node.type !== 'Command' || operator !== '|' || node.redirects.length > 0) return pipe;
  const words = node.args.map(wordOfArgument);
  const word =
    node.name?.value === 'printf'
      ? printed(words)
      : node.name?.value === 'echo'
        ? echoed(words, [node.pos, node.end])
        : undefined;
  return word === undefined ? pipe : { kind: 'text', word };
}

function printed([format, text, ...more]: readonly Word[]): Word | undefined {
  return more.length === 0 && text?.exact === true && /^%s(\\n)?$/.test(format?.text ?? '') ? text : undefined;
}

function echoed(words: readonly Word[], span: Span): Word | undefined {
  if (words.length === 0) return literalWord('', span);
  const plain = words.every((word) => word.exact && !word.text.includes('\\'));
  const [first] = words;
  if (!plain || first === undefined || first.text.startsWith('-')) return undefined;
  return literalWord(words.map((word) => word.text).join(' '), first.span);
}
