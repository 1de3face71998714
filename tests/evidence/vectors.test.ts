import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import {
  bundlePath,
  bundlesOf,
  createNodeStore,
  EvidenceError,
  fromBase64,
  fromHex,
  fromUtf8,
  hashLeaf,
  isSoundPublicKey,
  openNote,
  parseBundle,
  parseCheckpoint,
  parseNote,
  parsePolicy,
  parseSigsumPolicy,
  parseTlogProof,
  parseVerifierKey,
  policyAccepts,
  utf8,
  verifierKey,
  verifyConsistency,
  verifyInclusion,
  verifySignature,
  verifySigsumProof,
  verifySubtreeConsistency,
  verifySubtreeInclusion,
  verifyTlogProof,
} from '../../evidence/index.ts';
import { nodeCrypto } from '../../recorder/node-crypto.ts';
import { ROOT } from '../support/paths.ts';

/** Vectors that others published: tests/vectors/README.md says whose they are. */
const VECTORS = join(ROOT, 'tests', 'vectors');
const bytesOf = (path: string): Buffer => readFileSync(join(VECTORS, path));
const jsonOf = <T>(path: string, schema: z.ZodType<T>): T => schema.parse(JSON.parse(bytesOf(path).toString('utf8')));

const base64 = z.string().transform((text) => new Uint8Array(Buffer.from(text, 'base64')));
const proof = z
  .array(base64)
  .nullable()
  .transform((hashes) => hashes ?? []);
const about = { file: z.string(), desc: z.string(), wantErr: z.boolean() };

describe('proofs of RFC 6962, as transparency-dev/merkle checks them', () => {
  const inclusions = jsonOf(
    'merkle-proofs/inclusion.json',
    z.array(z.object({ ...about, leafIdx: z.number(), treeSize: z.number(), root: base64, leafHash: base64, proof })),
  );
  const consistencies = jsonOf(
    'merkle-proofs/consistency.json',
    z.array(z.object({ ...about, size1: z.number(), size2: z.number(), root1: base64, root2: base64, proof })),
  );
  const subtreeInclusions = jsonOf(
    'merkle-proofs/subtreeinclusion.json',
    z.array(
      z.object({
        ...about,
        leafIdx: z.number(),
        start: z.number(),
        end: z.number(),
        root: base64,
        leafHash: base64,
        proof,
      }),
    ),
  );
  const subtreeConsistencies = jsonOf(
    'merkle-proofs/subtreeconsistency.json',
    z.array(
      z.object({ ...about, start: z.number(), end: z.number(), size: z.number(), root1: base64, root2: base64, proof }),
    ),
  );

  test('there are 518 of them', () => {
    expect([inclusions, consistencies, subtreeInclusions, subtreeConsistencies].map(({ length }) => length)).toEqual([
      98, 98, 204, 118,
    ]);
  });

  test.each(inclusions)('inclusion: $file', ({ leafIdx, treeSize, root, leafHash, proof: hashes, wantErr }) => {
    const claim = { leafHash, index: leafIdx, size: treeSize, proof: hashes, root };
    expect(verifyInclusion(nodeCrypto, claim)).toBe(!wantErr);
  });

  test.each(consistencies)('consistency: $file', ({ size1, size2, root1, root2, proof: hashes, wantErr }) => {
    const claim = { first: { size: size1, root: root1 }, second: { size: size2, root: root2 }, proof: hashes };
    expect(verifyConsistency(nodeCrypto, claim)).toBe(!wantErr);
  });

  test.each(subtreeInclusions)('subtree inclusion: $file', (vector) => {
    const { leafIdx, start, end, root, leafHash, proof: hashes, wantErr } = vector;
    const claim = { leafHash, index: leafIdx, subtree: { start, end, root }, proof: hashes };
    expect(verifySubtreeInclusion(nodeCrypto, claim)).toBe(!wantErr);
  });

  test.each(subtreeConsistencies)('subtree consistency: $file', (vector) => {
    const { start, end, size, root1, root2, proof: hashes, wantErr } = vector;
    const claim = { subtree: { start, end, root: root1 }, tree: { size, root: root2 }, proof: hashes };
    expect(verifySubtreeConsistency(nodeCrypto, claim)).toBe(!wantErr);
  });
});

