import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DemoTarget, startDemoTarget } from '../../demo/index.ts';
import { Cleanup, type Clock, createLog, systemClock } from '../../foundation/index.ts';
import { type CertificateAuthority, loadCertificateAuthority, parsePublicKey } from '../../identity/index.ts';
import { tempDirectory } from '../support/temp-directory.ts';

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. */
export function run(program: string, words: readonly string[], input: string | Buffer = ''): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { stdio: ['pipe', 'pipe', 'pipe'] });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    child.on('error', reject);
    child.on('close', (code) =>
      resolve({ code, stdout: Buffer.concat(out).toString('utf8'), stderr: Buffer.concat(err).toString('utf8') }),
    );
  });
}

interface CertificateWish {
  readonly principal?: string;
  readonly minutesAgo?: number;
  readonly minutes?: number;
  readonly authority?: CertificateAuthority;
}

/** A demo target, our authority, and the real OpenSSH client with a key of its own. */
export interface TargetUnderTest extends AsyncDisposable {
  readonly target: DemoTarget;
  readonly directory: string;
  readonly certify: (wish?: CertificateWish) => Promise<void>;
  readonly uncertify: () => Promise<void>;
  /** The words of an ssh call, host included. */
  readonly sshWords: (options: readonly string[], account?: string) => string[];
  readonly ssh: (command: readonly string[], more?: SshCall) => Promise<Finished>;
  /** Runs the lines of a batch; the first that fails ends it with 1. */
  readonly sftp: (batch: string) => Promise<Finished>;
}

interface SshCall {
  readonly options?: readonly string[];
  readonly account?: string;
  readonly input?: string | Buffer;
}

export async function targetUnderTest(clock: Clock = systemClock): Promise<TargetUnderTest> {
  const cleanup = new Cleanup();
  const { path: directory } = cleanup.use(await tempDirectory());
  const authority = await loadCertificateAuthority(join(directory, 'ca'));
  const target = cleanup.use(
    await startDemoTarget({
      directory: join(directory, 'target'),
      authorityLine: authority.publicKeyLine,
      log: createLog('silent'),
      clock,
    }),
  );
  const key = join(directory, 'client');
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
  const known = join(directory, 'known_hosts');
  await writeFile(known, `[127.0.0.1]:${target.port} ${target.hostKey}\n`);

  const sshWords = (options: readonly string[], account = 'aoki'): string[] => [
    ...['-F', '/dev/null', '-i', key, '-p', String(target.port)],
    ...['BatchMode=yes', 'StrictHostKeyChecking=yes', `UserKnownHostsFile=${known}`, 'IdentitiesOnly=yes'].flatMap(
      (option) => ['-o', option],
    ),
    ...['-o', 'IdentityAgent=none', '-o', 'LogLevel=ERROR'],
    ...options,
    `${account}@127.0.0.1`,
  ];
  const under: TargetUnderTest = {
    target,
    directory,
    sshWords,
    certify: async (wish = {}) => {
      const publicKey = parsePublicKey(await readFile(`${key}.pub`, 'utf8')).blob.subarray(-32);
      const validAfter = new Date(clock.now().getTime() - (wish.minutesAgo ?? 1) * 60_000);
      const blob = await (wish.authority ?? authority).issueUserCertificate({
        publicKey,
        principal: wish.principal ?? 'aoki',
        keyId: 'test session',
        validAfter,
        validBefore: new Date(validAfter.getTime() + (wish.minutes ?? 10) * 60_000),
        serial: 7n,
        extensions: ['permit-pty'],
      });
      await writeFile(`${key}-cert.pub`, `ssh-ed25519-cert-v01@openssh.com ${blob.toString('base64')}\n`);
    },
    uncertify: async () => {
      await run('rm', ['-f', `${key}-cert.pub`]);
    },
    ssh: (command, { options = [], account, input } = {}) =>
      run('ssh', [...sshWords(options, account), ...command], input),
    sftp: (batch) =>
      run('sftp', ['-q', '-b', '-', ...sshWords([]).map((word) => (word === '-p' ? '-P' : word))], `${batch}\n`),
    [Symbol.asyncDispose]: () => cleanup[Symbol.asyncDispose](),
  };
  await under.certify();
  return under;
}

export async function otherAuthority(directory: string): Promise<CertificateAuthority> {
  await mkdir(directory, { recursive: true });
  return loadCertificateAuthority(join(directory, 'other-ca'));
}
