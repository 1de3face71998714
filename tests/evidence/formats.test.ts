import { createDecipheriv, hkdfSync } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import {
  addSignatures,
  canonicalJson,
  CHUNK_TAG_BYTES,
  cosign,
  cosignatureMessage,
  encodeFrame,
  encodeFrameHead,
  encodeLeaf,
  EVIDENCE_LIMITS,
  EvidenceError,
  type Frame,
  FRAME_HEAD_BYTES,
  FRAME_TYPES,
  fromUtf8,
  formatCheckpoint,
  formatPolicy,
  formatSignature,
  formatSigsumProof,
  formatTlogProof,
  formatVerifierKey,
  hashLeaf,
  inclusionProof,
  isSoundPublicKey,
  KEY_LABELS,
  keyId,
  type Leaf,
  openNote,
  parseCanonicalJson,
  parseChunk,
  parseFrames,
  parseLeaf,
  parseNote,
  parsePolicy,
  parseSignature,
  parseSigsumLeaf,
  parseSigsumPolicy,
  parseSigsumProof,
  parseTlogProof,
  parseVerifierKey,
  PATHS,
  policyAccepts,
  signNote,
  sigsumLeaf,
  sigsumOrigin,
  streamOf,
  toBase64,
  toHex,
  utf8,
  verifierKey,
  verifyCosignature,
  verifySigsumProof,
  verifyTlogProof,
} from '../../evidence/index.ts';
import { createNodeStore } from '../../evidence/index.ts';
import { nodeCrypto } from '../../recorder/node-crypto.ts';
import { addSession, newHouse } from './support/house.ts';
import { policyText, signerOf } from './support/keys.ts';

const log = signerOf('bastion.example/audit');
const [client, lawyer] = [signerOf('client.example/w'), signerOf('lawyer.example/w')];
const store = createNodeStore(nodeCrypto);
const entries = Array.from({ length: 700 }, (_, index) => utf8(`entry ${index}`));
for (const entry of entries) store.append(hashLeaf(nodeCrypto, entry));
const body = formatCheckpoint({ origin: log.name, size: store.size, root: store.root() });
const note = addSignatures(
  signNote(nodeCrypto, body, log),
  cosign(nodeCrypto, client, body, 1_790_000_000) + cosign(nodeCrypto, lawyer, body, 1_790_000_001),
);
const policy = parsePolicy(nodeCrypto, policyText([log], [client, lawyer]));
const text = fromUtf8(note);

describe('a signed note is refused', () => {
  test.each([
    ['with a CR', text.replaceAll('\n', '\r\n')],
    ['with a control character', text.replace('audit', 'au\u0007dit')],
    ['with a character of the second control range', text.replace('audit', 'au\u0085dit')],
    ['without a signature', `${body}\n`],
    ['without its last newline', text.slice(0, -1)],
    ['with a hyphen for the dash', text.replace('— client', '- client')],
    ['with base64 that could be written otherwise', text.replace(/=\n$/, '\n')],
    ['with two spaces', text.replace('— client.example/w ', '— client.example/w  ')],
    ['that is too long', `${'x'.repeat(EVIDENCE_LIMITS.noteBytesMax)}\n${text}`],
    ['with more signatures than there are', text + formatSignature(aSignature()).repeat(101)],
  ])('%s', (_, changed) => {
    expect(() => parseNote(utf8(changed))).toThrow(EvidenceError);
  });

  test('that is not UTF-8', () => {
    expect(() => parseNote(Buffer.from('ff0a0a', 'hex'))).toThrow('not UTF-8');
  });

  test('whose base64 has bits that nobody reads', () => {
    const line = text.split('\n').at(-2) ?? '';
    const last = line.replace(
      /(.)=$/,
      (_, character: string) => `${String.fromCharCode(character.charCodeAt(0) + 1)}=`,
    );
    expect(() => parseNote(utf8(text.replace(line, last)))).toThrow(EvidenceError);
  });

  test('that a known key signed twice', () => {
    const line = text.split('\n').find((one) => one.startsWith('— client')) ?? '';
    expect(() => policyAccepts(nodeCrypto, policy, utf8(`${text}${line}\n`))).toThrow('twice');
  });
});

function aSignature() {
  return { name: 'nobody', keyId: new Uint8Array(4), signature: new Uint8Array(64) };
}

