import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createPersonalDataMeter } from '../../../policy/index.ts';
import { describeWith, partner } from '../../support/partners.ts';
import { isInShare } from '../../support/share.ts';
import { KEY } from './metering.ts';

/** Ordinary work on a server: looking around, reading logs, hashes, certificates and sources. `@` is a directory, `%` a file. */
const ON_DIRECTORIES = `ls -la @; ls -i @; ls -laR @ | head -300; du -a @ | head -200; find @ -maxdepth 2 | head -300; stat @/* | head -200;
  sha256sum @/* | head -100; md5sum @/* | head -100; sha1sum @/* | head -60; sha512sum @/* | head -60; cksum @/* | head -60;
  file @/* | head -60; wc -c @/* | tail -50; ls --color=always @; grep -rIl root @ | head -50; tar cf - @ | tar tvf - | head -200;
  ls -la --time-style=full-iso @; stat -c '%i %h %n %s %Y' @/* | head -100`;
const ON_FILES = `cat %; head -50 %; tail -50 %; wc %; nl % | head -100; sort % | head -100; sort % | uniq -c | head -100; cut -c1-40 % | head -100;
  grep -n a % | head -100; grep --color=always -n e % | head -100; diff -u % /etc/passwd | head -100; sed -n 1,80p %; tac % | head -50;
  awk '{print NR, NF, length}' % | head -300; stat %; sha256sum %; expand % | head -80; fold -w 120 % | head -80; paste % % | head -40`;
const BY_THEMSELVES = `ps aux; ps -ef; ps -eo pid,ppid,stime,time,cmd; df -h; df -i; free -m; uptime; env; id; who; last | head; mount; locale -a;
  vmstat 1 1; ip a; ss -an; netstat -an; top -b -n1 | head -60; dmesg | tail -100; journalctl -n 100; lsblk; lscpu; getconf -a;
  cat /proc/cpuinfo; cat /proc/meminfo; cat /proc/interrupts; cat /proc/self/maps; cat /proc/net/tcp | head -200; cat /proc/stat; cat /proc/vmstat;
  cat /proc/mounts; cat /proc/net/dev; cat /proc/net/route; cat /proc/self/status; cat /proc/loadavg; cat /proc/filesystems; cat /proc/devices;
  dpkg -l; dpkg -L coreutils; dpkg -L perl-base; dpkg -S /bin/ls; cat /etc/ssl/certs/ca-certificates.crt; ssh -Q cipher; ssh -Q kex; ssh -V;
  openssl x509 -in /etc/ssl/certs/ca-certificates.crt -text; openssl rand -base64 32; openssl rand -hex 32; openssl genrsa 2048; openssl version -a;
  openssl ecparam -genkey -name prime256v1; git --version; git log --oneline | head -300; git log -n 100; git log --stat -n 30; git status;
  git rev-list HEAD | head -3000; git ls-files -s | head -1000; git ls-tree -r HEAD | head -1000; git log --format='%H %h %cd %s' | head -500;
  git diff --stat HEAD; git branch -a; node --version; node --help; node -p process.versions; npm --version; bash --version; bash -c help;
  readelf -h /bin/ls; readelf -S /bin/ls; nm -D /bin/bash | head -500; objdump -d /bin/ls | head -500; ldd /bin/bash; strings -n 8 /bin/ls | head -500;
  seq 1 5000; seq 1000000 1002000; seq 0.1 0.1 100; date; date +%s%N; cal 2024; for i in $(seq 100); do cat /proc/sys/kernel/random/uuid; done;
  factor 123456789012 999999999989; getent passwd; getent services; cat package-lock.json | head -5000; infocmp -1; stty -a; tput longname; printenv`;
