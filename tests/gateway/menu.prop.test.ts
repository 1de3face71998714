import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Key, KeyReader } from '../../gateway/ssh/menu/keys.ts';
import { columnsOf, fitted } from '../../gateway/ssh/menu/width.ts';
import { shown, stored } from '../../gateway/ssh/printable.ts';

/** Text that is written in one piece may arrive in any: the letters are the same, however they are grouped. */
function flatten(keys: readonly Key[]): string[] {
  return keys.flatMap((key) => (key.kind === 'text' ? Array.from(key.text) : [`<${key.kind}>`]));
}

const press = fc.oneof(
  fc.constantFrom('\x1b[A', '\x1b[B', '\x1bOH', '\x1b[4~', '\x1b[1;5C', '\x7f', '\x0e', '\t'),
  fc.constantFrom('a', 'é', '日', '👍', ' '),
);

describe('KeyReader', () => {
  test('reads the same keys wherever the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(press, { maxLength: 20 }), fc.array(fc.nat(80)), (presses, cuts) => {
        const bytes = Buffer.from(presses.join(''));
        const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
        const reader = new KeyReader();
        const keys = places
          .slice(1)
          .flatMap((place, index) => [...reader.read(bytes.subarray(places[index], place)).keys]);
        expect(flatten(keys)).toEqual(flatten(new KeyReader().read(bytes).keys));
      }),
    );
  });

  test('takes any bytes, and hands on or forgets every one of them', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 8 }), (chunks) => {
        const reader = new KeyReader();
        for (const chunk of chunks) {
          const { rest } = reader.read(Buffer.from(chunk));
          expect(rest.length).toBeLessThanOrEqual(chunk.length + 32);
        }
      }),
    );
  });
});

test('a fitted text has exactly the columns asked for, whatever the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 0, max: 60 }), (text, columns) => {
      expect(columnsOf(fitted(shown(text), columns))).toBe(columns);
    }),
  );
});

describe('what a client wrote', () => {
  const hostile = fc.string({ unit: 'binary', maxLength: 3_000 });

  test('is shown without anything that moves a cursor or reorders text, and bounded', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(shown(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u);
        expect(shown(text).length).toBeLessThanOrEqual(200);
      }),
    );
  });

  test('is stored as printable text, bounded, from which short text can be told again', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const kept = stored(text);
        expect(kept).not.toMatch(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u);
        expect(kept.length).toBeLessThanOrEqual(10 * 1_024);
        const back = kept.replace(/\\(\\|u\{([0-9a-f]+)\})/g, (_whole, one: string, code: string | undefined) =>
          code === undefined ? one : String.fromCodePoint(Number.parseInt(code, 16)),
        );
        expect(text.startsWith(back)).toBe(true);
        if (text.length <= 1_024) expect(back).toBe(text);
      }),
    );
  });
});
