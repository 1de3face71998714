import { LIMITS } from '../../foundation/index.ts';
import { digestOfText } from '../digest.ts';
import type { Judgement, TargetPolicy } from '../model.ts';
import { guards, objectsOf, verdictOf } from '../verdict.ts';
import { digestOf } from './canonical.ts';
import type { Bench } from './bench.ts';
import { judgeInvocation, WRAPPED_MAX } from './evaluate.ts';
import { denied } from './found.ts';
import type { Found, Input, Span } from './model.ts';
import { pathAssets } from './operands.ts';
import { looseFindings } from './protected.ts';
import { isControlVariable } from './rules/environment.ts';
import { RULES } from './rules/index.ts';
import { isOrdinary } from './rules/ordinary.ts';
import { readScript, walk, type Walked } from './walk.ts';

/**
 * Judges a command line before it runs. Pure and total: the same text and policy give the same answer, so a recording
 * can be judged again. What cannot be read is denied on a guarded target. Spans are UTF-16 units of `text`.
 */
export function judgeCommand(text: string, policy: TargetPolicy): Judgement {
  const tooLong = Buffer.byteLength(text, 'utf8') > LIMITS.commandBytesMax;
  if (tooLong || hasHidden(text) || isUnfinished(text)) return unreadable(text, policy);
  const script = readScript(text);
  const walked = walk(script, { directories: beginsIn(policy) });
  if (walked.unreadable !== undefined) return unreadable(text, policy, walked);
  const all = judgeWalked(walked, benchOf(policy), undefined);
  const ordered = unique(all).sort((left, right) => left.finding.span[0] - right.finding.span[0]);
  return {
    verdict: guards(policy) ? verdictOf(ordered) : 'allow',
    findings: ordered.map(({ finding }) => finding),
    commands: commandsOf(walked),
    objects: objectsOf(ordered.map(({ finding }) => finding)),
    copies: [],
    digest: digestOf(script),
  };
}

function beginsIn({ cwd }: TargetPolicy): readonly string[] {
  return cwd === undefined || cwd === '' ? [] : [cwd];
}

function commandsOf(walked: Walked): readonly (readonly string[])[] {
  return walked.invocations.map(({ name, args }) => [name.text, ...args.map((word) => word.text)]);
}

/** Control characters but tab and line break: what they would do in a terminal is not what they look like here. */
function hasHidden(text: string): boolean {
  return /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])/u.test(text);
}

/** A backslash at the end joins the next line to this one: `w\\` and `get …` are `wget …`, judged as neither. */
function isUnfinished(text: string): boolean {
  const backslashes = /\\*$/.exec(text)?.[0].length ?? 0;
  return backslashes % 2 === 1;
}

function unreadable(text: string, policy: TargetPolicy, walked?: Walked): Judgement {
  const span: Span = walked?.unreadable ?? [0, text.length];
  return {
    verdict: guards(policy) ? 'deny' : 'allow',
    findings: [
      {
        rule: 'gate.unreadable',
        class: 'unreadable',
        span,
        subject: text.slice(span[0], Math.min(span[1], span[0] + 80)),
        assets: [],
      },
    ],
    commands: walked === undefined ? [] : commandsOf(walked),
    objects: [],
    copies: [],
    digest: digestOfText('unreadable', text),
  };
}

function benchOf(policy: TargetPolicy): Bench {
  const paths = pathAssets(policy.assets);
  const bench: Bench = {
    policy,
    paths,
    depth: 0,
    judgeText: (text, span, input, depth) => judgeInner(text, span, input, { ...bench, depth }),
  };
  return bench;
}

/** A text inside the text: of `sh -c`, `eval`, a here-document. Its findings point at the word that carries it. */
function judgeInner(text: string, span: Span, input: Input, bench: Bench): readonly Found[] {
  const refused = [denied('gate.unreadable', 'unreadable', span, text)];
  if (hasHidden(text) || bench.depth > WRAPPED_MAX) return refused;
  const walked = walk(readScript(text), { input, directories: beginsIn(bench.policy) });
  return walked.unreadable === undefined ? judgeWalked(walked, bench, span) : refused;
}

function judgeWalked(walked: Walked, bench: Bench, carrier: Span | undefined): readonly Found[] {
  const results = [
    ...walked.invocations.flatMap((invocation) => judgeInvocation(invocation, bench)),
    ...looseFindings(walked.looseWords, bench, beginsIn(bench.policy)),
    ...walked.assignments.flatMap(({ name, values, span }): readonly Found[] => {
      const control = isControlVariable(name, values.map((word) => word.text).join(' '));
      return control
        ? [denied('control.environment', 'shell_control', span, name)]
        : looseFindings(values, bench, beginsIn(bench.policy));
    }),
    ...walked.functions
      .filter(({ name }) => shadows(name))
      .map(({ name, span }) => denied('control.function', 'shell_control', span, name)),
  ];
  if (carrier === undefined) return results;
  return results.map((one) => ({ ...one, finding: { ...one.finding, span: carrier } }));
}

/** A function under the name of a known program gives that name another meaning in every later line. */
function shadows(name: string): boolean {
  return isOrdinary(name) || RULES.some((rule) => rule.tools.includes(name));
}

function unique(all: readonly Found[]): Found[] {
  const seen = new Set<string>();
  return all.filter((one) => {
    const key = JSON.stringify(one);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
