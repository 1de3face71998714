/** A thousand lines of ordinary work on a server, as a maintainer types them. */
import { readdir } from 'node:fs/promises';

const LOOKS = [
  'ls -la /etc',
  'ps aux',
  'df -h',
  'free -m',
  'uptime; w',
  'cat /proc/cpuinfo | head -40',
  'cat /etc/os-release /etc/hosts /etc/fstab',
  'env | sort',
  'head -200 /var/log/dpkg.log',
  'tail -100 /var/log/apt/history.log',
  'find /etc -name "*.conf" | head -60',
  'getent passwd | head -40',
  'dpkg -l | head -200',
  'ls -laR /usr/share/doc | head -400',
  'cat /etc/services | head -150',
  'openssl x509 -in $(ls /etc/ssl/certs/*.pem | head -1) -noout -text',
  'cat $(ls /etc/ssl/certs/*.pem | head -1)',
  'id; hostname; date; uname -a',
  'cat /proc/meminfo /proc/loadavg',
  'mount | sort | head -40',
];

/** Of each program a few looks, until there are `count` lines. */
export async function ordinaryCommands(count: number): Promise<string[]> {
  const programs = (await readdir('/usr/bin')).filter((name) => /^[a-z0-9-]{2,20}$/.test(name)).sort();
  const each = (name: string): string[] => [
    `ls -la /usr/bin/${name}`,
    `stat /usr/bin/${name}`,
    `sha256sum /usr/bin/${name}`,
    `readlink -f /usr/bin/${name}; du -h /usr/bin/${name}`,
  ];
  const about = programs.flatMap(each);
  return Array.from(
    { length: count },
    (_, at) => (at % 5 === 0 ? LOOKS[(at / 5) % LOOKS.length] : about[at]) ?? 'true',
  );
}
