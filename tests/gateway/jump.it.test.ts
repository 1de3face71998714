/** Where a jump may go, and by what the gateway shows that it is there. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { GatewayError } from '../../foundation/index.ts';
import { isSshPort, readDestination } from '../../gateway/ssh/jump/destination.ts';
import { createHostKeys, hostAuthorityLine } from '../../gateway/ssh/jump/host-keys.ts';
import { decodeCertificate } from '../../identity/certificates/certificate.ts';
import { generateSshKey, loadCertificateAuthority } from '../../identity/index.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { join } from 'node:path';

const HOUR_MS = 3_600_000;

describe('a destination', () => {
  test.each([
    '',
    'CRM-DB',
    '-crm',
    'crm_db',
    'crm..db',
    'crm.example.com',
    'crm.sekisho.example.com',
    '%crm',
    'crm%',
    'a%b%c',
    'crm db',
    'crm\n',
    'crm\u202E',
    '192.0.2.1',
    '127.0.0.2',
    '::ffff:127.0.0.1',
    'LOCALHOST',
    'a'.repeat(64),
  ])('that is no target’s name: %j', (host) => {
    expect(readDestination(host)).toEqual({ kind: 'other' });
  });

  test('is a target by its name, with its system, or as a host name', () => {
    expect(readDestination('crm-db')).toEqual({ kind: 'target', loginName: 'crm-db' });
    expect(readDestination('crm-db%crm')).toEqual({ kind: 'target', loginName: 'crm-db%crm' });
    expect(readDestination('crm-db.sekisho')).toEqual({ kind: 'target', loginName: 'crm-db' });
    expect(readDestination('a'.repeat(63))).toMatchObject({ kind: 'target' });
  });

  test.each(['localhost', '127.0.0.1', '::1'])('is the loopback of the target: %s', (host) => {
    expect(readDestination(host)).toEqual({ kind: 'loopback' });
  });

  test('reads any text as one of the three', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (host) => {
        const destination = readDestination(host);
        if (destination.kind === 'target') expect(destination.loginName).toMatch(/^[a-z0-9-]+(%[a-z0-9-]+)?$/);
      }),
    );
  });

  test('is asked for at the port of SSH or at the target’s own', () => {
    expect([22, 2022, 2222, 0].map((port) => isSshPort(port, { port: 2022 }))).toEqual([true, true, false, false]);
  });
});

describe('the host keys', () => {
  async function keys(clock = new ManualClock(new Date('2026-11-23T00:00:00Z'))) {
    await using directory = await tempDirectory();
    const hostAuthority = await loadCertificateAuthority(join(directory.path, 'host_ca.pem'));
    const { privateKey, publicKeyLine } = generateSshKey('');
    return {
      clock,
      hostAuthority,
      publicKeyLine,
      hostKeys: createHostKeys({ clock, hostAuthority, hostKey: privateKey }),
    };
  }

  test('refuse to be made of something else than a private Ed25519 key', async () => {
    const { clock, hostAuthority, publicKeyLine } = await keys();
    for (const hostKey of ['', 'words', publicKeyLine]) {
      expect(() => createHostKeys({ clock, hostAuthority, hostKey })).toThrow(GatewayError);
    }
  });

  test('are a certificate for these names and no others, of bounded time, and the plain key', async () => {
    const { clock, hostAuthority, publicKeyLine, hostKeys } = await keys();
    const [certified, plain, ...more] = hostKeys.shownAs(['crm-db', 'crm-db.sekisho']);
    expect(more).toEqual([]);
    const plainBlob = Buffer.from(publicKeyLine.split(' ')[1] ?? '', 'base64');
    expect(plain?.key.getPublicSSH()).toEqual(plainBlob);
    const certificate = decodeCertificate(certified?.key.getPublicSSH() ?? Buffer.alloc(0));
    expect(certificate).toMatchObject({ kind: 2, principals: ['crm-db', 'crm-db.sekisho'], publicKey: plainBlob });
    expect(`ssh-ed25519 ${certificate.authority.toString('base64')}`).toBe(hostAuthority.publicKeyLine);
    const hours = (Number(certificate.validBefore) * 1_000 - clock.now().getTime()) / HOUR_MS;
    expect(hours).toBe(24);
    expect(certificate.criticalOptions.size + certificate.extensions.size).toBe(0);
  });

  test('stay the same for hours and are renewed long before they end', async () => {
    const { clock, hostKeys } = await keys();
    const shown = (): Buffer | undefined => hostKeys.shownAs(['crm-db'])[0]?.key.getPublicSSH();
    const first = shown();
    clock.advance(11 * HOUR_MS);
    expect(shown()).toBe(first);
    clock.advance(2 * HOUR_MS);
    const second = shown();
    expect(second).not.toEqual(first);
    expect(decodeCertificate(second ?? Buffer.alloc(0)).validBefore * 1_000n).toBe(
      BigInt(clock.now().getTime() + 24 * HOUR_MS),
    );
  });

  test('are bounded, however many names clients write', async () => {
    const { hostKeys } = await keys();
    const first = hostKeys.shownAs(['name-0']);
    for (let index = 1; index <= 2_500; index += 1) hostKeys.shownAs([`name-${index}`]);
    expect(hostKeys.shownAs(['name-0'])).not.toBe(first); // Forgotten meanwhile, and made anew.
  });

  test('are trusted by one line', () => {
    expect(hostAuthorityLine('ssh-ed25519 AAAA')).toBe('@cert-authority * ssh-ed25519 AAAA');
  });
});
