import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import ssh2 from 'ssh2';
import { sshString, uint32 } from '../../foundation/index.ts';
import { generateSshKey } from '../../identity/index.ts';
import { type SshClientTool, type SshDestination, type SshRun, typed } from './tool.ts';

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
  run: (destination, command) =>
    connected(destination, (client) => finished((opened) => client.exec(command, opened), '')),
  type: (destination, lines) =>
    connected(destination, (client) => finished((opened) => client.shell({ term: 'dumb' }, opened), typed(lines))),
  getFile: (destination, path, to) =>
    connected(destination, (client) => moveFile(client, (sftp) => promisify(sftp.fastGet.bind(sftp))(path, to))),
  putFile: (destination, from, path) =>
    connected(destination, (client) =>
      // One write after the other: the relay refuses what comes out of order.
      moveFile(client, (sftp) =>
        promisify((done: ssh2.Callback) => sftp.fastPut(from, path, { concurrency: 1 }, done))(),
      ),
    ),
  async sign(keyPath, namespace, path) {
    const key = ssh2.utils.parseKey(await readFile(keyPath));
    if (key instanceof Error || Array.isArray(key)) throw new Error(`${keyPath} holds no key`);
    const parts = [namespace, '', 'sha512'].map((part) => sshString(part));
    const digest = createHash('sha512')
      .update(await readFile(path))
      .digest();
    const signed = key.sign(Buffer.concat([MAGIC, ...parts, sshString(digest)]));
    const signature = sshString(Buffer.concat([sshString(key.type), sshString(signed)]));
    const all = Buffer.concat([MAGIC, uint32(1), sshString(key.getPublicSSH()), ...parts, signature]);
    const lines = all.toString('base64').match(/.{1,70}/g) ?? [];
    return `-----BEGIN SSH SIGNATURE-----\n${lines.join('\n')}\n-----END SSH SIGNATURE-----\n`;
  },
};

/** PROTOCOL.sshsig. */
const MAGIC = Buffer.from('SSHSIG');

async function connected<Result>(
  destination: SshDestination,
  use: (client: ssh2.Client) => Promise<Result>,
): Promise<Result> {
  const { host, port, loginName, keyPath, hostKeyLine } = destination;
  const privateKey = await readFile(keyPath, 'utf8');
  const [, pinned] = hostKeyLine.split(' ');
  const client = new ssh2.Client();
  try {
    const lost = new Promise<never>((_resolve, reject) => client.on('error', reject));
    lost.catch(() => undefined);
    const ready = new Promise<void>((resolve) => client.once('ready', resolve));
    const hostVerifier = (key: Buffer): boolean => key.toString('base64') === pinned;
    client.connect({ host, port, username: loginName, privateKey, hostVerifier });
    await Promise.race([ready, lost]);
    return await Promise.race([use(client), lost]);
  } finally {
    client.end();
  }
}

type Opened = (error: Error | undefined, channel: ssh2.ClientChannel) => void;

function finished(open: (opened: Opened) => void, input: string): Promise<SshRun> {
  return new Promise<SshRun>((resolve, reject) => {
    open((error, channel) => {
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
      channel.end(input);
    });
  });
}

/** The server's own word of refusal is all this client is told: the gateway's sentence is for the other one. */
async function moveFile(client: ssh2.Client, move: (sftp: ssh2.SFTPWrapper) => Promise<void>): Promise<SshRun> {
  try {
    await move(await promisify(client.sftp.bind(client))());
    return { status: 0, stdout: Buffer.alloc(0), stderr: '' };
  } catch (thrown) {
    const stderr = thrown instanceof Error ? thrown.message : String(thrown);
    return { status: 1, stdout: Buffer.alloc(0), stderr: `${stderr}\n` };
  }
}
