/** Programs that run another command given in their words: `sudo -u x cmd`, `timeout 5 cmd`, `xargs cmd`. As data. */
import type { Word } from './model.ts';
import { words } from './rules/rule.ts';
import { MORE_WRAPPERS, type Wrapper } from './more-wrappers.ts';

const WRAPPERS: readonly Wrapper[] = [
  {
    tools: ['sudo'],
    as: 'words',
    values: 'ugpCrtTUhDR',
    longValues: [
      '--user',
      '--group',
      '--host',
      '--prompt',
      '--chdir',
      '--chroot',
      '--close-from',
      '--command-timeout',
      '--role',
      '--type',
      '--other-user',
    ],
    unless: ['-l', '-v', '-k', '-K', '-V', '--list', '--validate', '--version'],
  },
  { tools: ['doas', 'dzdo', 'pfexec'], as: 'words', values: 'uC' },
  { tools: ['pkexec'], as: 'words', longValues: ['--user'] },
  { tools: ['gosu', 'su-exec'], as: 'words', skip: 1 },
  {
    tools: ['su', 'runuser'],
    as: 'words',
    values: 'gGsuw',
    longValues: ['--user', '--group', '--shell'],
    skip: 99,
    shellOptions: ['-c', '--command', '--session-command'],
  },
  {
    tools: ['env'],
    as: 'words',
    values: 'uC',
    longValues: ['--unset', '--chdir'],
    shellOptions: ['-S', '--split-string'],
  },
  {
    tools: [
      'nohup',
      'setsid',
      'builtin',
      'catchsegv',
      'unbuffer',
      'fakeroot',
      'dbus-launch',
      'caffeinate',
      'pasuspender',
      'uname26',
      'aoss',
      'ifne',
      'entr',
      'torsocks',
      'torify',
      'proxychains',
      'proxychains4',
      'dbus-run-session',
      'systemd-inhibit',
      'sem',
      'aa-exec',
      'chronic',
      'ts',
      'faketime',
      'eatmydata',
    ],
    as: 'words',
    values: 'p',
  },
  { tools: ['command'], as: 'words', unless: ['-v', '-V'] },
  { tools: ['time'], as: 'words', values: 'fo' },
  { tools: ['nice'], as: 'words', values: 'n', longValues: ['--adjustment'] },
  { tools: ['ionice'], as: 'words', values: 'cnpPu', unless: ['-p', '-P', '-u'] },
  { tools: ['timeout'], as: 'words', values: 'sk', longValues: ['--signal', '--kill-after'], skip: 1 },
  { tools: ['stdbuf'], as: 'words', values: 'ioe', longValues: ['--input', '--output', '--error'] },
  { tools: ['exec'], as: 'words', values: 'a' },
  {
    tools: ['xargs'],
    as: 'words',
    values: 'InPLsadE',
    longValues: [
      '--replace',
      '--max-args',
      '--max-procs',
      '--max-lines',
      '--max-chars',
      '--arg-file',
      '--delimiter',
      '--eof',
    ],
    feeds: true,
  },
  {
    tools: ['parallel', 'rush'],
    as: 'shell',
    values: 'jNnLICSa',
    longValues: ['--jobs', '--colsep', '--sshlogin', '--arg-file'],
    feeds: true,
  },
  { tools: ['watch'], as: 'shell', values: 'n', longValues: ['--interval'] },
  { tools: ['busybox', 'toybox'], as: 'words', unless: ['--list', '--help'] },
  { tools: ['script', 'scriptlive'], as: 'words', values: 'cEIOBTmo', skip: 99, shellOptions: ['-c', '--command'] },
  {
    tools: ['strace', 'ltrace'],
    as: 'words',
    values: 'eopsuEaPOSbIX',
    longValues: words(
      `--attach --string-limit --output --trace --env --user --signal --decode-fds --columns --summary-sort-by --trace-path --interruptible --abbrev --verbose --raw --read --write --fault --inject --status --kvm`,
    ),
  },
  {
    tools: ['flock'],
    as: 'words',
    values: 'wE',
    longValues: ['--timeout', '--wait', '--conflict-exit-code'],
    skip: 1,
    shellOptions: ['-c', '--command'],
  },
  { tools: ['chroot'], as: 'words', longValues: ['--userspec', '--groups'], skip: 1 },
  {
    tools: ['unshare'],
    as: 'words',
    values: 'SGRw',
    longValues: ['--root', '--wd', '--map-user', '--map-group', '--propagation', '--setgroups'],
  },
  { tools: ['nsenter'], as: 'words', values: 'tSG', longValues: ['--target', '--setuid', '--setgid'] },
  { tools: ['setpriv'], as: 'words', longValues: ['--reuid', '--regid', '--groups', '--inh-caps', '--bounding-set'] },
  { tools: ['setarch', 'gdbserver'], as: 'words', skip: 1 },
  {
    tools: ['linux32', 'linux64', 'i386', 'x86_64', 'rlwrap', 'valgrind', 'firejail', 'bwrap', 'dumb-init', 'tini'],
    as: 'words',
  },
  { tools: ['chrt'], as: 'words', values: 'pTPD', skip: 1, unless: ['-p', '-m', '--pid', '--max'] },
  { tools: ['taskset'], as: 'words', skip: 1, unless: ['-p', '--pid', '-cp', '-pc'] },
  { tools: ['numactl'], as: 'words', values: 'iNCmp', unless: ['-s', '-H', '--show', '--hardware'] },
  { tools: ['prlimit'], as: 'words', values: 'po', unless: ['-p', '--pid'] },
  { tools: ['sshpass'], as: 'words', values: 'pfdP' },
  { tools: ['cgexec'], as: 'words', values: 'g' },
  { tools: ['perf'], sub: 'record|stat|trace', as: 'words', values: 'eopCFg' },
  {
    tools: ['systemd-run', 'run0'],
    as: 'words',
    values: 'putMHED',
    longValues: [
      '--unit',
      '--property',
      '--description',
      '--slice',
      '--uid',
      '--gid',
      '--nice',
      '--on-active',
      '--on-calendar',
      '--machine',
      '--setenv',
      '--working-directory',
    ],
  },
  {
    tools: ['start-stop-daemon'],
    as: 'words',
    values: 'pnugckdN',
    longValues: ['--pidfile', '--name', '--user', '--group', '--chuid', '--chdir', '--nicelevel', '--retry'],
  },
  { tools: ['ssh', 'slogin', 'mosh', 'autossh'], as: 'shell', values: 'BbcDEeFIiJLlmOopQRSWwM', skip: 1 },
  {
    tools: ['docker', 'podman', 'nerdctl'],
    sub: 'exec',
    as: 'words',
    values: 'uwe',
    longValues: ['--user', '--workdir', '--env', '--env-file', '--detach-keys'],
    skip: 1,
  },
  {
    tools: ['kubectl', 'oc'],
    sub: 'exec',
    as: 'words',
    values: 'cn',
    longValues: ['--container', '--namespace'],
    skip: 1,
  },
  { tools: ['lxc'], sub: 'exec', as: 'words', skip: 1 },
  {
    tools: ['ip'],
    sub: 'netns',
    as: 'words',
    skip: 2,
    unless: ['list', 'add', 'del', 'show', 'identify', 'pids', 'monitor', 'set'],
  },
  { tools: ['eval'], as: 'shell' },
  { tools: ['coproc'], as: 'words' },
];

