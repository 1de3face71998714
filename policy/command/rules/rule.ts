/** The shape of a rule and how it is matched. Rules are data: one row a tool or group, with its own cases. */
import type { FindingClass, Invocation, Word } from '../model.ts';

/** Everything that is given must hold. */
export interface Condition {
  /** One of these options is present: `-T`, also inside a cluster (`-sT`), or `--upload-file`, also with `=value`. */
  readonly flags?: readonly string[];
  /** None of these options is present. */
  readonly lacks?: readonly string[];
  /** The first operands are one of these: `storage blob upload`. */
  readonly sub?: readonly string[];
  /** Some word after the name matches. */
  readonly word?: RegExp;
  /** Like `word`, for the verb of a tool: a first operand that is not known before it runs may be it too. */
  readonly verb?: RegExp;
  /** Some word is not known before it runs. */
  readonly expansion?: true;
  /** It reads a pipe, a file or a here-document. */
  readonly fed?: true;
  /** No operand at all. */
  readonly bare?: true;
}

export interface Rule {
  readonly id: string;
  readonly tools: readonly string[];
  readonly class: FindingClass;
  readonly verdict: 'needs_ticket' | 'deny';
  /** Any of these; always when left out. */
  readonly when?: readonly Condition[];
  /** How its words name tables; `database` dumps whole schemas. */
  readonly dumps?: 'mysql' | 'postgres' | 'any';
  readonly tests: { readonly positive: readonly string[]; readonly negative: readonly string[] };
}

/** Whether `rule` recognises a command with these words. */
export function matches(rule: Rule, invocation: Pick<Invocation, 'args' | 'input'>): boolean {
  return rule.when === undefined || rule.when.some((condition) => holds(condition, invocation));
}

function holds(condition: Condition, { args, input }: Pick<Invocation, 'args' | 'input'>): boolean {
  if (condition.flags !== undefined && !hasFlag(args, condition.flags)) return false;
  if (condition.lacks !== undefined && hasFlag(args, condition.lacks)) return false;
  if (condition.expansion === true && args.every((word) => word.exact)) return false;
  if (condition.fed === true && input.kind === 'none') return false;
  if (condition.bare === true && operandsOf(args).length > 0) return false;
  return wordsHold(condition, args);
}

function wordsHold({ sub, word, verb }: Condition, args: readonly Word[]): boolean {
  if (word !== undefined && !someMatch(args, word)) return false;
  if (verbUnknown(args)) return true;
  if (sub !== undefined && !sub.some((one) => beginsWith(args, one.split(' ')))) return false;
  return verb === undefined || someMatch(args, verb);
}

function someMatch(args: readonly Word[], pattern: RegExp): boolean {
  return args.some((word) => pattern.test(word.text));
}

/** `git $x`, `git "$@"`: what comes first decides what the tool does, and it is not in the text. */
function verbUnknown(args: readonly Word[]): boolean {
  return operandsOf(args)[0]?.pieces[0]?.kind === 'unknown' || isEmptyThenUnknown(operandsOf(args)[0]);
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

function beginsWith(args: readonly Word[], sub: readonly string[]): boolean {
  const operands = operandsOf(args);
  for (let start = 0; start + sub.length <= Math.min(operands.length, sub.length + 2); start += 1) {
    if (sub.every((word, at) => operands[start + at]?.text === word)) return true;
  }
  return false;
}
