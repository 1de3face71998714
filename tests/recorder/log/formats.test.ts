import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { sha256 } from '../../../foundation/index.ts';
import { bundlePath, decodeBundle, encodeBundle } from '../../../recorder/log/bundles.ts';
import { canonicalJson, encodeLeaf, EvidenceError, type Leaf, parseLeaf } from '../../../evidence/index.ts';
import { appendLeaf, EMPTY_TREE, hashLeaf, rootOf } from '../../../recorder/log/merkle.ts';
import { openCheckpoint, parseVerifierLine, signCheckpoint, verifierLine } from '../../../recorder/log/note.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

describe('the Merkle tree', () => {
  /** Leaves and roots of the reference test of RFC 6962 logs: sizes 0 to 8. */
  const leaves = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
  const roots = [
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
    '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
    'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  ];

  test('has the roots every RFC 6962 log has', () => {
    let tree = EMPTY_TREE;
    expect(rootOf(tree).toString('hex')).toBe(roots[0]);
    leaves.forEach((leaf, at) => {
      tree = appendLeaf(tree, hashLeaf(Buffer.from(leaf, 'hex')));
      expect(rootOf(tree).toString('hex')).toBe(roots[at + 1]);
    });
  });

  test('gives the same root as the recursive definition, for every size to 300', () => {
    const hashes: Buffer[] = [];
    const defined = (part: readonly Buffer[]): Buffer => {
      const [only] = part;
      if (part.length === 1 && only !== undefined) return only;
      let split = 1;
      while (split * 2 < part.length) split *= 2;
      return sha256(Buffer.from([1]), defined(part.slice(0, split)), defined(part.slice(split)));
    };
    let tree = EMPTY_TREE;
    for (let size = 1; size <= 300; size += 1) {
      const hash = hashLeaf(Buffer.from(String(size)));
      hashes.push(hash);
      tree = appendLeaf(tree, hash);
      if (size < 40 || size > 250) expect(rootOf(tree)).toEqual(defined(hashes));
    }
  });
});

describe('the checkpoint', () => {
  const origin = 'sekisho.local/audit';
  const { privateKey } = generateKeyPairSync('ed25519');
  const line = verifierLine(origin, createPublicKey(privateKey));
  const verifier = parseVerifierLine(line)!;
  const checkpoint = { size: 42, root: sha256('root') };
  const note = signCheckpoint(checkpoint, origin, privateKey);
  const open = (text: string) => openCheckpoint(Buffer.from(text), verifier);
  const signature = note.split('\n').at(-2)!;

  test('opens with the key that signed it', () => {
    expect(open(note)).toEqual(checkpoint);
    expect(note.split('\n').slice(0, 3)).toEqual([origin, '42', checkpoint.root.toString('base64')]);
  });

  test('opens beside the signatures of others', () => {
    expect(open(`${note}— witness.example ${Buffer.alloc(76, 7).toString('base64')}\n`)).toEqual(checkpoint);
  });

  test.each([
    ['another size', note.replace('\n42\n', '\n43\n')],
    ['no signature', note.split('\n— ')[0]!],
    ['a signature of nobody we know', note.replace(signature, signature.replace(origin, 'other.example'))],
    ['two signatures of ours', `${note}${signature}\n`],
    ['a carriage return', note.replace('42\n', '42\r\n')],
    ['a missing last newline', note.slice(0, -1)],
    ['text after the signatures', `${note}\nmore\n`],
    ['an empty file', ''],
    [
      'base64 with stray bits',
      note.replace(/(.)=\n$/, (_end, last: string) => `${ALPHABET[ALPHABET.indexOf(last) + 1]}=\n`),
    ],
    ['a note without end', `${note}${'x'.repeat(20_000)}`],
  ])('is refused with %s', (_name, text) => {
    expect(text).not.toBe(note);
    expect(open(text)).toBeUndefined();
  });

  test('is refused for the key of another', () => {
    const other = generateKeyPairSync('ed25519').publicKey;
    expect(openCheckpoint(Buffer.from(note), parseVerifierLine(verifierLine(origin, other))!)).toBeUndefined();
  });

  test('is refused when any byte of it changes', () => {
    const bytes = Buffer.from(note);
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed[at] = changed.readUInt8(at) ^ 1;
      expect(openCheckpoint(changed, verifier)).toBeUndefined();
    }
  });

  test('opens as the example of the signed-note specification does, which is no checkpoint', () => {
    const example = parseVerifierLine('example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k');
    expect(example?.name).toBe('example.com/foo');
    const log = parseVerifierLine('example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2l');
    expect(log).toBeUndefined(); // One bit of the key differs from its id.
    expect(parseVerifierLine('example.com/foo')).toBeUndefined();
  });
});

describe('the entry bundles', () => {
  test.each([
    [0, 256, 'tile/entries/000'],
    [0, 5, 'tile/entries/000.p/5'],
    [999, 256, 'tile/entries/999'],
    [1000, 256, 'tile/entries/x001/000'],
    [1_234_067, 8, 'tile/entries/x001/x234/067.p/8'],
  ])('bundle %i of %i entries is %s', (number, width, path) => {
    expect(bundlePath(number, width)).toBe(path);
  });

  test('hold their entries behind lengths, and exactly so many', () => {
    const entries = [Buffer.from('a'), Buffer.alloc(65_535, 1)];
    const bytes = encodeBundle(entries);
    expect(decodeBundle(bytes, 2)).toEqual(entries);
    expect(decodeBundle(bytes, 1)).toBeUndefined();
    expect(decodeBundle(bytes.subarray(0, -1), 2)).toBeUndefined();
    expect(decodeBundle(Buffer.concat([bytes, Buffer.alloc(1)]), 2)).toBeUndefined();
    expect(() => encodeBundle([Buffer.alloc(65_536)])).toThrow('invariant');
  });
});

describe('a leaf', () => {
  const leaf: Leaf = {
    v: 2,
    type: 'session.close',
    sid: '0195f000-0000-7000-8000-000000000001',
    at: '2026-04-01T00:00:00.000Z',
    frames: 3,
    screen: 99,
    keystrokes: 1,
    recovered: false,
    prev: 'b'.repeat(64),
  };

  test('has one form only: sorted keys, no spaces', () => {
    const bytes = Buffer.from(encodeLeaf(leaf));
    expect(bytes.toString()).toMatch(/^\{"at":"2026-04-01T00:00:00.000Z","frames":3,"keystrokes":1,"prev":/);
    expect(parseLeaf(bytes)).toEqual(leaf);
    expect(parseLeaf(Buffer.from(JSON.stringify(leaf)))).toBeUndefined();
    expect(parseLeaf(Buffer.from(bytes.toString().replace(':99', ':99.0')))).toBeUndefined();
    expect(parseLeaf(Buffer.from('{'))).toBeUndefined();
  });

  test('cannot say more than its kind says', () => {
    expect(() => encodeLeaf({ ...leaf, ...{ name: '青木' } })).toThrow('Unrecognized key');
  });

  test('is canonical as RFC 8785 says, floats and broken Unicode refused', () => {
    expect(canonicalJson({ b: [1, true, null], a: '\u20ac\u000f\n"\\/', '\ud83d\ude00': -0 })).toBe(
      '{"a":"€\\u000f\\n\\"\\\\/","b":[1,true,null],"😀":0}',
    );
    expect(() => canonicalJson(1.5)).toThrow(EvidenceError);
    expect(() => canonicalJson('\ud83d')).toThrow(EvidenceError);
  });
});