describe('a signed note', () => {
  test('may have signatures of unknown keys and unknown types, which count for nothing', () => {
    const more = addSignatures(note, formatSignature(aSignature()));
    expect(policyAccepts(nodeCrypto, policy, more)).toMatchObject({ accepted: true, by: ['w0', 'w1'], missing: [] });
    expect(parseSignature(formatSignature(aSignature()).trimEnd())).toEqual(aSignature());
  });

  test('tells the time of each cosignature', () => {
    const { times } = policyAccepts(nodeCrypto, policy, note);
    expect([...times]).toEqual([
      ['w0', 1_790_000_000],
      ['w1', 1_790_000_001],
    ]);
  });

  test('of a witness counts over this text alone', () => {
    const signature = client.sign(cosignatureMessage(5, body));
    const blob = Buffer.concat([Buffer.from('0000000000000005', 'hex'), signature]);
    expect(verifyCosignature(nodeCrypto, client.publicKey, body, blob)).toBe(5);
    expect(verifyCosignature(nodeCrypto, client.publicKey, `${body}x\n`, blob)).toBeUndefined();
    blob[7] = 6;
    expect(verifyCosignature(nodeCrypto, client.publicKey, body, blob)).toBeUndefined();
  });
});

describe('a verifier key is refused', () => {
  const line = formatVerifierKey(verifierKey(nodeCrypto, 'a.example', 1, log.publicKey));
  const ofType = (type: number, key: Uint8Array): string =>
    `a.example+${toHex(keyId(nodeCrypto, 'a.example', type, key))}+${toBase64(Buffer.concat([Buffer.from([type]), key]))}`;
  const small = Buffer.concat([Buffer.from([1]), Buffer.alloc(31)]);

  test.each([
    ['of another type', ofType(6, log.publicKey)],
    ['of small order, for which anybody can sign', ofType(1, small)],
    ['with the hash of another name', line.replace('a.example', 'b.example')],
    ['with white space in its name', line.replace('a.example', 'a example')],
    ['that is cut short', line.slice(0, -4)],
  ])('%s', (_, bad) => {
    expect(() => parseVerifierKey(nodeCrypto, bad)).toThrow(EvidenceError);
  });

  test('and one written in a second way', () => {
    expect(isSoundPublicKey(Buffer.from('ee'.padEnd(62, 'f') + '7f', 'hex'))).toBe(false);
    expect(formatVerifierKey(parseVerifierKey(nodeCrypto, line))).toBe(line);
  });
});

describe('a policy is refused', () => {
  const good = fromUtf8(policyText([log], [client, lawyer]));
  const vkey = good.split('\n')[1]?.split(' ')[2] ?? '';
  test.each([
    ['without a quorum', good.replace('quorum all\n', ''), 'no quorum'],
    ['with two quorums', `${good}quorum all\n`, 'already'],
    ['that uses a name before it is defined', `quorum later\n${good}`, 'not defined'],
    ['with one key under two names, which would count twice', `${good}witness again ${vkey}\n`, 'already'],
    ['with a name twice', good.replace('witness w1', 'witness w0'), 'taken'],
    ['with the name none', good.replace('witness w1', 'witness none'), 'taken'],
    ['with a member of two groups', good.replace('quorum', 'group more any w0\nquorum'), 'another group'],
    ['with a threshold above its members', good.replace('all all', 'all 3'), 'threshold'],
    ['with a threshold of none', good.replace('all all', 'all 0'), 'threshold'],
    ['with an unknown word', `trust me\n${good}`, 'none of log'],
    ['with a CR', good.replaceAll('\n', '\r\n'), 'control characters'],
    ['with a log’s key for a witness', good.replace(vkey, good.split('\n')[0]?.split(' ')[1] ?? ''), 'type'],
  ])('%s', (_, bad, says) => {
    expect(() => parsePolicy(nodeCrypto, utf8(bad))).toThrow(says);
  });

  test('never when it only says it with comments, tabs, empty lines and addresses', () => {
    const loose = good
      .replace('quorum all', '# who counts\n\n \t quorum\t all ')
      .replace(/(log \S+)/, '$1 https://log.example');
    const read = parsePolicy(nodeCrypto, utf8(loose));
    expect(read.logs[0]?.url).toBe('https://log.example');
    expect(parsePolicy(nodeCrypto, formatPolicy(read, formatVerifierKey))).toEqual(read);
  });

  test('or a quorum of groups is reached by their members alone', () => {
    const groups = `${good.replace('quorum all\n', '')}group either any all\nquorum either\n`;
    expect(policyAccepts(nodeCrypto, parsePolicy(nodeCrypto, utf8(groups)), note).accepted).toBe(true);
    const one = addSignatures(signNote(nodeCrypto, body, log), cosign(nodeCrypto, client, body, 1));
    expect(policyAccepts(nodeCrypto, parsePolicy(nodeCrypto, utf8(groups)), one)).toMatchObject({
      ...{ accepted: false, by: ['w0'], missing: ['w1'] },
    });
  });
});

