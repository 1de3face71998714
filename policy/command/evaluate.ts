/** Judges one simple command: unwraps it, asks the rules, and looks for protected paths among its words. */
import { LIMITS } from '../../foundation/index.ts';
import { VERDICTS } from '../model.ts';
import type { Bench } from './bench.ts';
import { judgeClient } from './client.ts';
import { judgeCode } from './code.ts';
import { assignmentFindings, writtenFindings } from './control.ts';
import { assetsOfDump } from './dump-assets.ts';
import { asked, denied, foundWith, isOutward, ticketed, touching } from './found.ts';
import { laterFindings } from './later.ts';
import type { Found, Invocation, Span, Word } from './model.ts';
import { touched } from './operands.ts';
import { pathFindings, redirectFindings } from './protected.ts';
import { sqlClientOf } from './rules/clients.ts';
import { decodes } from './rules/decoders.ts';
import { rulesOf } from './rules/index.ts';
import { isInterpreter } from './rules/interpreters.ts';
import { isOrdinary, isTrustedPlace } from './rules/ordinary.ts';
import { matches, type RuleVerdict, words } from './rules/rule.ts';
import { isRemote, isSendingVerb } from './rules/shapes.ts';
import { type Inner, innerOf, isWrapper } from './wrappers.ts';

/** Commands inside commands: `sudo env nice sh -c …`. */
export const WRAPPED_MAX = 64;

/** Everything found in one command and in the commands it wraps. */
export function judgeInvocation(invocation: Invocation, bench: Bench): readonly Found[] {
  const { name, span } = invocation;
  bench.spent.characters += bench.depth === 0 ? 0 : invocation.args.length;
  const isSpent = bench.spent.characters > LIMITS.judgedInnerCharactersMax;
  if (bench.depth > WRAPPED_MAX || isSpent) return [denied('gate.nesting', 'unreadable', span, name.text)];
  if (name.text === '' || !name.exact) bench.judged.push(['', invocation]);
  const around = [
    ...redirectFindings(invocation, bench),
    ...assignmentFindings(invocation, bench),
    ...promptExpansions(invocation),
  ];
  if (!name.exact) return [...around, ...judgeUnnamed(invocation, bench)];
  return name.text === '' ? around : [...around, ...judgeNamed(invocation, baseName(name.text), bench)];
}

/** A name known only while the line runs. What makes it, and what it is given, say how far that can be trusted. */
function judgeUnnamed(invocation: Invocation, bench: Bench): readonly Found[] {
  const { name, args } = invocation;
  const paths = pathFindings(invocation, bench, '');
  const hides = decodes(name) || paths.some(isOutward) || args.some(isRemote);
  const found = hides ? denied : asked;
  return [...paths, found('gate.dynamic-name', 'dynamic', name.span, name.text)];
}

/** `${x@P}`: what a variable holds is expanded once more, with its substitutions run. */
function promptExpansions({ name, args }: Invocation): Found[] {
  if (name.exact && args.every(({ exact }) => exact)) return [];
  return [name, ...args]
    .filter(({ pieces }) => pieces.some((piece) => piece.kind === 'unknown' && /@P\}/.test(piece.source)))
    .map((word) => asked('gate.expanded-twice', 'dynamic', word.span, word.text));
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function judgeNamed(invocation: Invocation, tool: string, bench: Bench): readonly Found[] {
  bench.judged.push([tool, invocation]);
  const inners = FINDS.has(tool) ? findExec(tool, invocation.args) : innerOf(tool, invocation.args);
  // A wrapper only hands its words on: they are judged as the command they are.
  const wraps = inners.length > 0 && tool !== 'find';
  const found = [
    ...inners.flatMap((inner) => judgeInner(inner, invocation, { ...bench, depth: bench.depth + 1 })),
    ...(inners.length === 0 ? openedShell(invocation, tool) : []),
    ...ruleFindings(invocation, tool, bench),
    ...judgeClient(invocation, tool, bench),
    ...judgeCode(invocation, tool, bench),
    ...writtenFindings(invocation, tool),
    ...laterFindings(invocation, tool, bench),
    ...pathFindings(wraps ? withoutInner(invocation, inners) : invocation, bench, tool),
  ];
  if (found.length > 0 || isKnown(invocation, tool) || isAccepted(invocation.name.text, bench)) return found;
  return [unknownProgram(invocation)];
}

/** A wrapper's own words: `xargs -a FILE` and `parallel -a FILE` read one and hand on what it holds. */
function withoutInner(invocation: Invocation, inners: readonly Inner[]): Invocation {
  const inside = new Set(inners.flatMap(({ words }) => words));
  return { ...invocation, args: invocation.args.filter((word) => !inside.has(word)) };
}

/** Somebody else accepted this very program for the system: a bare name also where the system keeps its programs. */
function isAccepted(name: string, { policy: { programs } }: Bench): boolean {
  if (programs === undefined) return false;
  return programs.has(name) || (isTrustedPlace(name) && programs.has(baseName(name)));
}

/** A program no list knows. Its words may still say that it sends something away. */
function unknownProgram({ name, args }: Invocation): Found {
  const sends = args.some(isRemote) || args.some(isSendingVerb);
  return sends
    ? ticketed('gate.unknown-sender', 'offhost', name.span, name.text)
    : asked('gate.unknown-program', 'unknown', name.span, name.text);
}

