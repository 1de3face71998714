import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { visibleRuns } from '../../web/ui/format/visible.ts';

const CONTROLS = [
  0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069, 0x200e, 0x200f, 0x061c, 0x200b,
];
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc
    .array(
      fc.oneof(fc.constantFrom(...CONTROLS.map((code) => String.fromCodePoint(code))), fc.string({ maxLength: 3 })),
    )
    .map((parts) => parts.join('')),
);

test('no character is lost, added or moved when hidden ones are drawn', () => {
  fc.assert(
    fc.property(text, (given) => {
      const again = visibleRuns(given)
        .map((run) =>
          run.kind === 'plain' ? run.text : String.fromCodePoint(Number.parseInt(run.codePoint.slice(2), 16)),
        )
        .join('');
      expect(again).toBe(given);
    }),
  );
});

test('no control character or change of direction is left in what is drawn as it is', () => {
  fc.assert(
    fc.property(text, (given) => {
      const drawn = visibleRuns(given).flatMap((run) => (run.kind === 'plain' ? Array.from(run.text) : []));
      for (const character of drawn) {
        const code = character.codePointAt(0) ?? 0;
        expect(code < 0x20 || (code >= 0x7f && code < 0xa0) || CONTROLS.includes(code)).toBe(false);
      }
    }),
  );
});
