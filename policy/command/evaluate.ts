/** Judges one simple command: unwraps it, asks the rules, and looks for protected paths among its words. */
import type { Finding } from '../model.ts';
import type { Bench } from './bench.ts';
import { judgeClient } from './client.ts';
import { judgeCode } from './code.ts';
import { assetsOfDump } from './dump-assets.ts';
import type { Found, Invocation, Redirect, Span, Word } from './model.ts';
import { touched } from './operands.ts';
import { isControlVariable, isStartupFile } from './rules/environment.ts';
import { rulesOf } from './rules/index.ts';
import { isOrdinary, METADATA_ONLY, SHOWING } from './rules/ordinary.ts';
import { matches } from './rules/rule.ts';
import { innerOf, isWrapper } from './wrappers.ts';

export const WRAPPED_MAX = 64;

/** Everything found in one command and in the commands it wraps. */
export function judgeInvocation(invocation: Invocation, bench: Bench): readonly Found[] {
  if (bench.depth > WRAPPED_MAX) return [found('deny', 'gate.nesting', 'unreadable', invocation.span, 'nesting')];
  const { name } = invocation;
  const around = [...redirectFindings(invocation, bench), ...assignmentFindings(invocation)];
  if (!name.exact) return [...around, dynamicName(name), ...pathFindings(invocation, bench, '')];
  if (name.text === '') return around;
  return [...around, ...judgeNamed(invocation, baseName(name.text), bench)];
}

function judgeNamed(invocation: Invocation, tool: string, bench: Bench): readonly Found[] {
  const inner = innerFindings(invocation, tool, bench);
  const ruled = ruleFindings(invocation, tool, bench);
  const special = [
    ...judgeClient(invocation, tool, bench),
    ...judgeCode(invocation, tool, bench),
    ...controlFindings(invocation, tool),
  ];
  // A wrapper only hands its words on: they were judged as the command they are.
  const paths = inner.wraps ? [] : pathFindings(invocation, bench, tool);
  const all = [...inner.found, ...ruled, ...special, ...paths];
  const known =
    all.length > 0 ||
    inner.wraps ||
    invocation.functions.has(invocation.name.text) ||
    isOrdinary(invocation.name.text) ||
    isJudged(tool, invocation);
  return known
    ? all
    : [found('needs_ticket', 'gate.unknown-program', 'unknown', invocation.name.span, invocation.name.text)];
}

/** A program with rules, a client or an interpreter is known; it came through them without a finding. */
function isJudged(tool: string, { name }: Invocation): boolean {
  const plain = !name.text.includes('/') || /^(\/usr(\/local)?)?\/s?bin\/[^/]+$/.test(name.text);
  return plain && (rulesOf(tool).length > 0 || isWrapper(tool) || KNOWN_CODE.test(tool));
}

const KNOWN_CODE =
  /^(\w*sh|mysql|mariadb|psql|sqlite3?|sqlplus|sqlcmd|mongosh?|python[\d.]*|perl|ruby|node|php|lua|tclsh|R|Rscript|java|go|jrunscript|octave(-cli)?|julia|dotnet|clickhouse-client|cqlsh)$/;

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

export function found(
  verdict: Found['verdict'],
  rule: string,
  name: Finding['class'],
  span: Span,
  subject: string,
  assets: readonly string[] = [],
): Found {
  return { verdict, finding: { rule, class: name, span, subject: subject.slice(0, 200), assets } };
}

function dynamicName(name: Word): Found {
  return found('deny', 'gate.dynamic-name', 'dynamic', name.span, name.text);
}

function innerFindings(
  invocation: Invocation,
  tool: string,
  bench: Bench,
): { wraps: boolean; found: readonly Found[] } {
  const inners = [...innerOf(tool, invocation.args), ...findExec(tool, invocation.args)];
  const results = inners.flatMap((inner) => {
    const [name, ...args] = inner.words;
    if (name === undefined) return [];
    const span: Span = [name.span[0], inner.words.at(-1)?.span[1] ?? name.span[1]];
    if (inner.as === 'shell') return shellText(inner.words, span, invocation, bench);
    const words = tool === 'find' ? [...args, ...findRoots(invocation.args)] : args;
    return judgeInvocation(
      { ...invocation, name, args: words, assignments: [], redirects: [], span },
      { ...bench, depth: bench.depth + 1 },
    );
  });
  const bareShell =
    inners.length === 0 &&
    OPENS_SHELL.test(tool) &&
    !invocation.args.some((word) => /^-[-]?(l|v|k|K|V|e|list|version|help|validate)/.test(word.text));
  const opened = bareShell ? [found('deny', 'control.opens-shell', 'shell_control', invocation.span, tool)] : [];
  return { wraps: inners.length > 0 && tool !== 'find', found: [...results, ...opened] };
}

