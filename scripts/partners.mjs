/** The real clients and servers that some tests need. A suite whose partner is missing is skipped and said so. */
import { accessSync, constants, existsSync } from 'node:fs';
import { join } from 'node:path';

/** Partner → the names its program goes by. */
const PROGRAMS = {
  ssh: ['ssh'],
  'ssh-keygen': ['ssh-keygen'],
  sshd: ['sshd'],
  sftp: ['sftp'],
  scp: ['scp'],
  rsync: ['rsync'],
  git: ['git'],
  ansible: ['ansible'],
  'redis-server': ['redis-server'],
  psql: ['psql'],
  sqlite3: ['sqlite3'],
  strace: ['strace'],
  bash: ['bash'],
  python3: ['python3'],
  sudo: ['sudo'],
  tmux: ['tmux'],
  age: ['age'],
  'age-keygen': ['age-keygen'],
  chromium: ['chromium', 'chromium-browser', 'google-chrome'],
  curl: ['curl'],
  nghttp: ['nghttp'],
  php: ['php'],
  webfsd: ['webfsd'],
  radosgw: ['radosgw'],
  clamd: ['clamd'],
  go: ['go'],
  openssl: ['openssl'],
  chattr: ['chattr'],
  'ssh-agent': ['ssh-agent'],
  'ssh-add': ['ssh-add'],
  'softhsm2-util': ['softhsm2-util'],
  'pkcs11-tool': ['pkcs11-tool'],
};

/** Partner → a file of it, where it is no program. */
const FILES = {
  'golang-x-mod': '/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog/tlog.go',
  adminer: '/usr/share/adminer/adminer.php',
};

export const PARTNERS = [...Object.keys(PROGRAMS), ...Object.keys(FILES), 'root'];

/** Path of the partner's program (`root`: this process's right to act as other users), or undefined when missing. */
export function findPartner(name) {
  if (name === 'root') return process.getuid?.() === 0 ? '/' : undefined;
  if (name in FILES) return existsSync(FILES[name]) ? FILES[name] : undefined;
  const directories = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/sbin'].filter(Boolean);
  return directories.flatMap((directory) => PROGRAMS[name].map((program) => join(directory, program))).find(runs);
}

function runs(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
