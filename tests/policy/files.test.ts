import { describe, expect, test } from '@jest/globals';
import { guardedPaths, judgeTransfer, type ProtectedAsset, reachOfPath, readTransfer } from '../../policy/index.ts';

const ASSETS: readonly ProtectedAsset[] = [
  { kind: 'path', name: '/srv/crm/export', dataClass: 'personal', recordCount: 10 },
  { kind: 'table', name: 'crm.customers', dataClass: 'personal', recordCount: 10 },
];
const GUARDED = { mode: 'guarded-line', assets: ASSETS } as const;
const RECORDED = { mode: 'recorded', assets: ASSETS } as const;

describe('an exec request that is no plain file transfer stays a command', () => {
  test.each([
    'scp -f $HOME/x',
    'scp -f `id`',
    'scp -f $(id)',
    'scp -f {a,b}',
    'scp -f x; id',
    'scp -f x & ',
    'scp -f x && id',
    'scp -f x | cat',
    'scp -f x > y',
    'scp -f x < y',
    'scp -f <(id)',
    'scp -f x # y',
    'FOO=1 scp -f x',
    '! scp -f x',
    '(scp -f x)',
    '{ scp -f x; }',
    'time scp -f x',
    'sudo rsync --server --sender -vr . /',
    'env scp -f x',
    'exec scp -f x',
    './scp -f x',
    '/tmp/scp -f x',
    '"$SCP" -f x',
    'scp -f x\nid',
    'scp x host:y',
    'scp -f -t x',
    'scp -S /bin/sh -f x',
    'scp -oProxyCommand=id -f x',
    'scp -F config -f x',
    'scp -t a b',
    'scp -f',
    'scp -f /srv -r',
    'scp -t x -f',
    'rsync -av a b',
    'rsync --daemon',
    'git -c core.sshCommand=id upload-pack x',
    'git clone x',
    'git-shell',
    '/usr/lib/openssh/sftp-server',
    '',
  ])('%j', (command) => {
    expect(readTransfer(command)).toBeUndefined();
  });
});

describe('the server’s side of a file protocol is read', () => {
  test.each([
    ['scp -f /var/log/a', 'scp', 'download', ['/var/log/a']],
    ['scp -v -r -p -d -t -- -x', 'scp', 'upload', ['-x']],
    ["scp -f 'a b' c\\ d", 'scp', 'download', ['a b', 'c d']],
    ['/usr/bin/scp -t .', 'scp', 'upload', ['.']],
    ['rsync --server --sender -vlogDtpre.iLsfxCIvu . /srv/x', 'rsync', 'download', ['/srv/x']],
    ['rsync --server -vlogDtpre.iLsfxCIvu --delete --partial-dir .p . /x/', 'rsync', 'upload', ['/x/', '.p']],
    ["git-upload-pack '/srv/a.git'", 'git', 'download', ['/srv/a.git']],
    ["git receive-pack '/srv/a.git'", 'git', 'upload', ['/srv/a.git']],
    ["git-upload-archive 'a'", 'git', 'download', ['a']],
  ])('%s', (command, protocol, direction, paths) => {
    const transfer = readTransfer(command);
    expect(transfer).toMatchObject({ protocol, direction, needs: [direction], refused: undefined });
    expect(transfer?.paths.map(({ text }) => text)).toEqual(paths);
  });

  test('an rsync that removes what it sends needs both directions', () => {
    expect(readTransfer('rsync --server --sender -r --remove-source-files . x')?.needs).toEqual(['download', 'upload']);
  });

  test.each([
    'rsync --server --sender -r -e ssh . x',
    'rsync --server --sender -r --rsh=ssh . x',
    'rsync --server --sender -rs . x',
    'rsync --server --daemon .',
    'rsync --server --sender -r --files-from=/etc/list . x',
    'rsync --server --sender -r --log-file=/x . y',
    'rsync --server -r --write-devices . y',
    'rsync --server --sender -r --copy-devices . y',
    'rsync --server --sender -r --config=/x . y',
    'rsync --server --sender -r --unknown-option . y',
    'rsync --server --sender -r x y',
    'rsync --server -r . /srv/x --sender',
    'rsync --server -r . /srv/x "--sender"',
    'rsync --server -r . x --daemon --config=/home/me/rsyncd.conf',
    'rsync --server -r . x --log-file=/srv/x',
    'rsync --server --sender -r . *',
    'rsync --server --sender -r . [-]-daemon',
    'rsync --server --log-format --sender . /srv/x',
    'rsync --server --suffix --sender . /srv/x',
    'rsync --server --timeout --remove-source-files . /srv/x',
    'rsync --server -r --partial-dir * . /srv/x',
    'rsync --server -r -B1 . /srv/x',
    'rsync --server -r --block-size=1 . /srv/x',
    'git-upload-pack --timeout=1 x',
    'git-receive-pack',
  ])('%s is refused whatever the grant', (command) => {
    const transfer = readTransfer(command);
    expect(transfer?.refused).toBeDefined();
    expect(transfer && judgeTransfer(transfer, RECORDED).judgement.verdict).toBe('deny');
  });
});

