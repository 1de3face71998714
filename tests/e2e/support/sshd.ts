/** A private Debian sshd on loopback with one account of its own: the target as it is met in the field. Needs root. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Cleanup, newUuid } from '../../../foundation/index.ts';
import { runToEnd } from '../../support/run-to-end.ts';
import { freePort } from '../../support/free-port.ts';
import { partner } from '../../support/partners.ts';
import { tempDirectory } from '../../support/temp-directory.ts';

export interface Sshd extends AsyncDisposable {
  readonly port: number;
  /** `ssh-ed25519 AAAA…` */
  readonly hostKey: string;
  readonly account: string;
  /** `ssh-ed25519 AAAA…` of the authority that signed its host certificate; empty without one. */
  readonly hostCa: string;
  /** What it wrote into its log so far. */
  readonly log: () => string;
  /** From here on certificates of this authority sign in. */
  trust(authorityLine: string): Promise<void>;
  /** Arguments that reach it without the gateway, to compare with. */
  direct(): string[];
}

export interface SshdOptions {
  /** Lines of sshd_config; the first value of a keyword counts, and these come first. */
  readonly config?: readonly string[];
  /** Arguments of `ssh-keygen -s` for a host certificate, which it then shows. */
  readonly hostCertificate?: readonly string[];
  readonly hostKeyType?: 'ed25519' | 'rsa';
}

export async function startSshd(options: SshdOptions = {}): Promise<Sshd> {
  const cleanup = new Cleanup();
  try {
    return await start(cleanup, options);
  } catch (thrown) {
    await cleanup[Symbol.asyncDispose]();
    throw thrown;
  }
}

async function start(cleanup: Cleanup, options: SshdOptions): Promise<Sshd> {
  const directory = cleanup.use(await tempDirectory());
  const at = (name: string): string => join(directory.path, name);
  const port = await freePort();
  const account = `skt-${newUuid(new Date()).slice(-8)}`;
  const type = options.hostKeyType ?? 'ed25519';
  await must('ssh-keygen', ['-q', '-t', type, ...(type === 'rsa' ? ['-b', '3072'] : []), '-N', '', '-f', at('host')]);
  await must('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at('direct')]);
  await writeFile(at('authority.pub'), '');
  const hostCa = await certifyHost(at, options.hostCertificate);
  const lines = [...(options.config ?? []), ...(hostCa === '' ? [] : [`HostCertificate ${at('host-cert.pub')}`])];
  await writeFile(at('config'), config({ port, directory: directory.path, lines }));
  await mkdir('/run/sshd', { recursive: true });
  await must('useradd', ['--create-home', '--home-dir', at('home'), '--shell', '/bin/bash', account]);
  cleanup.defer(() => must('userdel', ['--force', '--remove', account]));
  await must('usermod', ['--password', '*', account]); // Not locked, and no password fits.
  const log = await listen(at('config'), cleanup);
  const hostKey = (await readFile(at('host.pub'), 'utf8')).split(' ').slice(0, 2).join(' ');
  await writeFile(at('known_hosts'), `[127.0.0.1]:${port} ${hostKey}\n`);
  const settings = {
    User: account,
    IdentitiesOnly: 'yes',
    IdentityAgent: 'none',
    BatchMode: 'yes',
    LogLevel: 'ERROR',
    UserKnownHostsFile: at('known_hosts'),
  };
  return {
    port,
    hostKey,
    account,
    hostCa,
    log,
    trust: (line) => writeFile(at('authority.pub'), `${line}\n`),
    direct: () => [
      ...['-F', 'none', '-p', String(port), '-i', at('direct')],
      ...Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]),
    ],
    [Symbol.asyncDispose]: () => cleanup[Symbol.asyncDispose](),
  };
}

async function certifyHost(at: (name: string) => string, args: readonly string[] | undefined): Promise<string> {
  if (args === undefined) return '';
  await must('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at('host-ca')]);
  await must('ssh-keygen', ['-q', '-s', at('host-ca'), ...args, at('host.pub')]);
  return (await readFile(at('host-ca.pub'), 'utf8')).split(' ').slice(0, 2).join(' ');
}

async function listen(configPath: string, cleanup: Cleanup): Promise<() => string> {
  const server = spawn(partner('sshd'), ['-D', '-e', '-f', configPath], { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(server, 'exit');
  cleanup.defer(async () => {
    server.kill('SIGTERM');
    await ended;
  });
  let said = '';
  await new Promise<void>((resolve, reject) => {
    server.stderr.on('data', (bytes: Buffer) => {
      said += bytes.toString();
      if (said.includes('Server listening')) resolve();
    });
    server.once('exit', () => reject(new Error(`sshd ended: ${said}`)));
  });
  return () => said;
}

function config({ port, directory, lines }: { port: number; directory: string; lines: readonly string[] }): string {
  return `
${lines.join('\n')}
Port ${port}
ListenAddress 127.0.0.1
HostKey ${directory}/host
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
AuthorizedKeysFile ${directory}/direct.pub
TrustedUserCAKeys ${directory}/authority.pub
AcceptEnv LANG LC_*
PrintMotd no
PrintLastLog no
`;
}

async function must(program: string, args: readonly string[]): Promise<void> {
  const { status, stderr } = await runToEnd(program, args);
  if (status !== 0) throw new Error(`${program}: ${stderr}`);
}
