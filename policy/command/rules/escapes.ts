import { type Reason, type Rule, words } from './rule.ts';

const RUNS: Reason = {
  en: 'With these words an ordinary program runs another command or loads code.',
  ja: 'この指定により、通常のプログラムが別のコマンドやコードを実行します。',
};

const escape = (id: string, tools: string, when: Rule['when'], { why = RUNS, ...tests }: Cases): Rule => ({
  id,
  tools: words(tools),
  class: 'interpreter',
  direction: 'unknown',
  verdict: 'ask',
  ...(when === undefined ? {} : { when }),
  why,
  tests,
});

type Cases = Rule['tests'] & { readonly why?: Reason };

/** Ordinary programs with an option that runs another command or loads code: there they are interpreters. */
export const ESCAPE_RULES: readonly Rule[] = [
  escape(
    'escape.tar',
    'tar gtar bsdtar cpio star',
    [
      {
        flags: words(`--checkpoint-action --to-command --rsh-command --use-compress-program --info-script
          --new-volume-script -I -F`),
      },
    ],
    {
      positive: ['tar cf /dev/null /etc --checkpoint=1 --checkpoint-action=exec=sh', 'tar -I /tmp/x -cf /tmp/a /etc'],
      negative: ['tar czf /tmp/etc.tgz /etc', 'tar -tvf /tmp/a.tar'],
    },
  ),
  {
    id: 'send.tar-remote',
    tools: words('tar gtar cpio star dump xfsdump dd rmt mt'),
    class: 'offhost',
    direction: 'out',
    verdict: 'needs_ticket',
    when: [{ word: /^(--file=)?[\w.-]+(@[\w.-]+)?:(?!\\)/ }, { word: /^-?[a-zA-Z]*f?[\w.-]+@[\w.-]+:/ }],
    why: { en: 'The archive is written to another host.', ja: 'アーカイブが別のホストに書き込まれます。' },
    tests: {
      positive: ['tar cf me@x.example:/tmp/a /etc', 'tar --file=h:/a -c /etc'],
      negative: ['tar czf /tmp/etc.tgz /etc', 'cpio -id'],
    },
  },
  escape(
    'escape.archivers',
    'zip unzip rar 7z pax split csplit sort shuf logsave dd',
    [{ flags: ['--filter', '--compress-program', '-TT', '--unzip-command'] }],
    {
      positive: ["split --filter='sh -c x' /tmp/a", 'sort --compress-program=/tmp/x /tmp/a'],
      negative: ['split -b 10M /tmp/a', 'sort -u /tmp/a'],
    },
  ),
  // `!COMMAND` and `v` at their prompt run what no line told the gate.
  escape(
    'escape.pagers',
    'more most pg pinfo view w3m lynx links elinks links2 moar ov vimpager nvimpager slit konqueror firefox chromium google-chrome',
    [{ lacks: words('--version --help -V -dump -source --dump -download') }],
    {
      positive: ['more /var/log/syslog', 'pg /etc/hosts', 'lynx http://x.example'],
      negative: ['head -n 100 /var/log/syslog', 'whatis ls', 'ps aux | more | cat'],
      why: {
        en: 'At the prompt of this pager or browser a command can be run that no line showed.',
        ja: 'このページャーやブラウザの画面から、表に出ないコマンドを実行できます。',
      },
    },
  ),
  escape(
    'escape.secured-pagers',
    'less man zless bzless xzless lzless zstdless perldoc pydoc pydoc3 systemd-pager ',
    [{ lacks: words('--version --help -V -f -k -w --whatis --apropos --where --path --location') }],
    {
      positive: ['sudo less /var/log/syslog', 'env -i man ls'],
      negative: ['less /var/log/syslog', 'man ls', 'cat /etc/hosts'],
      why: {
        en: 'Where the gateway’s setting is lost (under sudo, say), commands can be run from this pager.',
        ja: 'sudo経由などゲートウェイの設定が失われる場面では、このページャーからコマンドを実行できます。',
      },
    },
  ),
  escape(
    'escape.man',
    'man apropos whatis nroff groff troff mandb',
    [{ flags: ['-P', '-H', '--html', '--pager', '-U', '--preprocessor', '-p'] }],
    { positive: ['apropos -P /tmp/x ls', 'nroff -U /tmp/x'], negative: ['apropos copy', 'whatis ls'] },
  ),
  escape(
    'escape.build',
    `make gmake cmake ninja meson rake ant mvn gradle gcc g++ cc c++ clang clang++ c89 c99 as ld tcc gfortran npm yarn pnpm
     npx bunx composer cargo rustc pip pip2 pip3 pipx uv gem bundle easy_install cpan cpanm dpkg-buildpackage rpmbuild
     debuild bazel scons nix nix-shell nix-build guix conda mamba poetry pdm tox nox just task mage invoke`,
    [
      { lacks: words('--version --help -v -V list show search ls outdated info'), word: /./ },
      { bare: true, lacks: ['--version', '--help', '-v', '-V'] },
    ],
    {
      positive: ["make -s --eval='x:;sh'", 'pip install ./x', 'npm run x'],
      negative: ['make --version', 'pip list'],
      why: {
        en: 'Build and package tools run the steps of a file; what they do is not in the line.',
        ja: 'ビルドやパッケージのツールはファイル内の手順を実行しますが、その内容はこの行からは分かりません。',
      },
    },
  ),
  escape(
    'escape.configuration-runners',
    `ansible salt-call salt puppet chef-client chef-solo terraform tofu fab capistrano cap run-parts ssh-agent capsh openvt
     entr daemonize dtach setlock chpst sem perlbug gimp mcabber watchexec reflex nodemon pyinfra bolt mco rex
     distcc ccache gcov ginsh`,
    [
      { flags: ['-a', '--args', '--eval', '-e'] },
      { sub: ['cmd.run', 'cmd.shell', 'apply', 'console', 'destroy'] },
      { word: /^(--|-c)$/ },
    ],
    {
      positive: ["ansible all -a 'cat /tmp/a'", 'puppet apply /tmp/x.pp', 'capsh -- -c id'],
      negative: ['ansible all --list-hosts', 'terraform plan'],
    },
  ),
  escape(
    'escape.process-managers',
    'pm2 forever foreman overmind hivemind honcho circusd',
    [
      { sub: words('start exec deploy run serve install startOrRestart startOrReload startOrGracefulReload') },
      { bare: true, lacks: words('--version --help -v -V') },
    ],
    {
      positive: ['pm2 start /tmp/x.js', 'foreman start'],
      negative: ['pm2 list', 'pm2 restart app'],
      why: {
        en: 'It starts programs by a file of its own; what they do is not in the line.',
        ja: '設定ファイルに書かれたプログラムを起動しますが、その内容はこの行からは分かりません。',
      },
    },
  ),
  escape(
    'escape.packages',
    'apt apt-get aptitude dpkg yum dnf rpm zypper snap apk pacman',
    [
      { flags: ['--eval', '--pipe', '--define', '-D'], word: /%\(|%\{|sh\b/ },
      { word: /^(\S*Invoke\S*|\.{0,2}\/.*\.(deb|rpm|snap|apk)|\S*::\S*=.*\/.*)$/i },
      { sub: ['changelog'] },
    ],
    {
      positive: ["rpm --eval '%(sh x)'", 'apt-get update -o APT::Update::Pre-Invoke::=/bin/sh', 'dpkg -i ./x.deb'],
      negative: ['apt-get update', 'rpm -qa'],
      why: {
        en: 'A package file or this option runs code as the administrator.',
        ja: 'パッケージファイルやこのオプションは、管理者権限でコードを実行します。',
      },
    },
  ),
  escape(
    'escape.capture',
    'tcpdump tshark dumpcap ngrep tcpflow ettercap bettercap',
    [
      { flags: ['-z', '--lua-script', '-X'], word: /\// },
      { word: /^(rpcap|tcp|sshdump|TCP@)/i },
      { flags: ['-w', '-A'] },
    ],
    {
      positive: ['tcpdump -i lo -G 1 -z /tmp/x -w /tmp/y', 'tcpdump -A -i eth0 port 3306'],
      negative: ['tcpdump -ni eth0 port 53', 'tcpdump -D'],
      why: {
        en: 'A capture keeps or shows the data that passes on the network, or runs a command on it.',
        ja: '通信のキャプチャは、流れるデータを保存・表示したり、それに対してコマンドを実行したりします。',
      },
    },
  ),
  escape(
    'escape.conversations',
    'busctl dbus-send gdbus qdbus dbus-update-activation-environment gpg-connect-agent portablectl varlinkctl',
    [
      {
        sub: words('call emit set-property attach reattach'),
        word: /systemd1|machine1|portable1|packagekit|eval|spawn|start|exec|run|launch|command|job|unit/i,
      },
      { sub: ['call', 'attach'], expansion: 'any' },
      { flags: ['--dest', '--type', '--method', '-e'] },
    ],
    {
      positive: [
        'busctl call org.freedesktop.systemd1 /x a.Manager StartTransientUnit',
        'dbus-send --system --dest=org.freedesktop.systemd1 /x a.b',
      ],
      negative: ['busctl list', 'busctl tree'],
      why: {
        en: 'A message on the bus can make a service start any program.',
        ja: 'バスへのメッセージにより、サービスに任意のプログラムを起動させることができます。',
      },
    },
  ),
  escape('escape.restricted-editors', 'rvim rview rnano', [{ word: /^(-c|--cmd|-S|-u|\+[^\d])/ }], {
    positive: ["rvim -c ':py import os' /etc/hosts", 'rview -S /tmp/x.vim a'],
    negative: ['rvim /etc/hosts', 'rvim +10 /etc/hosts'],
  }),
  escape('escape.service-by-path', 'service invoke-rc.d', [{ word: /\// }], {
    positive: ['service ../../tmp/x start', 'invoke-rc.d ../x start'],
    negative: ['service nginx restart', 'service --status-all'],
  }),
  escape('escape.modules', 'modprobe', [{ flags: ['-C', '-d', '--config', '--dirname'] }], {
    positive: ['modprobe -C /tmp/x.conf y', 'modprobe -d /tmp y'],
    negative: ['modprobe br_netfilter', 'modprobe -r x'],
  }),
  escape(
    'escape.run-options',
    'dmsetup exiftool pidstat fail2ban-client pandoc latex pdflatex tex xelatex lualatex hg svn bzr task wpa_cli',
    [
      {
        flags: words(
          '--exec -if -config --shell-escape -shell-escape --filter --lua-filter --config --config-option --diff-cmd',
        ),
      },
      { flags: ['-e', '-a'], word: /\// },
      { sub: ['set'], word: /action/ },
    ],
    {
      positive: ["dmsetup ls --exec '/bin/sh -s'", "exiftool -if 'system(1)' a.jpg"],
      negative: ['dmsetup ls', 'fail2ban-client status sshd'],
    },
  ),
  escape('escape.message-filters', 'msgfilter msgexec', undefined, {
    positive: ['msgfilter -i a.po sh', 'msgexec -i a.po cat'],
    negative: ['msgfmt a.po', 'msgcat a.po'],
  }),
  escape(
    'escape.prompts',
    'dc calc iftop ispell tdbtool ginsh tasksh atop lv multitail mlr miller ugrep',
    [
      { lacks: words('--version --help -V -h -v'), word: /./ },
      { bare: true, lacks: words('--version --help -V -h -v') },
    ],
    {
      positive: ['dc', "mlr -n put 'end{system(1)}'"],
      negative: ['bc', 'mlr --version'],
      why: {
        en: 'At its prompt or in its own language, commands can be run.',
        ja: '独自のプロンプトや言語からコマンドを実行できます。',
      },
    },
  ),
  escape(
    'escape.git-runs',
    'git',
    [
      {
        sub: ['bisect run', 'submodule foreach', 'filter-branch', 'difftool', 'mergetool', 'for-each-repo', 'instaweb'],
      },
      { sub: ['rebase'], flags: ['-x', '--exec'] },
      { flags: ['-O', '--open-files-in-pager'], sub: ['grep'] },
      { sub: ['archive'], flags: ['--remote', '--exec'] },
    ],
    {
      positive: ['git bisect run ./x', "git rebase -x 'make' main", 'git submodule foreach x'],
      negative: ['git bisect start', 'git rebase main'],
    },
  ),
  escape(
    'escape.services',
    `systemctl service supervisorctl monit nginx httpd apachectl apache2ctl php-fpm certbot logrotate haproxy varnishd postfix
     exim named dnsmasq sysctl certtool pidstat keytool ssh-keygen ssh-add`,
    [
      { sub: ['edit', 'link'] },
      { sub: ['set-environment'], word: /^(LD_\w+|PATH|BASH_ENV|ENV|\w*(PAGER|EDITOR|PRELOAD|OPTIONS|OPT))=/ },
      {
        sub: ['enable', 'reenable', 'start'],
        word: /^(?!\/(etc|lib|usr\/lib|run)\/systemd\/).*\/.*\.(service|socket|timer|path|mount)$/,
      },
      {
        flags: words(`-c -f -D -e --hook --pre-hook --post-hook --deploy-hook --manual-auth-hook -providerpath`),
        word: /^(\.{0,2}\/(tmp|home|var\/tmp|dev\/shm)\/|\.\/|[^-].*\.(so|conf)$|~)/,
      },
      { word: /core_pattern=|modprobe=|hotplug=/ },
    ],
    {
      positive: ['systemctl link /tmp/x.service', 'nginx -c /tmp/x.conf', 'sysctl -w kernel.core_pattern=|/tmp/x'],
      negative: ['systemctl restart nginx', 'nginx -t'],
      why: {
        en: 'A service is given settings or a file of its own, and will run what they say.',
        ja: 'サービスに独自の設定やファイルを与え、その内容を実行させます。',
      },
    },
  ),
];
