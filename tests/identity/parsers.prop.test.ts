import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { hasCode } from '../../foundation/index.ts';
import { decodeCertificate, encodeUserCertificate } from '../../identity/certificates/certificate.ts';
import { verifyUserCertificate } from '../../identity/certificates/verify.ts';
import { parsePublicKey } from '../../identity/keys/public-key.ts';
import { verifySshSignature } from '../../identity/keys/signature.ts';
import { certificate, ecdsa, ed25519, line, str } from './keys.ts';

/** Runs a parser on hostile input: a value or `key_invalid`, never another error. */
function orRefused<Result>(parse: () => Result): Result | undefined {
  try {
    return parse();
  } catch (thrown) {
    if (hasCode(thrown, 'key_invalid')) return undefined;
    throw thrown;
  }
}

const algorithm = fc.constantFrom(
  'ssh-ed25519',
  'ssh-rsa',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp521',
  'ssh-ed25519-cert-v01@openssh.com',
  'ssh-rsa-cert-v01@openssh.com',
);
const bytes = fc.uint8Array({ maxLength: 600 });
const looksLikeOne = fc
  .tuple(
    algorithm,
    fc.array(fc.oneof(fc.uint8Array({ maxLength: 80 }), fc.uint8Array({ minLength: 380, maxLength: 400 }))),
  )
  .map(([name, fields]) => Buffer.concat([str(name), ...fields.map((one) => str(one))]));
const hostile = fc.oneof(bytes, looksLikeOne);

describe('whatever it is given', () => {
  test('parsePublicKey parses or refuses, and what it parses has one writing', () => {
    fc.assert(
      fc.property(algorithm, hostile, fc.string(), (name, blob, comment) => {
        const text = `${name} ${Buffer.from(blob).toString('base64')} ${comment}`;
        const key = orRefused(() => parsePublicKey(text));
        if (key === undefined) return;
        expect(key.blob).toEqual(Buffer.from(blob));
        const again = parsePublicKey(`${key.algorithm} ${key.blob.toString('base64')} ${key.comment}`);
        expect(again).toEqual(key);
      }),
      { numRuns: 1_000 },
    );
  });

  test('parsePublicKey parses or refuses any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => void orRefused(() => parsePublicKey(text))),
      {
        numRuns: 1_000,
      },
    );
  });

  test('a certificate reads or is refused, and is never believed', () => {
    const facts = { authorities: [ed25519().blob], principal: 'aoki', now: new Date('2026-04-01') };
    fc.assert(
      fc.property(hostile, (blob) => {
        orRefused(() => decodeCertificate(blob));
        expect(orRefused(() => verifyUserCertificate(Buffer.from(blob), facts))).toBeUndefined();
      }),
      { numRuns: 1_000 },
    );
  });

  test('a signature is true or false, and false', () => {
    const keys = [ed25519(), ecdsa('nistp256')];
    fc.assert(
      fc.property(fc.constantFrom(...keys), hostile, hostile, (key, data, signature) => {
        expect(verifySshSignature(key.blob, data, signature)).toBe(false);
        expect(verifySshSignature(data, data, signature)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });
});

test('any change of any byte of a public key line is another key or none', () => {
  const key = ed25519();
  const text = line(key);
  const { fingerprint } = parsePublicKey(text);
  fc.assert(
    fc.property(fc.nat({ max: key.blob.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const bent = Buffer.from(key.blob);
      bent[at] = (bent[at] ?? 0) ^ change;
      const parsed = orRefused(() => parsePublicKey(`ssh-ed25519 ${bent.toString('base64')}`));
      expect(parsed?.fingerprint).not.toBe(fingerprint);
    }),
  );
});

test('any byte of a certificate changed to any other is refused', () => {
  const authority = ed25519();
  const blob = certificate(ed25519(), authority, { after: 0n, before: 2n ** 64n - 1n });
  const facts = { authorities: [authority.blob], principal: 'aoki', now: new Date('2026-04-01') };
  expect(orRefused(() => verifyUserCertificate(blob, facts))).toBeDefined();
  fc.assert(
    fc.property(fc.nat({ max: blob.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const bent = Buffer.from(blob);
      bent[at] = (bent[at] ?? 0) ^ change;
      expect(orRefused(() => verifyUserCertificate(bent, facts))).toBeUndefined();
    }),
    { numRuns: 1_000 },
  );
});

test('every certificate that is written reads back as it was meant', async () => {
  const authority = ed25519();
  const subject = ed25519();
  const second = fc.integer({ min: 0, max: 4_000_000_000 });
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        serial: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        keyId: fc.string({ unit: 'grapheme' }),
        principals: fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 20 }),
        extensions: fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 10 }),
        window: fc.tuple(second, second).filter(([from, to]) => from < to),
      }),
      async ({ window: [from, to], ...fields }) => {
        const blob = await encodeUserCertificate(
          {
            ...fields,
            nonce: Buffer.alloc(32),
            publicKey: subject.raw,
            validAfter: new Date(from * 1000),
            validBefore: new Date(to * 1000),
            criticalOptions: {},
            authority: authority.blob,
          },
          authority.sign,
        );
        const read = decodeCertificate(blob);
        expect(read).toMatchObject({ serial: fields.serial, keyId: fields.keyId, principals: fields.principals });
        expect([read.validAfter, read.validBefore]).toEqual([BigInt(from), BigInt(to)]);
        expect(new Set(read.extensions.keys())).toEqual(new Set(fields.extensions));
      },
    ),
  );
});
