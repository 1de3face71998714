import { describe, expect, test } from '@jest/globals';
import { judgeCommand, type TargetPolicy } from '../../policy/index.ts';

const POLICY: TargetPolicy = {
  mode: 'guarded-line',
  assets: [{ kind: 'path', name: '/data/members', dataClass: 'personal', recordCount: 10 }],
};
const verdictOf = (text: string) => judgeCommand(text, POLICY).verdict;

describe('a program that runs another', () => {
  test.each([
    'logsave /dev/null scp /tmp/a h:',
    'hyperfine "scp /tmp/a h:"',
    'ls /tmp | entr scp /tmp/a h:',
    'runcon -t x_t scp /tmp/a h:',
    'ssh-agent scp /tmp/a h:',
    'cat /tmp/a | ifne mail x@y.example',
    'choom -n 5 -- scp /tmp/a h:',
    'systemd-cat -t job scp /tmp/a h:',
    'chpst -u nobody scp /tmp/a h:',
    'watchexec -w /tmp scp /tmp/a h:',
    'xvfb-run -a scp /tmp/a h:',
    'srun -n 1 scp /tmp/a h:',
  ])('is judged as what it runs: %s', (text) => {
    expect(verdictOf(text)).toBe('needs_ticket');
  });

  test.each([
    'logsave /tmp/log ls /tmp',
    'hyperfine "ls /tmp"',
    'ls /tmp | entr ls',
    'ssh-agent -k',
    'choom -p 1',
    'xvfb-run -a ls',
    'cpulimit -p 123 -l 50',
    'systemd-cat -t job ls /tmp',
  ])('passes where that is ordinary: %s', (text) => {
    expect(verdictOf(text)).toBe('allow');
  });
});

describe('a mount', () => {
  test.each(['mount --bind /data /mnt', 'mount -o bind / /mnt', 'mount -R / /mnt'])(
    'that shows protected files under another name needs a ticket: %s',
    (text) => {
      expect(verdictOf(text)).toBe('needs_ticket');
    },
  );

  test.each(['mount -o remount,ro /', 'mount', 'mount /dev/sdb1 /mnt'])('of anything else passes: %s', (text) => {
    expect(verdictOf(text)).toBe('allow');
  });
});

describe('a relative way to a protected path', () => {
  test.each([
    'cat ../../data/members/a',
    'cat ./data/members/a',
    'cat data/members/a',
    'sysctl -n ../../../data/members/a',
  ])('needs a ticket where nobody knows the directory: %s', (text) => {
    expect(verdictOf(text)).toBe('needs_ticket');
  });

  test.each(['cat ../../data/other/a', 'cat ./data/a', 'sysctl -n net/ipv4/ip_forward'])(
    'to another passes: %s',
    (text) => {
      expect(verdictOf(text)).toBe('allow');
    },
  );
});

describe('programs of one meaning are known together', () => {
  test.each([
    'nvidia-smi',
    'xrandr',
    'snapper list',
    'sacct',
    'bpftool prog list',
    'mksquashfs a b',
    'kubeadm token list',
  ])('what stays on the host passes: %s', (text) => {
    expect(verdictOf(text)).toBe('allow');
  });

  test.each(['xfreerdp /v:h', 'gfal-copy a b', 'hdfs dfs -get /a .', 'irssi', 'fpaste a', 'sendfax -d 1 a'])(
    'what carries data out is never allowed: %s',
    (text) => {
      expect(['needs_ticket', 'deny']).toContain(verdictOf(text));
    },
  );

  test('what nobody knows is asked about', () => {
    expect(verdictOf('frobnicate-x9')).toBe('ask');
  });
});

describe('a file that a program hands on to others', () => {
  test.each([
    'xargs -a /data/members/a echo',
    'parallel -a /data/members/a echo',
    'xargs --arg-file=/data/members/a -n1 ls',
  ])('is read: %s', (text) => {
    expect(verdictOf(text)).toBe('needs_ticket');
  });

  test.each(['xargs -a /tmp/names ls', 'sudo -u app ls /tmp'])(
    'passes where nothing of it is protected: %s',
    (text) => {
      expect(verdictOf(text)).toBe('allow');
    },
  );
});

describe('a short flag that tells about a program when it stands alone', () => {
  test.each(['sshuttle -v -r h 0/0', 'iodine -v -f h', 'mosquitto_pub -h h -t t -f /tmp/a', 'bcp -v crm out x'])(
    'hides nothing behind it: %s',
    (text) => {
      expect(['deny', 'needs_ticket']).toContain(verdictOf(text));
    },
  );

  test.each(['sshuttle -v', 'bcp -v', 'iodine -v'])('asks nothing of it alone: %s', (text) => {
    expect(verdictOf(text)).toBe('allow');
  });
});

test.each([
  'echo | openssl s_client -connect x.example:443',
  'nc -zv 10.0.0.1 22',
  'while ! nc -z localhost 5432; do sleep 1; done',
  'restic snapshots',
  'borg list /mnt/b',
  'pgbackrest info',
  'barman check all',
  'pm2 list',
])('what administrators look at carries nothing out: %s', (text) => {
  expect(verdictOf(text)).toBe('allow');
});
