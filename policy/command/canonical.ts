/**
 * The canonical form of an act: words without their quotes, operators, redirections and structure, in order.
 *
 * Two writings of one act (quotes, spacing, `;` or a line break) give the same form; one changed word, path,
 * redirection, pipe or added command gives another. Nodes are encoded by their own properties, so a kind of node the
 * parser learns later is encoded too and never silently dropped.
 */
import type { ParameterExpansionPart, ParsedScript, Word as Node, WordPart } from 'unbash';
import { digestOfForm, type Form } from '../digest.ts';

/** Positions and spellings, and what only helps to read: none of it changes what runs. */
const SPELLING = new Set([
  'pos',
  'end',
  'text',
  'closing',
  'delimiter',
  'keywordEnd',
  'shebang',
  'errors',
  'source',
  'parameterPos',
  'parameterEnd',
  'operatorEnd',
]);

/** SHA-256 over the canonical form, 64 hex digits. */
export function digestOf(script: ParsedScript): string {
  return digestOfForm('shell', formOf(script));
}

function formOf(value: unknown): Form {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map(formOf);
  if (isWord(value)) return ['Word', ...wordForm(value)];
  if (isPart(value)) return partForm(value, false);
  return nodeForm(value);
}

/** The properties of a node in the order of their names, each name before its value; empty lists are left out. */
function nodeForm(value: object): Form {
  const properties: [string, unknown][] = Object.entries(value);
  const forms: Form[] = [];
  for (const [key, inner] of properties.sort(([left], [right]) => (left < right ? -1 : 1))) {
    if (inner === undefined || SPELLING.has(key) || (Array.isArray(inner) && inner.length === 0)) continue;
    forms.push(key, isBody(inner) ? bodyForm(inner) : formOf(inner));
  }
  return forms;
}

function isWord(value: object): value is Node {
  return 'type' in value && value.type === 'Word';
}

const PARTS = new Set<unknown>([
  'CommandExpansion',
  'ProcessSubstitution',
  'ArithmeticExpansion',
  'ParameterExpansion',
  'SimpleExpansion',
]);

function isPart(value: object): value is WordPart {
  return 'type' in value && PARTS.has(value.type);
}

interface Body {
  readonly type: 'HereDocBody';
  readonly text: string;
  readonly parts: readonly WordPart[] | undefined;
}

function isBody(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && 'type' in value && value.type === 'HereDocBody';
}

function bodyForm(body: Body): Form {
  return body.parts === undefined ? ['text', body.text] : body.parts.map((part) => partForm(part, true));
}

function wordForm(word: Node): Form[] {
  if (word.parts === undefined) return [tildeOf(word.text) + word.value];
  return joinText(word.parts.flatMap((part) => partForms(part, false)));
}

/** `~/x` and `'~/x'` are different words. */
function tildeOf(text: string): string {
  return text.startsWith('~') ? '\u0000' : '';
}

function partForms(part: WordPart, quoted: boolean): Form[] {
  if (part.type === 'DoubleQuoted' || part.type === 'LocaleString') {
    return ['', ...part.parts.flatMap((child) => partForms(child, true))];
  }
  return [partForm(part, quoted)];
}

function partForm(part: WordPart, quoted: boolean): Form {
  switch (part.type) {
    case 'Literal':
    case 'SingleQuoted':
    case 'AnsiCQuoted':
      return part.value;
    case 'Glob':
    case 'ExtendedGlob':
    case 'BraceExpansion':
      return [part.type, part.text];
    case 'DoubleQuoted':
    case 'LocaleString':
      return partForms(part, quoted);
    case 'SimpleExpansion':
      return ['$', quoted, part.text.slice(1)];
    case 'ParameterExpansion':
      return parameterForm(part, quoted);
    case 'CommandExpansion':
      return ['$(', quoted, formOf(part.script)];
    case 'ProcessSubstitution':
      return [`${part.operator}(`, formOf(part.script)];
    case 'ArithmeticExpansion':
      return ['$((', quoted, part.text.replace(/\s+/g, ' ')];
  }
}

/** `$x` and `${x}` are one. */
function parameterForm(part: ParameterExpansionPart, quoted: boolean): Form {
  const { operation, prefix, index, parameter } = part;
  const bare = operation === undefined && prefix === undefined && index === undefined;
  return bare ? ['$', quoted, parameter] : ['${', quoted, prefix ?? '', parameter, formOf(index), formOf(operation)];
}

/** Neighbouring texts are one text: `c""omm` and `comm`. */
function joinText(forms: readonly Form[]): Form[] {
  const joined: Form[] = [];
  for (const form of forms) {
    const last = joined.at(-1);
    if (typeof form === 'string' && typeof last === 'string') joined[joined.length - 1] = last + form;
    else joined.push(form);
  }
  return joined;
}
