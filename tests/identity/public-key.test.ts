import { verify } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { hasCode } from '../../foundation/index.ts';
import { parsePublicKey } from '../../identity/keys/public-key.ts';
import { ecdsa, ed25519, line, mpint, rsa, securityKey, str, type TestKey } from './keys.ts';

function refusal(text: string): string {
  try {
    parsePublicKey(text);
  } catch (thrown) {
    if (hasCode(thrown, 'key_invalid')) return thrown.message;
    throw thrown;
  }
  return 'accepted';
}

const blobLine = (algorithm: string, ...fields: Buffer[]): string =>
  `${algorithm} ${Buffer.concat([str(algorithm), ...fields]).toString('base64')}`;

const pem = (label: string): string => [`-----BEGIN ${label}-----`, 'c2VjcmV0', `-----END ${label}-----`].join('\n');

describe('parsePublicKey refuses', () => {
  const key = ed25519();

  test.each(['OPENSSH PRIVATE KEY', 'RSA PRIVATE KEY', 'EC PRIVATE KEY', 'PRIVATE KEY', 'ENCRYPTED PRIVATE KEY'])(
    'a pasted %s, saying that it has left the machine and not repeating it',
    (label) => {
      const message = refusal(pem(label));
      expect(message).toMatch(/private key.*make a new pair/i);
      expect(message).not.toContain('c2VjcmV0');
    },
  );

  test('a private key even when a public one stands before it', () => {
    expect(refusal(`${line(key)}\n${pem('OPENSSH PRIVATE KEY')}`)).toMatch(/private key/);
  });

  test('a PuTTY file, an RFC 4716 file and a PEM public key, each by name', () => {
    expect(refusal('PuTTY-User-Key-File-3: ssh-ed25519')).toMatch(/private key/);
    expect(refusal('---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n---- END SSH2 PUBLIC KEY ----')).toMatch(/RFC 4716/);
    expect(refusal(pem('PUBLIC KEY'))).toMatch(/PEM/);
  });

  test.each(['command="/bin/sh"', 'restrict', 'no-pty,from="10.0.0.1"', 'cert-authority', '@cert-authority *'])(
    'the authorized_keys option prefix %s',
    (prefix) => expect(refusal(`${prefix} ${line(key)}`)).toMatch(/without options/),
  );

  test('certificates and DSA, each by name', () => {
    expect(refusal('ssh-ed25519-cert-v01@openssh.com AAAA')).toMatch(/certificate/);
    expect(refusal(blobLine('ssh-dss', str('p')))).toMatch(/DSA/);
  });

  test('a security key that was made for a web site, or whose application cannot be read', () => {
    for (const application of ['https://example.com', '', 'ssh', 'ssh:\u0000', `ssh:${'a'.repeat(251)}`]) {
      expect(refusal(line(securityKey('ed25519', application)))).toMatch(/not made for SSH/);
    }
  });

  test('a security key that need not be touched, and verify-required before a key that asks for nothing', () => {
    expect(refusal(`no-touch-required ${line(securityKey('ecdsa'))}`)).toMatch(/touched/);
    expect(refusal(`verify-required ${line(key)}`)).toMatch(/without options/);
    expect(refusal(`verify-required,no-pty ${line(securityKey('ecdsa'))}`)).toMatch(/without options/);
  });

  test('a security key cut short, with a tail, with a point off the curve, or under the name of a plain one', () => {
    const { algorithm, blob } = securityKey('ecdsa');
    const sk = (bytes: Buffer, name = algorithm) => refusal(`${name} ${bytes.toString('base64')}`);
    expect(sk(blob.subarray(0, -8))).toMatch(/cannot be read/);
    expect(sk(Buffer.concat([blob, Buffer.of(0)]))).toMatch(/follow/);
    const off = Buffer.from(blob);
    off[blob.length - 12] = (off[blob.length - 12] ?? 0) ^ 1;
    expect(sk(off)).toMatch(/cannot be read/);
    expect(sk(blob, 'ecdsa-sha2-nistp256')).toMatch(/another kind/);
  });

  test('a kind of key nobody knows', () => {
    expect(refusal(blobLine('ssh-ed448', str(Buffer.alloc(57))))).toMatch(/kind of key/);
  });

  test('a line whose first word is another kind than its blob', () => {
    expect(refusal(`ssh-rsa ${key.blob.toString('base64')}`)).toMatch(/another kind/);
  });

  test('two keys on two lines', () => {
    expect(refusal(`${line(key)}\n${line(ed25519())}`)).toMatch(/one line/);
  });

  test.each(['\u0000', '\u001b[2J', '\u202e', '\u2028', '\u0085'])('a comment with the character %j', (character) => {
    expect(refusal(line(key, `me${character}you`))).toMatch(/control characters/);
  });

  test('bytes after the key, a key cut short, and an empty line', () => {
    expect(refusal(`ssh-ed25519 ${Buffer.concat([key.blob, Buffer.of(0)]).toString('base64')}`)).toMatch(/follow/);
    expect(refusal(`ssh-ed25519 ${key.blob.subarray(0, 40).toString('base64')}`)).toMatch(/cannot be read/);
    expect(refusal('')).toMatch(/Begin with/);
  });

  test('base64 with hidden bits, which would be a second writing of one key', () => {
    const text = Buffer.concat([key.blob, Buffer.of(0)]).toString('base64'); // 52 bytes: ends in "A==" or "w==" with spare bits
    expect(text).toMatch(/=$/);
    const hidden = text.replace(/[A-Za-z0-9+/](=+)$/, 'B$1');
    expect(refusal(`ssh-ed25519 ${hidden}`)).toMatch(/base64/);
  });

  test('text longer than any key, before reading it', () => {
    expect(refusal(`ssh-ed25519 ${'A'.repeat(1_000_000)}`)).toMatch(/too long/);
  });

  test.each([31, 33, 64])('an Ed25519 key of %i bytes', (length) => {
    expect(refusal(blobLine('ssh-ed25519', str(Buffer.alloc(length, 9))))).toMatch(/32 bytes/);
  });

  test('an Ed25519 key of small order, under which anybody can sign', () => {
    const identity = Buffer.alloc(32);
    identity[0] = 1;
    const forged = Buffer.concat([identity, Buffer.alloc(32)]);
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: identity.toString('base64url') };
    expect(verify(null, Buffer.from('anything at all'), { key: jwk, format: 'jwk' }, forged)).toBe(true); // The attack.
    expect(refusal(blobLine('ssh-ed25519', str(identity)))).toMatch(/not a safe one/);
  });

  test.each([
    '0000000000000000000000000000000000000000000000000000000000000080',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
    'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  ])('the Ed25519 point %s of small order or in a second writing', (hex) => {
    expect(refusal(blobLine('ssh-ed25519', str(Buffer.from(hex, 'hex'))))).toMatch(/not a safe one/);
  });

  test('an ECDSA point of the wrong length, compressed, off the curve, or on another curve than named', () => {
    const { raw } = ecdsa('nistp256');
    const point = (bytes: Buffer, curve = 'nistp256') => blobLine('ecdsa-sha2-nistp256', str(curve), str(bytes));
    expect(refusal(point(raw.subarray(0, 64)))).toMatch(/wrong length/);
    expect(refusal(point(Buffer.concat([raw, Buffer.of(0)])))).toMatch(/wrong length/);
    expect(refusal(point(Buffer.concat([Buffer.of(2), raw.subarray(1, 33)])))).toMatch(/wrong length or form/);
    expect(refusal(point(raw, 'nistp384'))).toMatch(/two different curves/);
    const off = Buffer.from(raw);
    off[64] = (off[64] ?? 0) ^ 1;
    expect(refusal(point(off))).toMatch(/cannot be read/);
    expect(refusal(point(ecdsa('nistp384').raw))).toMatch(/wrong length/);
    expect(refusal(point(Buffer.concat([Buffer.of(4), Buffer.alloc(64)])))).toMatch(/cannot be read/);
  });

  test('an RSA key below 3072 bits, saying how many it has', () => {
    expect(refusal(line(rsa(2048)))).toMatch(/this has 2048/);
  });

  test('an RSA modulus above 16384 bits, which costs seconds of our time to check', () => {
    const modulus = Buffer.alloc(2049, 0xff);
    expect(refusal(blobLine('ssh-rsa', mpint(Buffer.of(1, 0, 1)), mpint(modulus)))).toMatch(/this has 16392/);
  });

  test('RSA numbers with a spare zero, negative, even, or with the exponent one', () => {
    const modulus = Buffer.alloc(384, 0xff);
    const rsaLine = (exponent: Buffer, number: Buffer) => blobLine('ssh-rsa', exponent, number);
    const e = mpint(Buffer.of(1, 0, 1));
    expect(refusal(rsaLine(str(Buffer.of(0, 1, 0, 1)), mpint(modulus)))).toMatch(/shortest/);
    expect(refusal(rsaLine(e, str(modulus)))).toMatch(/shortest/);
    expect(refusal(rsaLine(str(''), mpint(modulus)))).toMatch(/shortest/);
    expect(refusal(rsaLine(mpint(Buffer.of(1)), mpint(modulus)))).toMatch(/numbers/);
    expect(refusal(rsaLine(mpint(Buffer.of(1, 0, 0)), mpint(modulus)))).toMatch(/numbers/);
    expect(refusal(rsaLine(mpint(Buffer.alloc(9, 0xff)), mpint(modulus)))).toMatch(/numbers/);
    const even = Buffer.from(modulus);
    even[383] = 0xfe;
    expect(refusal(rsaLine(e, mpint(even)))).toMatch(/numbers/);
  });
});

