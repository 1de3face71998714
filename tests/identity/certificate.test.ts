import { describe, expect, test } from '@jest/globals';
import { hasCode } from '../../foundation/index.ts';
import { decodeCertificate, encodeUserCertificate } from '../../identity/certificates/certificate.ts';
import { type CertificateFacts, verifyUserCertificate } from '../../identity/certificates/verify.ts';
import { certificate, ecdsa, ed25519, rsa, str } from './keys.ts';

const now = new Date('2026-04-01T09:00:00.500Z');
const seconds = BigInt(Math.floor(now.getTime() / 1000));
const authority = ed25519();
const subject = ed25519();
const valid = { after: seconds - 60n, before: seconds + 300n };
const facts: CertificateFacts = { authorities: [ed25519().blob, authority.blob], principal: 'aoki', now };

function refusal(blob: Buffer, changed: Partial<CertificateFacts> = {}): string {
  try {
    verifyUserCertificate(blob, { ...facts, ...changed });
  } catch (thrown) {
    if (hasCode(thrown, 'key_invalid')) return thrown.message;
    throw thrown;
  }
  return 'accepted';
}

describe('verifyUserCertificate refuses', () => {
  test('a host certificate shown as a person', () => {
    expect(refusal(certificate(subject, authority, { ...valid, kind: 2 }))).toMatch(/not for a user/);
    expect(refusal(certificate(subject, authority, { ...valid, kind: 0 }))).toMatch(/not for a user/);
  });

  test('an authority nobody named, and any authority when none is named', () => {
    expect(refusal(certificate(subject, ed25519(), valid))).toMatch(/foreign issuer/);
    expect(refusal(certificate(subject, authority, valid), { authorities: [] })).toMatch(/foreign issuer/);
  });

  test('the name of our authority under the signature of another', () => {
    const impostor = ed25519();
    expect(refusal(certificate(subject, authority, { ...valid, sign: impostor.sign }))).toMatch(/not genuine/);
  });

  test('an RSA authority that signs with SHA-1', () => {
    const weak = rsa(3072, 'sha1');
    expect(refusal(certificate(subject, weak, valid), { authorities: [weak.blob] })).toMatch(/not genuine/);
  });

  test('the second before it begins and the second it ends', () => {
    expect(refusal(certificate(subject, authority, { after: seconds + 1n, before: seconds + 9n }))).toMatch(
      /not valid yet/,
    );
    expect(refusal(certificate(subject, authority, { after: seconds - 9n, before: seconds }))).toMatch(/expired/);
  });

  test('another principal, a principal in another case, and an empty list, which is nobody', () => {
    expect(refusal(certificate(subject, authority, { ...valid, principals: ['chen'] }))).toMatch(/somebody else/);
    expect(refusal(certificate(subject, authority, { ...valid, principals: ['Aoki', 'aoki '] }))).toMatch(
      /somebody else/,
    );
    expect(refusal(certificate(subject, authority, { ...valid, principals: [] }))).toMatch(/somebody else/);
  });

  test.each(['force-command', 'verify-required', 'of-tomorrow@example.com'])(
    'the critical option %s, which it could not keep',
    (name) => {
      const critical: [string, Buffer][] = [[name, str('value')]];
      expect(refusal(certificate(subject, authority, { ...valid, critical }))).toMatch(/critical option/);
    },
  );

  test('another source address, an unknown one, and a list that cannot be read', () => {
    const bound = (list: string) =>
      certificate(subject, authority, { ...valid, critical: [['source-address', str(list)]] });
    expect(refusal(bound('192.0.2.0/24'))).toMatch(/this address/);
    expect(refusal(bound('192.0.2.0/24'), { sourceAddress: '198.51.100.1' })).toMatch(/this address/);
    expect(refusal(bound('192.0.2.0/24'), { sourceAddress: 'unix' })).toMatch(/this address/);
    for (const list of ['', '192.0.2.0/33', '192.0.2.0/', '192.0.2.0/24/8', 'example.com', '192.0.2.1,']) {
      expect(refusal(bound(list), { sourceAddress: '192.0.2.1' })).toMatch(/cannot be read/);
    }
    const unpacked = certificate(subject, authority, {
      ...valid,
      critical: [['source-address', Buffer.from('192.0.2.1')]],
    });
    expect(refusal(unpacked, { sourceAddress: '192.0.2.1' })).not.toBe('accepted');
  });

  test('options out of order or twice, where two readers might see two meanings', () => {
    const empty = Buffer.alloc(0);
    const extensions = (...names: string[]) => names.map((name): [string, Buffer] => [name, empty]);
    const shown = (...names: string[]) =>
      refusal(certificate(subject, authority, { ...valid, extensions: extensions(...names) }));
    expect(shown('permit-pty', 'permit-X11-forwarding')).toMatch(/not in order/);
    expect(shown('permit-pty', 'permit-pty')).toMatch(/not in order/);
    expect(shown('permit-X11-forwarding', 'permit-pty')).toBe('accepted');
  });

  test('a plain key, a kind it does not know, a subject too weak, and bytes after the end', () => {
    expect(refusal(subject.blob)).toMatch(/kind of certificate/);
    expect(refusal(certificate(subject, authority, { ...valid, type: 'ssh-dss-cert-v01@openssh.com' }))).toMatch(
      /kind/,
    );
    expect(refusal(certificate(rsa(2048), authority, valid))).toMatch(/3072/);
    expect(refusal(certificate(subject, authority, { ...valid, tail: Buffer.of(0) }))).toMatch(/follow the end/);
    expect(refusal(Buffer.alloc(100_000))).toMatch(/too long/);
  });

  test('names that are no UTF-8', () => {
    const blob = certificate(subject, authority, { ...valid, keyId: 'key id' });
    const at = blob.indexOf('key id');
    blob[at] = 0xff;
    expect(refusal(blob)).toMatch(/cannot be read/);
  });

  test('one changed bit at every position, and every shortening', () => {
    const blob = certificate(subject, authority, valid);
    expect(refusal(blob)).toBe('accepted');
    for (let at = 0; at < blob.length; at += 1) {
      const bent = Buffer.from(blob);
      bent[at] = (bent[at] ?? 0) ^ (1 << (at % 8));
      expect([at, refusal(bent)]).not.toEqual([at, 'accepted']);
      expect([at, refusal(blob.subarray(0, at))]).not.toEqual([at, 'accepted']);
    }
  });
});