describe('the test log of tessera', () => {
  const key = parseVerifierKey(
    nodeCrypto,
    'example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx',
  );

  test.each(Array.from({ length: 16 }, (_, size) => size))('checkpoint %i is signed and its root is right', (size) => {
    const note = parseNote(bytesOf(`tessera-testlog/log/checkpoint.${size}`));
    expect(openNote(nodeCrypto, note, [key])).toHaveLength(1);
    const store = createNodeStore(nodeCrypto);
    for (const { number, width } of bundlesOf(size)) {
      const bundle = bytesOf(`tessera-testlog/log/${bundlePath(number, width)}`);
      for (const entry of parseBundle(bundle, width)) store.append(hashLeaf(nodeCrypto, entry));
    }
    expect(parseCheckpoint(note.body)).toEqual({ origin: key.name, size, root: store.root() });
    for (const { path, bytes } of store.tiles())
      expect(bytes).toEqual(new Uint8Array(bytesOf(`tessera-testlog/log/${path}`)));
  });
});

describe('signed notes', () => {
  const notes = jsonOf(
    'signed-note/notes.json',
    z.array(
      z.object({
        name: z.string(),
        origin: z.string(),
        vkeys: z.array(z.string()),
        note: z.string(),
        valid: z.boolean(),
      }),
    ),
  );

  test.each(notes)('$name', ({ vkeys, note, valid }) => {
    const open = (): number => {
      const keys = vkeys.map((line) => parseVerifierKey(nodeCrypto, line));
      return openNote(nodeCrypto, parseNote(utf8(note)), keys).length;
    };
    if (valid) expect(open()).toBe(1);
    else expect(open).toThrow(EvidenceError);
  });

  const malformed = jsonOf(
    'signed-note/tlog-proof-malformed.json',
    z.object({ must_fail_to_parse: z.array(z.object({ name: z.string(), proof: z.string() })) }).loose(),
  );

  test.each(malformed.must_fail_to_parse)('a tlog-proof is refused: $name', ({ proof: text }) => {
    expect(() => parseTlogProof(utf8(text))).toThrow(EvidenceError);
  });
});

/** A note that cannot be opened was signed by nobody. */
function attempt(signedBy: () => string[]): string[] {
  try {
    return signedBy();
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(EvidenceError);
    return [];
  }
}

describe('what a witness is asked', () => {
  const vectors = jsonOf(
    'witness-protocol/add-checkpoint.json',
    z.object({
      log_pubkey_hex: z.string(),
      log_origin: z.string(),
      requests: z.array(z.object({ body: z.string(), status: z.int(), assert: z.string().optional() })),
    }),
  );
  const log = verifierKey(nodeCrypto, vectors.log_origin, 1, fromHex(vectors.log_pubkey_hex, 32) ?? new Uint8Array());

  test.each(vectors.requests.map((request, at) => ({ at, ...request })))(
    'request $at carries a checkpoint that the log signed, unless the answer is 403',
    ({ body, status }) => {
      const note = body.slice(body.indexOf('\n\n') + 2);
      const signedBy = (): string[] => {
        const parsed = parseNote(utf8(note));
        return openNote(nodeCrypto, parsed, [log])
          .map(({ key }) => key.name)
          .filter((name) => name === parseCheckpoint(parsed.body).origin);
      };
      if (status !== 403) expect(signedBy()).toEqual([log.name]);
      else expect(attempt(signedBy)).toEqual([]);
    },
  );
});

describe('Ed25519', () => {
  const cctv = jsonOf(
    'ed25519-cctv/ed25519vectors.json',
    z.array(
      z.object({
        number: z.int(),
        key: z.string(),
        sig: z.string(),
        msg: z.string(),
        flags: z
          .array(z.string())
          .nullable()
          .transform((flags) => flags ?? []),
      }),
    ),
  );

  test('of the 914 edge cases, only those count that have one answer: RFC 8032 without the cofactor', () => {
    expect(cctv).toHaveLength(914);
    const disputed = ['low_order_A', 'non_canonical_A', 'non_canonical_R', 'low_order_residue'];
    for (const { number, key, sig, msg, flags } of cctv) {
      const accepted = verifySignature(nodeCrypto, Buffer.from(key, 'hex'), utf8(msg), Buffer.from(sig, 'hex'));
      expect({ number, accepted }).toEqual({ number, accepted: !flags.some((flag) => disputed.includes(flag)) });
    }
  });

  test('a key that any signature fits is refused before a signature is looked at', () => {
    for (const { key, flags } of cctv) {
      const sound = !flags.includes('low_order_A') && !flags.includes('non_canonical_A');
      expect(isSoundPublicKey(Buffer.from(key, 'hex'))).toBe(sound);
    }
  });

  const wycheproof = jsonOf(
    'wycheproof/ed25519_test.json',
    z.object({
      testGroups: z.array(
        z.object({
          publicKey: z.object({ pk: z.string() }),
          tests: z.array(
            z.object({
              tcId: z.int(),
              comment: z.string(),
              msg: z.string(),
              sig: z.string(),
              result: z.enum(['valid', 'invalid']),
            }),
          ),
        }),
      ),
    }),
  );

  test('all 151 of Wycheproof', () => {
    let count = 0;
    for (const { publicKey, tests } of wycheproof.testGroups) {
      for (const { tcId, msg, sig, result } of tests) {
        const key = Buffer.from(publicKey.pk, 'hex');
        const accepted = verifySignature(nodeCrypto, key, Buffer.from(msg, 'hex'), Buffer.from(sig, 'hex'));
        expect({ tcId, accepted }).toEqual({ tcId, accepted: result === 'valid' });
        count += 1;
      }
    }
    expect(count).toBe(151);
  });
});

