import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { hasCode } from '../../foundation/index.ts';
import { createLineJudge } from '../../main/judge/judge-lines.ts';
import { LineSplitter } from '../../main/judge/lines.ts';
import { parsePolicy } from '../../main/judge/policy-file.ts';

const POLICY = '{"version":1,"mode":"guarded-line","assets":["/a",{"kind":"table","name":"b.c"}],"programs":["x"]}';
const LINES = '{"command":"cat /a/x"}\n{"sql":"COPY t TO STDOUT"}\n{"command":"select 1","sql":true,"cwd":"/"}\n';

/** `seed` with some of its bytes bent, taken away or doubled. */
const bent = (seed: string): fc.Arbitrary<Buffer> =>
  fc
    .array(fc.tuple(fc.nat(), fc.constantFrom('bend', 'drop', 'double'), fc.integer({ min: 1, max: 255 })), {
      maxLength: 6,
    })
    .map((changes) =>
      changes.reduce<Buffer>((bytes, [where, how, bits]) => {
        if (bytes.length === 0) return bytes;
        const at = where % bytes.length;
        const [left, one, right] = [bytes.subarray(0, at), bytes.subarray(at, at + 1), bytes.subarray(at + 1)];
        if (how === 'drop') return Buffer.concat([left, right]);
        if (how === 'double') return Buffer.concat([left, one, one, right]);
        return Buffer.concat([left, Buffer.from([(one[0] ?? 0) ^ bits]), right]);
      }, Buffer.from(seed)),
    );

describe('what sekisho judge reads', () => {
  test('as a policy is one, or is refused with its code', () => {
    fc.assert(
      fc.property(fc.oneof(bent(POLICY).map(String), fc.json(), fc.string()), (text) => {
        try {
          expect(Array.isArray(parsePolicy(text).assets)).toBe(true);
        } catch (thrown) {
          expect(hasCode(thrown, 'policy_invalid')).toBe(true);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('as lines are the same however the bytes come, and never longer than their bound', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 60 }),
        fc.array(fc.nat(59)),
        fc.integer({ min: 1, max: 20 }),
        (bytes, cuts, max) => {
          // Line feeds often, so that there are lines.
          const all = Buffer.from(bytes.map((byte) => (byte % 5 === 0 ? 0x0a : byte)));
          const whole = new LineSplitter(max);
          const expected = [...whole.take(all), ...whole.rest()];
          const pieces = new LineSplitter(max);
          const places = [0, ...cuts.filter((cut) => cut < all.length).sort((left, right) => left - right), all.length];
          const got = places.slice(1).flatMap((end, at) => pieces.take(all.subarray(places[at], end)));
          expect([...got, ...pieces.rest()]).toEqual(expected);
          expect(expected.every((line) => line === undefined || line.length <= max)).toBe(true);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test('as lines is answered line by line, and what is no line is denied', () => {
    const policy = parsePolicy(POLICY);
    fc.assert(
      fc.property(
        fc.oneof(
          bent(LINES),
          fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)),
        ),
        (input) => {
          const splitter = new LineSplitter(1_000);
          const lines = [...splitter.take(input), ...splitter.rest()];
          const answers = createLineJudge(policy).answers(lines).split('\n').slice(0, -1);
          expect(answers).toHaveLength(lines.length);
          for (const answer of answers) {
            const { verdict, error } = JSON.parse(answer) as { verdict: string; error?: string };
            expect(['allow', 'ask', 'deny']).toContain(verdict);
            if (error !== undefined) expect(verdict).toBe('deny');
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
