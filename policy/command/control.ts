/** Findings about what changes the meaning of later commands: variables, startup files, aliases. */
import type { Bench } from './bench.ts';
import { denied } from './found.ts';
import type { Found, Invocation, Word } from './model.ts';
import { isControlVariable, isStartupFile } from './rules/environment.ts';
import { rulesOf } from './rules/index.ts';
import { isOrdinary } from './rules/ordinary.ts';
import { isWrapper } from './wrappers.ts';

const DECLARES = new Set(['export', 'declare', 'typeset', 'readonly', 'local', 'env', 'sudo']);

/** Variables set in front of a command, by `export` or by `env`. */
export function assignmentFindings({ assignments, args, name }: Invocation): Found[] {
  const declared = DECLARES.has(name.text) ? args.flatMap(asAssignment) : [];
  const prefixed = assignments.map((one) => ({
    name: one.name,
    value: one.values.map((word) => word.text).join(' '),
    span: one.span,
  }));
  return [...declared, ...prefixed]
    .filter((one) => isControlVariable(one.name, one.value))
    .map((one) => denied('control.environment', 'shell_control', one.span, one.name));
}

function asAssignment(word: Word): { name: string; value: string; span: Word['span'] }[] {
  const match = /^([A-Za-z_]\w*)=([^]*)$/.exec(word.text);
  return match?.[1] === undefined ? [] : [{ name: match[1], value: match[2] ?? '', span: word.span }];
}

/** Writing a file that a shell, cron or sshd reads by itself; giving a known name another meaning. */
export function controlFindings(invocation: Invocation, tool: string, bench: Bench): Found[] {
  const written = writtenBy(tool, invocation.args).find((word) => isStartupFile(word.text.replace(/^of=/, '')));
  const startup =
    written === undefined ? [] : [denied('control.startup-file', 'shell_control', written.span, written.text)];
  return tool === 'alias' ? [...startup, ...aliasFindings(invocation, bench)] : startup;
}

function writtenBy(tool: string, args: readonly Word[]): readonly Word[] {
  if (/^(cp|mv|ln|install|rsync)$/.test(tool)) return args.slice(-1);
  if (/^(tee|dd|truncate|patch|sponge)$/.test(tool)) return args;
  const inPlace = tool === 'sed' && args.some((word) => /^(-[a-zA-Z]*i|--in-place)/.test(word.text));
  return inPlace ? args : [];
}

function aliasFindings({ args }: Invocation, bench: Bench): Found[] {
  // `-g` and `-s` of zsh expand anywhere in a line.
  const wide = args.some((word) => /^-[gs]/.test(word.text));
  return args
    .filter((word) => !word.text.startsWith('-') && (wide || !isSafeAlias(word, bench)))
    .map((word) => denied('control.alias', 'shell_control', word.span, word.text));
}

/**
 * An alias is safe when what it stands for is allowed as it is, and its name meant nothing before: then every later use
 * is an unknown program. A known name may only be given options of its own program: `alias grep='grep --color'`.
 */
function isSafeAlias(word: Word, bench: Bench): boolean {
  const match = /^([^=]+)=([^]*)$/.exec(word.text);
  if (match === null) return true;
  const [, name = '', body = ''] = match;
  const program = /^[\w./-]+/.exec(body)?.[0] ?? '';
  if (!word.exact || isWrapper(program) || !keepsMeaning(name, program, body)) return false;
  return bench.judgeText(body, word.span, { kind: 'none' }, bench.depth + 1).length === 0;
}

function keepsMeaning(name: string, program: string, body: string): boolean {
  if (program === name) return /^[\w ./,:=+@%~-]*$/.test(body);
  if (/^(l|la|ll)$/.test(name)) return program === 'ls' && /^[\w ./=-]*$/.test(body);
  return /^[\w.-]+$/.test(name) && !isOrdinary(name) && !isWrapper(name) && rulesOf(name).length === 0;
}
