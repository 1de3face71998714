/** Texts that run later, out of sight: aliases, traps, key bindings, completions, jobs. Judged as the code they are. */
import type { Bench } from './bench.ts';
import { type About, asked, denied, foundWith, touching, verdictOfLater } from './found.ts';
import type { Found, Invocation, Word } from './model.ts';
import { decodes } from './rules/decoders.ts';
import { rulesOf } from './rules/index.ts';
import { isOrdinary } from './rules/ordinary.ts';
import { operandsOf } from './rules/rule.ts';
import { isWrapper } from './wrappers.ts';

/** What comes of a word whose text runs later. Nothing when the text is allowed as it is. */
export function runLater(about: About, code: Word, bench: Bench): Found[] {
  if (!code.exact) return [decodes(code) ? denied(...about) : asked(...about)];
  return later(about, code, code.text, bench);
}

/** The same for a text in which substitutions run: a prompt, a word list, an index. */
export function expandedLater(about: About, word: Word, bench: Bench): Found[] {
  if (!/[`$]/.test(word.text)) return [];
  const open = 'SEKISHO_TEXT';
  return later(about, word, `: <<${open}\n${word.text}\n${open}`, bench);
}

function later(about: About, word: Word, code: string, bench: Bench): Found[] {
  const inside = bench.judgeText(code, word.span, { kind: 'none' }, bench.depth + 1);
  const verdict = verdictOfLater(inside);
  if (verdict === 'allow') return [];
  return [
    touching(
      foundWith(verdict, ...about),
      inside.flatMap(({ finding }) => finding.assets),
    ),
  ];
}

/** What `tool` arranges to run later. */
export function laterFindings(invocation: Invocation, tool: string, bench: Bench): Found[] {
  switch (tool) {
    case 'alias':
      return aliasFindings(invocation, bench);
    case 'trap':
      return trapFindings(invocation, bench);
    case 'bind':
      return bindFindings(invocation, bench);
    case 'complete':
    case 'compgen':
    case 'mapfile':
    case 'readarray':
      return callbackFindings(invocation, bench);
    case 'at':
    case 'batch':
    case 'crontab':
      return jobFindings(invocation, tool, bench);
    default:
      return EXPANDS.has(tool) ? indexFindings(invocation, bench) : [];
  }
}

/** Builtins that evaluate their words again: the index of `a[$(command)]` runs. */
const EXPANDS = new Set(
  'test [ [[ let unset read declare typeset local export readonly printf wait getopts'.split(' '),
);

function indexFindings({ args }: Invocation, bench: Bench): Found[] {
  return args
    .filter(({ text, pieces }) => /\[.*(\$\(|`)/.test(text) && pieces.some((piece) => holdsCode(piece)))
    .flatMap((word) => expandedLater(['control.index', 'shell_control', word.span, word.text], word, bench));
}

function holdsCode(piece: Word['pieces'][number]): boolean {
  return piece.kind === 'text' && /\$\(|`/.test(piece.text);
}

function aliasFindings({ args }: Invocation, bench: Bench): Found[] {
  // `-g` and `-s` of zsh expand anywhere in a line.
  const wide = args.some((word) => /^-[gs]/.test(word.text));
  return args.flatMap((word) => {
    const match = /^([^=]+)=([^]*)$/.exec(word.text);
    if (word.text.startsWith('-') || match === null) return [];
    const about: About = ['control.alias', 'shell_control', word.span, word.text];
    const [, name = '', body = ''] = match;
    const found = word.exact ? later(about, word, body, bench) : runLater(about, word, bench);
    if (found.length > 0) return found;
    return wide || !keepsMeaning(name, body) ? [asked(...about)] : [];
  });
}

/** Its name meant nothing before, or it only gives a known program options: `alias grep='grep --color'`. */
function keepsMeaning(name: string, body: string): boolean {
  const program = /^[\w./-]+/.exec(body)?.[0] ?? '';
  if (isWrapper(program)) return false;
  if (program === name) return /^[\w ./,:=+@%~-]*$/.test(body);
  if (/^(l|la|ll)$/.test(name)) return program === 'ls' && /^[\w ./=-]*$/.test(body);
  return /^[\w.-]+$/.test(name) && !isOrdinary(name) && !isWrapper(name) && rulesOf(name).length === 0;
}

function trapFindings({ args, span }: Invocation, bench: Bench): Found[] {
  if (args.some((word) => /^-[pl]/.test(word.text))) return [];
  // The hook that asks before each command of a guarded shell is a trap of this name.
  if (args.some((word) => /^(SIG)?DEBUG$/i.test(word.text)))
    return [denied('control.trap', 'shell_control', span, 'DEBUG')];
  const [body, signal] = args.filter((word) => word.text !== '--');
  if (body === undefined || signal === undefined || body.text === '-' || body.text === '') return [];
  return runLater(['control.trap', 'shell_control', body.span, body.text], body, bench);
}

/** Functions of readline that only move, search or delete. */
const MOVES =
  /:\s*"?(beginning|end|forward|backward|history|menu-complete|complete|kill|unix|delete|clear|yank|undo|transpose|capitalize|upcase|downcase|self-insert|possible)[\w-]*"?\s*$/;

function bindFindings({ args, span }: Invocation, bench: Bench): Found[] {
  const told = args.filter((word) => !/^-[lpPvVsSX]+$/.test(word.text));
  return told.flatMap((word) => {
    const about: About = ['control.bind', 'shell_control', span, word.text];
    if (/^-x?$/.test(word.text) || MOVES.test(word.text) || /^set\s/.test(word.text)) return [];
    const body = /^\s*"(?:[^"\\]|\\.)*"\s*:\s*(.*)$/s.exec(word.text)?.[1];
    if (body === undefined || !word.exact) return [asked(...about)];
    const typed = body.replace(/^"([^]*)"$/, '$1').replace(/\\[CM]-.|\\[enr]/g, '\n');
    const found = later(about, word, typed, bench);
    // A key that types a text makes the next line another one than was typed.
    return found.length > 0 ? found : [asked(...about)];
  });
}

/** `-C command` runs a command, `-W list` expands a list, `-F function` calls one. */
function callbackFindings({ args, span, name }: Invocation, bench: Bench): Found[] {
  return args.flatMap((word, index) => {
    const next = args[index + 1];
    const option = /^-[a-zA-Z]*([CWF])$/.exec(word.text)?.[1];
    const about: About = ['control.callback', 'shell_control', span, name.text];
    if (option === undefined || next === undefined) return [];
    if (option === 'C') return runLater(about, next, bench);
    return option === 'W' ? expandedLater(about, next, bench) : [asked(...about)];
  });
}

const LISTS_JOBS = /^-[lrdqcvV]$/;

/** Jobs run with nobody at the terminal: a text at hand is judged, one in a file or an editor is asked about. */
function jobFindings({ args, input, span }: Invocation, tool: string, bench: Bench): Found[] {
  const about: About = ['control.later', 'shell_control', span, tool];
  const reads = args.some((word) => word.text === '-');
  if (!reads && args.some((word) => LISTS_JOBS.test(word.text))) return [];
  const file = tool === 'crontab' ? operandsOf(args).length > 0 && !reads : args.some((word) => /^-f/.test(word.text));
  if (input.kind !== 'text' || file || args.some((word) => word.text === '-e')) return [asked(...about)];
  if (tool !== 'crontab') return runLater(about, input.word, bench);
  const commands = input.word.text.replace(/^\s*(@\w+|([^\s#]+\s+){5})/gm, '');
  return runLater(about, { ...input.word, text: commands }, bench);
}
