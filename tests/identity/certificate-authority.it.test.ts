import { execFile } from 'node:child_process';
import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { loadCertificateAuthority, parsePublicKey, verifyUserCertificate } from '../../identity/index.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { ed25519, line } from './keys.ts';

const run = promisify(execFile);
const validAfter = new Date('2026-04-01T08:59:00Z');
const validBefore = new Date('2026-04-01T09:05:00Z');
const now = new Date('2026-04-01T09:00:00Z');
const subject = ed25519();
const request = {
  publicKey: subject.raw,
  principal: 'aoki',
  keyId: 'session 0197 of aoki',
  validAfter,
  validBefore,
  serial: 18_446_744_073_709_551_615n,
  extensions: ['permit-pty', 'permit-X11-forwarding'],
};

async function keygen(...args: string[]): Promise<string> {
  const { stdout } = await run('ssh-keygen', args, { env: { ...process.env, TZ: 'UTC' } });
  return stdout;
}

describe('loadCertificateAuthority refuses to start', () => {
  test('with a key that others may read', async () => {
    await using directory = await tempDirectory();
    const path = join(directory.path, 'authority.pem');
    await loadCertificateAuthority(path);
    await chmod(path, 0o640);
    await expect(loadCertificateAuthority(path)).rejects.toMatchObject({ code: 'start_refused' });
  });

  test('with a file that is no Ed25519 key, and leaves it as it is', async () => {
    await using directory = await tempDirectory();
    for (const [name, content] of [
      ['empty.pem', ''],
      ['words.pem', 'not a key'],
    ] as const) {
      const path = join(directory.path, name);
      await writeFile(path, content, { mode: 0o600 });
      await expect(loadCertificateAuthority(path)).rejects.toMatchObject({ code: 'start_refused' });
      expect(await readFile(path, 'utf8')).toBe(content);
    }
    const rsaPath = join(directory.path, 'rsa.pem');
    await keygen('-q', '-t', 'rsa', '-b', '3072', '-m', 'PKCS8', '-N', '', '-f', rsaPath);
    await expect(loadCertificateAuthority(rsaPath)).rejects.toThrow(/no Ed25519 key/);
  });
});

describe('loadCertificateAuthority', () => {
  test('makes a key that its owner alone may read, keeps it, and leaves nothing beside it', async () => {
    await using directory = await tempDirectory();
    const path = join(directory.path, 'made', 'authority.pem');
    const first = await loadCertificateAuthority(path);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await loadCertificateAuthority(path)).publicKeyLine).toBe(first.publicKeyLine);
    expect(await readdir(join(directory.path, 'made'))).toEqual(['authority.pem']);
    expect(parsePublicKey(first.publicKeyLine).algorithm).toBe('ssh-ed25519');
    expect(JSON.stringify(first)).not.toContain('PRIVATE');
  });

  test('of many processes that start at once, one key wins for all', async () => {
    await using directory = await tempDirectory();
    const path = join(directory.path, 'authority.pem');
    const loaded = await Promise.all(Array.from({ length: 8 }, () => loadCertificateAuthority(path)));
    expect(new Set(loaded.map(({ publicKeyLine }) => publicKeyLine)).size).toBe(1);
    expect(await readdir(directory.path)).toEqual(['authority.pem']);
  });

  test('issues what ssh-keygen reads and what verifyUserCertificate believes', async () => {
    await using directory = await tempDirectory();
    const authority = await loadCertificateAuthority(join(directory.path, 'authority.pem'));
    const blob = await authority.issueUserCertificate({ ...request, sourceAddresses: ['192.0.2.1', '2001:db8::/32'] });
    const path = join(directory.path, 'id-cert.pub');
    await writeFile(path, `ssh-ed25519-cert-v01@openssh.com ${blob.toString('base64')} test\n`);
    const shown = await keygen('-L', '-f', path);
    const ca = parsePublicKey(authority.publicKeyLine);
    expect(shown).toContain('Type: ssh-ed25519-cert-v01@openssh.com user certificate');
    expect(shown).toContain(`Public key: ED25519-CERT ${parsePublicKey(line(subject)).fingerprint}`);
    expect(shown).toContain(`Signing CA: ED25519 ${ca.fingerprint}`);
    expect(shown).toContain('Key ID: "session 0197 of aoki"');
    expect(shown).toContain('Serial: 18446744073709551615');
    expect(shown).toContain('Valid: from 2026-04-01T08:59:00 to 2026-04-01T09:05:00');
    expect(shown).toMatch(/Principals:\s+aoki\s+Critical Options:\s+source-address 192\.0\.2\.1,2001:db8::\/32\s/);
    expect(shown).toMatch(/Extensions:\s+permit-X11-forwarding\s+permit-pty\s*$/);
    const believed = verifyUserCertificate(blob, {
      authorities: [ca.blob],
      principal: 'aoki',
      now,
      sourceAddress: '2001:db8::1',
    });
    expect(believed).toMatchObject({ publicKey: subject.blob, keyId: request.keyId, principals: ['aoki'] });
  });

  test('never signs the same bytes twice', async () => {
    await using directory = await tempDirectory();
    const authority = await loadCertificateAuthority(join(directory.path, 'authority.pem'));
    expect(await authority.issueUserCertificate(request)).not.toEqual(await authority.issueUserCertificate(request));
  });
});