describe('a log of a policy cannot speak', () => {
  test('under the origin of another log of it', () => {
    const other = signerOf('other.example/audit');
    const both = parsePolicy(nodeCrypto, policyText([log, other], []));
    const forged = signNote(nodeCrypto, body, other);
    expect(
      openNote(
        nodeCrypto,
        parseNote(forged),
        both.logs.map(({ key }) => key),
      ),
    ).toHaveLength(1);
    expect(() => policyAccepts(nodeCrypto, both, forged)).toThrow('No log of the policy signed');
  });
});

describe('proof files', () => {
  test('of a log are written and read, and prove one entry', async () => {
    for (const index of [0, 255, 256, 511, 699]) {
      const hashes = await inclusionProof(nodeCrypto, store.nodes, index, store.size);
      const file = formatTlogProof({ extra: utf8('hint'), index, hashes, checkpoint: note });
      expect(parseTlogProof(file)).toMatchObject({ index, extra: utf8('hint') });
      const entry = entries[index] ?? utf8('');
      expect(verifyTlogProof(nodeCrypto, policy, file, entry)).toMatchObject({ accepted: true, index });
      expect(() => verifyTlogProof(nodeCrypto, policy, file, utf8('another'))).toThrow(`not entry ${index}`);
    }
  });

  test('of a ledger are written and read, for a tree of one and of many', async () => {
    const submitter = signerOf('submitter');
    const origin = sigsumOrigin(nodeCrypto, log.publicKey);
    const sigsumPolicy = parseSigsumPolicy(
      nodeCrypto,
      utf8(`log ${toHex(log.publicKey)}\nwitness w ${toHex(client.publicKey)}\nquorum w\n`),
    );
    for (const size of [1, 5]) {
      const records = Array.from({ length: size }, (_, index) => utf8(`record ${index}`));
      const leaves = records.map((record) => sigsumLeaf(nodeCrypto, submitter, record));
      const tree = createNodeStore(nodeCrypto);
      for (const leaf of leaves) tree.append(hashLeaf(nodeCrypto, leaf));
      const head = formatCheckpoint({ origin, size, root: tree.root() });
      const index = size - 1;
      const leaf = parseSigsumLeaf(leaves[index] ?? utf8(''));
      const time = 1_790_000_000;
      const proof = formatSigsumProof({
        ...{ log: nodeCrypto.sha256(log.publicKey), keyHash: leaf.keyHash, signature: leaf.signature, size, index },
        shortChecksum: leaf.checksum.slice(0, 2),
        root: tree.root(),
        rootSignature: log.sign(utf8(head)),
        cosignatures: [
          {
            keyHash: nodeCrypto.sha256(client.publicKey),
            time,
            signature: client.sign(cosignatureMessage(time, head)),
          },
        ],
        hashes: await inclusionProof(nodeCrypto, tree.nodes, index, size),
      });
      expect(parseSigsumProof(proof)).toMatchObject({ size, index });
      const claim = { proof, submitters: [submitter.publicKey], policy: sigsumPolicy };
      const record = records[index] ?? utf8('');
      expect(verifySigsumProof(nodeCrypto, { ...claim, record })).toEqual({ index, by: ['w'] });
      expect(() => verifySigsumProof(nodeCrypto, { ...claim, record: utf8('x') })).toThrow(EvidenceError);
      const others = { ...claim, record, submitters: [client.publicKey] };
      expect(() => verifySigsumProof(nodeCrypto, others)).toThrow('No known submitter');
    }
  });
});

describe('leaves', () => {
  const leaf: Leaf = { v: 2, type: 'event', at: '2026-11-01T00:00:00.000Z', n: 7, kind: 'a.b', commit: '0'.repeat(64) };
  const written = fromUtf8(encodeLeaf(leaf));

  test('are read as they are written', () => {
    expect(parseLeaf(utf8(written))).toEqual(leaf);
  });

  test.each([
    ['a key twice', written.replace('"n":7', '"n":6,"n":7')],
    ['a space', written.replace('"n":7', '"n": 7')],
    ['another order', `{"v":2,${written.slice(1).replace(',"v":2', '')}`],
    ['a number in another form', written.replace('"n":7', '"n":7.0')],
    ['a number beyond the safe ones', written.replace('"n":7', '"n":9007199254740993')],
    ['an escape that need not be', written.replace('a.b', '\\u0061.b')],
    ['a field more', written.replace('"n":7', '"m":1,"n":7')],
    ['another version', written.replace('"v":2', '"v":3')],
    ['a time without milliseconds', written.replace('.000Z', 'Z')],
  ])('with %s are none', (_, bad) => {
    expect(bad).not.toBe(written);
    expect(parseLeaf(utf8(bad))).toBeUndefined();
  });

  test('hold strings of every script in one form', () => {
    const value = { z: ['é', '𠮷', '\u2028', '"\\\n\u0001'], é: null, '\ud83d\ude00': true, '\ufb33': -1 };
    expect(parseCanonicalJson(canonicalJson(value))).toEqual(value);
    expect(() => canonicalJson({ bad: '\ud800' })).toThrow(EvidenceError);
    expect(() => canonicalJson({ bad: 0.5 })).toThrow(EvidenceError);
  });
});

