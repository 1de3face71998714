/**
 * What runs on the target: an interactive bash of its own, and in it a hook that asks before every simple command.
 * Nothing is written to the target's disk, and nothing in the shell's memory opens anything: each verdict is bound to a
 * number that the hook makes for one question, and whoever changes a variable of the hook only makes it refuse.
 */
import { LIMITS } from '../../../foundation/index.ts';
import { quote } from '../guarded-line/state.ts';
import { ENCODE } from './encode.ts';

/**
 * Pagers and editors as they run no commands: what is typed at their own prompts nobody is asked about. LESSSECURE stays
 * set, and an editor is known under its restricted name where the target has it.
 */
const TOOLS = `export SYSTEMD_PAGERSECURE=1 LESSSECURE=1 INPUTRC=/dev/null
__sekisho_w=cat
! command -v less >/dev/null || __sekisho_w=less
export PAGER=$__sekisho_w MANPAGER=$__sekisho_w GIT_PAGER=$__sekisho_w SYSTEMD_PAGER=$__sekisho_w
for __sekisho_w in vi:rvim vim:rvim view:rview nano:rnano; do
  ! command -v "\${__sekisho_w#*:}" >/dev/null || alias "\${__sekisho_w%:*}=\${__sekisho_w#*:}"
done`;

/**
 * Adds the value of every variable that a text expands: what the text means can be judged by it. Of the longer forms
 * only those are expanded here that run and set nothing, whatever their variables hold.
 */
const VALUES = `__sekisho_plain() {
  local __sekisho_m=\${1%%[!A-Za-z0-9_]*} __sekisho_o
  [[ $1 != *[!A-Za-z0-9_.*?/:,@%^\\#\\[\\]\\ -]* && $__sekisho_m == [A-Za-z_]* && $__sekisho_m != __sekisho_* ]] || return 1
  __sekisho_o=\${1#"$__sekisho_m"}
  case $__sekisho_o in '['[0-9@*]']'* | '['[0-9][0-9]']'*) __sekisho_o=\${__sekisho_o#*]} ;; esac
  case $__sekisho_o in
    '' | '#'* | %* | /* | ^* | ,* | -* | :-*) return 0 ;;
    :[0-9]*) [[ $__sekisho_o != *[!0-9:\\ ]* ]] ;;
    *) return 1 ;;
  esac
}
__sekisho_values() {
  local __sekisho_r=$1 __sekisho_m __sekisho_s=' ' __sekisho_w __sekisho_x IFS=' '
  while [[ $__sekisho_r == *\\$* ]]; do
    __sekisho_r=\${__sekisho_r#*\\$}
    __sekisho_x=
    if [[ $__sekisho_r == \\{* ]]; then
      __sekisho_r=\${__sekisho_r#\\{}
      __sekisho_x=\${__sekisho_r%%\\}*}
    fi
    if [[ $__sekisho_r == [@*]* && $__sekisho_s != *' @ '* ]]; then
      __sekisho_s+='@ '
      __sekisho_e "\${__sekisho_q[*]:1}"
      __sekisho_f+="@=$__sekisho_v;"
    fi
    __sekisho_m=\${__sekisho_r%%[!A-Za-z0-9_]*}
    if [[ $__sekisho_x != "$__sekisho_m" && $__sekisho_s != *" {$__sekisho_x} "* ]] && __sekisho_plain "$__sekisho_x"; then
      __sekisho_s+="{$__sekisho_x} "
      builtin eval "__sekisho_w=\\"\\\${$__sekisho_x}\\""
      __sekisho_e "$__sekisho_w"
      __sekisho_f+="\\\${$__sekisho_x}=$__sekisho_v;"
    fi
    case $__sekisho_m in '' | 0* | [1-9]?* | _ | __sekisho_*) continue ;; esac
    case $__sekisho_s in *" $__sekisho_m "*) continue ;; esac
    __sekisho_s+="$__sekisho_m "
    case $__sekisho_m in
      [1-9]) ((__sekisho_m < \${#__sekisho_q[@]})) || continue; __sekisho_w=\${__sekisho_q[__sekisho_m]} ;;
      *) [[ -n \${!__sekisho_m+set} ]] || continue; __sekisho_w=\${!__sekisho_m} ;;
    esac
    __sekisho_e "$__sekisho_w"
    __sekisho_f+="$__sekisho_m=$__sekisho_v;"
  done
}
`;

/**
 * The terminal's input is read by one process at a time, of the line that runs, in front: two that read it would share
 * the bytes of one verdict, and one in the background would take what is typed at the prompt. The token in an anonymous
 * pipe is the number of that line.
 */
const TAKE = `__sekisho_front() {
  local __sekisho_s IFS=' '
  { builtin read -r __sekisho_s </proc/$BASHPID/stat; } 2>/dev/null || return 1
  builtin set -- \${__sekisho_s##*) }
  [[ $3 == "$6" ]]
}
__sekisho_take() {
  local __sekisho_w=
  builtin read -r -N 1 -t ${LIMITS.shellTurnSeconds} -u "$__sekisho_l" __sekisho_w 2>/dev/null
  [[ $__sekisho_w == "$((__sekisho_n % 10))" ]] && __sekisho_front && return 0
  builtin printf '%s' "$__sekisho_w" >&"$__sekisho_l"
  builtin printf '\\e]7001;%s;b;\\a' "$__sekisho_k" >/dev/tty
  return 1
}
`;

