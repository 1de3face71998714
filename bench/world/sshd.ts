/** Servers of the newest OpenSSH on loopback: the target, and the bastions to compare with. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import type { Cleanup } from '../../foundation/index.ts';
import type { OpenSsh } from '../../scripts/openssh-newest.mjs';
import { freePort } from '../../tests/support/free-port.ts';

export interface SshdOptions {
  readonly openSsh: OpenSsh;
  readonly directory: string;
  /** Of the configuration file. */
  readonly name: string;
  /** Path of the host key. */
  readonly hostKey: string;
  readonly lines?: readonly string[];
}

export interface RunningSshd {
  readonly pid: number;
  readonly port: number;
}

export async function startSshd(options: SshdOptions, cleanup: Cleanup): Promise<RunningSshd> {
  const port = await freePort();
  const path = `${options.directory}/${options.name}.conf`;
  await writeFile(path, configuration(options, port));
  const server = spawn(options.openSsh.sshd, ['-D', '-e', '-f', path], { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(server, 'exit');
  cleanup.defer(async () => {
    server.kill('SIGTERM');
    await ended;
  });
  await new Promise<void>((resolve, reject) => {
    let said = '';
    server.stderr.on('data', (bytes: Buffer) => {
      said = (said + bytes.toString()).slice(-4_096);
      if (said.includes('Server listening')) resolve();
    });
    server.once('exit', () => reject(new Error(`sshd ended: ${said}`)));
  });
  if (server.pid === undefined) throw new Error('sshd has no process');
  return { pid: server.pid, port };
}

function configuration({ directory, hostKey, openSsh, lines = [] }: SshdOptions, port: number): string {
  // A bench connects more often in a second than any person; a penalty for that would measure the penalty.
  const penalties = openSsh.version === 'system' ? [] : ['PerSourcePenalties no'];
  return [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${hostKey}`,
    'PidFile none',
    'UsePAM no',
    'UseDNS no',
    'StrictModes no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    `AuthorizedKeysFile ${directory}/direct.pub`,
    'AcceptEnv LANG LC_*',
    'PrintMotd no',
    'PrintLastLog no',
    'MaxStartups 2000',
    'MaxSessions 1000',
    'LogLevel INFO', // It says that it listens, and we read that.
    'Subsystem sftp internal-sftp',
    ...penalties,
    ...lines,
    '',
  ].join('\n');
}
