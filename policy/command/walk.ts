/** Walks the syntax tree and lists every simple command anywhere in it, with what is known of its input and output. */
import {
  type Assignment,
  type Command,
  forEachChild,
  type ParsedScript,
  parse,
  type Pipeline,
  type Redirection,
  type SyntaxNode,
  type Word as Node,
} from 'unbash';
import { expandBraces, wordNode } from './braces.ts';
import { bodyOf, literalWordOf, nameOf, pipedFrom } from './input.ts';
import type { Assigned, Input, Invocation, Output, Redirect, Span, Word } from './model.ts';
import { literalWord, readWord, wordOf } from './words.ts';

export interface Walked {
  readonly invocations: readonly Invocation[];
  /** Words outside any command: of `for`, `case`, assignments and `${x:-word}`. */
  readonly looseWords: readonly Word[];
  readonly assignments: readonly Assigned[];
  readonly functions: readonly { readonly name: string; readonly span: Span }[];
  /** Where the text could not be read, if anywhere. */
  readonly unreadable: Span | undefined;
}

interface Place {
  readonly input: Input;
  readonly output: Output;
  readonly downstream: readonly string[];
  readonly depth: number;
  /** A statement of the text itself: an assignment here always happens. */
  readonly top: boolean;
}

const TOP: Place = { input: { kind: 'none' }, output: 'shown', downstream: [], depth: 0, top: true };
const DEPTH_MAX = 64;
/** Commands of one text, and of one pipeline: more is no work of a person, and judging it would cost others their turn. */
const COMMANDS_MAX = 500;
const PIPELINE_MAX = 64;
const CONSTANT = /^[\w./:@%+,-]*$/;
const REBINDS = new Set([
  'read',
  'readarray',
  'mapfile',
  'getopts',
  'printf',
  'let',
  'eval',
  'source',
  '.',
  'unset',
  'select',
]);

export interface WalkOptions {
  /** Where the script's own standard input comes from. */
  readonly input?: Input;
  /** The directories the script may begin in. */
  readonly directories?: readonly string[];
}

/** Walks `script`; spans are those of its source. */
export function walk(script: ParsedScript, options: WalkOptions = {}): Walked {
  const { input = { kind: 'none' }, directories = [] } = options;
  const walker = new Walker(directories);
  walker.visit(script, { ...TOP, input });
  return walker;
}

class Walker implements Walked {
  readonly invocations: Invocation[] = [];
  readonly looseWords: Word[] = [];
  readonly assignments: Assigned[] = [];
  readonly functions: { name: string; span: Span }[] = [];
  unreadable: Span | undefined;
  readonly #constants = new Map<string, string>();
  readonly #directories: string[];
  readonly #functionNames = new Set<string>();

  constructor(directories: readonly string[]) {
    this.#directories = [...directories];
  }

  visit(node: SyntaxNode, place: Place): void {
    if (place.depth > DEPTH_MAX || !KNOWN.has(node.type) || this.#isTooMuch(node)) {
      this.unreadable ??= [node.pos, node.end];
      return;
    }
    const inside = { ...place, depth: place.depth + 1, top: false };
    if (this.#visitCommand(node, place, inside) || this.#visitScript(node, place, inside)) return;
    this.#collect(node);
    forEachChild(node, (child) => this.visit(child, inside));
  }

  /** Too many commands, or a here-document whose end is still to be typed: it would swallow the next lines. */
  #isTooMuch(node: SyntaxNode): boolean {
    if (node.type === 'HereDoc') return node.closing === undefined;
    if (node.type === 'Pipeline' && node.commands.length > PIPELINE_MAX) return true;
    return this.invocations.length > COMMANDS_MAX;
  }

