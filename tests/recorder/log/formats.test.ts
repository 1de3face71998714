import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { sha256 } from '../../../foundation/index.ts';
import { canonicalJson, encodeLeaf, EvidenceError, type Leaf, parseLeaf } from '../../../evidence/index.ts';
import { openCheckpoint, parseVerifierLine, signCheckpoint, verifierLine } from '../../../recorder/log/note.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

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
