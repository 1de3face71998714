import { expect, test } from '@jest/globals';
import ssh2 from 'ssh2';
import { newKeyPair } from '../../demo/key-pair.ts';

test('every new key pair can be read, also the one in 256 whose public key begins with a zero byte', () => {
  for (let round = 0; round < 2_000; round++) {
    const { privateText, publicLine } = newKeyPair('test');
    const key = ssh2.utils.parseKey(privateText);
    if (key instanceof Error) throw key;
    expect(publicLine).toBe(`ssh-ed25519 ${key.getPublicSSH().toString('base64')} test`);
  }
});
