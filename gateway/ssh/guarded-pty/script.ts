/**
 * What makes a login bash hand each line over before it runs it. Every key that ends a line is bound to three steps of
 * the shell's own line editor: expand aliases, ask, then end the line, and only an answer to this very question binds
 * the third step to that. No other key ends a line. Nothing is written to the target's disk.
 */
import { LIMITS } from '../../../foundation/index.ts';
import { quote } from '../guarded-line/state.ts';
import { ENCODE } from '../guarded-shell/encode.ts';
import { KEPT_SETTINGS, SECURED_PAGERS, WITHOUT_PAGERS } from '../pagers.ts';

/** The variable of a question that lists which of `TOOLS` the target has. */
export const TOOLS_VARIABLE = 'SEKISHO_TOOLS';
const TOOLS = 'rvim rview rnano less';

/** Adds the values of the variables that a line names: what the line means can be judged by them. */
const VALUES = `__sekisho_values() {
  local __sekisho_r=$1 __sekisho_m __sekisho_s=' '
  while [[ $__sekisho_r == *\\$* ]]; do
    __sekisho_r=\${__sekisho_r#*\\$}
    __sekisho_r=\${__sekisho_r#\\{}
    __sekisho_m=\${__sekisho_r%%[!A-Za-z0-9_]*}
    case $__sekisho_m in '' | [0-9]* | _ | __sekisho_*) continue ;; esac
    case $__sekisho_s in *" $__sekisho_m "*) continue ;; esac
    __sekisho_s+="$__sekisho_m "
    [[ -n \${!__sekisho_m+set} ]] || continue
    __sekisho_e "\${!__sekisho_m}"
    __sekisho_f+="$__sekisho_m=$__sekisho_v;"
  done
}`;

/**
 * One question and its verdict: a number made for this question alone, and a letter. Nobody can have typed it ahead.
 * `y`: the line runs. `s`: what follows runs instead. `c`: the line goes on in a further row. Anything else drops it.
 */
const ASK = `__sekisho_ask() {
  local __sekisho_c __sekisho_f __sekisho_p __sekisho_u= __sekisho_a=n __sekisho_r
  __sekisho_end redraw-current-line
  if builtin read -r __sekisho_c </proc/sys/kernel/random/uuid; then
    __sekisho_e "$READLINE_LINE"
    __sekisho_f=$'\\e]7001;'"$__sekisho_k;l;$__sekisho_c;$__sekisho_n;;$__sekisho_v;"
    [[ $PWD -ef . ]] || PWD=$(builtin pwd -P)
    __sekisho_e "$PWD"
    __sekisho_f+="$__sekisho_v;$__sekisho_t"
    __sekisho_values "$READLINE_LINE"
    __sekisho_f+=$'\\a'
    while IFS= builtin read -r -s -d $'\\x1e' -t ${LIMITS.shellVerdictSeconds} -p "$__sekisho_f" __sekisho_p; do
      __sekisho_f=
      case $__sekisho_p in
        *"$__sekisho_c"[a-z]*) __sekisho_u+=\${__sekisho_p%"$__sekisho_c"*}; __sekisho_r=\${__sekisho_p##*"$__sekisho_c"}
          __sekisho_a=\${__sekisho_r:0:1}; break ;;
        *) __sekisho_u+=$__sekisho_p$'\\x1e' ;;
      esac
    done <>/dev/tty 2>/dev/tty
    __sekisho_e "$__sekisho_u"
    builtin printf '\\e]7001;%s;a;%s;%s;%s;\\a' "$__sekisho_k" "$__sekisho_c" "$__sekisho_a" "$__sekisho_v" >/dev/tty
  fi
  case $__sekisho_a in
    s) builtin printf -v READLINE_LINE %b "\${__sekisho_r:1}" ;;
    c) READLINE_LINE+=$'\\n' ;;
    y) ;;
    *) builtin history -s -- "$READLINE_LINE"; READLINE_LINE= ;;
  esac
  READLINE_POINT=\${#READLINE_LINE}
  [[ $__sekisho_a != [ys] ]] || { __sekisho_d=$((__sekisho_d + 1)); __sekisho_end accept-line; }
}`;

/** Every key of readline that ends a line, edits one in a program or brings other keys back. */
const ENDS = [
  ...['accept-line', 'operate-and-get-next', 'edit-and-execute-command', 'vi-edit-and-execute-command'],
  ...['vi-editing-mode', 'emacs-editing-mode', 'vi-movement-mode', 're-read-init-file', 'execute-named-command'],
].join(' ');

/**
 * Bound again at each prompt, so that nothing that a program or a file changed meanwhile lasts. A line that was made
 * read-only, so that another is told than the one that stands there, makes the prompt one that is not whole.
 */
