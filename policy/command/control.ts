/** Findings about what changes the meaning of later commands: variables, and files that are run by themselves. */
import type { Bench } from './bench.ts';
import { asked, denied } from './found.ts';
import { expandedLater, runLater } from './later.ts';
import type { Assigned, Found, Invocation, Span, Word } from './model.ts';
import { isPlainPath, isRunBySystem, isStartupFile, kindOfVariable, PLAIN_PROGRAM } from './rules/environment.ts';
import { literalWord } from './words.ts';

/** Where the system keeps its programs: a file put there runs under a name that is known. */
const PROGRAMS = /^(\/usr(\/local)?)?\/s?bin(\/|$)/;

const DECLARES = new Set(['export', 'declare', 'typeset', 'readonly', 'local', 'env', 'sudo']);

/** Variables set in front of a command, by `export` or by `env`. */
export function assignmentFindings({ assignments, args, name }: Invocation, bench: Bench): Found[] {
  const declared = DECLARES.has(name.text) ? args.flatMap(asAssignment) : [];
  return [...declared, ...assignments].flatMap((one) => environmentFindings(one, bench));
}

type Setting = Pick<Assigned, 'name' | 'values' | 'span'>;

function asAssignment(word: Word): Setting[] {
  const match = /^([A-Za-z_]\w*)\+?=([^]*)$/.exec(word.text);
  const [, name, text = ''] = match ?? [];
  if (name === undefined) return [];
  const value = word.exact ? literalWord(text, word.span) : { ...word, text };
  return [{ name, values: [value], span: word.span }];
}

/** What setting a variable does to later commands: nothing, or what its text says, or what nobody can tell. */
export function environmentFindings({ name, values, span }: Setting, bench: Bench): Found[] {
  const kind = kindOfVariable(name);
  if (kind === undefined) return [];
  const text = values.map((word) => word.text).join(' ');
  const value = values.length === 1 ? values[0] : undefined;
  const about = ['control.environment', 'shell_control', span, name] as const;
  if (kind === 'secure') return text === '1' ? [] : [asked(...about)];
  if (kind === 'path') return bench.onlySets || isPlainPath(text) ? [] : [asked(...about)];
  if (kind === 'loads' || value === undefined) return [denied(...about)];
  if (kind === 'program' && PLAIN_PROGRAM.test(text)) return [];
  if (kind === 'prompt') return expandedLater(about, value, bench);
  return runLater(about, value, bench);
}

/** Writing a file that a shell, cron or sshd reads by itself. */
export function writtenFindings({ args }: Invocation, tool: string): Found[] {
  return writtenBy(tool, args).flatMap((word) => startupFindings(word, word.span));
}

/** A person's own startup file is asked about; one of the system, of cron or of sshd is no place to write to. */
export function startupFindings(word: Word, span: Span): Found[] {
  const path = word.text.replace(/^of=/, '');
  if (PROGRAMS.test(path)) return [asked('control.replaces-program', 'shell_control', span, path)];
  if (!isStartupFile(path)) return [];
  const about = ['control.startup-file', 'shell_control', span, path] as const;
  return [isRunBySystem(path) ? denied(...about) : asked(...about)];
}

function writtenBy(tool: string, args: readonly Word[]): readonly Word[] {
  if (/^(cp|mv|ln|install|rsync)$/.test(tool)) return args.slice(-1);
  if (/^(tee|dd|truncate|patch|sponge)$/.test(tool)) return args;
  const inPlace = tool === 'sed' && args.some((word) => /^(-[a-zA-Z]*i|--in-place)/.test(word.text));
  return inPlace ? args : [];
}
