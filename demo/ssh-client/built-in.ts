import { readFile, writeFile } from 'node:fs/promises';
import ssh2 from 'ssh2';
import { generateSshKey } from '../../identity/index.ts';
import type { SshClientTool, SshDestination, SshRun } from './tool.ts';

/** A small SSH client for machines without OpenSSH: the tour says so when it uses this. */
export const builtInClient: SshClientTool = {
  name: 'built-in client (no ssh on this machine; `apt install openssh-client` shows the real one)',
  isOpenSsh: false,
  async createKey(path) {
    const known = await readFile(`${path}.pub`, 'utf8').catch(() => undefined);
    if (known !== undefined) return known.trim();
    const { privateKey, publicKeyLine } = generateSshKey('tour');
    await writeFile(path, privateKey, { mode: 0o600 });
    await writeFile(`${path}.pub`, `${publicKeyLine}\n`);
    return publicKeyLine;
  },
  async run(destination, command) {
    const privateKey = await readFile(destination.keyPath, 'utf8');
    return execute(destination, privateKey, command);
  },
};

function execute(destination: SshDestination, privateKey: string, command: string): Promise<SshRun> {
  const client = new ssh2.Client();
  const [, pinned] = destination.hostKeyLine.split(' ');
  return new Promise<SshRun>((resolve, reject) => {
    client.on('error', reject);
    client.once('ready', () => {
      client.exec(command, (error, channel) => {
        if (error !== undefined) {
          reject(error);
          return;
        }
        const stdout: Buffer[] = [];
        const stderr: Buffer[] = [];
        let status: number | null = null;
        channel.on('data', (chunk: Buffer) => stdout.push(chunk));
        channel.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
        channel.once('exit', (code: number | null) => {
          status = code;
        });
        channel.once('close', () => {
          resolve({ status, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString('utf8') });
        });
        channel.end();
      });
    });
    client.connect({
      host: destination.host,
      port: destination.port,
      username: destination.loginName,
      privateKey,
      hostVerifier: (key: Buffer) => key.toString('base64') === pinned,
    });
  }).finally(() => client.end());
}
