/**
 * One judged line as one exec on the target, and what it leaves behind for the next one.
 *
 * The target is not trusted with the state it reports: names and values come back as data, are checked, and are quoted
 * here. A forged report can set a variable the person could have set by hand, and nothing else.
 */
import { z } from 'zod';
import { WITHOUT_PAGERS } from '../pagers.ts';

/** What a line leaves for the next one. Functions, aliases, arrays and jobs are not carried; docs/gate.md says so. */
export interface ShellState {
  readonly directory: string;
  readonly status: number;
  readonly variables: ReadonlyMap<string, { readonly exported: boolean; readonly value: string }>;
}

export const EMPTY_STATE: ShellState = { directory: '', status: 0, variables: new Map() };

/** What the gateway types when the line has ended: everything before it was typed and not read by the program. */
export const INPUT_END = Buffer.from([0x1e]);

const STATE_BYTES_MAX = 12 * 1024;

/** Variables by which a program would run other code than the line that was judged, and those of the shell itself. */
const NOT_CARRIED =
  /^(__sekisho|BASH|LD_|DYLD_|SSH_|GIT_|PYTHON|PERL|RUBY|NODE_|JAVA_|LUA_|DIRSTACK|EPOCH|EUID|FUNCNAME|GROUPS|HOST|MACHTYPE|OSTYPE|OPT|PIPESTATUS|PPID|RANDOM|SECONDS|SHELL|SHLVL|SRANDOM|UID|COPROC|COLUMNS$|LINES$|LINENO$|PATH$|IFS$|ENV$|PWD$|OLDPWD$|HOME$|USER$|LOGNAME$|TERM$|CDPATH$|GLOBIGNORE$|PROMPT_|PS\d$|LESS|SYSTEMD_|PAGER$|MANPAGER$|EDITOR$|VISUAL$|BROWSER$|TMPDIR$|_$)/;

/** Runs in bash on the target. Reports, between an OSC introducer and a BEL, its status, directory and variables. */
const SCRIPT = `cd -- "$1" 2>/dev/null || cd
eval "$3"
__sekisho_status=$2 __sekisho_line=$4 __sekisho_mark=$5
set --
__sekisho_variables() {
  local __sekisho_name __sekisho_flags
  for __sekisho_name in $(compgen -v); do
    __sekisho_flags=\${!__sekisho_name@a}
    case $__sekisho_flags in *[aAr]*) continue ;; esac
    printf '%s\\0%s\\0%s\\0' "$__sekisho_name" "$__sekisho_flags" "\${!__sekisho_name}"
  done
}
__sekisho_finish() {
  trap '' INT
  local __sekisho_state __sekisho_unread=
  __sekisho_state=$(__sekisho_variables 2>/dev/null | base64 | tr -d '\\n')
  [ \${#__sekisho_state} -le 65536 ] || __sekisho_state=
  if [ -t 0 ]; then
    printf '\\033]7001;%s;ended\\007' "$__sekisho_mark"
    IFS= read -r -s -d $'\\036' -t 2 __sekisho_unread
  fi
  printf '\\033]7001;%s;%s;%s;%s;%s\\007' "$__sekisho_mark" "$1" "$(pwd -P | base64 | tr -d '\\n')" "$__sekisho_state" \
    "$(printf %s "$__sekisho_unread" | base64 | tr -d '\\n')"
  exit "$1"
}
trap '__sekisho_finish 130' INT
${WITHOUT_PAGERS}
(exit "$__sekisho_status")
eval "$__sekisho_line"
__sekisho_finish "$?"`;

/** The command string for one line. What runs is exactly `line`, in the directory and with the variables of `state`. */
export function wrapLine(line: string, state: ShellState, mark: string): string {
  const words = [SCRIPT, 'sekisho', state.directory, String(state.status), restore(state), line, mark];
  return `exec bash --noprofile --norc -c ${words.map(quote).join(' ')}`;
}

function restore({ variables }: ShellState): string {
  const assignments = [...variables].map(
    ([name, { exported, value }]) => `${exported ? 'export ' : ''}${name}=${quote(value)}`,
  );
  return assignments.join('\n');
}

/** A word the shell takes literally (POSIX XCU 2.2.2). */
function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

const Report = z.tuple([z.coerce.number().int().min(0).max(255), z.base64(), z.base64(), z.base64()]);
const Name = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/);

/**
 * Reads what stood between the mark and its BEL: `status;base64 directory;base64 variables;base64 unread input`.
 * Anything odd keeps the state as it was.
 */
export function readReport(report: string, before: ShellState, baseline: ShellState): ShellState {
  const parsed = Report.safeParse(report.split(';'));
  if (!parsed.success) return before;
  const [status, directory, encoded] = parsed.data;
  const path = Buffer.from(directory, 'base64').toString('utf8').replace(/\n$/, '');
  if (!/^\/[^\p{Cc}]{0,4095}$/u.test(path)) return { ...before, status };
  const variables = encoded === '' ? before.variables : readVariables(encoded, baseline);
  return { directory: path, status, variables };
}

/** What the target says was typed and not read by the program; empty when the report is odd. */
export function readUnread(report: string): Buffer {
  const parsed = Report.safeParse(report.split(';'));
  return parsed.success ? Buffer.from(parsed.data[3], 'base64') : Buffer.alloc(0);
}

function readVariables(encoded: string, baseline: ShellState): ShellState['variables'] {
  const fields = Buffer.from(encoded, 'base64').toString('utf8').split('\0');
  const kept = new Map<string, { exported: boolean; value: string }>();
  let bytes = 0;
  for (let at = 0; at + 2 < fields.length; at += 3) {
    const [name = '', flags = '', value = ''] = fields.slice(at, at + 3);
    if (!Name.safeParse(name).success || NOT_CARRIED.test(name)) continue;
    const exported = flags.includes('x');
    const known = baseline.variables.get(name);
    if (known !== undefined && known.value === value && known.exported === exported) continue;
    bytes += Buffer.byteLength(name) + Buffer.byteLength(value) + 16;
    if (bytes > STATE_BYTES_MAX) break;
    kept.set(name, { exported, value });
  }
  return kept;
}