const KEYS = `__sekisho_end() {
  builtin bind -m emacs-standard "\\"\\C-x\\C-]$__sekisho_x"'2": '"$1"
}
__sekisho_keys() {
  local __sekisho_m __sekisho_f
  [[ -o emacs ]] || builtin set -o emacs
  for __sekisho_m in emacs-standard emacs-meta emacs-ctlx; do
    for __sekisho_f in ${ENDS}; do builtin bind -m "$__sekisho_m" -u "$__sekisho_f"; done
  done 2>/dev/null
  __sekisho_m="\\C-x\\C-]$__sekisho_x"
  builtin bind -m emacs-standard "\\"\${__sekisho_m}0\\": alias-expand-line"
  builtin bind -m emacs-standard -x "\\"\${__sekisho_m}1\\": \\\\__sekisho_ask"
  __sekisho_end redraw-current-line
  for __sekisho_f in m j o; do
    builtin bind -m emacs-standard "\\"\\C-$__sekisho_f\\": \\"\${__sekisho_m}0\${__sekisho_m}1\${__sekisho_m}2\\""
  done
}
__sekisho_prompt() {
  __sekisho_n=$((__sekisho_n + 1)) __sekisho_s=-
  __sekisho_keys
  builtin unset -n READLINE_{LINE,POINT,MARK,ARGUMENT}
  builtin unset READLINE_{LINE,POINT,MARK,ARGUMENT} 2>/dev/null || return 0
  builtin bind -q accept-line >/dev/null 2>&1 || [[ :$SHELLOPTS: == *:posix:* || :$BASHOPTS: != *:promptvars:* ]] || __sekisho_s=ok
}`;

/**
 * Runs once, at the first prompt behind the account's startup files. Of what they left, that goes which would change
 * what a line means: functions (a name would be another program), traps, completions that run something, bound commands.
 */
const BEGIN = `__sekisho_begin() {
  local __sekisho_w
  for __sekisho_w in $(builtin compgen -A function); do
    case $__sekisho_w in __sekisho_*) ;; *) builtin unset -f -- "$__sekisho_w" ;; esac
  done
  for __sekisho_w in emacs-standard emacs-meta emacs-ctlx; do
    while builtin read -r __sekisho_v; do
      builtin bind -m $__sekisho_w -r "$(builtin printf %s "$__sekisho_v" | command sed 's/^"\\(.*\\)": ".*$/\\1/;s/^"\\(.*\\)" ".*$/\\1/')"
    done < <(builtin bind -m $__sekisho_w -X)
  done
  builtin trap - DEBUG EXIT ERR RETURN
  builtin complete -r
  builtin shopt -u expand_aliases progcomp extdebug
  builtin shopt -s promptvars cmdhist lithist
  builtin set +H +o posix +x +v
  if command -v less >/dev/null; then ${SECURED_PAGERS}; else ${WITHOUT_PAGERS}; fi
  __sekisho_e "$(builtin type -P ${TOOLS})"
  __sekisho_t="${TOOLS_VARIABLE}=$__sekisho_v;"
  builtin unset PROMPT_COMMAND PS0
  PROMPT_COMMAND='\\__sekisho_prompt'
  PS1+='\\[\\e]7001;'"$__sekisho_k"';p;\${__sekisho_n};\${__sekisho_d};\${__sekisho_s};\\#;\\a\\]'
  PS2='> \\[\\e]7001;'"$__sekisho_k"';c;\\a\\]'
  builtin readonly PROMPT_COMMAND PS0 PS1 PS2 PS4 PATH INPUTRC BASH_ENV ENV __sekisho_k __sekisho_x __sekisho_t
  builtin readonly -f __sekisho_{e,values,ask,end,keys,prompt,begin}
  ${KEPT_SETTINGS}
  __sekisho_prompt
}
__sekisho_k=@NONCE@ __sekisho_x=@KEY@ __sekisho_n=0 __sekisho_d=0 __sekisho_s=- __sekisho_t=
builtin unset -f builtin command unset bind read printf trap shopt complete
\\__sekisho_begin 2>/dev/null`;

/**
 * The command that starts it, for any shell of the Bourne family. `nonce` marks its frames; `key`, of letters and
 * digits, names the keys that only the shell itself presses.
 */
export function loginCommand({ nonce, key }: { nonce: string; key: string }): string {
  const begin = BEGIN.replace('@NONCE@', nonce).replace('@KEY@', key);
  const setup = [ENCODE, VALUES, ASK, KEYS, begin].join('\n');
  const needs =
    '((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 404)) && [ -r /proc/sys/kernel/random/uuid ] || exit 69';
  const locale = '${LANG:-C.UTF-8}'; // Without one bash would edit and tell bytes instead of characters.
  // Their own startup files run first and whole; what the environment asks for at the first prompt runs behind them.
  const start = `${needs}; LANG=${locale} PROMPT_COMMAND=$1 exec bash --login -i`;
  return `exec bash --noprofile --norc -c ${quote(start)} sekisho ${quote(setup)}`;
}
