/**
 * The form in which a program for a terminal runs no other program: `vi` is `rvim`, and a pager under sudo, where the
 * gateway's settings are lost, is none. What comes out is a command like any other, and is judged as it stands.
 */
import type { Word } from './model.ts';
import { readScript, walk } from './walk.ts';
import { innerOf } from './wrappers.ts';

export interface SafeForm {
  readonly text: string;
  /** The programs that run in another form, as `vi → rvim`. */
  readonly changed: readonly string[];
}

interface Change {
  readonly from: number;
  readonly to: number;
  readonly text: string;
  readonly said?: string;
}

/** Editors by what each is, and the restricted ones that may stand for it, best first. */
const EDITORS: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^(vi|vim|nvim|ex|nvi|elvis|vim\.(basic|tiny|nox))$/, ['rvim', 'rnano']],
  [/^view$/, ['rview']],
  [/^(nano|pico|editor|edit|sensible-editor|joe|mg)$/, ['rnano', 'rvim']],
];
const PLAIN_PAGERS = /^(more|most|pg)$/;
/** They page by themselves, and take this word to print instead. */
const SELF_PAGING = /^(git|systemctl|journalctl|loginctl|timedatectl|localectl|networkctl|machinectl|busctl)$/;
/** Under these the variables that tame a pager are gone. */
const LOSES = /^(sudo|doas|dzdo|pkexec|su|runuser|env)$/;
const WRAPPED_MAX = 8;
/** It runs what a file of the person's own home names, at a key. */
const READS_OWN_FILE = /^top$/;

/** `text` with each program in its safe form. `tools` are the programs known to be on the target. */
export function safeForm(text: string, tools: ReadonlySet<string>): SafeForm {
  const { invocations, unreadable } = walk(readScript(text));
  if (unreadable !== undefined) return { text, changed: [] };
  const changes = invocations.flatMap(({ name, args }) => changesOf([name, ...args], text, tools));
  let safe = text;
  for (const { from, to, text: put } of changes.toSorted((left, right) => right.from - left.from)) {
    safe = safe.slice(0, from) + put + safe.slice(to);
  }
  return { text: safe, changed: changes.flatMap(({ said }) => said ?? []) };
}

function changesOf(words: readonly Word[], text: string, tools: ReadonlySet<string>): Change[] {
  let [program, ...args] = words;
  let isLost = false;
  for (let depth = 0; depth < WRAPPED_MAX; depth += 1) {
    if (program?.exact !== true) return [];
    const base = baseName(program.text);
    const [inner] = innerOf(base, args);
    if (inner?.as !== 'words') break;
    isLost ||= LOSES.test(base);
    [program, ...args] = inner.words;
  }
  // Only a word that stands there as it is: what quotes or variables made of it is left to the judge.
  if (program === undefined || text.slice(...program.span) !== program.text) return [];
  return changeOf(program, isLost, { args, tools });
}

function changeOf(
  { text: path, span: [from, to] }: Word,
  isLost: boolean,
  { args, tools }: { args: readonly Word[]; tools: ReadonlySet<string> },
): Change[] {
  const base = baseName(path);
  const editors = EDITORS.find(([names]) => names.test(base))?.[1] ?? [];
  const editor = editors.find((name) => tools.has(name));
  if (editor !== undefined) return [{ from, to, text: editor, said: `${base} → ${editor}` }];
  if (isLost) {
    const prints = args.some((word) => word.text === '--no-pager');
    return SELF_PAGING.test(base) && !prints
      ? [{ from: to, to, text: ' --no-pager', said: `${base} → ${base} --no-pager` }]
      : [];
  }
  if (PLAIN_PAGERS.test(base) && tools.has('less')) return [{ from, to, text: 'less', said: `${base} → less` }];
  return READS_OWN_FILE.test(base) ? [{ from, to: from, text: 'env HOME=/dev/null ' }] : [];
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
