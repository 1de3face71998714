/** Takes the quotes off words: what a word means, not how it was written. */
import type { Word as Node, ParameterExpansionPart, WordPart } from 'unbash';
import type { Piece, Word } from './model.ts';

/** Values of variables the text itself sets once to plain text. */
export type Constants = ReadonlyMap<string, string>;

const NO_CONSTANTS: Constants = new Map();

/** The pieces of a word as the shell will see them. `constants` are filled in for plain `$name` and `${name}`. */
export function readWord(node: Node, constants: Constants = NO_CONSTANTS): Word {
  // Most words stand as they are written.
  if (node.parts === undefined && !node.text.startsWith('~')) {
    const piece: Piece = { kind: 'text', text: node.value, quoted: node.text !== node.value };
    return { text: node.value, exact: true, pieces: [piece], span: [node.pos, node.end] };
  }
  const pieces =
    node.parts === undefined ? plain(node) : node.parts.flatMap((part) => readPart(part, constants, false));
  return wordOf(tilde(node, pieces, constants), [node.pos, node.end]);
}

/** A word from pieces. */
export function wordOf(pieces: readonly Piece[], span: readonly [number, number]): Word {
  const merged = mergeText(pieces);
  return {
    text: merged
      .map((piece) => (piece.kind === 'text' ? piece.text : piece.kind === 'glob' ? '*' : piece.source))
      .join(''),
    exact: merged.every((piece) => piece.kind === 'text'),
    pieces: merged,
    span,
  };
}

/** A word that is just this text. */
export function literalWord(text: string, span: readonly [number, number]): Word {
  return { text, exact: true, pieces: [{ kind: 'text', text, quoted: true }], span };
}

function plain(node: Node): Piece[] {
  return [{ kind: 'text', text: node.value, quoted: node.text !== node.value }];
}

/** `~` is what HOME is, where that is known; `~name` is a directory only the target knows. */
function tilde(node: Node, pieces: readonly Piece[], constants: Constants): readonly Piece[] {
  const match = /^~[A-Za-z0-9._+-]*(?=\/|$)/.exec(node.text);
  const first = pieces[0];
  if (match === null || first?.kind !== 'text') return pieces;
  const source = match[0];
  const rest: Piece = { kind: 'text', text: first.text.slice(source.length), quoted: first.quoted };
  const home = source === '~' ? constants.get('HOME') : undefined;
  if (home !== undefined) return [{ kind: 'text', text: home, quoted: true }, rest, ...pieces.slice(1)];
  return [{ kind: 'unknown', source, variable: source === '~' ? 'HOME' : undefined }, rest, ...pieces.slice(1)];
}

/** The pieces of the parts of a here-document or of a word. */
export function readParts(parts: readonly WordPart[], constants: Constants = NO_CONSTANTS): Piece[] {
  return parts.flatMap((part) => readPart(part, constants, false));
}

function readPart(part: WordPart, constants: Constants, quoted: boolean): Piece[] {
  switch (part.type) {
    case 'Literal':
      return [{ kind: 'text', text: part.value, quoted: quoted || part.text !== part.value }];
    case 'SingleQuoted':
    case 'AnsiCQuoted':
      return [{ kind: 'text', text: part.value, quoted: true }];
    case 'DoubleQuoted':
    case 'LocaleString':
      return [
        { kind: 'text', text: '', quoted: true },
        ...part.parts.flatMap((child) => readPart(child, constants, true)),
      ];
    case 'Glob':
    case 'ExtendedGlob':
      return [{ kind: 'glob' }];
    case 'SimpleExpansion':
      return variable(part.text, part.text.slice(1), { constants, quoted });
    case 'ParameterExpansion':
      return parameter(part, { constants, quoted });
    case 'CommandExpansion':
    case 'ArithmeticExpansion':
    case 'ProcessSubstitution':
    case 'BraceExpansion':
      return [{ kind: 'unknown', source: part.text, variable: undefined }];
  }
}

/** What an expansion is read with. */
interface Context {
  readonly constants: Constants;
  readonly quoted: boolean;
}

function parameter(part: ParameterExpansionPart, context: Context): Piece[] {
  const bare = part.operation === undefined && part.prefix === undefined && part.index === undefined;
  return bare
    ? variable(part.text, part.parameter, context)
    : [{ kind: 'unknown', source: part.text, variable: undefined }];
}

/** Outside quotes the shell splits a value at blanks and expands its globs: only a plain one stays one word. */
const PLAIN_VALUE = /^[\w./:@%+,-]+$/;

function variable(source: string, name: string, { constants, quoted }: Context): Piece[] {
  const value = constants.get(name);
  if (value !== undefined && (quoted || PLAIN_VALUE.test(value))) return [{ kind: 'text', text: value, quoted: false }];
  return [{ kind: 'unknown', source, variable: name }];
}

function mergeText(pieces: readonly Piece[]): Piece[] {
  const merged: Piece[] = [];
  for (const piece of pieces) {
    const last = merged.at(-1);
    if (piece.kind === 'text' && last?.kind === 'text') {
      merged[merged.length - 1] = { kind: 'text', text: last.text + piece.text, quoted: last.quoted || piece.quoted };
    } else merged.push(piece);
  }
  return merged;
}
