import { describe, expect, test } from '@jest/globals';
import { judgeCommand, type ProtectedAsset, type TargetPolicy } from '../../policy/index.ts';

const asset = (name: string, copyOf?: string): ProtectedAsset => ({
  kind: 'path',
  name,
  dataClass: 'personal',
  recordCount: null,
  ...(copyOf === undefined ? {} : { copyOf }),
});
const policy: TargetPolicy = {
  mode: 'guarded-line',
  assets: [asset('/data/members'), { ...asset('shop.members'), kind: 'table' }],
  cwd: '/home/aoki',
};
const pathsOf = (text: string): readonly string[] => judgeCommand(text, policy).copies.map(({ path }) => path);

describe('where copies of protected things would lie', () => {
  test.each([
    ['cp /data/members/a.csv /tmp/b.csv', ['/tmp/b.csv']],
    ['cp /data/members/a.csv /tmp', ['/tmp/a.csv']],
    ['cp /data/members/a.csv /tmp/x/', ['/tmp/x/a.csv']],
    ['cp /data/members/a /data/members/b /opt/out', ['/opt/out/a', '/opt/out/b']],
    ['cp -t /opt/out /data/members/a', ['/opt/out/a']],
    ['cp --target-directory=/opt/out /data/members/a', ['/opt/out/a']],
    ['cp -r /data/members .', ['/home/aoki/members']],
    ['cp /data/members/*.csv /tmp', ['/tmp/*.csv']],
    ['sudo cp /data/members/a /tmp/b', ['/tmp/b']],
    ["sh -c 'mv /data/members/a /tmp/b'", ['/tmp/b']],
    ['ln -s /data/members /tmp/link', ['/tmp/link']],
    ['install -m 600 /data/members/a /opt/app/a', ['/opt/app/a']],
    ['rsync -a /data/members/ /opt/copy', ['/opt/copy']],
    ['cat /data/members/a > b', ['/home/aoki/b']],
    ['cat /data/members/a | grep x | tee -a /tmp/b /tmp/c', ['/tmp/b', '/tmp/c']],
    ['( cat /data/members/a ) > /tmp/b', ['/tmp/b']],
    ['dd if=/data/members/a of=/tmp/b', ['/tmp/b']],
    ['tar czf /tmp/m.tgz /data/members', ['/tmp/m.tgz']],
    ['tar --create --file=/tmp/m.tar /data/members', ['/tmp/m.tar']],
    ['zip -r /tmp/m.zip /data/members', ['/tmp/m.zip']],
    ['gzip -c /data/members/a > /tmp/a.gz', ['/tmp/a.gz']],
    ['split -b 1M /data/members/a /tmp/part-', ['/tmp/part-*']],
    ['sort -o /tmp/s /data/members/a', ['/tmp/s']],
    ['openssl enc -aes-256-cbc -in /data/members/a -out /tmp/e', ['/tmp/e']],
    ['mysqldump shop members > /tmp/m.sql', ['/tmp/m.sql']],
    ['cp /data/members/a /tmp/b; cp /tmp/b /opt/app/c', ['/tmp/b', '/opt/app/c']],
    ['cd /opt && cat /data/members/a > b', ['/opt/b']],
  ])('%s leaves %j', (text, expected) => {
    expect(pathsOf(text)).toEqual(expected);
  });

  test.each([
    'cp /etc/hosts /tmp/h',
    'cat /data/members/a > /dev/null',
    'cat /data/members/a 2>&1',
    'cp /data/members/a /data/members/b',
    'cat /data/members/a > $x',
    'cat /data/members/a > ~/x',
    'ls /data/members > /tmp/names',
  ])('%s leaves none that can be named', (text) => {
    expect(pathsOf(text)).toEqual([]);
  });

  test('a copy is protected like its original, and a copy of a copy is one of the original', () => {
    const copied: TargetPolicy = { ...policy, assets: [...policy.assets, asset('/tmp/b', '/data/members')] };
    expect(judgeCommand('cat /tmp/b', copied)).toMatchObject({ verdict: 'needs_ticket', objects: ['/tmp/b'] });
    expect(judgeCommand('cp /tmp/b /opt/app/c', copied).copies).toEqual([
      { asset: '/data/members', path: '/opt/app/c' },
    ]);
  });

  test.each([
    ['needs_ticket', 'cat /tmp/a.csv'],
    ['needs_ticket', 'cat /tmp/*.csv'],
    ['allow', 'cat /tmp/a.txt'],
  ])('a copy under a name with a star is met by its names: %s for %s', (verdict, text) => {
    const copied: TargetPolicy = { ...policy, assets: [asset('/tmp/*.csv', '/data/members')] };
    expect(judgeCommand(text, copied).verdict).toBe(verdict);
  });

  test('the objects of an act are the protected things it touches, each once', () => {
    expect(judgeCommand('cat /data/members/a /data/members/b; mysqldump shop', policy).objects).toEqual([
      '/data/members',
      'shop.members',
    ]);
  });
});
