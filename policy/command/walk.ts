/** Walks the syntax tree and lists every simple command anywhere in it, with what is known of its input and output. */
import {
  type Assignment,
  type Command,
  forEachChild,
  type ParsedScript,
  type Pipeline,
  type Redirection,
  type SyntaxNode,
  type Word as Node,
} from 'unbash';
import { LIMITS } from '../../foundation/index.ts';
import { expandBraces, wordNode } from './braces.ts';
import { Constants, mannerOf } from './constants.ts';
import { bodyOf, literalWordOf, nameOf, pipedFrom } from './input.ts';
import type { Assigned, Input, Invocation, Output, Redirect, Span, Word } from './model.ts';
import { DECLARES, KNOWN, LOOPS, REBINDS, RUNS_LATER } from './nodes.ts';
import { literalWord, readWord, wordOf } from './words.ts';

/** `text`: the grammar does not know it. `bounds`: more than this walk takes on. `open`: its end is still to be typed. */
export interface Unreadable {
  readonly span: Span;
  readonly why: 'text' | 'bounds' | 'open';
}

export interface Walked {
  readonly invocations: readonly Invocation[];
  /** Words outside any command: of `for`, `case`, assignments and `${x:-word}`. */
  readonly looseWords: readonly Word[];
  readonly assignments: readonly Assigned[];
  readonly functions: readonly { readonly name: string; readonly span: Span }[];
  /** Where the text could not be read, if anywhere. */
  readonly unreadable: Unreadable | undefined;
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
export { readScript } from './nodes.ts';

export interface WalkOptions {
  /** Where the script's own standard input comes from. */
  readonly input?: Input;
  /** The directories the script may begin in. */
  readonly directories?: readonly string[];
  /** Variables known to be set, with their values. */
  readonly variables?: ReadonlyMap<string, string> | undefined;
}

/** Walks `script`; spans are those of its source. */
export function walk(script: ParsedScript, options: WalkOptions = {}): Walked {
  const { input = { kind: 'none' } } = options;
  const walker = new Walker(options);
  walker.visit(script, { ...TOP, input });
  return walker;
}

class Walker implements Walked {
  readonly invocations: Invocation[] = [];
  readonly looseWords: Word[] = [];
  readonly assignments: Assigned[] = [];
  readonly functions: { name: string; span: Span }[] = [];
  unreadable: Unreadable | undefined;
  #constants: Constants;
  #visited = 0;
  #directories: readonly string[];
  readonly #functionNames = new Set<string>();

  constructor({ directories = [], variables }: WalkOptions) {
    this.#directories = directories;
    this.#constants = new Constants(variables);
  }

  visit(node: SyntaxNode, place: Place): void {
    // Most nodes are plain words: nothing runs in them.
    if (node.type === 'Word' && node.parts === undefined) return;
    this.#visited += 1;
    const why = this.#obstacle(node, place);
    if (why !== undefined) {
      this.unreadable ??= { span: [node.pos, node.end], why };
      return;
    }
    const inside = { ...place, depth: place.depth + 1, top: false };
    if (this.#visitCommand(node, place, inside) || this.#visitScript(node, place, inside)) return;
    if (LOOPS.has(node.type)) this.#constants.enter(node);
    this.#collect(node);
    forEachChild(node, (child) => this.visit(child, inside));
  }

  /** Too deep or too many; or a here-document whose end is still to be typed: it would swallow the next lines. */
  #obstacle(node: SyntaxNode, place: Place): Unreadable['why'] | undefined {
    if (!KNOWN.has(node.type)) return 'text';
    if (node.type === 'HereDoc' && node.closing === undefined) return 'open';
    const wide = node.type === 'Pipeline' && node.commands.length > PIPELINE_MAX;
    const commands = this.invocations.length + this.assignments.length;
    const many = commands > COMMANDS_MAX || this.#visited > LIMITS.judgedNodesMax;
    return wide || many || place.depth > DEPTH_MAX ? 'bounds' : undefined;
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
      this.#constants.enter(node);
      this.#functionNames.add(node.name.value);
      this.functions.push({ name: node.name.value, span: [node.name.pos, node.name.end] });
      // It runs when it is called: what is known here may be another by then.
      const known = this.#constants;
      this.#constants = new Constants(undefined);
      this.visit(node.body, inside);
      this.#constants = known;
    } else return false;
    return true;
  }