const BY_TOOL = new Map(
  [...WRAPPERS, ...MORE_WRAPPERS].flatMap((wrapper) => wrapper.tools.map((tool) => [tool, wrapper] as const)),
);

/** What a wrapper runs: words, or a text for a shell. */
export type Inner =
  | { readonly as: 'words'; readonly words: readonly Word[] }
  | { readonly as: 'shell'; readonly words: readonly Word[] };

/** Whether `tool` is a wrapper at all. */
export function isWrapper(tool: string): boolean {
  return BY_TOOL.has(tool);
}

/** Whether `tool` gives the command it runs more words, read from its input. */
export function feedsWords(tool: string): boolean {
  return BY_TOOL.get(tool)?.feeds === true;
}

/** The commands inside the words of `tool`. Empty when it runs none, as `sudo -l`. */
export function innerOf(tool: string, args: readonly Word[]): readonly Inner[] {
  const wrapper = BY_TOOL.get(tool);
  if (wrapper === undefined) return [];
  const start = wrapper.sub === undefined ? args : afterSub(wrapper.sub, args);
  if (
    start === undefined ||
    start.some((word) => wrapper.unless?.includes(word.text) === true && isOption(start, word))
  )
    return [];
  const texts = shellTexts(wrapper, start);
  const rest = afterOptions(wrapper, start).slice(wrapper.skip ?? 0);
  const command = rest[0]?.text === '--' ? rest.slice(1) : rest;
  return [...texts, ...(command.length === 0 ? [] : [{ as: wrapper.as, words: command }])];
}

