/** The ssh on this machine: its version and algorithms, the keys it would offer, the hosts it knows. */
import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrno } from '../../foundation/index.ts';
import { MAINTAINER_LEG } from '../../gateway/index.ts';
import { type Finding, ok, problem, warning } from './model.ts';

const RUN_MS = 5_000;
const POST_QUANTUM = 'mlkem768x25519-sha256';

interface Ran {
  /** Null: there is no such program, or it took too long. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export async function checkSshClient(): Promise<Finding[]> {
  const asked = await run('ssh', ['-V']);
  if (asked.status === null) return [problem('doctor.ssh.missing', 'doctor.ssh.missing.next')];
  const version = asked.stderr.split(/[,\n]/)[0]?.trim() ?? 'ssh';
  const { kex, cipher, serverHostKey } = MAINTAINER_LEG;
  const kinds = [
    ['kex', kex],
    ['cipher', cipher],
    ['key', serverHostKey],
  ] as const;
  const known = await Promise.all(kinds.map(async ([kind]) => (await run('ssh', ['-Q', kind])).stdout.split(/\s+/)));
  const missing = kinds.filter(([, offered], at) => !listOf(offered).some((name) => known[at]?.includes(name)));
  if (missing.length > 0) {
    const kind = missing.map(([name]) => name).join(', ');
    return [problem('doctor.ssh.old', 'doctor.ssh.old.next', { version, kind })];
  }
  if (known[0]?.includes(POST_QUANTUM) === true) return [ok('doctor.ssh.ok', { version })];
  return [warning('doctor.ssh.classic', 'doctor.ssh.classic.next', { version })];
}

/** A key in the agent, or a private key file with its public half in one of the directories. */
export async function checkKeys(directories: readonly string[]): Promise<Finding> {
  const agent = await run('ssh-add', ['-l']); // 1: the agent is empty; 2: there is no agent.
  const found = agent.status === 0 ? ['ssh-agent'] : [];
  for (const directory of directories) {
    const names = await namesIn(directory);
    const keys = names.filter((name) => names.includes(`${name}.pub`));
    found.push(...keys.map((name) => join(directory, name)));
  }
  if (found.length > 0) return ok('doctor.own_key.ok', { where: found.join(', ') });
  return warning('doctor.own_key.none', 'doctor.own_key.none.next', { directory: directories.join(', ') });
}

/** Asks ssh-keygen, which reads hashed names too. Names with an authority instead of a key are known as well. */
export async function checkKnownHosts(
  { host, port }: { host: string; port: number },
  key: Buffer,
  files: readonly string[],
): Promise<Finding> {
  const entry = port === 22 ? host : `[${host}]:${port}`;
  const found = await Promise.all(files.map((file) => run('ssh-keygen', ['-F', entry, '-f', file])));
  const lines = found
    .flatMap(({ stdout }) => stdout.split('\n'))
    .filter((line) => line !== '' && !line.startsWith('#'));
  if (lines.some((line) => line.startsWith('@cert-authority ') || line.includes(key.toString('base64')))) {
    return ok('doctor.known_hosts.ok');
  }
  if (lines.length > 0) return problem('doctor.known_hosts.other', 'doctor.known_hosts.other.next', { entry });
  return warning('doctor.known_hosts.missing', 'doctor.known_hosts.missing.next', { entry });
}

function run(program: string, args: readonly string[]): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: RUN_MS, maxBuffer: 1024 * 1024 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      resolve({ status: typeof code === 'number' ? code : null, stdout, stderr });
    });
  });
}

async function namesIn(directory: string): Promise<string[]> {
  return readdir(directory).catch((thrown: unknown) => {
    if (hasErrno(thrown, 'ENOENT')) return [];
    throw thrown;
  });
}

function listOf(list: unknown): readonly string[] {
  return Array.isArray(list) ? list.map(String) : [];
}