describe('Sigsum', () => {
  const sigsum = jsonOf(
    'sigsum/proofs.json',
    z.object({
      submitter_pubkey_hex: z.string(),
      policy: z.string(),
      vectors: z.array(
        z.object({ message_utf8: z.string(), proof: z.string(), valid: z.boolean(), note: z.string().optional() }),
      ),
    }),
  );

  test.each(sigsum.vectors.map((vector, at) => ({ at, ...vector })))(
    'proof $at of a public log is what it is said to be: $valid',
    (vector) => {
      const verify = () =>
        verifySigsumProof(nodeCrypto, {
          proof: utf8(vector.proof),
          record: utf8(vector.message_utf8),
          submitters: [Buffer.from(sigsum.submitter_pubkey_hex, 'hex')],
          policy: parseSigsumPolicy(nodeCrypto, utf8(sigsum.policy)),
        });
      if (vector.valid) expect(verify().by.length).toBeGreaterThanOrEqual(2);
      else expect(verify).toThrow(EvidenceError);
    },
  );
});

describe('the sample that golang.org/x/mod and sigsum-go verified', () => {
  const at = (path: string): Buffer => bytesOf(`interop-sample/${path}`);
  const policy = parsePolicy(nodeCrypto, at('policy'));
  const entries = [...bundlesOf(600)].flatMap(({ number, width }) =>
    parseBundle(at(`log/${bundlePath(number, width)}`), width),
  );

  test('its checkpoint is accepted by its policy, and its entries and tiles give its root', () => {
    const { accepted, by, checkpoint } = policyAccepts(nodeCrypto, policy, at('log/checkpoint'));
    expect({ accepted, by }).toEqual({ accepted: true, by: ['w0', 'w1'] });
    const store = createNodeStore(nodeCrypto);
    for (const entry of entries) store.append(hashLeaf(nodeCrypto, entry));
    expect(store.root()).toEqual(new Uint8Array(checkpoint.root));
    for (const { path, bytes } of store.tiles()) expect(bytes).toEqual(new Uint8Array(at(`log/${path}`)));
  });

  test('its proof of one entry and its proof of consistency hold', () => {
    const decision = verifyTlogProof(nodeCrypto, policy, at('e321.tlog-proof'), at('e321.entry'));
    expect(decision).toMatchObject({ accepted: true, index: 321 });
    expect(at('e321.entry')).toEqual(Buffer.from(entries[321] ?? []));
    const consistency = z
      .object({ m: z.int(), n: z.int(), r1: base64, r2: base64, proof: z.array(base64) })
      .parse(JSON.parse(fromUtf8(at('cons.json'))));
    const { m, n, r1, r2, proof: hashes } = consistency;
    const claim = { first: { size: m, root: r1 }, second: { size: n, root: r2 }, proof: hashes };
    expect(verifyConsistency(nodeCrypto, claim)).toBe(true);
  });

  test('its ledger proof holds', () => {
    const line = fromUtf8(at('ledger.pub')).split(' ')[1] ?? '';
    const claim = {
      proof: at('ledger.proof'),
      record: at('ledger.rec'),
      submitters: [(fromBase64(line) ?? new Uint8Array()).slice(-32)],
      policy: parseSigsumPolicy(nodeCrypto, at('ledger.policy')),
    };
    expect(verifySigsumProof(nodeCrypto, claim)).toEqual({ index: 777, by: ['w0', 'w1', 'w2'] });
  });
});
