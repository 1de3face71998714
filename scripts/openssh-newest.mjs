/** Finds what `scripts/openssh-newest.sh` built: the newest OpenSSH, the peer to test and to measure against. */
import { accessSync, constants, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { findPartner } from './partners.mjs';

const SYSTEM_LIBEXEC = '/usr/lib/openssh';

/** The build in the cache; the system's own where OPENSSH_NEWEST=system says that none can be had; else why there is none. */
export function findNewestOpenSsh() {
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'sekisho');
  const build = builds(cache).at(-1);
  if (build !== undefined) return inPrefix(build);
  if (process.env.OPENSSH_NEWEST === 'system') return inSystem();
  return { missing: 'not built: run scripts/openssh-newest.sh' };
}

function builds(cache) {
  return names(cache)
    .filter((name) => name.startsWith('openssh-') && isThere(join(cache, name, '.complete')))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .map((name) => join(cache, name));
}

function inPrefix(prefix) {
  const at = (...parts) => join(prefix, ...parts);
  return {
    version: basename(prefix).replace('openssh-', ''),
    prefix,
    ...Object.fromEntries(['ssh', 'scp', 'sftp'].map((name) => [name, at('bin', name)])),
    sshKeygen: at('bin', 'ssh-keygen'),
    sshAdd: at('bin', 'ssh-add'),
    sshAgent: at('bin', 'ssh-agent'),
    sshd: at('sbin', 'sshd'),
    sftpServer: at('libexec', 'sftp-server'),
    skDummy: isThere(at('libexec', 'sk-dummy.so')) ? at('libexec', 'sk-dummy.so') : undefined,
    regress: at('regress'),
  };
}

function inSystem() {
  const [ssh, sshd, sshKeygen] = ['ssh', 'sshd', 'ssh-keygen'].map(findPartner);
  if (ssh === undefined || sshd === undefined) return { missing: 'the system has no OpenSSH client and server either' };
  const beside = (name) => join(ssh, '..', name);
  return {
    version: 'system',
    prefix: '/',
    ...{ ssh, sshd, sshKeygen, scp: beside('scp'), sftp: beside('sftp') },
    ...{ sshAdd: beside('ssh-add'), sshAgent: beside('ssh-agent') },
    sftpServer: join(SYSTEM_LIBEXEC, 'sftp-server'),
    skDummy: undefined,
    regress: undefined,
  };
}

function names(directory) {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function isThere(file) {
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
