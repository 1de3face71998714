import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { OutputCleaner } from '../../../recorder/replay/clean-output.ts';

const piece = fc.oneof(
  fc.constantFrom(
    '\u001b',
    '[',
    ']',
    '52;c;',
    '?',
    '1049',
    'h',
    'c',
    'n',
    '6',
    '\u0007',
    '\u001b\\',
    '\u009b',
    '\u009d',
    'P',
    'x',
  ),
  fc.string({ unit: 'binary', maxLength: 4 }),
);

test('whatever comes in, nothing comes out that starts a string, asks a question or leaves a sequence open', () => {
  fc.assert(
    fc.property(fc.array(fc.array(piece), { maxLength: 8 }), (pieces) => {
      const cleaner = new OutputCleaner();
      for (const parts of pieces) {
        const shown = cleaner.push(parts.join(''));
        const left = shown
          .replace(/\u001b\[(\?[\d;]*[hlJK]|[\d;:]*[@-HIJKLMPSTXZ`bdefghlmrsu]|\d* q|!p)/g, '')
          .replace(/\u001b([78DEHMc=>]|#8|[()*+][0-9A-Za-z])/g, '');
        expect(left).not.toMatch(/[\u001b\u0005\u0007\u007f-\u009f]/);
      }
    }),
    { numRuns: 2_000 },
  );
});