/**
 * Sends one question and waits for its verdict: a number made for this question alone, and a letter. Nobody can have
 * typed it ahead. What stands before it was typed ahead, and is told, so that it is not lost.
 */
const ASK = `__sekisho_ask() {
  local __sekisho_c __sekisho_f __sekisho_p __sekisho_u=
  __sekisho_a=n __sekisho_i=
  builtin read -r __sekisho_c </proc/sys/kernel/random/uuid || return 1
  __sekisho_e "$2"
  __sekisho_f=$'\\e]7001;'"$__sekisho_k;$1;$__sekisho_c;$__sekisho_n;$__sekisho_t;$__sekisho_v;"
  __sekisho_e "$PWD"
  __sekisho_f+="$__sekisho_v;"
  __sekisho_values "$2"
  __sekisho_f+=$'\\a'
  builtin trap '__sekisho_i=1' INT
  builtin trap '' TSTP QUIT
  while IFS= builtin read -r -s -d $'\\x1e' -t ${LIMITS.shellVerdictSeconds} -p "$__sekisho_f" __sekisho_p; do
    __sekisho_f=
    case $__sekisho_p in
      *"$__sekisho_c"[jyn]) __sekisho_u+=\${__sekisho_p%"$__sekisho_c"?} __sekisho_a=\${__sekisho_p: -1}; break ;;
      *) __sekisho_u+=$__sekisho_p$'\\x1e' ;;
    esac
  done <>/dev/tty 2>/dev/tty
  __sekisho_e "$__sekisho_u"
  builtin printf '\\e]7001;%s;a;%s;%s;%s;\\a' "$__sekisho_k" "$__sekisho_c" "$__sekisho_a" "$__sekisho_v" >/dev/tty
  builtin trap - INT QUIT
  [[ $- != *m* ]] || builtin trap - TSTP
  [[ -z $__sekisho_i ]] || __sekisho_a=n
  [[ $__sekisho_a != n ]]
}
`;

/**
 * The whole line, asked for before anything of it runs: what it redirects is not part of any simple command. `j` asks
 * the shell to leave job control off for this line, so that every process of it may read the terminal: a signal wakes
 * the hook in the shell itself, before anything is forked, and what it woke for is skipped.
 */
const LINE = `__sekisho_line() {
  local __sekisho_h __sekisho_t= __sekisho_o=0
  __sekisho_h=$(builtin history 1)
  __sekisho_h=\${__sekisho_h#"\${__sekisho_h%%[0-9]*}"}
  __sekisho_h=\${__sekisho_h#"\${__sekisho_h%%[!0-9]*}"}
  if __sekisho_ask l "\${__sekisho_h:2}"; then
    [[ $__sekisho_a != j ]] || { __sekisho_o=1; builtin kill -s RTMAX-3 $$; }
    builtin printf %s "$((__sekisho_n % 10))" >&"$__sekisho_l"
  else
    builtin kill -INT $$
  fi
  builtin printf "$__sekisho_o"
}
__sekisho_prompt() {
  local __sekisho_w
  while builtin read -t 0 -u "$__sekisho_l"; do builtin read -r -N 1 -t 1 -u "$__sekisho_l" __sekisho_w; done
  [[ $- == *m* ]] || { builtin set -m; builtin trap - TSTP; }
  __sekisho_s=-
  [[ $- != *T* || :$BASHOPTS: != *:extdebug:* || :$BASHOPTS: != *:promptvars:* || :$SHELLOPTS: == *:posix:* ]] ||
    [[ :$SHELLOPTS: != *:history:* ]] || __sekisho_s=ok
}
`;

/**
 * Runs before every simple command. What only shows, tests, counts or loops is not asked for, as long as it opens
 * nothing: what it expands by running something is asked for by itself. A refusal ends the whole line.
 */