describe('protected paths', () => {
  const verdict = (command: string, policy: typeof GUARDED | typeof RECORDED = GUARDED): string => {
    const transfer = readTransfer(command);
    if (transfer === undefined) throw new Error('no transfer');
    return judgeTransfer(transfer, policy).judgement.verdict;
  };

  test.each([
    'scp -f /srv/crm/export',
    'scp -f /srv/crm/export/a.csv',
    'scp -f //srv/./crm//export/a.csv',
    'scp -r -f /srv',
    'scp -r -f /',
    'scp -r -f .',
    'scp -f crm/export/a.csv',
    'scp -f export',
    'rsync --server --sender -r . /srv/',
    "git-upload-pack '/srv/crm/export/repo'",
    'rsync --server -r --link-dest=/srv/crm/export . /home/x/d',
    'rsync --server -r --backup-dir=/home/x . /srv/crm/export',
    'rsync --server -r --backup-dir /home/x . /srv',
    'rsync --server -ry . /srv/crm/',
    'rsync --server -r --fuzzy . /srv/crm/',
    'rsync --server -rHe.LsfxCIvu . /srv/crm/',
  ])('%s needs a ticket', (command) => {
    expect(verdict(command)).toBe('needs_ticket');
    expect(verdict(command, RECORDED)).toBe('allow');
  });

  test.each([
    'scp -f ~/a',
    'scp -f ~root/a',
    'scp -f /srv/c*/export/a',
    'scp -f /srv/crm/expor[t]/a',
    'scp -f a/../../srv/x',
    'scp -f /proc/1/root/srv/crm/export/a',
    'scp -t ~/a',
    'scp -t .bashrc',
    'scp -t .ssh/./authorized_keys',
    'scp -r -t .ssh',
    'rsync --server -t . .profile',
    'rsync --server -rt . .',
    'rsync --server -rt . /home/x/',
    'scp -r -f /var/log',
    'rsync --server --sender -rL . /var/log',
    'rsync --server --sender -r --copy-unsafe-links . /var/log',
    'rsync --server -logDtpre.iLsfxCIvu . /home/x',
    'rsync --server -a . /home/x',
  ])('%s cannot be placed, so it is refused', (command) => {
    expect(verdict(command)).toBe('deny');
    expect(verdict(command, RECORDED)).toBe('allow');
  });

  test.each([
    'scp -f /srv/crm/exports/a',
    'scp -f /srv/crm',
    'scp -t /srv/crm/export/new',
    'rsync --server --sender -r . /var/log',
    'rsync --server -rtpe.iLsfxCIvu . /srv/crm/export',
  ])('%s is free', (command) => {
    expect(verdict(command)).toBe('allow');
  });

  test('one act has one digest, however it was written; another file has another', () => {
    const digest = (command: string): string | undefined => {
      const transfer = readTransfer(command);
      return transfer && judgeTransfer(transfer, GUARDED).judgement.digest;
    };
    expect(digest("scp -f '/srv/crm/export/a'")).toBe(digest('scp -f /srv/crm/export/a'));
    expect(digest('scp -f /srv/crm/export/a')).not.toBe(digest('scp -f /srv/crm/export/b'));
    expect(digest('scp -f /srv/crm/export/a')).not.toBe(digest('scp -t /srv/crm/export/a'));
  });

  test('tables are no paths, and a recorded target guards none', () => {
    expect(guardedPaths(GUARDED)).toEqual(['/srv/crm/export']);
    expect(guardedPaths(RECORDED)).toEqual([]);
  });

  test.each([
    ['/a/b', '/a/b', 'at'],
    ['/a/b/c', '/a/b', 'at'],
    ['/a', '/a/b', 'above'],
    ['/', '/a/b', 'above'],
    ['/a/bc', '/a/b', 'apart'],
    ['/a/part-aa', '/a/part-*', 'at'],
    ['/a/part', '/a/part-*', 'apart'],
    ['/a/x.csv/y', '/a/*.csv', 'at'],
    ['/a', '/a/*', 'above'],
  ] as const)('%s stands to %s: %s', (path, asset, reach) => {
    expect(reachOfPath(path, asset)).toBe(reach);
  });
});
