import { describe, expect, test } from '@jest/globals';
import { hasCode } from '../../foundation/index.ts';
import { type HostCertificateFacts, verifyHostCertificate } from '../../identity/certificates/verify-host.ts';
import { certificate, ecdsa, ed25519, rsa, str } from './keys.ts';

const now = new Date('2026-04-01T09:00:00.500Z');
const seconds = BigInt(Math.floor(now.getTime() / 1000));
const authority = ed25519();
const subject = ed25519();
const valid = { kind: 2, after: seconds - 60n, before: seconds + 300n, principals: ['crm-db.example.com'] };
const facts: HostCertificateFacts = { authority: authority.blob, names: ['crm-db.example.com', 'crm-db'], now };

function refusal(blob: Buffer, changed: Partial<HostCertificateFacts> = {}): string {
  try {
    verifyHostCertificate(blob, { ...facts, ...changed });
  } catch (thrown) {
    if (hasCode(thrown, 'key_invalid')) return thrown.message;
    throw thrown;
  }
  return 'accepted';
}

describe('verifyHostCertificate refuses', () => {
  test('a user certificate shown as a host, and a kind there is not', () => {
    for (const kind of [0, 1, 3]) {
      expect(refusal(certificate(subject, authority, { ...valid, kind }))).toMatch(/not for a host/);
    }
  });

  test('another authority, and the name of ours under the signature of another', () => {
    expect(refusal(certificate(subject, ed25519(), valid))).toMatch(/foreign issuer/);
    expect(refusal(certificate(subject, authority, { ...valid, sign: ed25519().sign }))).toMatch(/not genuine/);
  });

  test('an RSA authority that signs with SHA-1', () => {
    const weak = rsa(3072, 'sha1');
    expect(refusal(certificate(subject, weak, valid), { authority: weak.blob })).toMatch(/not genuine/);
  });

  test('the second before it begins and the second it ends', () => {
    const window = (after: bigint, before: bigint) => certificate(subject, authority, { ...valid, after, before });
    expect(refusal(window(seconds + 1n, seconds + 9n))).toMatch(/not valid yet/);
    expect(refusal(window(seconds - 9n, seconds))).toMatch(/expired/);
  });

  test('another host, a pattern, a part of the name, and an empty list, which is nobody', () => {
    for (const principals of [['web-01'], ['*.example.com'], ['crm-db.example'], ['crm-db.example.com.'], ['*'], []]) {
      expect(refusal(certificate(subject, authority, { ...valid, principals }))).toMatch(/another host/);
    }
  });

  test.each(['source-address', 'force-command', 'of-tomorrow@example.com'])('the critical option %s', (name) => {
    const critical: [string, Buffer][] = [[name, str('value')]];
    expect(refusal(certificate(subject, authority, { ...valid, critical }))).toMatch(/critical option/);
  });

  test('a plain key, a subject too weak, bytes after the end, and one changed bit at every position', () => {
    expect(refusal(subject.blob)).toMatch(/kind of certificate/);
    expect(refusal(certificate(rsa(2048), authority, valid))).toMatch(/3072/);
    expect(refusal(certificate(subject, authority, { ...valid, tail: Buffer.of(0) }))).toMatch(/follow the end/);
    const blob = certificate(subject, authority, valid);
    for (let at = 0; at < blob.length; at += 1) {
      const bent = Buffer.from(blob);
      bent[at] = (bent[at] ?? 0) ^ (1 << (at % 8));
      expect([at, refusal(bent)]).not.toEqual([at, 'accepted']);
      expect([at, refusal(blob.subarray(0, at))]).not.toEqual([at, 'accepted']);
    }
  });
});

describe('verifyHostCertificate accepts', () => {
  test('every kind of subject and of authority, and says whose signature must follow', () => {
    for (const [host, issuer] of [
      [ed25519(), ecdsa('nistp256')],
      [ecdsa('nistp384'), ed25519()],
      [rsa(3072), rsa(3072, 'sha256')],
    ] as const) {
      const verified = verifyHostCertificate(certificate(host, issuer, valid), { ...facts, authority: issuer.blob });
      expect(verified.publicKey.equals(host.blob)).toBe(true);
      expect(verified.validBefore).toBe(valid.before);
    }
  });

  test('one of several names, whatever its case, as DNS does', () => {
    const blob = certificate(subject, authority, { ...valid, principals: ['other', 'CRM-DB.Example.COM'] });
    expect(refusal(blob)).toBe('accepted');
    expect(refusal(certificate(subject, authority, { ...valid, principals: ['crm-db'] }))).toBe('accepted');
  });
});