const HOOK = `__sekisho_pure() {
  case $1 in
    *[\\<\\>]*) return 1 ;;
    'echo '* | echo | '[ '* | 'test '* | '[[ '* | '(('* | : | ': '* | true | false) return 0 ;;
    break | continue | return | 'return '* | shift | 'for '* | 'case '* | 'select '*) return 0 ;;
    *[[:space:]/]* | *proxy*) return 1 ;;
    [a-z]*=*) [[ \${1%%=*} != *[!a-z0-9_+]* ]] ;;
    *) return 1 ;;
  esac
}
__sekisho_judged() {
  __sekisho_pure "$BASH_COMMAND" && return 0
  if __sekisho_take; then
    local __sekisho_t= __sekisho_w=\${BASH_COMMAND%%[[:space:]]*}
    [[ $__sekisho_w != *[!A-Za-z0-9_.:+-]* ]] && builtin declare -F -- "$__sekisho_w" >/dev/null && __sekisho_t=f
    __sekisho_ask q "$BASH_COMMAND"
    local __sekisho_r=$?
    builtin printf '%s' "$((__sekisho_n % 10))" >&"$__sekisho_l"
    ((__sekisho_r == 0)) && return 0
  fi
  builtin kill -INT "$BASHPID"
  return 1
}
__sekisho_hook() {
  case \${FUNCNAME[1]-} in
    __sekisho_line | __sekisho_prompt | __sekisho_begin) return 0 ;;
    __sekisho_ask | __sekisho_e | __sekisho_plain | __sekisho_values | __sekisho_take | __sekisho_front) return 0 ;;
  esac
  case $BASH_COMMAND in
    \\\\__sekisho_prompt) __sekisho_d=$((__sekisho_d + 1)) && return 0 ;;
    \\\\__sekisho_line) return 0 ;;
  esac
  local __sekisho_x=$- __sekisho_q=("$0" "$@") __sekisho_r
  builtin set +e +u
  if ((__sekisho_j)) && [[ $BASHPID == $$ ]]; then
    __sekisho_j=0
    builtin set +m
    builtin trap '' TSTP
    return 1
  fi
  builtin unset "__sekisho_q[$#]"
  __sekisho_judged
  __sekisho_r=$?
  [[ $__sekisho_x != *e* ]] || builtin set -e
  [[ $__sekisho_x != *u* ]] || builtin set -u
  return "$__sekisho_r"
}
`;

/**
 * The hook is set at the first prompt: a startup file that sets extdebug makes bash look for a debugger. Names that
 * lead to the hook are quoted, so that no alias can stand for them.
 */
const BEGIN = `__sekisho_begin() {
  PROMPT_COMMAND='\\__sekisho_prompt'
  PS1='@PROMPT@\\[\\e]7001;'"$__sekisho_k"';p;\${__sekisho_z[(__sekisho_n+=1)*0]-}\${__sekisho_n};\${__sekisho_d};\${__sekisho_s};\\#;\\a\\]'
  PS2='> \\[\\e]7001;'"$__sekisho_k"';c;\\a\\]'
  PS0='\${__sekisho_z[(__sekisho_j=$(\\__sekisho_line))*0]-}'
  builtin readonly PROMPT_COMMAND PS0 PS1 PS2 PS4 PATH INPUTRC HISTFILE HISTSIZE HISTCONTROL HISTIGNORE HISTTIMEFORMAT
  builtin readonly LESSSECURE SYSTEMD_PAGERSECURE BASH_ENV ENV
  builtin readonly -f __sekisho_{e,plain,values,front,take,ask,line,prompt,pure,judged,hook,begin}
  builtin shopt -u progcomp
  builtin shopt -s extdebug cmdhist lithist promptvars
  builtin set -T -o history
  builtin trap : RTMAX-3
  builtin trap '\\__sekisho_hook "$@" "$_"' DEBUG
}
__sekisho_k=@NONCE@ __sekisho_n=0 __sekisho_d=0 __sekisho_j=0 __sekisho_s=ok __sekisho_z=()
exec {__sekisho_l}<> <(:)
HISTCONTROL= HISTIGNORE= HISTTIMEFORMAT= HISTSIZE=1000 HISTFILE=/dev/null
PROMPT_COMMAND=__sekisho_begin
`;

/** The startup file of a session's bash. `nonce` marks its frames; `prompt` stands between the account and the path. */
function startupFile({ nonce, name }: { nonce: string; name: string }): string {
  const prompt = `\\u@${name.replace(/[^\w.-]/g, '_')}:\\w\\$ `;
  const begin = BEGIN.replace('@NONCE@', nonce).replace('@PROMPT@', () => prompt);
  return [TOOLS, ENCODE, VALUES, TAKE, ASK, LINE, HOOK, begin].join('\n');
}

/** Older ones lack what the hook needs; its numbers come from the kernel. */
const NEEDS = '((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 404)) && [ -r /proc/sys/kernel/random/uuid ] || exit 69';
/** What an account's own startup files left must not change how this bash starts or what its words mean. */
const KEPT = ['HOME', 'USER', 'LOGNAME', 'SHELL', 'PATH', 'TERM', 'TZ', 'XDG_RUNTIME_DIR', 'KRB5CCNAME'].concat(
  ['ALL', 'CTYPE', 'COLLATE', 'MESSAGES', 'NUMERIC', 'TIME'].map((name) => `LC_${name}`),
);

/** The command that starts it: for any shell of the Bourne family; another one does not understand it and ends. */
export function startCommand(options: { nonce: string; name: string }): string {
  const kept = KEPT.map((name) => `\${${name}:+"${name}=$${name}"}`).join(' ');
  // Without a locale bash would edit and tell bytes instead of characters.
  const locale = '"LANG=${LANG:-C.UTF-8}"';
  const start = `${NEEDS}; exec bash --noprofile --rcfile <(printf %s "$1") -i`;
  return `exec env -i ${kept} ${locale} bash --noprofile --norc -c ${quote(start)} sekisho ${quote(startupFile(options))}`;
}
