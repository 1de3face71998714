/** What keeps the secrets of target accounts, bound to one account of one person on one target. */
import { inspect } from 'node:util';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { newUuid, Secret } from '../../foundation/index.ts';
import { loadSecretSeal } from '../../identity/index.ts';
import type { PersonId, TargetId } from '../../policy/index.ts';
import { tempDirectory } from '../support/temp-directory.ts';

const id = () => newUuid(new Date());
const place = () => ({ targetId: id() as TargetId, personId: id() as PersonId, account: 'aoki' });
const flipped = (bytes: Buffer) => Buffer.from(bytes.map((byte, at) => (at === bytes.length - 1 ? byte ^ 1 : byte)));

test('opens nothing for another person, target or account, with a changed byte or another key', async () => {
  await using directory = await tempDirectory();
  const seal = await loadSecretSeal(join(directory.path, 'key'));
  const own = place();
  const sealed = seal.close(new Secret('open sesame'), own);
  for (const other of [
    { ...own, personId: id() as PersonId },
    { ...own, targetId: id() as TargetId },
    { ...own, account: 'aokii' },
  ]) {
    expect(() => seal.open(sealed, other)).toThrow('cannot be opened');
  }
  expect(() => seal.open({ ...sealed, sealed: flipped(sealed.sealed) }, own)).toThrow('cannot be opened');
  expect(() => seal.open({ ...sealed, wrappedKey: flipped(sealed.wrappedKey) }, own)).toThrow('cannot be opened');
  const foreign = await loadSecretSeal(join(directory.path, 'other'));
  expect(() => foreign.open(sealed, own)).toThrow('another key file');
  expect(() => foreign.open({ ...sealed, keyId: foreign.close(new Secret('x'), own).keyId }, own)).toThrow('cannot be');
});

test('gives back what was kept, in no printable form, and never keeps the same bytes twice', async () => {
  await using directory = await tempDirectory();
  const seal = await loadSecretSeal(join(directory.path, 'key'));
  const own = place();
  const [one, two] = [seal.close(new Secret('開け胡麻'), own), seal.close(new Secret('開け胡麻'), own)];
  expect([one.sealed.equals(two.sealed), one.wrappedKey.equals(two.wrappedKey)]).toEqual([false, false]);
  const again = (await loadSecretSeal(join(directory.path, 'key'))).open(one, own);
  expect(again.expose()).toBe('開け胡麻');
  expect([String(again), JSON.stringify(again), inspect(again)]).toEqual(['[secret]', '"[secret]"', '[secret]']);
});

test('is not made of a key that others may read', async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, 'key');
  await writeFile(path, Buffer.alloc(32, 1), { mode: 0o644 });
  await expect(loadSecretSeal(path)).rejects.toThrow('Others may read');
});