  /** Nodes that run something with an input and an output of their own. */
  #visitCommand(node: SyntaxNode, place: Place, inside: Place): boolean {
    if (node.type === 'Command') this.#command(node, place);
    else if (node.type === 'Pipeline') this.#pipeline(node, inside);
    else if (node.type === 'Redirected') {
      this.visit(node.command, { ...inside, input: this.#inputOf(node.redirects, place.input) });
      for (const redirect of node.redirects) this.visit(redirect, inside);
      this.#bareCommand(node.redirects, place, [node.pos, node.end]);
    } else if (node.type === 'Function') {
      this.#functionNames.add(node.name.value);
      this.functions.push({ name: node.name.value, span: [node.name.pos, node.name.end] });
      this.visit(node.body, inside);
    } else return false;
    return true;
  }

  #visitScript(node: SyntaxNode, place: Place, inside: Place): boolean {
    if (node.type === 'Script') {
      if (node.errors !== undefined && node.errors.length > 0) this.unreadable ??= [node.pos, node.end];
      for (const statement of node.commands) this.visit(statement, { ...inside, top: place.top });
    } else if (node.type === 'Statement') {
      this.visit(node.command, { ...inside, top: place.top && node.background !== true });
    } else if (
      node.type === 'CommandExpansion' ||
      node.type === 'ProcessSubstitution' ||
      node.type === 'ArithmeticCommandExpansion'
    ) {
      if (node.script === undefined) this.unreadable ??= [node.pos, node.end];
      else this.visit(node.script, { ...inside, input: { kind: 'none' }, output: 'captured', downstream: [] });
    } else return false;
    return true;
  }

