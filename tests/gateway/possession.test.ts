import { generateKeyPairSync, sign } from 'node:crypto';
import { expect, test } from '@jest/globals';
import ssh2 from 'ssh2';
import { provePossession } from '../../gateway/ssh/authentication/index.ts';
import { generateSshKey } from '../../identity/index.ts';

const BLOB = Buffer.from('what the client signs: session id, user, service, method, key');

function ed25519(): { key: { algo: string; data: Buffer }; sign: (data: Buffer) => Buffer } {
  const parsed = ssh2.utils.parseKey(generateSshKey('').privateKey);
  if (parsed instanceof Error) throw parsed;
  return { key: { algo: 'ssh-ed25519', data: parsed.getPublicSSH() }, sign: (data) => parsed.sign(data) };
}

function rsa(): { key: { algo: string; data: Buffer }; sign: (hash: string) => Buffer } {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 3072 });
  const parsed = ssh2.utils.parseKey(privateKey.export({ type: 'pkcs1', format: 'pem' }));
  if (parsed instanceof Error) throw parsed;
  return { key: { algo: 'ssh-rsa', data: parsed.getPublicSSH() }, sign: (hash) => sign(hash, BLOB, privateKey) };
}

test('the key that signed is the key that signed', () => {
  const { key, sign: signed } = ed25519();
  expect(provePossession(key, BLOB, signed(BLOB), undefined)).toEqual({ securityKey: null });
});

test.each([
  ['another text', (own: ReturnType<typeof ed25519>) => [own.key, own.sign(Buffer.from('other'))] as const],
  ['another key', (own: ReturnType<typeof ed25519>) => [own.key, ed25519().sign(BLOB)] as const],
  ['no signature at all', (own: ReturnType<typeof ed25519>) => [own.key, Buffer.alloc(0)] as const],
  ['a cut signature', (own: ReturnType<typeof ed25519>) => [own.key, own.sign(BLOB).subarray(0, 63)] as const],
  [
    'a key with a tail',
    (own: ReturnType<typeof ed25519>) =>
      [{ ...own.key, data: Buffer.concat([own.key.data, Buffer.from('x')]) }, own.sign(BLOB)] as const,
  ],
  ['no key', (own: ReturnType<typeof ed25519>) => [{ ...own.key, data: Buffer.from('x') }, own.sign(BLOB)] as const],
])('a signature of %s is refused', (_what, make) => {
  const [key, signature] = make(ed25519());
  expect(provePossession(key, BLOB, signature, undefined)).toBeUndefined();
});

test('an RSA signature over SHA-1 is refused, over SHA-2 it is one', () => {
  const { key, sign: signed } = rsa();
  expect(provePossession(key, BLOB, signed('sha1'), undefined)).toBeUndefined();
  expect(provePossession(key, BLOB, signed('sha1'), 'sha1')).toBeUndefined();
  expect(provePossession(key, BLOB, signed('sha512'), 'sha512')).toEqual({ securityKey: null });
});

test('a hash that nobody knows is no verification', () => {
  const { key, sign: signed } = ed25519();
  expect(provePossession(key, BLOB, signed(BLOB), 'no-such-hash')).toBeUndefined();
});

test('a request that names another kind of key than it shows proves nothing', () => {
  const { key, sign: signed } = ed25519();
  for (const algo of ['sk-ssh-ed25519@openssh.com', 'ssh-ed25519-cert-v01@openssh.com', 'ssh-rsa']) {
    expect(provePossession({ ...key, algo }, BLOB, signed(BLOB), undefined)).toBeUndefined();
  }
});
