/** What a browser checks with: the same answers as Node's, on every odd signature and on every broken zip. */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { verifySignature } from '../../evidence/index.ts';
import { nodeCrypto } from '../../recorder/node-crypto.ts';
import { browserCrypto } from '../../web/ui/verify/crypto.ts';
import { openBundleFile } from '../../web/ui/verify/zip.ts';
import { verifyFile } from '../../web/ui/verify/verify-file.ts';
import { manifestOf, zipBundle } from '../evidence/support/bundles.ts';
import { policyOf, tinyHouse } from '../evidence/support/house.ts';
import { ROOT } from '../support/paths.ts';
import { tempDirectory } from '../support/temp-directory.ts';

const VECTORS = join(ROOT, 'tests', 'vectors');
const hex = z.string().transform((text) => new Uint8Array(Buffer.from(text, 'hex')));

describe('Ed25519 and SHA-256', () => {
  test('give the answers of Node on the 914 edge cases of CCTV', () => {
    const cases = z
      .array(z.object({ key: hex, sig: hex, msg: z.string() }))
      .parse(JSON.parse(readFileSync(join(VECTORS, 'ed25519-cctv', 'ed25519vectors.json'), 'utf8')));
    expect(cases).toHaveLength(914);
    const answers = (crypto: typeof nodeCrypto) =>
      cases.map(({ key, sig, msg }) => verifySignature(crypto, key, Buffer.from(msg), sig));
    expect(answers(browserCrypto)).toEqual(answers(nodeCrypto));
    expect(answers(browserCrypto)).toContain(true);
  });

  test('hash parts as one', () => {
    const parts = [Buffer.from('a'), Buffer.alloc(0), Buffer.alloc(100_000, 'b')];
    for (const some of [[], parts.slice(0, 1), parts])
      expect(Buffer.from(browserCrypto.sha256(...some))).toEqual(Buffer.from(nodeCrypto.sha256(...some)));
  });
});

test('nothing in a bundle can be another without the browser saying TAMPERED or INCOMPLETE', async () => {
  await using home = await tempDirectory();
  const house = tinyHouse();
  const out = join(home.path, 'tiny.zip');
  const scope = { kind: 'period', from: '2026-11-01T00:00:00.000Z', to: '2026-11-01T00:01:00.000Z' } as const;
  await zipBundle(house, join(home.path, 'recorder'), out, manifestOf(scope));
  const bytes = await readFile(out);
  const policy = new Blob([Buffer.from(policyOf(house))]);
  const verdictOf = async (zip: Buffer): Promise<string> =>
    (await verifyFile({ bundle: new Blob([Uint8Array.from(zip)]), policy })).verdict;
  const honest = await verdictOf(bytes);
  expect(honest).toMatch(/^VERIFIED/);
  const wrong: number[] = [];
  let found = 0;
  for (let at = 0; at < bytes.length; at += 97) {
    const changed = Buffer.from(bytes);
    changed[at] = changed.readUInt8(at) ^ 0x10;
    const isFound = !/^VERIFIED/.test(await verdictOf(changed));
    if (!isFound && (await contentsOf(changed)) !== (await contentsOf(bytes))) wrong.push(at);
    found += isFound ? 1 : 0;
  }
  expect(wrong).toEqual([]);
  expect(found).toBeGreaterThan(bytes.length / 97 / 2);
  for (const cut of [0, 1, 21, bytes.length >> 1, bytes.length - 1])
    expect(await verdictOf(bytes.subarray(0, cut))).toBe('TAMPERED');
}, 60_000);

/** Everything that a reader gets out of a zip; its times, versions and unused bits are nobody's. */
async function contentsOf(zip: Buffer): Promise<string> {
  const source = await openBundleFile(new Blob([Uint8Array.from(zip)]));
  const all = await Promise.all(
    source.paths.map(async (path) => [path, Buffer.from((await source.read(path)) ?? []).toString('hex')]),
  );
  return JSON.stringify(all);
}
