/** More programs that run another: measuring, limiting, confining, scheduling, waiting for files. As data. */
import { words } from './rules/rule.ts';

export interface Wrapper {
  readonly tools: readonly string[];
  /** Options that take the next word as their value; a single letter without its dash, a long one in full. */
  readonly values?: string;
  readonly longValues?: readonly string[];
  /** The subcommand that makes it a wrapper, e.g. `exec` of docker. */
  readonly sub?: string;
  /** Words between the options and the command: the seconds of `timeout`, the host of `ssh`. */
  readonly skip?: number;
  /** `shell`: the rest is joined and read by a shell. `words`: the rest is the command. */
  readonly as: 'words' | 'shell';
  /** Options whose value is a command text for a shell: `su -c`, `flock -c`, `script -c`. */
  readonly shellOptions?: readonly string[];
  /** With these the rest is not run. */
  readonly unless?: readonly string[];
  /** More words may come before the command, from standard input or the file system. */
  readonly feeds?: true;
}

export const MORE_WRAPPERS: readonly Wrapper[] = [
  {
    tools: words('hyperfine viddy hwatch'),
    as: 'shell',
    values: 'wrmMnPpcSsud',
    longValues: words(
      '--warmup --runs --min-runs --max-runs --prepare --setup --cleanup --export-json --export-csv --export-markdown --interval',
    ),
  },
  { tools: ['logsave'], as: 'words', skip: 1, unless: ['-v'] },
  { tools: ['runcon'], as: 'words', values: 'tulr', longValues: words('--type --user --role --range') },
  { tools: words('daemonize'), as: 'words', values: 'cepoEluI' },
  {
    tools: ['daemon'],
    as: 'words',
    values: 'nUuPFoelEO',
    longValues: words('--name --user --chdir --output --errlog --pidfile --env'),
  },
  {
    tools: words('watchexec reflex nodemon'),
    as: 'words',
    values: 'ewfisrgd',
    longValues: words('--exts --watch --filter --ignore --signal --regex --ext --delay'),
  },
  { tools: ['choom'], as: 'words', values: 'np', unless: ['-p', '--pid'] },
  { tools: words('chpst'), as: 'words', values: 'uUebmdofprstclL/' },
  { tools: words('setuidgid envuidgid envdir setlock lockrun fghack pgrphack argv0'), as: 'words', skip: 1 },
  { tools: ['softlimit'], as: 'words', values: 'acdflmoprst' },
  { tools: ['uclampset'], as: 'words', values: 'mMp', unless: ['-p', '--pid'] },
  { tools: ['schedtool'], as: 'words', values: 'Mpan', unless: words('-r -v') },
  { tools: ['coresched'], sub: 'exec|new', as: 'words', values: 'dst' },
  { tools: ['ssh-agent'], as: 'words', values: 'aEPtO', unless: words('-k -c -s -D -d') },
  {
    tools: ['systemd-cat'],
    as: 'words',
    values: 'tp',
    longValues: words('--identifier --priority --stderr-priority --level-prefix --namespace'),
  },
  {
    tools: ['systemd-nspawn'],
    as: 'words',
    values: 'DMiuUbEG',
    longValues: words('--directory --machine --image --user --setenv --bind --bind-ro --template'),
  },
  { tools: words('arch-chroot artix-chroot xchroot'), as: 'words', values: 'u', skip: 1 },
  {
    tools: ['schroot'],
    as: 'words',
    values: 'cnudso',
    longValues: words('--chroot --session-name --user --directory --shell --option'),
    unless: words('-l --list -i --info -e --end-session -b --begin-session --all-chroots'),
  },
  { tools: ['proot'], as: 'words', values: 'rbqwvkc0' },
  {
    tools: ['cpulimit'],
    as: 'words',
    values: 'lpePc',
    longValues: words('--limit --pid --exe --path --cpu'),
    unless: words('-p --pid -e --exe -P --path'),
  },
  {
    tools: words('xvfb-run'),
    as: 'words',
    values: 'efnpsw',
    longValues: words('--error-file --auth-file --server-num --server-args --wait --xauth-protocol'),
  },
  {
    tools: ['srun'],
    as: 'words',
    values: 'nNcptJAwxmoeiDCG',
    longValues: words(
      '--ntasks --nodes --partition --time --job-name --account --mem --gres --output --error --chdir --jobid',
    ),
  },
  {
    tools: words('toolbox toolbx distrobox'),
    sub: 'run|enter',
    as: 'words',
    values: 'cnrd',
    longValues: words('--container --name --release --distro'),
    unless: words('list'),
  },
  { tools: ['distrobox-enter'], as: 'words', values: 'na', longValues: words('--name --additional-flags') },
  { tools: ['retry'], as: 'words', values: 'tdmu', longValues: words('--times --delay --until --message') },
  { tools: words('multitime'), as: 'words', values: 'nbIqros' },
  { tools: words('lxc-attach lxc-execute'), as: 'words', values: 'nPfseuR', longValues: words('--name --lxcpath') },
  { tools: words('linux-user qemu-x86_64 qemu-aarch64 box64'), as: 'words' },
];
