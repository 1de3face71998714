/** Wycheproof over the two calls of the runtime by which chunks are sealed: AES-256-GCM and HKDF-SHA-512. */
import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { z } from 'zod';

const hex = z.string().transform((text) => Buffer.from(text, 'hex'));
const result = z.enum(['valid', 'invalid', 'acceptable']);

function read<Group extends z.ZodType>(name: string, group: Group) {
  const text = readFileSync(new URL(`../../vectors/wycheproof/${name}`, import.meta.url), 'utf8');
  return z.object({ testGroups: z.array(group) }).parse(JSON.parse(text)).testGroups;
}

const GcmGroup = z.object({
  ivSize: z.int(),
  keySize: z.int(),
  tagSize: z.int(),
  tests: z.array(z.object({ tcId: z.int(), key: hex, iv: hex, aad: hex, msg: hex, ct: hex, tag: hex, result })),
});

const HkdfGroup = z.object({
  tests: z.array(z.object({ tcId: z.int(), ikm: hex, salt: hex, info: hex, size: z.int(), okm: hex, result })),
});

test('AES-256-GCM with 96-bit nonces and 128-bit tags seals and opens as it should', () => {
  const groups = read('aes_gcm_test.json', GcmGroup);
  const ours = groups.filter(({ keySize, ivSize, tagSize }) => keySize === 256 && ivSize === 96 && tagSize === 128);
  const cases = ours.flatMap(({ tests }) => tests);
  expect(cases.length).toBeGreaterThan(50);
  for (const { tcId, key, iv, aad, msg, ct, tag, result: expected } of cases) {
    const open = (): Buffer => {
      const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: 16 });
      decipher.setAAD(aad).setAuthTag(tag);
      return Buffer.concat([decipher.update(ct), decipher.final()]);
    };
    if (expected === 'invalid') {
      expect([tcId, open]).toEqual([tcId, expect.any(Function)]);
      expect(open).toThrow();
      continue;
    }
    const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: 16 });
    cipher.setAAD(aad);
    const sealed = Buffer.concat([cipher.update(msg), cipher.final()]);
    expect([tcId, sealed, cipher.getAuthTag(), open()]).toEqual([tcId, ct, tag, msg]);
  }
});

test('HKDF-SHA-512 derives what it should', () => {
  const cases = read('hkdf_sha512_test.json', HkdfGroup).flatMap(({ tests }) => tests);
  expect(cases.length).toBeGreaterThan(50);
  for (const { tcId, ikm, salt, info, size, okm, result: expected } of cases) {
    const derive = (): Buffer => Buffer.from(hkdfSync('sha512', ikm, salt, info, size));
    if (expected === 'invalid') expect(derive).toThrow();
    else expect([tcId, derive()]).toEqual([tcId, okm]);
  }
});
