import { spawn } from 'node:child_process';
import { access, readFile, rm, writeFile } from 'node:fs/promises';
import { type SshClientTool, type SshDestination, type SshRun, typed } from './tool.ts';

const RUN_MS_MAX = 60_000;

/** Whether `ssh` and `ssh-keygen` are on the PATH. */
export async function isOpenSshHere(): Promise<boolean> {
  try {
    await Promise.all([runProgram('ssh', ['-V']), runProgram('ssh-keygen', ['-?'])]);
    return true;
  } catch {
    return false;
  }
}

export const openSshClient: SshClientTool = {
  name: 'OpenSSH client',
  isOpenSsh: true,
  async createKey(path) {
    const isThere = await access(path).then(
      () => true,
      () => false,
    );
    if (!isThere) await runProgram('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'tour', '-f', path]);
    return (await readFile(`${path}.pub`, 'utf8')).trim();
  },
  async run(destination, command) {
    await writeFile(destination.knownHostsPath, knownHost(destination), { mode: 0o600 });
    return runProgram('ssh', [...sshOptions(destination), '--', destination.host, command]);
  },
  async type(destination, lines) {
    await writeFile(destination.knownHostsPath, knownHost(destination), { mode: 0o600 });
    return runProgram(
      'ssh',
      [...sshOptions(destination), '-tt', '-o', 'SetEnv=TERM=dumb', '--', destination.host],
      typed(lines),
    );
  },
  getFile: (destination, path, to) => sftp(destination, `get ${quoted(path)} ${quoted(to)}\n`),
  putFile: (destination, from, path) => sftp(destination, `put ${quoted(from)} ${quoted(path)}\n`),
  async sign(keyPath, namespace, path) {
    await rm(`${path}.sig`, { force: true }); // It asks before it writes over one.
    await runProgram('ssh-keygen', ['-Y', 'sign', '-q', '-f', keyPath, '-n', namespace, path]);
    return readFile(`${path}.sig`, 'utf8');
  },
};

async function sftp(destination: SshDestination, batch: string): Promise<SshRun> {
  await writeFile(destination.knownHostsPath, knownHost(destination), { mode: 0o600 });
  // sftp takes ssh's options but for the port's letter.
  const options = sshOptions(destination).map((word) => (word === '-p' ? '-P' : word));
  return runProgram('sftp', [...options, '-q', '-b', '-', '--', destination.host], batch);
}

/** sftp's batch reads a word between double quotes as it stands, but for backslashes. */
function quoted(path: string): string {
  return `"${path.replaceAll(/["\\]/g, '\\$&')}"`;
}

/** Options that make `ssh` use this key and this host key and nothing of the user's own set-up. */
export function sshOptions({
  port,
  loginName,
  keyPath,
  knownHostsPath,
}: Omit<SshDestination, 'host' | 'hostKeyLine'>): string[] {
  const settings = {
    User: loginName,
    IdentityFile: keyPath,
    IdentitiesOnly: 'yes',
    IdentityAgent: 'none',
    UserKnownHostsFile: knownHostsPath,
    StrictHostKeyChecking: 'yes',
    BatchMode: 'yes',
    LogLevel: 'ERROR',
  };
  return [
    '-F',
    'none',
    '-p',
    String(port),
    ...Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]),
  ];
}

export function knownHost({ host, port, hostKeyLine }: Pick<SshDestination, 'host' | 'port' | 'hostKeyLine'>): string {
  return `[${host}]:${port} ${hostKeyLine}\n`;
}

function runProgram(program: string, args: readonly string[], input = ''): Promise<SshRun> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], timeout: RUN_MS_MAX });
    child.stdin.on('error', () => undefined); // Who ended without reading it has said why on standard error.
    child.stdin.end(input);
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.once('error', reject);
    child.once('close', (status) => {
      resolve({ status, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString('utf8') });
    });
  });
}
