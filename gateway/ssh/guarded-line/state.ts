/**
 * What one line leaves for the next one.
 *
 * The target is not trusted with what it reports: names and values come back as data, are checked, and are quoted here.
 * A forged report can set a variable the person could have set by hand, and nothing else.
 */
import { isUtf8 } from 'node:buffer';
import { LIMITS } from '../../../foundation/index.ts';
import { unquoted } from './unquote.ts';

export interface ShellState {
  /** Absolute and without symbolic links; empty where it is the account's home, not known yet. */
  readonly directory: string;
  readonly previousDirectory: string;
  readonly status: number;
  readonly variables: ReadonlyMap<string, Variable>;
}

export interface Variable {
  readonly exported: boolean;
  readonly value: string;
}

export const EMPTY_STATE: ShellState = { directory: '', previousDirectory: '', status: 0, variables: new Map() };

/** Variables by which a program would run other code than the line that was judged, and those of the shell itself. */
const NOT_CARRIED =
  /^(__sekisho|BASH|LD_|DYLD_|SSH_|GIT_|PYTHON|PERL|RUBY|NODE_|JAVA_|LUA_|DIRSTACK|EPOCH|EUID|FUNCNAME|GROUPS|HISTCMD|COMP_|READLINE_|HOST|MACHTYPE|OSTYPE|OPT|PIPESTATUS|PPID|RANDOM|SECONDS|SHELL|SHLVL|SRANDOM|UID|COPROC|COLUMNS$|LINES$|LINENO$|PATH$|IFS$|ENV$|PWD$|OLDPWD$|HOME$|USER$|LOGNAME$|TERM$|CDPATH$|GLOBIGNORE$|PROMPT_|PS\d$|LESS|SYSTEMD_|PAGER$|MANPAGER$|EDITOR$|VISUAL$|BROWSER$|TMPDIR$|TMOUT$|_$)/;

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;
const DIRECTORY = /^\/[^\p{Cc}]{0,4095}$/u;
const STATUS_MAX = 255;
/** Set for each shell anew by whoever starts it. */
const FIXED_NAMES = new Set(['HOME', 'USER', 'LOGNAME']);
/** Fields before the variables. */
const FIXED = 4;
/** Separates the fields of a report; `printf %q` never writes it. */
const FIELD = '\x1f';

/** The text that gives a new shell the variables of `state`. */
export function restore({ variables, previousDirectory }: ShellState): string {
  const assignments = [...variables].map(
    ([name, { exported, value }]) => `${exported ? 'export ' : ''}${name}=${quote(value)}`,
  );
  return [...(previousDirectory === '' ? [] : [`OLDPWD=${quote(previousDirectory)}`]), ...assignments].join('\n');
}

/** A word the shell takes literally (POSIX XCU 2.2.2). */
export function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

export interface Report {
  readonly state: ShellState;
  /** What was typed and not read by the program. */
  readonly unread: Buffer;
  /** Every variable of the shell but arrays and references. */
  readonly all: ReadonlyMap<string, Variable>;
}

/**
 * Reads `status;directory;previous directory;unread input;name;flags;value;…`, each field from the second on as
 * `printf %q` writes it, with unit separators for the semicolons. Anything odd keeps the state as it was; a variable
 * that `baseline` has with this value is one the shell has anyway.
 */
export function readReport(report: string, before: ShellState, baseline: ReadonlyMap<string, Variable>): Report {
  const [said = '', ...fields] = report.split(FIELD);
  const [directory, previous, unread] = fields.slice(0, FIXED - 1).map(unquoted);
  const odd = directory === undefined || previous === undefined || unread === undefined;
  if (odd || !/^\d{1,3}$/.test(said) || Number(said) > STATUS_MAX) {
    return { state: before, unread: Buffer.alloc(0), all: new Map() };
  }
  const status = Number(said);
  const path = directoryOf(directory);
  if (path === undefined) return { state: { ...before, status }, unread, all: new Map() };
  const all = readVariables(fields.slice(FIXED - 1));
  const previousDirectory = directoryOf(previous) ?? '';
  return {
    state: { directory: path, previousDirectory, status, variables: carried(all, baseline) },
    unread,
    all,
  };
}

/** Variables that a line will surely find, with their values: what the judge may count on. */
export function knownVariables(
  { variables, directory, previousDirectory }: ShellState,
  baseline: ReadonlyMap<string, Variable>,
): ReadonlyMap<string, string> {
  const known = new Map<string, string>();
  for (const [name, { value }] of baseline) {
    if (FIXED_NAMES.has(name) || !NOT_CARRIED.test(name)) known.set(name, value);
  }
  for (const [name, { value }] of variables) known.set(name, value);
  if (directory !== '') known.set('PWD', directory);
  if (previousDirectory !== '') known.set('OLDPWD', previousDirectory);
  return known;
}

function directoryOf(bytes: Buffer): string | undefined {
  const path = textOf(bytes);
  return path !== undefined && DIRECTORY.test(path) ? path : undefined;
}

/** Bytes that are no UTF-8 could not be given back as they were. */
function textOf(bytes: Buffer): string | undefined {
  return isUtf8(bytes) ? bytes.toString('utf8') : undefined;
}

function readVariables(fields: readonly string[]): Map<string, Variable> {
  const all = new Map<string, Variable>();
  for (let at = 0; at + 2 < fields.length; at += 3) {
    const [name = '', flags = '', quoted = ''] = fields.slice(at, at + 3);
    const bytes = unquoted(quoted);
    const value = bytes === undefined ? undefined : textOf(bytes);
    if (NAME.test(name) && value !== undefined) all.set(name, { exported: flags.includes('x'), value });
  }
  return all;
}

function carried(all: ReadonlyMap<string, Variable>, baseline: ReadonlyMap<string, Variable>): ShellState['variables'] {
  const kept = new Map<string, Variable>();
  let bytes = 0;
  for (const [name, variable] of all) {
    if (NOT_CARRIED.test(name)) continue;
    const known = baseline.get(name);
    if (known?.value === variable.value && known.exported === variable.exported) continue;
    bytes += Buffer.byteLength(name) + Buffer.byteLength(variable.value) + 16;
    if (bytes > LIMITS.guardedStateBytesMax) break;
    kept.set(name, variable);
  }
  return kept;
}
