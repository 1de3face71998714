/** The exchange of the key that targets believe, with a real sshd: nobody is shut out in between, and the former key ends. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Cleanup, systemClock } from '../../foundation/index.ts';
import {
  announceKey,
  type CertificateAuthority,
  forgetKey,
  loadCertificateAuthority,
  parsePublicKey,
  switchKey,
} from '../../identity/index.ts';
import { runToEnd } from '../support/run-to-end.ts';
import { describeWith } from '../support/partners.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { type Sshd, startSshd } from './support/sshd.ts';

describeWith(['ssh', 'ssh-keygen', 'sshd', 'root'], 'the authority that targets believe', () => {
  const cleanup = new Cleanup();
  let sshd: Sshd;
  let directory: string;
  beforeAll(async () => {
    sshd = cleanup.use(await startSshd());
    directory = cleanup.use(await tempDirectory()).path;
    await runToEnd('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(directory, 'key')]);
  });
  afterAll(() => cleanup[Symbol.asyncDispose]());

  /** Whether a certificate that this authority signs now opens the account. */
  async function opens(authority: CertificateAuthority): Promise<boolean> {
    const key = join(directory, 'key');
    const line = (await runToEnd('cat', [`${key}.pub`])).stdout.toString().trim();
    const at = (minutes: number): Date => new Date(systemClock.now().getTime() + minutes * 60_000);
    const certificate = await authority.issueUserCertificate({
      ...{ publicKey: parsePublicKey(line).blob.subarray(-32), principal: sshd.account, keyId: 'test', serial: 1n },
      ...{ validAfter: at(-1), validBefore: at(5), extensions: [] },
    });
    await writeFile(`${key}-cert.pub`, `ssh-ed25519-cert-v01@openssh.com ${certificate.toString('base64')}\n`);
    const options = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'IdentitiesOnly=yes', 'BatchMode=yes'];
    const words = ['-F', 'none', '-p', String(sshd.port), '-i', key, '-l', sshd.account];
    const { status } = await runToEnd('ssh', [...words, ...options.flatMap((one) => ['-o', one]), '127.0.0.1', 'true']);
    return status === 0;
  }

  test('is exchanged with an overlap', async () => {
    const path = join(directory, 'user_ca_ed25519.pem');
    const trusted = async (): Promise<string> => (await loadCertificateAuthority(path)).trustedLines.join('\n');
    await sshd.trust(await trusted());
    const former = await loadCertificateAuthority(path);
    expect(await opens(former)).toBe(true);
    await announceKey(path);
    expect(await opens(await loadCertificateAuthority(path))).toBe(true);
    await sshd.trust(await trusted());
    await switchKey(path);
    const next = await loadCertificateAuthority(path);
    expect([await opens(next), await opens(former)]).toEqual([true, true]);
    await forgetKey(path);
    await sshd.trust(await trusted());
    expect([await opens(next), await opens(former)]).toEqual([true, false]);
  });

  test('that a target was not told of opens nothing there', async () => {
    expect(await opens(await loadCertificateAuthority(join(directory, 'stranger_ca.pem')))).toBe(false);
  });
});