/** `unless` options count only before the command they would belong to. */
function isOption(args: readonly Word[], word: Word): boolean {
  const at = args.indexOf(word);
  return at === 0 || args.slice(0, at).every((before) => before.text.startsWith('-') || at <= 2);
}

function afterSub(sub: string, args: readonly Word[]): readonly Word[] | undefined {
  const at = args.findIndex((word) => sub.split('|').includes(word.text));
  return at === -1 ? undefined : args.slice(at + 1);
}

function shellTexts(wrapper: Wrapper, args: readonly Word[]): Inner[] {
  const found: Inner[] = [];
  for (const [at, word] of args.entries()) {
    for (const option of wrapper.shellOptions ?? []) {
      const next = args[at + 1];
      const clustered = option.length === 2 && /^-[A-Za-z]+$/.test(word.text) && word.text.endsWith(option.charAt(1));
      if ((word.text === option || clustered) && next !== undefined) found.push({ as: 'shell', words: [next] });
      const attached = option.startsWith('--') ? `${option}=` : option;
      if (word.text.startsWith(attached) && word.text.length > attached.length)
        found.push({ as: 'shell', words: [cut(word, attached.length)] });
    }
  }
  return found;
}

function cut(word: Word, length: number): Word {
  const [first, ...rest] = word.pieces;
  if (first?.kind !== 'text') return word;
  const pieces = [{ ...first, text: first.text.slice(length) }, ...rest];
  return { ...word, text: word.text.slice(length), pieces };
}

/** Skips options, their values and, before a command, `NAME=value`. */
export function afterOptions(wrapper: Pick<Wrapper, 'values' | 'longValues'>, args: readonly Word[]): readonly Word[] {
  let at = 0;
  while (at < args.length) {
    const text = args[at]?.text ?? '';
    if (text === '--') return args.slice(at + 1);
    if (/^[A-Za-z_]\w*=/.test(text)) at += 1;
    else if (text.startsWith('-') && text.length > 1) at += takesNext(wrapper, text) ? 2 : 1;
    else if (text === '-' || text.startsWith('+')) at += 1;
    else return args.slice(at);
  }
  return [];
}

function takesNext(wrapper: Pick<Wrapper, 'values' | 'longValues'>, option: string): boolean {
  if (option.startsWith('--')) return wrapper.longValues?.includes(option) === true;
  const values = wrapper.values ?? '';
  // A value option in mid-cluster has its value attached: `-uroot`.
  for (let at = 1; at < option.length; at += 1) {
    if (values.includes(option.charAt(at))) return at === option.length - 1;
  }
  return false;
}
