/** The certificate of one entry, as the real ssh-keygen reads it. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { newUuid, systemClock } from '../../foundation/index.ts';
import { issueCredential } from '../../gateway/ssh/target/credentials.ts';
import { loadCertificateAuthority } from '../../identity/index.ts';
import type { SystemId, TargetId } from '../../policy/index.ts';
import { describeWith, partner } from '../support/partners.ts';
import { runToEnd } from '../support/run-to-end.ts';
import { tempDirectory } from '../support/temp-directory.ts';

describeWith('ssh-keygen', 'the certificate of an entry', () => {
  const shown = async (sourceAddress: string | null): Promise<string> => {
    await using directory = await tempDirectory();
    const authority = await loadCertificateAuthority(join(directory.path, 'ca.pem'));
    const target = {
      ...{ id: newUuid(new Date()) as TargetId, systemId: newUuid(new Date()) as SystemId, systemName: 'crm' },
      ...{ name: 'crm-db', host: 'crm-db.example.com', port: 22, hostKey: 'ssh-ed25519 AAAA', hostCa: null },
      ...{ mode: 'recorded' as const, legacyAlgorithms: false, sourceAddress },
    };
    const request = { target, account: 'chen-crm', keyId: 'session-1', serial: 42n, extensions: ['permit-pty'] };
    const key = await issueCredential({ clock: systemClock, authority }, request);
    const path = join(directory.path, 'entry-cert.pub');
    await writeFile(path, `ssh-ed25519-cert-v01@openssh.com ${key.getPublicSSH().toString('base64')}\n`);
    return (await runToEnd(partner('ssh-keygen'), ['-L', '-f', path])).stdout.toString();
  };

  test('names the account, the session and the addresses it is good from', async () => {
    const text = await shown('192.0.2.0/24,2001:db8::/32');
    expect(text).toContain('user certificate');
    expect(text).toContain('Key ID: "session-1"');
    expect(text).toContain('Serial: 42');
    expect(text).toMatch(/Principals:\s+chen-crm\s/);
    expect(text).toMatch(/source-address 192\.0\.2\.0\/24,2001:db8::\/32/);
    expect(text).toMatch(/Extensions:\s+permit-pty\s*$/);
  });

  test('has no critical option where the way does not keep the gateway’s address', async () => {
    expect(await shown(null)).toContain('Critical Options: (none)');
  });
});
