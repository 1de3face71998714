import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createTerminalGuard, type TerminalEncoding } from '../../../policy/index.ts';

const pieces = fc.constantFrom(
  'text',
  '\n',
  '\x1b',
  '\x1b[31m',
  '\x1b[21t',
  '\x1b]52;c;QQ==\x07',
  '\x1b]0;tïtle\x1b\\',
  '\x1bPq',
  '\x1b\\',
  '\x1b_G',
  '\x07',
  '**\x18B00000000000000\r',
  '**',
  '\x18',
  'B00',
  '::TRZSZ:TRANSFER:',
  '::TRZSZ',
  ':TRANSFER:',
  ':',
  '\xc2',
  '\x9b',
  '\x9d',
  '[',
  ']',
  '日',
  '🍣',
  '\xe3',
  '\x81',
  '\x82',
  '\x05',
  '\x01',
  '# S',
  '\x00',
  '\xff',
  '\x1b(',
  'B',
  '\x1b[?1049',
  'h',
  '*',
); // prettier-ignore
const streams = fc
  .array(pieces, { maxLength: 24 })
  .map((parts) =>
    Buffer.concat(
      parts.map((part) => Buffer.from(part, /[^\xff]/.test(part) && /[^\0-\xff]/.test(part) ? 'utf8' : 'latin1')),
    ),
  );

function run(chunks: readonly Buffer[], encoding: TerminalEncoding) {
  const guard = createTerminalGuard({ encoding });
  const results = [...chunks.map((chunk) => guard.take(chunk)), guard.finish()];
  const dropped: Record<string, number> = {};
  for (const { kind, bytes } of results.flatMap((result) => result.dropped))
    dropped[kind] = (dropped[kind] ?? 0) + bytes;
  return {
    pass: Buffer.concat(results.map(({ pass }) => pass)).toString('latin1'),
    dropped,
    cancelled: results.some(({ cancel }) => cancel !== undefined),
  };
}

describe('the output guard, on any stream', () => {
  for (const encoding of ['utf8', 'legacy'] as const) {
    test(`answers the same split at every byte (${encoding})`, () => {
      fc.assert(
        fc.property(streams, (stream) => {
          const whole = run([stream], encoding);
          expect(
            run(
              Array.from(stream, (byte) => Buffer.from([byte])),
              encoding,
            ),
          ).toEqual(whole);
          for (let at = 1; at < stream.length; at += 1) {
            expect(run([stream.subarray(0, at), stream.subarray(at)], encoding)).toEqual(whole);
          }
        }),
        { numRuns: 300 },
      );
    });
  }

  test('passes nothing it would leave out the second time', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), streams, (bytes, stream) => {
        const once = run([Buffer.from(bytes), stream, Buffer.from(bytes)], 'utf8');
        const twice = run([Buffer.from(once.pass, 'latin1')], 'utf8');
        expect({ pass: twice.pass, dropped: twice.dropped }).toEqual({ pass: once.pass, dropped: {} });
      }),
      { numRuns: 500 },
    );
  });
});