/** An ordinary program, one this text defines, or one whose rules, client or code were asked and found nothing. */
function isKnown({ name, functions }: Invocation, tool: string): boolean {
  if (functions.has(name.text) || isOrdinary(name.text)) return true;
  if (!isTrustedPlace(name.text)) return false;
  return isWrapper(tool) || isInterpreter(tool) || rulesOf(tool).length > 0 || sqlClientOf(tool) !== undefined;
}

function judgeInner(inner: Inner, outer: Invocation, bench: Bench): readonly Found[] {
  const [name, ...args] = inner.words;
  if (name === undefined) return [];
  const span: Span = [name.span[0], inner.words.at(-1)?.span[1] ?? name.span[1]];
  if (inner.as === 'words') {
    return judgeInvocation({ ...outer, name, args, assignments: [], redirects: [], span }, bench);
  }
  const changing = inner.words.find((word) => !word.exact);
  const found = bench.judgeText(inner.words.map((word) => word.text).join(' '), span, outer.input, bench.depth);
  if (changing === undefined) return found;
  const hides = inner.words.some(decodes) || found.some(isOutward);
  return [...found, (hides ? denied : asked)('gate.dynamic-text', 'dynamic', changing.span, changing.text)];
}

const OPENS_SHELL = new Set(words('sudo su doas runuser pkexec chroot unshare nsenter script fakeroot busybox'));
const ASKS_ONLY = /^-(-(list|version|help|validate|reset-timestamp|remove-timestamp)|[lvkKVeh])$/;

/** `sudo -i`, `su -`: a shell whose lines come from somewhere else. */
function openedShell({ args, span }: Invocation, tool: string): Found[] {
  if (!OPENS_SHELL.has(tool) || args.some((word) => ASKS_ONLY.test(word.text))) return [];
  return [asked('control.opens-shell', 'shell_control', span, tool)];
}

const FINDS = new Set(['find', 'fd', 'fdfind']);

/** `find -exec cmd {} ;`: the command, with what lies below the roots among its words. */
function findExec(tool: string, args: readonly Word[]): Inner[] {
  const option = tool === 'find' ? /^-(exec|ok)(dir)?$/ : /^(-[xX]|--exec(-batch)?)$/;
  const roots = findRoots(args);
  const inners: Inner[] = [];
  for (let at = 0; at < args.length; at += 1) {
    if (!option.test(args[at]?.text ?? '')) continue;
    const rest = args.slice(at + 1);
    const end = rest.findIndex(
      (word, index) => word.text === ';' || (word.text === '+' && rest[index - 1]?.text === '{}'),
    );
    const words = end === -1 ? rest : rest.slice(0, end);
    inners.push({ as: 'words', words: [...words, ...roots] });
    at += words.length + 1;
  }
  return inners;
}

/** `find /srv` yields anything below /srv. From the root of the tree that says nothing, so `/` alone stays a directory. */
function findRoots(args: readonly Word[]): readonly Word[] {
  const first = args.findIndex((word) => /^[-(!]/.test(word.text) && !/^-[HLP]$/.test(word.text));
  return (first === -1 ? args : args.slice(0, first))
    .filter((word) => word.text.startsWith('/') && word.text !== '/')
    .map((root) => ({
      ...root,
      exact: false,
      pieces: [
        ...root.pieces,
        { kind: 'text', text: '/', quoted: true },
        { kind: 'unknown', source: '{}', variable: undefined },
      ],
    }));
}

/** A pager whose output goes on only prints; one that the gateway's own setting reaches runs no commands. */
function isTamed(rule: string, { output, assignments }: Invocation, { policy, depth }: Bench): boolean {
  if (rule !== 'escape.pagers' && rule !== 'escape.secured-pagers') return false;
  if (output !== 'shown') return true;
  if (rule === 'escape.pagers' || depth > 0 || assignments.length > 0) return false;
  const { mode, variables } = policy;
  return mode === 'exec-only' || mode === 'guarded-line' || variables?.get('LESSSECURE') === '1';
}

function ruleFindings(invocation: Invocation, tool: string, bench: Bench): Found[] {
  return rulesOf(tool)
    .filter((rule) => matches(rule, invocation) && !isTamed(rule.id, invocation, bench))
    .map((rule) => {
      const { args, span, name, directories } = invocation;
      const tables = rule.dumps === undefined ? [] : assetsOfDump(rule.dumps, args, bench.policy.assets);
      const paths = args.flatMap((word) =>
        touched(word, bench.paths, directories)
          .filter(({ reach }) => reach === 'at')
          .map((touch) => touch.asset),
      );
      const assets = [...tables, ...paths];
      const verdict = assets.length === 0 ? rule.verdict : strictest(rule.verdict, rule.onProtected ?? 'needs_ticket');
      return touching(foundWith(verdict, rule.id, rule.class, span, name.text), assets);
    });
}

function strictest(left: RuleVerdict, right: RuleVerdict): RuleVerdict {
  return VERDICTS.indexOf(left) < VERDICTS.indexOf(right) ? right : left;
}