const OPENS_SHELL = /^(sudo|su|doas|runuser|pkexec|chroot|unshare|nsenter|script|fakeroot|busybox)$/;

/** The words a wrapper joins into one text for a shell. */
function shellText(words: readonly Word[], span: Span, invocation: Invocation, bench: Bench): readonly Found[] {
  const changing = words.find((word) => !word.exact);
  if (changing !== undefined) return [found('deny', 'gate.dynamic-text', 'dynamic', changing.span, changing.text)];
  return bench.judgeText(words.map((word) => word.text).join(' '), span, invocation.input, bench.depth + 1);
}

function findExec(tool: string, args: readonly Word[]): { as: 'words'; words: readonly Word[] }[] {
  if (tool !== 'find' && tool !== 'fd' && tool !== 'fdfind') return [];
  return args.flatMap((word, at) => {
    if (!/^(-(exec|execdir|ok|okdir|x|X)|--exec(-batch)?)$/.test(word.text)) return [];
    const rest = args.slice(at + 1);
    const end = rest.findIndex(
      (next, index) => next.text === ';' || (next.text === '+' && rest[index - 1]?.text === '{}'),
    );
    return [{ as: 'words', words: end === -1 ? rest : rest.slice(0, end) }];
  });
}

/** `find` hands what lies below its roots to the command it runs. */
function findRoots(args: readonly Word[]): readonly Word[] {
  const end = args.findIndex((word) => /^[-(!]/.test(word.text));
  return (end === -1 ? args : args.slice(0, end)).map((root) => ({
    ...root,
    pieces: [...root.pieces, { kind: 'text', text: '/', quoted: true } as const],
  }));
}

function ruleFindings(invocation: Invocation, tool: string, bench: Bench): Found[] {
  return rulesOf(tool)
    .filter((rule) => matches(rule, invocation))
    .map((rule) => {
      const tables = rule.dumps === undefined ? [] : assetsOfDump(rule.dumps, invocation.args, bench.policy.assets);
      const paths = invocation.args.flatMap((word) =>
        touched(word, bench.paths, invocation.directories).map((touch) => touch.asset),
      );
      return found(rule.verdict, rule.id, rule.class, invocation.span, invocation.name.text, [
        ...new Set([...tables, ...paths]),
      ]);
    });
}

/** Programs that descend into a directory: for them a parent of a protected path is as good as the path. */
const DESCENDS =
  /^(tar|gtar|bsdtar|cpio|pax|zip|7z|7za|cp|mv|rsync|scp|sftp|rg|ag|ack|ln|rclone|restic|borg|duplicity|genisoimage|mkisofs|mount|docker|podman|python\d?|http-server)$/;

function pathFindings(invocation: Invocation, bench: Bench, tool: string): Found[] {
  const { args, directories, span, input, redirects } = invocation;
  if (METADATA_ONLY.has(tool) && isOnlyShown(invocation, tool)) return [];
  const descends =
    DESCENDS.test(tool) ||
    (args.some((word) => /^-[a-zA-Z]*[rR]|^--recursive/.test(word.text)) && /grep|^cp$|diff/.test(tool));
  const texts = [
    ...args,
    ...(input.kind === 'text' ? [input.word] : []),
    ...redirects.filter((redirect) => redirect.operator === '<<<').map((redirect) => redirect.word),
  ];
  const assets = texts
    .flatMap((word) => touched(word, bench.paths, directories))
    .filter((touch) => touch.reach === 'at' || descends)
    .map((touch) => touch.asset);
  if (assets.length === 0) return [];
  const control = tool === 'cd' || tool === 'pushd';
  const names = [...new Set(assets)];
  return [
    control
      ? found('deny', 'gate.enters-protected', 'shell_control', span, invocation.name.text, names)
      : found('needs_ticket', 'gate.protected-path', 'bulk_read', span, invocation.name.text, names),
  ];
}

/** Names of protected files on the screen are no content; the same names handed to another program are. */
function isOnlyShown({ output, downstream, args }: Invocation, tool: string): boolean {
  if (tool === 'find' && args.some((word) => /^-(exec|execdir|ok|okdir|files0-from|fprint\w*|fls)$/.test(word.text)))
    return false;
  return output === 'shown' || (output === 'piped' && downstream.every((name) => SHOWING.has(name)));
}

function redirectFindings({ redirects, span, directories }: Invocation, bench: Bench): Found[] {
  return redirects.flatMap((redirect: Redirect): Found[] => {
    const { word, operator } = redirect;
    if (operator.startsWith('<<')) return [];
    if (/^\/+dev\/+(tcp|udp)\//.test(word.text))
      return [found('needs_ticket', 'send.dev-tcp', 'offhost', redirect.span, word.text)];
    if (operator.startsWith('>') || operator.startsWith('&>')) return isStartupFile(word.text) ? [startup(word)] : [];
    const assets = touched(word, bench.paths, directories)
      .filter((touch) => touch.reach === 'at')
      .map((touch) => touch.asset);
    return assets.length === 0
      ? []
      : [found('needs_ticket', 'gate.protected-path', 'bulk_read', span, word.text, assets)];
  });
}

function startup(word: Word): Found {
  return found('deny', 'control.startup-file', 'shell_control', word.span, word.text);
}

function assignmentFindings({ assignments, args, name }: Invocation): Found[] {
  const declared = /^(export|declare|typeset|readonly|local|env|sudo|alias)$/.test(name.text) ? args : [];
  const named = declared.flatMap((word) => {
    const match = /^([A-Za-z_]\w*)=([^]*)$/.exec(word.text);
    return match?.[1] === undefined || name.text === 'alias'
      ? []
      : [{ name: match[1], value: match[2] ?? '', span: word.span }];
  });
  const prefixed = assignments.map((assigned) => ({
    name: assigned.name,
    value: assigned.values.map((word) => word.text).join(' '),
    span: assigned.span,
  }));
  return [...named, ...prefixed]
    .filter((one) => isControlVariable(one.name, one.value))
    .map((one) => found('deny', 'control.environment', 'shell_control', one.span, one.name));
}

/** Writers to startup files, aliases and functions that give an ordinary name another meaning. */
function controlFindings({ name, args, span }: Invocation, tool: string): Found[] {
  if (/^(cp|mv|ln|tee|install|dd|sed|truncate|touch|rsync|patch)$/.test(tool)) {
    const written =
      tool === 'sed'
        ? args.some((word) => /^-[a-zA-Z]*i|^--in-place/.test(word.text))
          ? args
          : []
        : tool === 'touch'
          ? []
          : tool === 'cp' || tool === 'mv' || tool === 'ln'
            ? args.slice(-1)
            : args;
    const target = written.find((word) => isStartupFile(word.text.replace(/^of=/, '')));
    if (target !== undefined) return [startup(target)];
  }
  if (tool !== 'alias') return [];
  return args
    .filter((word) => !isPlainAlias(word))
    .map((word) => found('deny', 'control.alias', 'shell_control', span, name.text === '' ? word.text : word.text));
}

/** `alias grep='grep --color'`: an ordinary program with options, under its own name or one that means nothing else. */
function isPlainAlias(word: Word): boolean {
  const match = /^([^=]+)=([^]*)$/.exec(word.text);
  if (match === null) return true;
  const [, alias = '', body = ''] = match;
  const plain = /^([\w./-]+)(( +[\w./,:=+@%~-]+)*)$/.exec(body);
  const program = plain?.[1];
  if (program === undefined || !word.exact || !isOrdinary(program) || isWrapper(program) || rulesOf(program).length > 0)
    return false;
  return (
    baseName(program) === alias ||
    (METADATA_ONLY.has(program) && /^(l|ll|la|l\.|lt)$/.test(alias)) ||
    (!isOrdinary(alias) && rulesOf(alias).length === 0 && !/\s(\/|~)/.test(body))
  );
}

/** Words outside commands. */
export function judgeLoose(words: readonly Word[], bench: Bench, span: Span): Found[] {
  const assets = words.flatMap((word) =>
    touched(word, bench.paths, [])
      .filter((touch) => touch.reach === 'at')
      .map((touch) => touch.asset),
  );
  if (assets.length === 0) return [];
  const [first] = words;
  return [
    found('needs_ticket', 'gate.protected-path', 'bulk_read', first?.span ?? span, first?.text ?? '', [
      ...new Set(assets),
    ]),
  ];
}
