/** The age vectors of C2SP/CCTV over the library as it is used here. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { armor, Decrypter } from 'age-encryption';
import { expect, test } from '@jest/globals';
import { sha256 } from '../../../foundation/index.ts';
import { unwrapKey } from '../../../recorder/keys/age.ts';

const DIRECTORY = new URL('../../vectors/age/', import.meta.url).pathname;
const NAMES = readdirSync(DIRECTORY).filter((name) => name !== 'LICENSE');

interface Vector {
  readonly expect: string;
  readonly payload: string | undefined;
  readonly identities: readonly string[];
  readonly passphrases: readonly string[];
  readonly isArmored: boolean;
  readonly file: Buffer;
}

function read(name: string): Vector {
  const bytes = readFileSync(join(DIRECTORY, name));
  const end = bytes.indexOf('\n\n');
  const fields = bytes
    .subarray(0, end)
    .toString()
    .split('\n')
    .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)] as const);
  const all = (key: string): string[] => fields.filter(([known]) => known === key).map(([, value]) => value);
  const body = bytes.subarray(end + 2);
  return {
    expect: all('expect')[0] ?? '',
    payload: all('payload')[0],
    identities: all('identity'),
    passphrases: all('passphrase'),
    isArmored: all('armored')[0] === 'yes',
    file: all('compressed')[0] === 'zlib' ? inflateSync(body) : body,
  };
}

/** The text inside; undefined when the file is refused. */
async function open({ identities, passphrases, isArmored, file }: Vector): Promise<Uint8Array | undefined> {
  const decrypter = new Decrypter();
  for (const identity of identities) decrypter.addIdentity(identity);
  for (const passphrase of passphrases) decrypter.addPassphrase(passphrase);
  try {
    return await decrypter.decrypt(isArmored ? armor.decode(file.toString('latin1')) : file);
  } catch {
    return undefined;
  }
}

test('all of them are here', () => {
  expect(NAMES).toHaveLength(143);
});

test.each(NAMES.map((name) => [name]))('%s is opened or refused as it should be', async (name) => {
  const vector = read(name);
  const plain = await open(vector);
  const isGood = vector.expect === 'success';
  expect(plain === undefined ? undefined : sha256(plain).toString('hex')).toBe(isGood ? vector.payload : undefined);
  if (vector.isArmored || vector.passphrases.length > 0) return;
  const unwrapped = await unwrapKey(vector.file, vector.identities);
  expect(unwrapped === undefined ? undefined : sha256(unwrapped).toString('hex')).toBe(
    isGood ? vector.payload : undefined,
  );
});
