/**
 * The bash on the target that runs one judged line. It is started before the line is typed, waits for it, runs it and
 * reports what it leaves behind. It starts no program of its own: what a fork costs would be paid on every line.
 */
import { LIMITS } from '../../../foundation/index.ts';
import { quote, restore, type ShellState } from './state.ts';

/** What the gateway types when the line has ended: everything before it was typed and not read by the program. */
export const INPUT_END = Buffer.from([0x1e]);

const NAMES = Array.from('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_', (letter) => `"\${!${letter}@}"`).join(
  ' ',
);

/**
 * What an editor writes into a file that bash or sshd reads by itself would run before the next line: it is put back.
 * `ready` comes from read's own prompt, which is shown once the terminal echoes nothing and has no line limit.
 * The lengths are compared because a terminal may drop bytes at signs of its own. The directory is compared with the
 * physical path it had: behind a symbolic link that was laid since, the line would run elsewhere than it was judged for.
 */
const SCRIPT = `unset TMOUT
__sekisho_mark=$1
set --
__sekisho_say() { printf '\\033]7001;%s;%s\\007' "$__sekisho_mark" "$1"; }
__sekisho_status() { return "$1"; }
__sekisho_startup=(~/.bashrc ~/.bash_profile ~/.bash_login ~/.profile ~/.bash_logout ~/.ssh/rc ~/.ssh/environment)
__sekisho_read_startup() {
  local IFS=' ' file parts
  __sekisho_now=()
  for file in "\${__sekisho_startup[@]}"; do
    parts=()
    { mapfile -d '' -t parts <"$file"; } 2>/dev/null
    __sekisho_now+=("\${#parts[@]}:\${parts[*]}")
  done
}
__sekisho_restore() {
  local at
  __sekisho_read_startup
  for at in "\${!__sekisho_startup[@]}"; do
    [ "\${__sekisho_now[at]}" != "\${__sekisho_kept[at]}" ] || continue
    __sekisho_say restored
    printf %s "\${__sekisho_kept[at]#*:}" 2>/dev/null >|"\${__sekisho_startup[at]}"
  done
}
__sekisho_variables() {
  local LC_ALL=C IFS=' ' __sekisho_name __sekisho_flags __sekisho_field
  for __sekisho_name in ${NAMES}; do
    __sekisho_flags=\${!__sekisho_name@a}
    case $__sekisho_name/$__sekisho_flags in __sekisho*|IFS/*|LC_ALL/*|*/*[aArn]*) continue ;; esac
    printf -v __sekisho_field '%s\\037%s\\037%q\\037' "$__sekisho_name" "$__sekisho_flags" "\${!__sekisho_name}"
    __sekisho_state+=$__sekisho_field
    [ \${#__sekisho_state} -le ${LIMITS.guardedStateBytesMax * 4} ] || break
  done
}
__sekisho_finish() {
  trap '' INT
  { set +euvx; } 2>/dev/null
  __sekisho_restore 2>/dev/null
  local __sekisho_old=\${OLDPWD-} __sekisho_state= __sekisho_unread=
  if [ -t 0 ]; then
    __sekisho_say ended
    IFS= read -r -s -d $'\\036' -t 2 __sekisho_unread
  fi
  builtin cd -P . 2>/dev/null
  [ -z "\${LC_ALL+x}" ] || printf -v __sekisho_state 'LC_ALL\\037%s\\037%q\\037' "\${LC_ALL@a}" "$LC_ALL"
  __sekisho_variables 2>/dev/null
  local LC_ALL=C
  printf '\\033]7001;%s;%s\\037%q\\037%q\\037%q\\037%s\\007' "$__sekisho_mark" "$1" "$PWD" "$__sekisho_old" "$__sekisho_unread" "$__sekisho_state"
  exit "$1"
}
if [ -t 0 ]
then IFS= read -r -s -d $'\\036' -p $'\\033]7001;'"$__sekisho_mark"$';ready\\007' __sekisho_line || exit
else __sekisho_say ready; IFS= read -r -d $'\\036' __sekisho_line || exit; fi
__sekisho_read() {
  local LC_ALL=C IFS=: all rest sizes
  printf -v all %b "$__sekisho_line"
  rest=\${all#*;}
  sizes=(\${all%%;*})
  [ "\${#sizes[@]}" = 4 ] && [ "\${#rest}" = "$((sizes[1] + sizes[2] + sizes[3]))" ] || return 1
  __sekisho_last=\${sizes[0]}
  __sekisho_directory=\${rest:0:sizes[1]}
  __sekisho_setup=\${rest:sizes[1]:sizes[2]}
  __sekisho_line=\${rest:sizes[1]+sizes[2]}
}
__sekisho_read || exit 125
if [ -n "$__sekisho_directory" ]; then
  cd -P -- "$__sekisho_directory" 2>/dev/null && [ "$PWD" = "$__sekisho_directory" ] || { __sekisho_say lost; exit 1; }
fi
eval "$__sekisho_setup"
__sekisho_read_startup
__sekisho_kept=("\${__sekisho_now[@]}")
trap '__sekisho_finish 130' INT
[ ! -t 0 ] || __sekisho_say begun
__sekisho_status "$__sekisho_last"
eval "$__sekisho_line"
__sekisho_finish "$?"`;

/** The command that starts a bash waiting for its line; what it says begins with `mark`. */
export function waitingShell(mark: string): string {
  return `exec bash --noprofile --norc -c ${quote(SCRIPT)} sekisho ${mark}`;
}

/** What stands for itself on its way through any terminal, however its modes are set. */
const PLAIN = /[^a-z0-9 .,:;=/_+-]/;

/**
 * A line and the state it runs in, as the waiting shell reads them: `status:length:length:length;directory setup line`,
 * in signs no terminal acts on. Whoever asks for the terminal sets its modes: one that lets `q` end a line, or small
 * letters stand for large ones, would have another line run than was judged. `settings` are assignments every line
 * begins with.
 */
export function asTyped(line: string, state: ShellState, settings: string): Buffer {
  const parts = [state.directory, `${restore(state)}\n${settings}`, line].map((part) => Buffer.from(part));
  const head = `${[state.status, ...parts.map((part) => part.length)].join(':')};`;
  const signs = Array.from(Buffer.concat([Buffer.from(head), ...parts]), (byte) => {
    const sign = String.fromCharCode(byte);
    return PLAIN.test(sign) ? `\\x${byte.toString(16).padStart(2, '0')}` : sign;
  });
  return Buffer.concat([Buffer.from(signs.join('')), INPUT_END]);
}
