import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { countLines } from '../../gateway/ssh/output/line-count.ts';

const lines = fc.array(fc.oneof({ weight: 3, arbitrary: fc.nat(6) }, { weight: 1, arbitrary: fc.nat(300) }), {
  maxLength: 600,
});

test('lines are counted exactly, however long they are and wherever their memory begins', () => {
  fc.assert(
    fc.property(lines, fc.nat(7), fc.nat(100), fc.integer({ min: 1, max: 255 }), (lengths, offset, cut, letter) => {
      const filled = letter === 0x0a ? 0x8a : letter;
      const text = Buffer.concat(lengths.map((length) => Buffer.from([...Buffer.alloc(length, filled), 0x0a])));
      const memory = Buffer.alloc(text.length + offset, 0x0a); // What stands before is not counted.
      text.copy(memory, offset);
      const bytes = memory.subarray(offset);
      const length = Math.max(0, text.length - cut);
      let expected = 0;
      for (const byte of text.subarray(0, length)) if (byte === 0x0a) expected += 1;
      expect(countLines(bytes, length)).toBe(expected);
    }),
  );
});

test('the most line feeds that fit are counted', () => {
  expect(countLines(Buffer.alloc(100_003, 0x0a), 100_003)).toBe(100_003);
});