describe('parsePublicKey accepts', () => {
  const accepted: [string, TestKey][] = [
    ['ssh-ed25519', ed25519()],
    ['ecdsa-sha2-nistp256', ecdsa('nistp256')],
    ['ecdsa-sha2-nistp384', ecdsa('nistp384')],
    ['ecdsa-sha2-nistp521', ecdsa('nistp521')],
    ['ssh-rsa', rsa(3072)],
  ];

  test.each(accepted)('%s with its comment', (algorithm, key) => {
    expect(parsePublicKey(line(key, '青木 真 の端末'))).toMatchObject({
      algorithm,
      blob: key.blob,
      comment: '青木 真 の端末',
      fingerprint: expect.stringMatching(/^SHA256:[A-Za-z0-9+/]{43}$/),
    });
  });

  test.each(['ed25519', 'ecdsa'] as const)('a security key (%s), with and without verify-required', (kind) => {
    const key = securityKey(kind);
    const plain = parsePublicKey(line(key));
    expect(plain).toMatchObject({ algorithm: key.algorithm, blob: key.blob, verifyRequired: false });
    expect(parsePublicKey(`verify-required ${line(key)}`)).toEqual({ ...plain, verifyRequired: true });
  });

  test('a line without a comment, and the line ends of every system', () => {
    const key = ed25519();
    for (const end of ['', '\n', '\r\n', ' \n\n']) expect(parsePublicKey(line(key, '') + end).comment).toBe('');
  });
});
