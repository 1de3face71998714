import type { ParsedScript } from 'unbash';
import { LIMITS } from '../../foundation/index.ts';
import { digestOfText } from '../digest.ts';
import type { Judgement, TargetPolicy } from '../model.ts';
import { guards, objectsOf, verdictOf } from '../verdict.ts';
import { copiesOf } from './copies.ts';
import { digestOf } from './canonical.ts';
import type { Bench } from './bench.ts';
import { judgeInvocation, WRAPPED_MAX } from './evaluate.ts';
import { environmentFindings } from './control.ts';
import { dialogueIn, OF_CLIENTS } from './dialogue.ts';
import { asked, denied } from './found.ts';
import type { Found, Input, Span } from './model.ts';
import { pathAssets } from './operands.ts';
import { looseFindings } from './protected.ts';
import { RULES } from './rules/index.ts';
import { isOrdinary } from './rules/ordinary.ts';
import { readScript } from './nodes.ts';
import { mixedScripts, obstacleOf, unfinished, unreadable } from './unread.ts';
import { walk, type Walked } from './walk.ts';

/**
 * Judges a command line before it runs. Pure and total: the same text and policy give the same answer, so a recording
 * can be judged again. What cannot be read is asked about, or denied when something protected or a road out stands in
 * it. Spans are UTF-16 units of `text`.
 */
export function judgeCommand(text: string, policy: TargetPolicy): Judgement {
  const obstacle = obstacleOf(text);
  if (obstacle !== undefined) return judgementOf([obstacle], { text, policy });
  const script = readScript(text);
  const options = { directories: beginsIn(policy), variables: policy.variables };
  const walked = walk(script, options);
  const bench = { ...benchOf(policy), onlySets: onlySets(walked, policy) };
  const found = [...mixedScripts(text), ...unfinished(text, policy.mode), ...judgeWalked(walked, bench, undefined)];
  if (walked.unreadable !== undefined) found.push(unreadable(walked.unreadable, { text, found, bench }));
  const read = walked.unreadable === undefined ? { script } : {};
  return judgementOf(isHeld(found, text, policy) ? [] : found, { text, policy, bench, walked, ...read });
}

/** The gateway owns every line here, and holds this dialogue itself: each statement of it comes up for a verdict. */
function isHeld(found: readonly Found[], text: string, { mode }: TargetPolicy): boolean {
  if (found.length === 0 || (mode !== 'exec-only' && mode !== 'guarded-line')) return false;
  return found.every(({ finding }) => OF_CLIENTS.has(finding.rule)) && dialogueIn(text)?.kind === 'statements';
}

interface Judged {
  readonly text: string;
  readonly policy: TargetPolicy;
  readonly bench?: Bench;
  readonly walked?: Walked;
  /** Left out for a text that could not be read whole: then its digest is that of its characters. */
  readonly script?: ParsedScript;
}

/** The parser ends an unfinished word behind the text. */
function within<Spanned extends { readonly span: Span }>(one: Spanned, end: number): Spanned {
  const [from, to] = one.span;
  return to <= end ? one : { ...one, span: [Math.min(from, end), end] };
}

function judgementOf(found: readonly Found[], { text, policy, bench, walked, script }: Judged): Judgement {
  const ordered = inOrder(found);
  const findings = ordered.map(({ finding }) => within(finding, text.length));
  let digest: string | undefined;
  return {
    verdict: guards(policy) ? verdictOf(ordered) : 'allow',
    findings,
    commands: walked === undefined ? [] : commandsOf(walked),
    objects: objectsOf(findings),
    copies: bench === undefined ? [] : copiesOf(surelyTouched(ordered), bench),
    statements: bench?.statements.map((one) => within(one, text.length)) ?? [],
    // Most acts are allowed, and then nobody asks for it.
    get digest() {
      digest ??= script === undefined ? digestOfText('unreadable', text) : digestOf(script);
      return digest;
    },
  };
}

/** What is read for sure: a perhaps is asked about, and leaves no copy that anybody could name. */
function surelyTouched(found: readonly Found[]): readonly string[] {
  return objectsOf(found.filter(({ verdict }) => verdict !== 'ask').map(({ finding }) => finding));
}

function beginsIn({ cwd }: TargetPolicy): readonly string[] {
  return cwd === undefined || cwd === '' ? [] : [cwd];
}

function commandsOf(walked: Walked): readonly (readonly string[])[] {
  return walked.invocations.map(({ name, args }) => [name.text, ...args.map((word) => word.text)]);
}

function benchOf(policy: TargetPolicy): Bench {
  const paths = pathAssets(policy.assets);
  const bench: Bench = {
    policy,
    paths,
    depth: 0,
    judged: [],
    statements: [],
    spent: { characters: 0 },
    onlySets: false,
    judgeText: (text, span, input, depth) => judgeInner(text, span, input, { ...bench, depth }),
  };
  return bench;
}

/** Whether the text only sets variables, and each text is a process of its own: then nothing looks them up. */
function onlySets({ invocations }: Walked, { mode }: TargetPolicy): boolean {
  if (mode !== 'exec-only' && mode !== 'guarded-line') return false;
  return invocations.every(({ name, redirects }) => name.text === 'export' && redirects.length === 0);
}

/** A text inside the text: of `sh -c`, `eval`, a here-document. Its findings point at the word that carries it. */
function judgeInner(text: string, span: Span, input: Input, bench: Bench): readonly Found[] {
  bench.spent.characters += text.length;
  if (bench.depth > WRAPPED_MAX || bench.spent.characters > LIMITS.judgedInnerCharactersMax)
    return [denied('gate.nesting', 'unreadable', span, text)];
  const obstacle = obstacleOf(text);
  if (obstacle !== undefined) return [at(obstacle, span)];
  const walked = walk(readScript(text), { input, directories: beginsIn(bench.policy) });
  const found = judgeWalked(walked, bench, span);
  return walked.unreadable === undefined
    ? found
    : [...found, at(unreadable(walked.unreadable, { text, found, bench }), span)];
}

function at(one: Found, span: Span): Found {
  return { ...one, finding: { ...one.finding, span } };
}

function judgeWalked(walked: Walked, bench: Bench, carrier: Span | undefined): readonly Found[] {
  const before = bench.statements.length;
  const results = [
    ...walked.invocations.flatMap((invocation) => judgeInvocation(invocation, bench)),
    ...looseFindings(walked.looseWords, bench, beginsIn(bench.policy)),
    ...walked.assignments.flatMap((one) => {
      const control = environmentFindings(one, bench);
      return control.length > 0 ? control : looseFindings(one.values, bench, beginsIn(bench.policy));
    }),
    ...walked.functions
      .filter(({ name }) => shadows(name))
      .map(({ name, span }) => asked('control.function', 'shell_control', span, name)),
  ];
  if (carrier === undefined) return results;
  bench.statements.push(...bench.statements.splice(before).map((one) => ({ ...one, span: carrier })));
  return results.map((one) => at(one, carrier));
}

/** A function under the name of a known program gives that name another meaning in every later line. */
function shadows(name: string): boolean {
  return isOrdinary(name) || RULES.some((rule) => rule.tools.includes(name));
}

/** Each finding once, in the order of the text. */
function inOrder(all: readonly Found[]): readonly Found[] {
  if (all.length < 2) return all;
  const seen = new Map(all.map((one) => [JSON.stringify(one), one]));
  return [...seen.values()].sort((left, right) => left.finding.span[0] - right.finding.span[0]);
}
