import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import ssh2 from 'ssh2';
import { generateSshKey, parsePublicKey } from '../../identity/index.ts';
import { describeWith, partner } from '../support/partners.ts';
import { tempDirectory } from '../support/temp-directory.ts';

test('every key made can be read by the SSH library, also those that begin with zero bytes', () => {
  for (let made = 0; made < 1_500; made += 1) {
    const { privateKey, publicKeyLine, publicKey } = generateSshKey('made here');
    const parsed = ssh2.utils.parseKey(privateKey);
    if (parsed instanceof Error) throw parsed;
    expect(parsed.getPublicSSH().subarray(-32).equals(publicKey)).toBe(true);
    expect(parsePublicKey(publicKeyLine).blob.equals(parsed.getPublicSSH())).toBe(true);
  }
});

describeWith('ssh-keygen', 'beside ssh-keygen', () => {
  test('the private key is one that OpenSSH reads', async () => {
    await using directory = await tempDirectory();
    const path = join(directory.path, 'key');
    const { privateKey, publicKeyLine } = generateSshKey('made here');
    writeFileSync(path, privateKey, { mode: 0o600 });
    const read = execFileSync(partner('ssh-keygen'), ['-y', '-f', path], { encoding: 'utf8' });
    expect(read.trim()).toBe(publicKeyLine);
  });
});