  /** Words that stand outside every command. */
  #collect(node: SyntaxNode): void {
    if (node.type === 'For' || node.type === 'Select') {
      this.#constants.delete(node.name.value);
      this.#loose(node.wordlist ?? []);
    } else if (node.type === 'Case') this.#loose([node.word]);
    else if (node.type === 'Default') this.#loose([node.operand]);
    else if (node.type === 'Assignment') this.#assigned(node);
  }

  #pipeline(node: Pipeline, place: Place): void {
    for (const [at, command] of node.commands.entries()) {
      const last = at === node.commands.length - 1;
      const before = node.commands[at - 1];
      const downstream = node.commands.slice(at + 1).map(nameOf);
      this.visit(command, {
        ...place,
        input: before === undefined ? place.input : pipedFrom(before, node.operators[at - 1] ?? '|'),
        output: last ? place.output : 'piped',
        downstream: [...downstream, ...place.downstream],
      });
    }
  }

  #command(node: Command, place: Place): void {
    const span: Span = [node.pos, node.end];
    const [name, ...args] = [...(node.name === undefined ? [] : [node.name]), ...node.args].flatMap((part) =>
      part.type === 'Word' ? this.#words(part) : [literalWordOf(part)],
    );
    const assignments = node.prefix.filter((part) => part.type === 'Assignment').map((part) => this.#assigned(part));
    const inside = { ...place, depth: place.depth + 1, top: false };
    // Substitutions run before the command and may be anywhere in its words.
    forEachChild(node, (child) => this.visit(child, inside));
    if (name === undefined) {
      if (place.top) this.#remember(assignments);
      this.#bareCommand(node.redirects, place, span);
      return;
    }
    if (REBINDS.has(name.text)) this.#constants.clear();
    this.invocations.push({
      name,
      args,
      assignments,
      span,
      redirects: this.#redirectsOf(node.redirects),
      input: this.#inputOf(node.redirects, place.input),
      output: place.output,
      downstream: place.downstream,
      directories: [...this.#directories],
      functions: this.#functionNames,
    });
    const directory = args.find((word) => !word.text.startsWith('-'));
    if ((name.text === 'cd' || name.text === 'pushd') && directory?.exact === true) this.#enter(directory.text);
  }

  /** Redirections without a command still open their files. */
  #bareCommand(redirects: readonly Redirection[], place: Place, span: Span): void {
    if (redirects.length === 0) return;
    this.invocations.push({
      name: literalWord(':', [span[0], span[0]]),
      args: [],
      assignments: [],
      span,
      redirects: this.#redirectsOf(redirects),
      input: place.input,
      output: place.output,
      downstream: place.downstream,
      directories: [...this.#directories],
      functions: this.#functionNames,
    });
  }

  #enter(directory: string): void {
    const from = directory.startsWith('/') ? [] : this.#directories.slice(-1);
    this.#directories.push(...(from.length === 0 ? [directory] : from.map((base) => `${base}/${directory}`)));
  }

  #words(node: Node): Word[] {
    const texts = expandBraces(node);
    if (texts === undefined || texts.length === 1) return [readWord(node, this.#constants)];
    return texts.map((text) => {
      const word = wordNode(text);
      if (word === undefined)
        return wordOf([{ kind: 'unknown', source: text, variable: undefined }], [node.pos, node.end]);
      return { ...readWord(word, this.#constants), span: [node.pos, node.end] };
    });
  }

  #loose(nodes: readonly Node[]): void {
    for (const node of nodes) this.looseWords.push(...this.#words(node));
  }

  #assigned(node: Assignment): Assigned {
    const nodes = node.value.type === 'ArrayValue' ? node.value.elements : [node.value];
    const assigned: Assigned = {
      name: node.name,
      values: nodes.flatMap((word) => this.#words(word)),
      span: [node.pos, node.end],
    };
    this.#constants.delete(node.name);
    this.assignments.push(assigned);
    return assigned;
  }

  /** Only an assignment that surely happens, of a text that no word splitting can change, is a constant. */
  #remember(assignments: readonly Assigned[]): void {
    for (const { name, values } of assignments) {
      const [value] = values;
      if (values.length === 1 && value?.exact === true && CONSTANT.test(value.text))
        this.#constants.set(name, value.text);
    }
  }

  #redirectsOf(redirects: readonly Redirection[]): Redirect[] {
    return redirects.flatMap((redirect) => {
      const word =
        redirect.type === 'HereDoc' ? bodyOf(redirect) : redirect.target && readWord(redirect.target, this.#constants);
      return word === undefined
        ? []
        : [{ operator: redirect.operator, word, span: [redirect.pos, redirect.end] as const }];
    });
  }

  #inputOf(redirects: readonly Redirection[], otherwise: Input): Input {
    let input = otherwise;
    for (const redirect of redirects) {
      const first =
        redirect.descriptor === undefined ||
        (redirect.descriptor.type === 'FileDescriptor' && redirect.descriptor.value === 0);
      if (!first) continue;
      if (redirect.type === 'HereDoc') input = { kind: 'text', word: bodyOf(redirect) };
      else if (redirect.target === undefined) continue;
      else if (redirect.type === 'HereString')
        input = { kind: 'text', word: readWord(redirect.target, this.#constants) };
      else if (redirect.operator === '<' || redirect.operator === '<>')
        input = { kind: 'file', word: readWord(redirect.target, this.#constants) };
      else if (redirect.operator === '<&') input = { kind: 'pipe' };
    }
    return input;
  }
}

/** Every kind of node this walk was written for. Another one is not guessed at. */
const KNOWN = new Set<string>(
  `AndOr If Elif While Subshell BraceGroup CompoundList CaseItem Coproc ArithmeticFor TestUnary TestBinary TestLogical
   TestNot TestGroup TestCommand ArithmeticCommand Time Negation Word Literal Glob SingleQuoted DoubleQuoted AnsiCQuoted
   LocaleString SimpleExpansion ParameterExpansion ArithmeticExpansion ExtendedGlob BraceExpansion ArrayValue Redirect
   HereString HereDoc HereDocDelimiter HereDocBody FileDescriptor FileDescriptorVariable ArithmeticBinary
   ArithmeticUnary ArithmeticTernary ArithmeticGroup ArithmeticWord Remove Replace Slice CaseModification Transform
   Names For Select Case Default Assignment Command Pipeline Redirected Function Script Statement CommandExpansion
   ProcessSubstitution ArithmeticCommandExpansion`.split(/\s+/),
);

/** Parses `text` and walks it. */
export function readScript(text: string): ParsedScript {
  return parse(text);
}
