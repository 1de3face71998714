import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  createOpaqueDetector,
  createPersonalDataMeter,
  createRedactor,
  IDENTIFIER_KINDS,
} from '../../../policy/index.ts';
import { KEY } from './metering.ts';

const pieces = fc.constantFrom(
  'taro@example.jp',
  '090-1234-5678',
  '080-',
  '9876',
  '-5432',
  '\n',
  '\r\n',
  ',',
  ' ',
  '佐藤 太郎',
  'サトウ タロウ',
  '\x1b[31m',
  '\x1b[K',
  '\x1b[2;1H',
  '\b',
  'dGFyb0BleGFtcGxlLmpwIDA5MC0xMjM0LTU2Nzgg',
  '\ndGFyb0BleGFtcGxlLmpwIDA5MC0xMjM0LTU2Nzgg\n',
  '\n00000000: 3039 302d 3132 3334 2d35 3637 380a       090-1234-5678.\n',
  'name: ',
  '}',
  '\0',
  '0 9 0 - 1 2 3 4 - 5 6 7 8',
  '日',
  '４１１１',
  '4111 1111 1111 1111',
  'x'.repeat(300),
  '\x1f\x8b\x08',
  '%40',
  '\\u0040',
  '\n0\n9\n0\n',
  '\x01',
  '\xff',
); // prettier-ignore
const streams = fc.array(pieces, { maxLength: 30 }).map((parts) => Buffer.from(parts.join('')));

function cut(stream: Buffer, cuts: readonly number[]): Buffer[] {
  const at = [0, ...cuts.map((one) => Math.min(one, stream.length)).sort((a, b) => a - b), stream.length];
  return at.slice(1).map((end, index) => stream.subarray(at[index], end));
}

function metered(chunks: readonly Buffer[]) {
  const meter = createPersonalDataMeter({ key: KEY });
  const results = [...chunks.map((chunk) => meter.take(chunk)), meter.finish()];
  return {
    persons: results.flatMap(({ persons }) => persons.map(({ person }) => String(person))),
    opaque: meter.opaqueBytes(),
    counts: meter.counts(),
  };
}

describe('whatever the stream, and wherever its chunks end', () => {
  test('the meter finds the same persons', () => {
    fc.assert(
      fc.property(streams, fc.array(fc.nat(600), { maxLength: 12 }), (stream, cuts) => {
        const whole = metered([stream]);
        expect(metered(cut(stream, cuts))).toEqual(whole);
        expect(metered(Array.from(stream, (byte) => Buffer.from([byte])))).toEqual(whole);
      }),
      { numRuns: 300 },
    );
  });

  test('places are inside the chunk, and in order', () => {
    fc.assert(
      fc.property(streams, fc.array(fc.nat(600), { maxLength: 6 }), (stream, cuts) => {
        const meter = createPersonalDataMeter({ key: KEY });
        for (const chunk of cut(stream, cuts)) {
          const { persons } = meter.take(chunk);
          for (const { at } of persons) expect(at <= chunk.length && at >= 0).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('a place in a line that began in an earlier chunk counts from the beginning of this one', () => {
    const meter = createPersonalDataMeter({ key: KEY });
    meter.take(Buffer.from('注文の控え 一件目 090-1111-2222 二件目 '));
    const { persons } = meter.take(Buffer.from('090-3333-4444\n'));
    expect(persons.map(({ at }) => at)).toEqual([0, 0]);
  });

  test('the detector answers the same', () => {
    fc.assert(
      fc.property(streams, fc.array(fc.nat(600), { maxLength: 8 }), (stream, cuts) => {
        const detect = (chunks: readonly Buffer[]) => {
          const detector = createOpaqueDetector();
          for (const chunk of chunks) detector.take(chunk);
          return detector.finish();
        };
        expect(detect(cut(stream, cuts))).toBe(detect([stream]));
      }),
      { numRuns: 200 },
    );
  });

  test('the redactor shows the same, and as much', () => {
    fc.assert(
      fc.property(streams, fc.array(fc.nat(600), { maxLength: 12 }), (stream, cuts) => {
        const redacted = (chunks: readonly Buffer[]) => {
          const redactor = createRedactor({ kinds: IDENTIFIER_KINDS });
          return Buffer.concat([...chunks.map((chunk) => redactor.take(chunk)), redactor.finish()]);
        };
        const whole = redacted([stream]);
        expect(redacted(cut(stream, cuts)).toString('latin1')).toBe(whole.toString('latin1'));
        expect(whole.toString().split('\n').length).toBe(stream.toString().split('\n').length);
      }),
      { numRuns: 300 },
    );
  });

  test('bytes of any kind are read to their end', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3_000 }), (bytes) => {
        const { opaque } = metered([Buffer.from(bytes)]);
        expect(opaque).toBeLessThanOrEqual(bytes.length * 2);
      }),
      { numRuns: 300 },
    );
  });
});
