import { mkdtempSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import ssh2 from 'ssh2';
import { loadHostKey } from '../../../gateway/ssh/host-key.ts';
import { requireNativeBinding, requirePatchedLibrary } from '../../../gateway/ssh/library/index.ts';
import { nativeMlKem, portableMlKem } from '../../../gateway/ssh/library/ml-kem.ts';
import { generateSshKey } from '../../../identity/index.ts';

/** What the library says of itself, restored after each test. */
const said = ssh2 as unknown as Record<string, unknown>;
const { sekishoPatch, bindingAvailable } = said;

afterEach(() => {
  Object.assign(said, { sekishoPatch, bindingAvailable });
});

describe('the start', () => {
  it.each([[undefined], [1]])('is refused with the library unpatched or patched as before: %p', (marker) => {
    said['sekishoPatch'] = marker;
    expect(() => requirePatchedLibrary()).toThrow(/not patched: run `npm ci` again/);
  });

  it('goes on with the patch in force', () => {
    expect(() => requirePatchedLibrary()).not.toThrow();
  });

  it('is refused in production without the native part, saying what to do', () => {
    said['bindingAvailable'] = false;
    expect(() => requireNativeBinding('production')).toThrow(/npm rebuild ssh2/);
  });

  it('goes on in the demo without the native part, which is told', () => {
    said['bindingAvailable'] = false;
    expect(requireNativeBinding('demo')).toBe(false);
    said['bindingAvailable'] = true;
    expect([requireNativeBinding('demo'), requireNativeBinding('production')]).toEqual([true, true]);
  });
});

describe('host keys', () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'sekisho-test-'));
  });

  afterEach(async () => {
    await rm(directory, { recursive: true });
  });

  it('refuse a successor that is no key', async () => {
    await writeFile(join(directory, 'key.next'), 'no key');
    await expect(loadHostKey(join(directory, 'key'))).rejects.toThrow(
      /key\.next is not a readable Ed25519 private key/,
    );
  });

  it('come with the successor that stands beside them', async () => {
    const path = join(directory, 'key');
    const first = await loadHostKey(path);
    const { privateKey } = generateSshKey('');
    await writeFile(`${path}.next`, privateKey);
    expect(first.next).toBeUndefined();
    expect(await loadHostKey(path)).toEqual({ ...first, next: privateKey });
  });
});

describe('ML-KEM-768', () => {
  it('refuses a public key that is none', async () => {
    const kem = await portableMlKem();
    expect(() => kem.encapsulate(Buffer.alloc(1_184, 0xff))).toThrow();
  });

  it('gives both sides one secret, and whoever changes the ciphertext another', async () => {
    const kem = await portableMlKem();
    const { publicKey, secretKey } = kem.generate();
    const { ciphertext, secret } = kem.encapsulate(publicKey);
    expect([publicKey.length, ciphertext.length, secret.length]).toEqual([1_184, 1_088, 32]);
    expect(kem.decapsulate(ciphertext, secretKey)).toEqual(secret);
    ciphertext[0] = (ciphertext[0] ?? 0) ^ 1;
    expect(kem.decapsulate(ciphertext, secretKey)).not.toEqual(secret);
  });

  it('of the runtime and in JavaScript understand one another, where the runtime has it', async () => {
    const [native, portable] = [nativeMlKem(), await portableMlKem()];
    const pairs =
      native === undefined
        ? [[portable, portable] as const]
        : [[native, portable] as const, [portable, native] as const];
    for (const [one, other] of pairs) {
      const { publicKey, secretKey } = one.generate();
      const { ciphertext, secret } = other.encapsulate(publicKey);
      expect(one.decapsulate(ciphertext, secretKey)).toEqual(secret);
    }
  });
});
