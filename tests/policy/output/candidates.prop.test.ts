/** What is asked of the bytes before an expression is: a no there has to be a no of the expression, whatever the line. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mayBeCode, mayHoldTokens } from '../../../policy/output/decoding/candidates.ts';
import { decodeDump } from '../../../policy/output/decoding/dumps.ts';
import { withoutEscapes } from '../../../policy/output/decoding/escapes.ts';
import { decodedTokens, tokenShape } from '../../../policy/output/decoding/tokens.ts';
import { otherReadings } from '../../../policy/output/decoding/rearranged.ts';
import { featuresOf } from '../../../policy/output/features.ts';
import { mayNameSomebody } from '../../../policy/output/identifiers/candidates.ts';
import { findEmails } from '../../../policy/output/identifiers/emails.ts';
import { findJapanese } from '../../../policy/output/identifiers/japanese.ts';
import { findCards, findIbans, findMyNumbers } from '../../../policy/output/identifiers/numbers.ts';
import { findPhones } from '../../../policy/output/identifiers/phones.ts';
import { isText, plainLine } from '../../../policy/output/text.ts';

const ALPHABETS = ['0123456789', '0189 -', '0-9+()./: 81', 'aA_0+9 -', '_defgh`\\%', '%=\\x41&#u;', '@.comjpnetgr-'];
const WORDS =
  `090-1234-5678 0312345678 (03) +81 0081 4111111111111111 4111 1234-5678-9018 123456789018 GB82 WEST 1234 taro@
  example.jp pj.elpmaxe@ moc.x@ _h_\`bab QUJDREVGR0hJSktMTU5P 3039302d31323334 \\x41 %40 &#64; 8765-4321-090 JP1 "," ,
  0800 081`.split(/\s+/);
const pieces = fc.oneof(
  fc.constantFrom(...WORDS, ' ', '  ', '\t'),
  ...ALPHABETS.map((letters) => fc.string({ unit: fc.constantFrom(...Array.from(letters)), maxLength: 24 })),
);
const lines = fc.array(pieces, { maxLength: 8 }).map((parts) => parts.join(''));
const WIDE = Array.from(
  '佐藤田中花子市区町県都道府東京神奈川渋谷〒一二三〇さとうサトウー（）：、。・・ 1-29090\u3000０９\u200b',
);
const wideLines = fc.string({ unit: fc.constantFrom(...WIDE, '〒150-0001', '佐藤 花子', '2-3-4'), maxLength: 30 });

function look(line: string) {
  const bytes = Buffer.from(line);
  return featuresOf(bytes, 0, bytes.length);
}

describe('what is asked before an expression', () => {
  test('a number that an expression finds is never overlooked', () => {
    fc.assert(
      fc.property(lines, (line) => {
        const features = look(line);
        if (!features.phone && !features.number) expect(findPhones(line, false)).toEqual([]);
        if (features.digits < 12) expect(findMyNumbers(line)).toEqual([]);
        if (features.digits < 13) expect(findCards(line)).toEqual([]);
        if (!features.iban) expect(findIbans(line)).toEqual([]);
        if (!features.at) expect(findEmails(line)).toEqual([]);
      }),
      { numRuns: 3_000 },
    );
  });

  test('nor is one that stands backwards or turned', () => {
    fc.assert(
      fc.property(lines, (line) => {
        const features = look(line);
        const read = otherReadings(line, features).length;
        const all = { ...features, number: true, turned: features.escapes >= 2, spaced: false };
        if (read === 0 && !features.spaced) expect(otherReadings(line, all)).toEqual([]);
      }),
      { numRuns: 3_000 },
    );
  });

  test('what decodes to text is never overlooked', () => {
    fc.assert(
      fc.property(lines, (line) => {
        const bytes = Buffer.from(line);
        const says = decodedTokens(line).some((token) => isText(token) || token.length >= 300);
        if (says) expect(mayHoldTokens(bytes, 0, bytes.length)).toBe(true);
        if (line.length >= 16 && tokenShape(line, undefined) !== undefined)
          expect(mayBeCode(bytes, 0, bytes.length)).toBe(true);
        const dump = decodeDump(line);
        if (line.length >= 16 && dump !== undefined && !look(line).address)
          expect(mayBeCode(bytes, 0, bytes.length)).toBe(true);
        if (look(line).escapes < 3) expect(withoutEscapes(line)).toBeUndefined();
      }),
      { numRuns: 3_000 },
    );
  });

  test('nor is a name, an address or a postal code in Japanese, in whatever width', () => {
    fc.assert(
      fc.property(wideLines, (line) => {
        const features = look(line);
        if (features.high === 0 || mayNameSomebody(line, features)) return;
        const plain = plainLine(line);
        expect(findJapanese(plain, look(plain))).toEqual([]);
        expect(otherReadings(plain, { ...look(plain), high: features.high })).toEqual([]);
      }),
      { numRuns: 3_000 },
    );
  });
});
