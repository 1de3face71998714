import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { isCertificate, verifyPossession, verifySshSignature, wasUserVerified } from '../../identity/index.ts';
import { certificate, ecdsa, ed25519, rsa, securityKey, str } from './keys.ts';

const data = Buffer.from('session id, user, service, method, key');
const kinds = ['ed25519', 'ecdsa'] as const;

describe('a security key proves nothing', () => {
  test.each(kinds)('(%s) when nobody touched it', (kind) => {
    const key = securityKey(kind);
    for (const flags of [0, 4, 0xfe]) {
      expect(verifyPossession(key.blob, data, key.sign(data, { flags }))).toBeUndefined();
    }
  });

  test.each(kinds)('(%s) for other data, another application or another key', (kind) => {
    const key = securityKey(kind);
    expect(verifyPossession(key.blob, Buffer.from('other'), key.sign(data))).toBeUndefined();
    expect(verifyPossession(key.blob, data, key.sign(data, { application: 'ssh:other' }))).toBeUndefined();
    expect(verifyPossession(securityKey(kind).blob, data, key.sign(data))).toBeUndefined();
  });

  test.each(kinds)('(%s) with a flag or a counter that is not the signed one', (kind) => {
    const key = securityKey(kind);
    const signature = key.sign(data, { flags: 1, counter: 7 });
    for (const [at, byte] of [
      [-5, 5],
      [-1, 8],
    ] as const) {
      const forged = Buffer.from(signature);
      forged[forged.length + at] = byte;
      expect(verifyPossession(key.blob, data, forged)).toBeUndefined();
    }
  });

  test.each(kinds)('(%s) with bytes after the end, or any shortening', (kind) => {
    const key = securityKey(kind);
    const signature = key.sign(data);
    expect(verifyPossession(key.blob, data, Buffer.concat([signature, Buffer.of(0)]))).toBeUndefined();
    for (let length = 0; length < signature.length; length += 1) {
      expect(verifyPossession(key.blob, data, signature.subarray(0, length))).toBeUndefined();
    }
  });

  test('with the plain signature of the key inside it', () => {
    const key = ed25519();
    const shown = Buffer.concat([str('sk-ssh-ed25519@openssh.com'), str(key.raw), str('ssh:')]);
    const bytes = key.sign(data).subarray(-64);
    const tail = Buffer.of(1, 0, 0, 0, 1);
    const signature = Buffer.concat([str('sk-ssh-ed25519@openssh.com'), str(bytes), tail]);
    expect(verifyPossession(shown, data, signature)).toBeUndefined();
    expect(verifyPossession(shown, data, key.sign(data))).toBeUndefined();
  });

  test.each(kinds)('(%s) to who knows plain signatures only: flags and counter would go unjudged', (kind) => {
    const key = securityKey(kind);
    expect(verifySshSignature(key.blob, data, key.sign(data))).toBe(false);
  });

  test.each(kinds)('(%s) when it was made for a web site', (kind) => {
    const key = securityKey(kind, 'https://example.com');
    expect(verifyPossession(key.blob, data, key.sign(data))).toBeUndefined();
  });
});

describe('a security key', () => {
  test.each(kinds)('(%s) says whether its person was verified, and its counter', (kind) => {
    const key = securityKey(kind);
    const touched = verifyPossession(key.blob, data, key.sign(data, { flags: 1, counter: 0xfffffffe }));
    expect(touched).toEqual({ securityKey: { flags: 1, counter: 0xfffffffe } });
    const verified = verifyPossession(key.blob, data, key.sign(data, { flags: 5, counter: 0 }));
    expect(verified).toEqual({ securityKey: { flags: 5, counter: 0 } });
    expect([touched, verified].map((proof) => proof?.securityKey && wasUserVerified(proof.securityKey))).toEqual([
      false,
      true,
    ]);
  });

  /** Made by ssh-keygen -Y sign of OpenSSH 10.3p1 with its sk-dummy authenticator; namespace sekisho (PROTOCOL.sshsig). */
  test.each([
    [
      'AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAIOYYvU78s3E8HbZ2PVGgHXEqeKjF7ZXWKTY1msV3wvJDAAAABHNzaDo=',
      'AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAQM+d5dgHqivAepLSJd5ynOS03IVazAN/Kvrbma8wLyCtBypeBdx9mihd6qasBARJKoVhIhGjtDyFs51SKktm4AsBEjRWeA==',
    ],
    [
      'AAAAInNrLWVjZHNhLXNoYTItbmlzdHAyNTZAb3BlbnNzaC5jb20AAAAIbmlzdHAyNTYAAABBBI3JOb0WpFwAArwLOeBHdMl+ltJ9OulrsT1j8uZuBTlqk1k8wqSKBDs1awmkIqu5/WH1ehiMAy+8LudFpX6nAVsAAAAEc3NoOg==',
      'AAAAInNrLWVjZHNhLXNoYTItbmlzdHAyNTZAb3BlbnNzaC5jb20AAABIAAAAIFUJwpXJmvHJ6q+wl4RVm9f/XDXoRZVT1c8q6sU1lLvGAAAAIFCCaqIHRSqTdnD911Or/CwZ5pT3VKGgs0HmTzlyDEVwARI0Vng=',
    ],
  ])('recorded from OpenSSH is believed: %s', (blob, signature) => {
    const digest = createHash('sha512').update('what is signed').digest();
    const signed = Buffer.concat([Buffer.from('SSHSIG'), str('sekisho'), str(''), str('sha512'), str(digest)]);
    const [key, proof] = [Buffer.from(blob, 'base64'), Buffer.from(signature, 'base64')];
    expect(verifyPossession(key, signed, proof)).toEqual({ securityKey: { flags: 1, counter: 0x12345678 } });
    expect(verifyPossession(key, Buffer.concat([signed, Buffer.of(0)]), proof)).toBeUndefined();
  });
});

describe('possession of a certificate is proven by', () => {
  const subject = ed25519();
  const blob = certificate(subject, ed25519(), { after: 0n, before: 1n });

  test('nothing but its subject: not by its authority, not over SHA-1, not by a shortening', () => {
    expect(isCertificate(blob)).toBe(true);
    expect(verifyPossession(blob, data, ed25519().sign(data))).toBeUndefined();
    expect(verifyPossession(blob.subarray(0, -1), data, subject.sign(data))).toBeUndefined();
    const old = rsa(3072, 'sha1');
    const oldCertificate = certificate(old, ed25519(), { after: 0n, before: 1n });
    expect(verifyPossession(oldCertificate, data, old.sign(data))).toBeUndefined();
  });

  test('a signature of the key inside it', () => {
    expect(verifyPossession(blob, data, subject.sign(data))).toEqual({ securityKey: null });
  });
});

test.each([ed25519(), ecdsa('nistp256'), rsa(3072)])(
  'a plain $algorithm is no certificate, and proves itself',
  (key) => {
    expect(isCertificate(key.blob)).toBe(false);
    expect(verifyPossession(key.blob, data, key.sign(data))).toEqual({ securityKey: null });
    expect(isCertificate(Buffer.alloc(0))).toBe(false);
  },
);