describe('chunks and frames', () => {
  const house = newHouse();
  const { sid, keys } = addSession(house, ['{"meta":1}', '$ ', 'ls\r', 'a']);
  const objects = [...house.files].filter(([path]) => path.startsWith('objects/')).map(([, bytes]) => bytes);

  test('open with the session’s keys, and hold the frames in order', () => {
    const frames: Frame[] = [];
    for (const bytes of objects) {
      const { header, headerBytes, ciphertext } = parseChunk(bytes);
      const info = KEY_LABELS.chunk(sid, header.stream, header.seq);
      const secret = Buffer.from(hkdfSync('sha512', keys[header.stream], Buffer.alloc(0), info, 44));
      const decipher = createDecipheriv('aes-256-gcm', secret.subarray(0, 32), secret.subarray(32));
      decipher.setAAD(headerBytes);
      decipher.setAuthTag(ciphertext.subarray(-CHUNK_TAG_BYTES));
      const packed = Buffer.concat([decipher.update(ciphertext.subarray(0, -CHUNK_TAG_BYTES)), decipher.final()]);
      const own = parseFrames(header.alg === 'gzip' ? gunzipSync(packed) : packed);
      expect(own.every(({ type }) => streamOf(type) === header.stream)).toBe(true);
      frames.push(...own);
    }
    const inOrder = frames.sort((left, right) => left.seq - right.seq);
    expect(inOrder.map(({ payload }) => fromUtf8(payload))).toEqual(['{"meta":1}', '$ ', 'ls\r', 'a']);
    expect(objects.length).toBe([...house.files.keys()].filter((path) => path.startsWith(PATHS.object(''))).length);
  });

  test('of every type are written and read, what was typed in a stream of its own', () => {
    for (const type of FRAME_TYPES) {
      const one = { type, seq: 2 ** 40, micros: 2n ** 60n, payload: utf8('漢字') };
      expect(parseFrames(encodeFrame(one))).toEqual([one]);
      expect(encodeFrameHead(one, 6)).toEqual(encodeFrame(one).slice(0, FRAME_HEAD_BYTES));
      expect(streamOf(type)).toBe(type === 'i' || type === 'u' ? 'keystrokes' : 'screen');
    }
  });

  test.each([
    ['of nothing', () => new Uint8Array()],
    ['of another version', (bytes: Uint8Array) => Uint8Array.from(bytes).fill(3, 7, 8)],
    ['without a tag', (bytes: Uint8Array) => bytes.slice(0, 12 + Buffer.from(bytes).readUInt32BE(8) + 3)],
    ['with a header that is too long', (bytes: Uint8Array) => Uint8Array.from(bytes).fill(255, 8, 10)],
    ['with a header in another form', (bytes: Uint8Array) => Uint8Array.from(bytes).fill(32, 12, 13)],
  ])('%s are refused', (_, change) => {
    expect(() => parseChunk(change(objects[0] ?? new Uint8Array()))).toThrow(EvidenceError);
  });

  const frame = (seq: number, micros: bigint): Uint8Array =>
    encodeFrame({ type: 'o', seq, micros, payload: utf8('x') });
  test.each([
    ['cut short', frame(0, 1n).slice(0, -1)],
    ['cut in its head', frame(0, 1n).slice(0, 20)],
    ['of an unknown type', Uint8Array.from(frame(0, 1n)).fill(0x7a, 4, 5)],
    ['whose length is beyond all bounds', Uint8Array.from(frame(0, 1n)).fill(255, 0, 1)],
    ['that stand in the wrong order', Buffer.concat([frame(2, 1n), frame(1, 1n)])],
    ['whose time runs backwards', Buffer.concat([frame(1, 2n), frame(2, 1n)])],
    ['whose number no program can hold', Uint8Array.from(frame(0, 1n)).fill(255, 5, 6)],
  ])('frames %s are refused', (_, bytes) => {
    expect(() => parseFrames(bytes)).toThrow(EvidenceError);
  });
});