describe('of certificates and keys that ssh-keygen makes', () => {
  async function issued(directory: string, type: string[], ...options: string[]) {
    await keygen('-q', '-t', 'ed25519', '-N', '', '-f', join(directory, 'ca'));
    await keygen('-q', ...type, '-N', '', '-C', 'made by ssh-keygen', '-f', join(directory, 'id'));
    await keygen(
      '-q',
      '-s',
      join(directory, 'ca'),
      '-I',
      'id',
      '-V',
      '20260401085900Z:20260401090500Z',
      ...options,
      join(directory, 'id.pub'),
    );
    const [ca, plain, cert] = await Promise.all(
      ['ca.pub', 'id.pub', 'id-cert.pub'].map((name) => readFile(join(directory, name), 'utf8')),
    );
    const blob = Buffer.from(String(cert).split(' ')[1] ?? '', 'base64');
    const key = parsePublicKey(String(plain));
    const facts = { authorities: [parsePublicKey(String(ca)).blob], principal: 'aoki', now };
    return { blob, key, facts };
  }

  test.each([
    ['ed25519', ['-t', 'ed25519']],
    ['nistp256', ['-t', 'ecdsa', '-b', '256']],
    ['nistp384', ['-t', 'ecdsa', '-b', '384']],
    ['nistp521', ['-t', 'ecdsa', '-b', '521']],
    ['rsa', ['-t', 'rsa', '-b', '3072']],
  ])('%s is read with the same fingerprint and believed', async (_name, type) => {
    await using directory = await tempDirectory();
    const { blob, key, facts } = await issued(directory.path, type, '-n', 'aoki');
    expect(await keygen('-l', '-f', join(directory.path, 'id.pub'))).toContain(key.fingerprint);
    expect(key.comment).toBe('made by ssh-keygen');
    expect(verifyUserCertificate(blob, facts).publicKey).toEqual(key.blob);
  });

  test.each([
    ['for a host', ['-h', '-n', 'aoki'], /not for a user/],
    ['without principals', [], /somebody else/],
    ['for another principal', ['-n', 'chen'], /somebody else/],
    ['with a forced command', ['-n', 'aoki', '-O', 'force-command=/bin/true'], /critical option/],
    ['bound to another address', ['-n', 'aoki', '-O', 'source-address=192.0.2.0/24'], /this address/],
  ])('one %s is refused', async (_name, options, message) => {
    await using directory = await tempDirectory();
    const { blob, facts } = await issued(directory.path, ['-t', 'ed25519'], ...options);
    expect(() => verifyUserCertificate(blob, { ...facts, sourceAddress: '198.51.100.1' })).toThrow(message);
  });
});