describe('verifyUserCertificate believes', () => {
  test.each([
    ['ed25519', ed25519()],
    ['nistp256', ecdsa('nistp256')],
    ['nistp384', ecdsa('nistp384')],
    ['nistp521', ecdsa('nistp521')],
    ['rsa', rsa(3072)],
  ])('%s as subject and as authority, and returns the plain key whose signature must follow', (_name, key) => {
    const asSubject = certificate(key, authority, { ...valid, serial: 2n ** 64n - 1n, principals: ['chen', 'aoki'] });
    expect(verifyUserCertificate(asSubject, facts)).toEqual({
      publicKey: key.blob,
      keyId: 'key id',
      serial: 2n ** 64n - 1n,
      principals: ['chen', 'aoki'],
    });
    const asAuthority = certificate(subject, key, valid);
    expect(verifyUserCertificate(asAuthority, { ...facts, authorities: [key.blob] }).publicKey).toEqual(subject.blob);
  });

  test('its first and its last second', () => {
    expect(refusal(certificate(subject, authority, { after: seconds, before: seconds + 1n }))).toBe('accepted');
    expect(refusal(certificate(subject, authority, { after: 0n, before: 2n ** 64n - 1n }))).toBe('accepted');
  });

  test.each(['192.0.2.7', '::ffff:192.0.2.7', '2001:db8::5'])(
    'the source address %s within its list',
    (sourceAddress) => {
      const critical: [string, Buffer][] = [['source-address', str('203.0.113.9,192.0.2.0/24,2001:db8::/32')]];
      expect(refusal(certificate(subject, authority, { ...valid, critical }), { sourceAddress })).toBe('accepted');
    },
  );
});

test('encodeUserCertificate writes what decodeCertificate reads', async () => {
  const fields = {
    nonce: Buffer.alloc(32, 3),
    publicKey: subject.raw,
    serial: 77n,
    keyId: 'session 1 of 青木',
    principals: ['aoki'],
    validAfter: now,
    validBefore: new Date(now.getTime() + 300_000),
    criticalOptions: { 'source-address': '192.0.2.1' },
    extensions: ['permit-pty', 'permit-X11-forwarding'],
    authority: authority.blob,
  };
  const decoded = decodeCertificate(await encodeUserCertificate(fields, authority.sign));
  expect(decoded).toMatchObject({
    publicKey: subject.blob,
    serial: 77n,
    kind: 1,
    keyId: 'session 1 of 青木',
    principals: ['aoki'],
    validAfter: seconds,
    validBefore: seconds + 300n,
    authority: authority.blob,
  });
  expect([...decoded.criticalOptions]).toEqual([['source-address', str('192.0.2.1')]]);
  expect([...decoded.extensions.keys()]).toEqual(['permit-X11-forwarding', 'permit-pty']);
  await expect(encodeUserCertificate({ ...fields, principals: [] }, authority.sign)).rejects.toThrow(/everybody/);
  await expect(encodeUserCertificate({ ...fields, validBefore: now }, authority.sign)).rejects.toThrow(/some time/);
});
