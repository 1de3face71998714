/** SSH clients that are not OpenSSH, as Debian has them, each with the key of chen and the gateway's host key. */
import { accessSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe } from '@jest/globals';
import { must, type Ran, ROOT, run, type RunOptions } from '../../../bench/world/run.ts';
import type { World } from '../../../bench/world/world.ts';
import { describeWithNewestOpenSsh } from '../../support/openssh-newest.ts';

/** Program → the Debian package that brings it. */
const PROGRAMS = {
  '/usr/bin/plink': 'putty-tools',
  '/usr/bin/dbclient': 'dropbear-bin',
  '/usr/bin/dropbearconvert': 'dropbear-bin',
  '/usr/lib/python3/dist-packages/paramiko': 'python3-paramiko',
  '/usr/include/libssh/libssh.h': 'libssh-dev',
  '/usr/bin/sshfs': 'sshfs',
};

/** Skipped by name when one of the clients is missing. */
export function describeWithClients(name: string, suite: () => void): void {
  const missing = Object.entries(PROGRAMS).filter(([path]) => !isThere(path));
  const packages = [...new Set(missing.map(([, packageName]) => packageName))];
  if (packages.length === 0) describeWithNewestOpenSsh(name, suite);
  else describe.skip(`${name} [lacks ${packages.join(', ')}]`, suite);
}

function isThere(path: string): boolean {
  try {
    accessSync(path);
    return true;
  } catch {
    return false;
  }
}

export class Clients {
  readonly #world: World;
  readonly #at: (name: string) => string;
  readonly #fingerprint: string;

  private constructor(world: World, fingerprint: string) {
    this.#world = world;
    this.#at = (name) => join(world.directory, 'clients', name);
    this.#fingerprint = fingerprint;
  }

  static async prepare(world: World): Promise<Clients> {
    const { gateway, directory } = world;
    const key = join(directory, 'chen');
    const hostKey = { stdin: `${gateway.hostKeyLine}\n` };
    const { stdout } = await must('ssh-keygen', ['-lf', '-'], hostKey);
    const fingerprint = stdout.toString().split(' ')[1] ?? '';
    const clients = new Clients(world, fingerprint);
    await mkdir(join(directory, 'clients'));
    await copyFile(key, clients.#at('key'));
    await must('chmod', ['600', clients.#at('key')]);
    await must('puttygen', [key, '-O', 'private', '-o', clients.#at('key.ppk')]);
    await must('dropbearconvert', ['openssh', 'dropbear', key, clients.#at('key.dropbear')]);
    const source = join(ROOT, 'tests/e2e/support/clients-libssh.c');
    await must('cc', ['-O1', '-o', clients.#at('libssh'), source, '-lssh']);
    return clients;
  }

  /** plink, pscp or psftp with these words before or in place of the host's. */
  putty(program: 'plink' | 'pscp' | 'psftp', words: readonly string[], options: RunOptions = {}): Promise<Ran> {
    const settings = ['-batch', '-P', String(this.#world.gateway.sshPort), '-i', this.#at('key.ppk')];
    return this.#run(program, [...settings, '-hostkey', this.#fingerprint, ...words], options);
  }

  dbclient(words: readonly string[], options: RunOptions = {}): Promise<Ran> {
    const settings = ['-y', '-y', '-i', this.#at('key.dropbear'), '-p', String(this.#world.gateway.sshPort)];
    return this.#run('dbclient', [...settings, ...words], options);
  }

  paramiko(user: string, words: readonly string[]): Promise<Ran> {
    const script = join(ROOT, 'tests/e2e/support/clients-paramiko.py');
    const port = String(this.#world.gateway.sshPort);
    return this.#run('/usr/bin/python3', [script, port, user, this.#at('key'), ...words]);
  }

  libssh(user: string, command: string): Promise<Ran> {
    const port = String(this.#world.gateway.sshPort);
    return this.#run(this.#at('libssh'), ['127.0.0.1', port, user, this.#at('key'), command]);
  }

  /** In the foreground until it is unmounted or fails. */
  sshfs(words: readonly string[]): Promise<Ran> {
    const command = `${this.#world.openSsh.ssh} -F ${this.#world.configPath}`;
    return this.#run('sshfs', ['-f', '-o', `ssh_command=${command}`, ...words]);
  }

  #run(program: string, words: readonly string[], options: RunOptions = {}): Promise<Ran> {
    // A home of its own: these clients keep host keys and settings there.
    const env = { PATH: process.env['PATH'], HOME: this.#at(''), LANG: 'C.UTF-8' };
    return run(program, words, { timeoutMs: 40_000, env, ...options });
  }
}