  #visitScript(node: SyntaxNode, place: Place, inside: Place): boolean {
    if (node.type === 'Script') {
      if (node.errors !== undefined && node.errors.length > 0) this.#unread(node);
      for (const statement of node.commands) this.visit(statement, { ...inside, top: place.top });
    } else if (node.type === 'Statement') {
      this.visit(node.command, { ...inside, top: place.top && node.background !== true });
    } else if (
      node.type === 'CommandExpansion' ||
      node.type === 'ProcessSubstitution' ||
      node.type === 'ArithmeticCommandExpansion'
    ) {
      if (node.script === undefined) this.#unread(node);
      else this.visit(node.script, { ...inside, input: { kind: 'none' }, output: 'captured', downstream: [] });
    } else return false;
    return true;
  }

  #unread({ pos, end }: SyntaxNode): void {
    this.unreadable ??= { span: [pos, end], why: 'text' };
  }

  /** Words that stand outside every command. */
  #collect(node: SyntaxNode): void {
    if (node.type === 'For' || node.type === 'Select') {
      this.#loose(node.wordlist ?? []);
    } else if (node.type === 'Case') this.#loose([node.word]);
    else if (node.type === 'Default') this.#loose([node.operand]);
    else if (node.type === 'Assignment') this.#assigned(node);
    else if (node.type === 'ParameterExpansion' && node.operation !== undefined) this.#constants.forget(node.parameter);
  }

  #pipeline(node: Pipeline, place: Place): void {
    const names = node.commands.length === 1 ? [] : node.commands.map(nameOf);
    for (const [at, command] of node.commands.entries()) {
      const left = node.commands[at - 1];
      const last = at === node.commands.length - 1;
      this.visit(command, {
        ...place,
        input: left === undefined ? place.input : pipedFrom(left, node.operators[at - 1] ?? '|', names.slice(0, at)),
        output: last ? place.output : 'piped',
        downstream: [...names.slice(at + 1), ...place.downstream],
      });
    }
  }

  #command(node: Command, place: Place): void {
    const span: Span = [node.pos, node.end];
    const words: Word[] = [];
    if (node.name !== undefined) words.push(...this.#words(node.name));
    for (const part of node.args) words.push(...(part.type === 'Word' ? this.#words(part) : [literalWordOf(part)]));
    const [name, ...args] = words;
    const assignments = node.prefix.filter((part) => part.type === 'Assignment').map((part) => this.#assigned(part));
    const inside = { ...place, depth: place.depth + 1, top: false };
    // Substitutions run before the command and may be anywhere in its words.
    forEachChild(node, (child) => {
      // Assignments were read above; what their values run is still to be.
      if (child.type === 'Assignment') forEachChild(child, (part) => this.visit(part, inside));
      else this.visit(child, inside);
    });
    if (name === undefined) {
      if (place.top) this.#constants.remember(assignments);
      this.#bareCommand(node.redirects, place, span);
      return;
    }
    if (REBINDS.has(name.text)) this.#constants.clear(RUNS_LATER.has(name.text));
    if (DECLARES.has(name.text)) this.#constants.declare(args, place.top);
    this.invocations.push({
      name,
      args,
      assignments,
      span,
      redirects: this.#redirectsOf(node.redirects),
      input: this.#inputOf(node.redirects, place.input),
      output: place.output,
      downstream: place.downstream,
      directories: this.#directories,
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
      directories: this.#directories,
      functions: this.#functionNames,
    });
  }

  #enter(directory: string): void {
    const from = directory.startsWith('/') ? [] : this.#directories.slice(-1);
    const entered = from.length === 0 ? [directory] : from.map((base) => `${base}/${directory}`);
    this.#directories = [...this.#directories, ...entered];
  }

  #words(node: Node): Word[] {
    const texts = node.parts === undefined ? undefined : expandBraces(node);
    if (texts === undefined || texts.length === 1) return [readWord(node, this.#constants.values)];
    return texts.map((text) => {
      const word = wordNode(text);
      if (word === undefined)
        return wordOf([{ kind: 'unknown', source: text, variable: undefined }], [node.pos, node.end]);
      return { ...readWord(word, this.#constants.values), span: [node.pos, node.end] };
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
      ...mannerOf(node),
    };
    this.#constants.forget(node.name);
    this.assignments.push(assigned);
    return assigned;
  }

  #redirectsOf(redirects: readonly Redirection[]): Redirect[] {
    return redirects.flatMap((redirect) => {
      const word =
        redirect.type === 'HereDoc'
          ? bodyOf(redirect)
          : redirect.target && readWord(redirect.target, this.#constants.values);
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
        input = { kind: 'text', word: readWord(redirect.target, this.#constants.values) };
      else if (redirect.operator === '<' || redirect.operator === '<>')
        input = { kind: 'file', word: readWord(redirect.target, this.#constants.values) };
      else if (redirect.operator === '<&') input = { kind: 'pipe', from: [] };
    }
    return input;
  }
}
