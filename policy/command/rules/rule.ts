/** The shape of a rule and how it is matched. Rules are data: one row a tool or group, with its own cases. */
import type { VerdictName } from '../../model.ts';
import type { FindingClass, Invocation, Word } from '../model.ts';

/** The words of a text: lists of names stand in the rules as text. */
export function words(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

/** One sentence in each language of the people. */
export interface Reason {
  readonly en: string;
  readonly ja: string;
}

export type RuleVerdict = Exclude<VerdictName, 'allow'>;

/** Which way bytes go: out of the host, into it, neither, or as the program pleases. */
export type Direction = 'out' | 'in' | 'none' | 'unknown';

/** Everything that is given must hold. */
export interface Condition {
  /** One of these options is present: `-T`, also inside a cluster (`-sT`), or `--upload-file`, also with `=value`. */
  readonly flags?: readonly string[];
  /** None of these options is present. */
  readonly without?: readonly string[];
  /** Its first word is none of these: forms that only tell about the program (`--version`) or a state (`status`). */
  readonly lacks?: readonly string[];
  /** The first operands are one of these: `storage blob upload`. */
  readonly sub?: readonly string[];
  /** The first word matches. */
  readonly first?: RegExp;
  /** Some word after the name matches. */
  readonly word?: RegExp;
  /** No word after the name matches. */
  readonly never?: RegExp;
  /** Like `word`, for the verb of a tool: a first operand that is not known before it runs may be it too. */
  readonly verb?: RegExp;
  /** Some word carries what a command prints (`output`), or is not known before it runs (`any`). */
  readonly expansion?: 'output' | 'any';
  /** It reads a pipe, a file or a here-document. */
  readonly fed?: true;
  /** No operand at all. */
  readonly bare?: true;
}

export interface Rule {
  readonly id: string;
  readonly tools: readonly string[];
  readonly class: FindingClass;
  readonly direction: Direction;
  readonly verdict: RuleVerdict;
  /** The verdict where a protected thing is among its words, when it is not a ticket's or already stricter. */
  readonly onProtected?: RuleVerdict;
  /** Why it matters, for the person who is refused. What to do is said by the refusal itself. */
  readonly why: Reason;
  /** Options that take the next word, where the first operand is the verb: `git -C DIR push`. */
  readonly values?: readonly string[];
  /** Any of these; always when left out. */
  readonly when?: readonly Condition[];
  /** How its words name tables; `database` dumps whole schemas. */
  readonly dumps?: 'mysql' | 'postgres' | 'any';
  readonly tests: { readonly positive: readonly string[]; readonly negative: readonly string[] };
}

/** Whether `rule` recognises a command with these words. */
export function matches(rule: Rule, invocation: Pick<Invocation, 'args' | 'input'>): boolean {
  return rule.when === undefined || rule.when.some((condition) => holds(condition, rule, invocation));
}

function holds(condition: Condition, rule: Rule, { args, input }: Pick<Invocation, 'args' | 'input'>): boolean {
  return (
    firstHolds(condition, args) &&
    (condition.flags === undefined || hasFlag(args, condition.flags)) &&
    (condition.without === undefined || !hasFlag(args, condition.without)) &&
    (condition.expansion === undefined || args.some((word) => expands(word, condition.expansion))) &&
    (condition.never === undefined || !someMatch(args, condition.never)) &&
    (condition.fed !== true || isFed(input)) &&
    (condition.bare !== true || operandsFor(rule.values, args).length === 0) &&
    wordsHold(condition, rule, args)
  );
}

/** Alone they tell about the program; before other words they mean more output, or a host, and it does its work. */
const MAY_MEAN_MORE = new Set(['-v', '-V', '-h', '-?']);

function firstHolds({ lacks, first }: Condition, args: readonly Word[]): boolean {
  const text = args[0]?.text ?? '';
  const tells = lacks?.includes(text) === true && (args.length === 1 || !MAY_MEAN_MORE.has(text));
  return !tells && first?.test(text) !== false;
}

/** It reads something. `< /dev/null` and `echo Q |` only end a conversation. */
function isFed(input: Invocation['input']): boolean {
  if (input.kind === 'none') return false;
  if (input.kind === 'file') return input.word.text !== '/dev/null';
  return input.kind === 'pipe' || !input.word.exact || input.word.text.trim().length > 1;
}

/** A variable or what a command prints; a glob only names files. */
function expands({ pieces }: Word, kind: Condition['expansion']): boolean {
  return pieces.some(
    (piece) => piece.kind === 'unknown' && (kind === 'any' || /^(\$\((?!\()|`|[<>]\()/.test(piece.source)),
  );
}

function wordsHold({ sub, word, verb }: Condition, { values }: Rule, args: readonly Word[]): boolean {
  if (word !== undefined && !someMatch(args, word)) return false;
  if (sub === undefined && verb === undefined) return true;
  const operands = operandsFor(values, args);
  if (isUnknown(operands[0])) return true;
  if (sub !== undefined && !sub.some((one) => beginsWith(operands, one.split(' '), values === undefined ? 2 : 0)))
    return false;
  return verb === undefined || someMatch(values === undefined ? args : operands.slice(0, 1), verb);
}

function someMatch(args: readonly Word[], pattern: RegExp): boolean {
  return args.some((word) => pattern.test(word.text));
}

/** `git $x`, `git "$@"`: what comes first decides what the tool does, and it is not in the text. */
function isUnknown(word: Word | undefined): boolean {
  return word?.pieces[0]?.kind === 'unknown' || isEmptyThenUnknown(word);
}

/** `"$@"` begins with the empty text of its quotes. */
function isEmptyThenUnknown(word: Word | undefined): boolean {
  const [first, second] = word?.pieces ?? [];
  return first?.kind === 'text' && first.text === '' && second?.kind === 'unknown';
}

/** Whether one of `flags` stands among `args`, alone, with `=value`, attached or in a cluster of short options. */
export function hasFlag(args: readonly Word[], flags: readonly string[]): boolean {
  return args.some(({ text }) => flags.some((flag) => isFlag(text, flag)));
}

function isFlag(text: string, flag: string): boolean {
  if (text === flag || text.startsWith(`${flag}=`)) return true;
  if (flag.length !== 2 || flag.startsWith('--') || !text.startsWith('-') || text.startsWith('--')) return false;
  return (
    text.slice(1).includes(flag.charAt(1)) && /^-[A-Za-z0-9#]+/.test(text) && clusterOf(text).includes(flag.charAt(1))
  );
}

/** The letters before a value begins. */
function clusterOf(text: string): string {
  return /^-([A-Za-z0-9#]+)/.exec(text)?.[1] ?? '';
}

/** The words that are no options. */
export function operandsOf(args: readonly Word[]): readonly Word[] {
  return args.filter((word) => !word.text.startsWith('-'));
}

function operandsFor(values: Rule['values'], args: readonly Word[]): readonly Word[] {
  return values === undefined ? operandsOf(args) : verbsOf(args, values);
}

/** The operands from the verb on: options and their values are skipped. */
function verbsOf(args: readonly Word[], values: readonly string[]): readonly Word[] {
  let at = 0;
  while (args[at]?.text.startsWith('-') === true) at += values.includes(args[at]?.text ?? '') ? 2 : 1;
  return operandsOf(args.slice(at));
}

function beginsWith(operands: readonly Word[], sub: readonly string[], slack: number): boolean {
  for (let start = 0; start + sub.length <= Math.min(operands.length, sub.length + slack); start += 1) {
    if (sub.every((word, at) => operands[start + at]?.text === word)) return true;
  }
  return false;
}
