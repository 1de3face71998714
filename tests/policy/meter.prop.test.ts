import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createMeter, type MeterLimits } from '../../policy/index.ts';

const pieces = fc.constantFrom(
  '-- c\n',
  '/* c */',
  "INSERT INTO m VALUES (1,'a'),(2,'b;');\n",
  'COPY m FROM stdin;\n',
  '\\.\n',
  '1\t2\n',
  "'",
  '"',
  '(',
  ')',
  ';',
  '\n',
  '\r',
  '\\',
  'x',
  'CREATE t (a);\n',
  ' ',
);
const texts = fc.array(pieces, { maxLength: 40 }).map((parts) => Buffer.from(parts.join('')));
const limits = fc.record({ rowsMax: fc.nat(12), bytesMax: fc.nat(200) });

function run(chunks: readonly Uint8Array[], limit: MeterLimits) {
  const meter = createMeter(limit);
  const passed = chunks.map((chunk) => Buffer.from(meter.take(chunk).pass));
  meter.finish();
  return { rows: meter.rows, bytes: meter.bytes, passed: Buffer.concat(passed).toString('latin1') };
}

describe('the meter, on any stream', () => {
  test('answers the same wherever the chunks are split', () => {
    fc.assert(
      fc.property(texts, limits, fc.array(fc.nat(200), { maxLength: 8 }), (text, limit, cuts) => {
        const at = [0, ...cuts.map((cut) => Math.min(cut, text.length)).sort((a, b) => a - b), text.length];
        const chunks = at.slice(1).map((end, index) => text.subarray(at[index], end));
        expect(run(chunks, limit)).toEqual(run([text], limit));
      }),
      { numRuns: 500 },
    );
  });

  test('passes a prefix, within its bytes and rows', () => {
    fc.assert(
      fc.property(texts, limits, (text, limit) => {
        const { rows, bytes, passed } = run([text], limit);
        expect(text.toString('latin1').startsWith(passed)).toBe(true);
        expect(bytes).toBe(passed.length);
        expect(bytes).toBeLessThanOrEqual(limit.bytesMax);
        expect(rows).toBeLessThanOrEqual(limit.rowsMax);
      }),
      { numRuns: 500 },
    );
  });

  test('counts plain lines exactly', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z0-9,]{1,12}$/), { maxLength: 30 }), (lines) => {
        const text = Buffer.from(['id', ...lines].map((line) => `${line}\n`).join(''));
        expect(run([text], { rowsMax: 1e6, bytesMax: 1e6 }).rows).toBe(lines.length + 1);
      }),
    );
  });
});