/** Logs as programs write them: numbers, identifiers, addresses of machines. */
const LOGS =
  `printf "2024-11-23 07:%02d:%02d.%03d INFO [exec-%d] c.e.OrderController : order %d took %dms\\n", i/60%60, i%60, i%1000, i%20, i*7919+1000000, i%999
printf "192.168.%d.%d - - [23/Nov/2024:07:%02d:%02d +0900] \\"GET /api/items/%d?q=%%20 HTTP/1.1\\" 200 %d\\n", i%255, i%200, i/60%60, i%60, i*13, i*37
printf "Nov 23 07:%02d:%02d host sshd[%d]: Accepted publickey for deploy from 10.0.%d.%d port %d ssh2\\n", i/60%60, i%60, i, i%255, i%254, 40000+i
printf "%d.%06d pid=%d tid=%x addr=0x%012x size=%d\\n", 1700000000+i, i*37, i, i*31, i*7919, i*4096
printf "%08d|%010d|OK|%.4f|%e\\n", i, i*7919, i/7, i*1.5
printf "{\\"ts\\":%d,\\"level\\":\\"info\\",\\"id\\":\\"%08x-%04x\\",\\"ms\\":%d}\\n", 1700000000000+i, i*2654435, i%65536, i%300
printf "%s,%d,%d,%d\\n", "sku-" i, i*100, i*250, i%12
printf "shard %d: %d docs, %d deleted, %.2fGB, 10.1.%d.%d:9200\\n", i, i*12345, i%1000, i/17, i%255, i%254`.split('\n');

function directories(): string[] {
  const below = (top: string) =>
    readdirSync(top, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => join(top, name));
  return ['/usr/lib', '/usr/share', '/etc'].flatMap((top) => [top, ...below(top).slice(0, 9)]);
}

function files(): string[] {
  const small = [
    'services',
    'passwd',
    'group',
    'fstab',
    'hosts',
    'nsswitch.conf',
    'profile',
    'bash.bashrc',
    'login.defs',
    'os-release',
    'protocols',
    'ld.so.conf',
  ]
    .map((name) => join('/etc', name))
    .concat([
      'README.md',
      'package.json',
      'tsconfig.json',
      'docs/gate.md',
      'foundation/limits.ts',
      'messages/ja.ts',
      'gateway/ssh/index.ts',
      'policy/command/walk.ts',
    ]); // prettier-ignore
  return small;
}

function commands(): string[] {
  const each = (templates: string) => templates.split(/;\s+/).map((one) => one.trim());
  return [
    ...BY_THEMSELVES.split(/;\s+(?!do |done)/).map((one) => one.trim()),
    ...directories().flatMap((directory) => each(ON_DIRECTORIES).map((one) => one.replaceAll('@', directory))),
    ...files().flatMap((file) => each(ON_FILES).map((one) => one.replaceAll('%', file))),
    ...LOGS.flatMap((line) =>
      [100, 1_000, 2_000].map((rows) => `awk 'BEGIN { for (i = 1; i <= ${rows}; i++) ${line} }'`),
    ),
  ].slice(0, 1_000);
}

describeWith('bash', 'ordinary work', () => {
  test('of a thousand commands in one session tells of hardly anybody, and nothing of it is unreadable', () => {
    const all = commands();
    expect(all.length).toBe(1_000);
    const meter = createPersonalDataMeter({ key: KEY });
    const told: string[] = [];
    let persons = 0;
    for (const command of all.filter((_command, at) => isInShare(at, 5))) {
      const { stdout } = spawnSync(partner('bash'), ['-c', command], { maxBuffer: 20_000_000, timeout: 5_000 });
      const results = [meter.take(stdout), meter.finish()];
      const found = results.reduce((sum, one) => sum + one.persons.length, 0);
      const opaque = results.flatMap((one) => one.opaque).reduce((sum, one) => sum + one.persons, 0);
      persons += found;
      if (found > 5 || opaque > 0) told.push(`${command}: ${found} persons, ${opaque} in unreadable bytes`);
    }
    expect(told).toEqual([]);
    expect(persons).toBeLessThan(50);
  }, 600_000);
});
