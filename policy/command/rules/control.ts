import { type Rule, words } from './rule.ts';

const INFO = words('-V --version -v --help -ls -list');

/** What changes the meaning of later words, or runs something later, out of sight. */
export const CONTROL_RULES: readonly Rule[] = [
  {
    id: 'control.source',
    tools: ['source', '.'],
    class: 'dynamic',
    direction: 'unknown',
    verdict: 'ask',
    when: [{ word: /./ }],
    why: {
      en: 'It runs the lines of a file in this shell; what they say is not in the line.',
      ja: 'ファイルの内容をこのシェルで実行しますが、その内容はこの行からは分かりません。',
    },
    tests: { positive: ['source /tmp/x.sh', '. ./env'], negative: ['cat ./env', 'echo source'] },
  },
  {
    id: 'control.builtins',
    tools: words('enable zmodload autoload zle bindkey functions fc'),
    class: 'shell_control',
    direction: 'none',
    verdict: 'ask',
    when: [{ flags: ['-n', '-d', '-e', '-s', '-a'] }, { word: /^[^-]/ }],
    why: {
      en: 'It gives a known name another meaning, or runs an earlier line again.',
      ja: '既知の名前の意味を変えたり、以前の行を再実行したりします。',
    },
    tests: { positive: ['enable -n echo', 'fc -s scp'], negative: ['enable', 'fc -l'] },
  },
  {
    id: 'control.loads',
    tools: ['enable', 'zmodload'],
    class: 'shell_control',
    direction: 'unknown',
    verdict: 'deny',
    when: [{ flags: ['-f'] }, { word: /net|tcp|socket|\// }],
    why: {
      en: 'It loads machine code or a network module into the shell itself.',
      ja: 'シェル自体に機械語やネットワークのモジュールを読み込みます。',
    },
    tests: { positive: ['enable -f ./x.so x', 'zmodload zsh/net/tcp'], negative: ['enable -p', 'enable -n echo'] },
  },
  {
    id: 'control.shopt',
    tools: ['shopt', 'set'],
    class: 'shell_control',
    direction: 'none',
    verdict: 'deny',
    when: [{ word: /^(extdebug|functrace)$/ }, { word: /^\+[a-zA-Z]*T/ }],
    why: {
      en: 'It switches off what lets the gate see each command.',
      ja: '各コマンドを確認するための仕組みを止める設定です。',
    },
    tests: { positive: ['shopt -u extdebug', 'set +o functrace'], negative: ['shopt -s nullglob', 'set -e'] },
  },
  {
    id: 'control.hash',
    tools: ['hash'],
    class: 'shell_control',
    direction: 'none',
    verdict: 'ask',
    when: [{ flags: ['-p'] }],
    why: { en: 'It makes a name run another program.', ja: '名前に別のプログラムを結び付けます。' },
    tests: { positive: ['hash -p /usr/bin/scp ls', 'hash -rp /tmp/x ls'], negative: ['hash -r', 'hash'] },
  },
  {
    id: 'control.jobs',
    tools: words('anacron fcron fcrontab incrontab incrond systemd-run run-one atd ts-task tsp nq pueue'),
    class: 'shell_control',
    direction: 'unknown',
    verdict: 'ask',
    when: [
      { fed: true },
      { flags: words('-e -f --on-active --on-calendar --on-boot --timer-property --path-property') },
      { word: /^[^-]/, lacks: ['-l', '--version', '-V'] },
    ],
    why: {
      en: 'A job runs later, with nobody at the terminal and nothing judged.',
      ja: 'ジョブは後で、誰も見ていない状態で判定されずに実行されます。',
    },
    tests: {
      positive: ['incrontab -e', 'systemd-run --on-active=60 true'],
      negative: ['fcrontab -l', 'atq'],
    },
  },
  {
    id: 'control.other-shells',
    tools: words('tmux screen byobu dtach abduco zellij reptyr emacsclient conspy ttysnoop dvtm mtm shpool'),
    class: 'shell_control',
    direction: 'unknown',
    verdict: 'deny',
    when: [
      { lacks: [...INFO, '-l'], word: /^(?!ls$|list|status|show|info|display|-$).+/ },
      { bare: true, lacks: [...INFO, '-l'] },
    ],
    why: {
      en: 'It opens or joins another terminal, whose lines the gate never sees.',
      ja: '別の端末を開く、または接続する操作で、そこでの入力は確認できません。',
    },
    tests: {
      positive: ['tmux new -d "scp a h:"', 'screen -dmS x scp a h:'],
      negative: ['screen -ls', 'tmux ls'],
    },
  },
  {
    id: 'control.opens',
    tools:
      words(`newgrp sg login machinectl expect autoexpect empty chsh ranger nnn vifm lf mc-shell rlwrap-shell agetty
      getty openvt luit script-shell sux ssh-shell cockpit-bridge loginctl-attach`),
    class: 'shell_control',
    direction: 'unknown',
    verdict: 'ask',
    when: [
      { lacks: INFO, word: /^(?!ls$|list|status|show|info|-$).+/ },
      { bare: true, lacks: INFO },
    ],
    why: {
      en: 'It opens a shell or a dialogue whose lines are not judged.',
      ja: '入力が判定されないシェルや対話を開きます。',
    },
    tests: { positive: ['newgrp wheel', 'expect x.exp'], negative: ['machinectl list', 'expect --version'] },
  },
  {
    id: 'control.debuggers',
    tools: words(`gdb lldb gcore pdb radare2 r2 ptrace systemtap stap bpftrace dtrace crash kexec ld.so
      ld-linux-x86-64.so.2 ld-linux.so.2 ld-linux-aarch64.so.1 ld-musl-x86_64.so.1 jdb memfetch coredumpctl rr frida
      frida-trace jmap jhat jcmd jhsdb py-spy rbspy pyrasite hotspot volatility memdump procdump avml lime`),
    class: 'interpreter',
    direction: 'unknown',
    verdict: 'ask',
    when: [
      { lacks: ['--version', '--help', '-v'], word: /^(?!list$|info$|--verify).+/ },
      { bare: true, lacks: ['--version', '--help', '-v'] },
    ],
    why: {
      en: 'It reads or changes the memory of programs, where protected data lies open.',
      ja: 'プログラムのメモリを読み書きでき、保護対象のデータに触れられます。',
    },
    tests: { positive: ['gdb -p 123', 'gcore 123'], negative: ['gdb --version', 'coredumpctl list'] },
  },
  {
    // LESSSECURE and its like reach a program only while they are exported: they are read-only, and stay exported.
    id: 'control.unexport',
    tools: words('declare typeset local export readonly'),
    class: 'shell_control',
    direction: 'none',
    verdict: 'ask',
    when: [{ word: /^\+[a-zA-Z]*x|^\$/ }, { flags: ['-n'] }],
    why: {
      en: 'It takes a variable away from the programs that are started, the gateway’s own settings among them.',
      ja: '起動するプログラムから変数を見えなくします。ゲートウェイの設定も失われるおそれがあります。',
    },
    tests: { positive: ['declare +x LESSSECURE', 'export -n A'], negative: ['declare -x A=1', 'export A=1'] },
  },
  {
    id: 'control.editors',
    tools: words(`vi vim nvim gvim ex view vimdiff nano pico emacs ed red joe jed mcedit ne micro kak hx helix vipw vigr
      sudoedit sensible-editor editor mg zile vile tilde dte hexedit mc elvis nvi edit jmacs jpico jstar rjoe nvimdiff
      amp vis sam acme gedit kate mousepad pluma leafpad featherpad xedit ghex wxhexeditor hexcurse hexer le diakonos
      minivi levee aee ee teco`),
    class: 'interpreter',
    direction: 'unknown',
    verdict: 'ask',
    when: [{ lacks: ['--version', '--help', '-c'] }, { flags: ['-c'], lacks: ['-cs'] }],
    why: {
      en: 'Inside an editor other files can be opened and commands run, and none of it is judged.',
      ja: 'エディタの中では他のファイルを開いたりコマンドを実行したりでき、判定されません。',
    },
    tests: { positive: ['vim /etc/hosts', 'ed /etc/hosts'], negative: ['vim --version', 'rvim /etc/hosts'] },
  },
  {
    id: 'control.sudoers',
    tools: ['visudo'],
    class: 'interpreter',
    direction: 'unknown',
    verdict: 'ask',
    when: [{ lacks: words('--version --help -V -h -c --check -cq -qc -cf -cs -csf') }],
    why: {
      en: 'Inside an editor other files can be opened and commands run, and none of it is judged.',
      ja: 'エディタの中では他のファイルを開いたりコマンドを実行したりでき、判定されません。',
    },
    tests: { positive: ['visudo', 'sudo visudo -f /etc/sudoers.d/x'], negative: ['visudo -c', 'sudo visudo --check'] },
  },
];
