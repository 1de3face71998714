import { describe, expect, test } from '@jest/globals';
import { verifySshSignature } from '../../identity/keys/signature.ts';
import { ecdsa, ed25519, rsa, str, type TestKey } from './keys.ts';

const data = Buffer.from('what is signed');
const kinds: [string, TestKey][] = [
  ['ssh-ed25519', ed25519()],
  ['ecdsa-sha2-nistp256', ecdsa('nistp256')],
  ['ecdsa-sha2-nistp384', ecdsa('nistp384')],
  ['ecdsa-sha2-nistp521', ecdsa('nistp521')],
  ['rsa-sha2-256', rsa(3072, 'sha256')],
  ['rsa-sha2-512', rsa(3072, 'sha512')],
];

describe('verifySshSignature refuses', () => {
  test('ssh-rsa, whose SHA-1 can be collided', () => {
    const key = rsa(3072, 'sha1');
    expect(verifySshSignature(key.blob, data, key.sign(data))).toBe(false);
  });

  test.each(kinds)('%s: other data, another key, bytes after the end, every shortening', (_name, key) => {
    const signature = key.sign(data);
    expect(verifySshSignature(key.blob, Buffer.from('other'), signature)).toBe(false);
    expect(verifySshSignature(ed25519().blob, data, signature)).toBe(false);
    expect(verifySshSignature(key.blob, data, Buffer.concat([signature, Buffer.of(0)]))).toBe(false);
    for (let length = 0; length < signature.length; length += 1) {
      expect(verifySshSignature(key.blob, data, signature.subarray(0, length))).toBe(false);
    }
  });

  test('an ECDSA signature of zeros, and one with a number longer than the curve', () => {
    const key = ecdsa('nistp256');
    const of = (...numbers: Buffer[]) =>
      Buffer.concat([str('ecdsa-sha2-nistp256'), str(Buffer.concat(numbers.map((number) => str(number))))]);
    expect(verifySshSignature(key.blob, data, of(Buffer.alloc(0), Buffer.alloc(0)))).toBe(false);
    expect(verifySshSignature(key.blob, data, of(Buffer.alloc(33, 1), Buffer.alloc(32, 1)))).toBe(false);
  });

  test('a signature that names another algorithm than its key has', () => {
    const key = ed25519();
    const signature = Buffer.concat([str('rsa-sha2-512'), key.sign(data).subarray(4 + 11)]);
    expect(verifySshSignature(key.blob, data, signature)).toBe(false);
  });
});

test.each(kinds)('verifySshSignature believes %s', (_name, key) => {
  // ECDSA numbers differ in length by chance: several signatures meet short ones too.
  for (let round = 0; round < 8; round += 1) expect(verifySshSignature(key.blob, data, key.sign(data))).toBe(true);
});
