import { describe, expect, test } from '@jest/globals';
import { countHidden, visibleRuns, visibleText } from '../../web/ui/format/visible.ts';

describe('a hostile text on the page', () => {
  test.each([
    ['a right-to-left override', 'a\u202eb', 'a[U+202E]b'],
    ['an isolate', '\u2066x\u2069', '[U+2066]x[U+2069]'],
    ['a zero-width space', 'gz\u200bip', 'gz[U+200B]ip'],
    ['a byte order mark', '\ufeffls', '[U+FEFF]ls'],
    ['an escape sequence', '\u001b[31mred', '[U+001B][31mred'],
    ['a newline', 'a\nb', 'a[U+000A]b'],
    ['a carriage return', 'a\rb', 'a[U+000D]b'],
    ['a tab', 'a\tb', 'a[U+0009]b'],
    ['a no-break space', 'a\u00a0b', 'a[U+00A0]b'],
    ['an ideographic space', 'a\u3000b', 'a[U+3000]b'],
    ['a hangul filler', 'a\u3164b', 'a[U+3164]b'],
    ['a blank braille cell', 'a\u2800b', 'a[U+2800]b'],
    ['a variation selector', 'a\ufe0fb', 'a[U+FE0F]b'],
    ['a tag character', 'a\u{e0041}b', 'a[U+E0041]b'],
    ['a lone surrogate', 'a\ud800b', 'a[U+D800]b'],
    ['a private-use character', 'a\ue000b', 'a[U+E000]b'],
  ])('does not hide %s', (_name, text, shown) => {
    expect(visibleText(text)).toBe(shown);
  });

  test('keeps what can be seen as it is, Japanese and the plain space included', () => {
    expect(visibleText("SELECT '東京 花子 ｱﾘｽ' -- é ñ 𠮷")).toBe("SELECT '東京 花子 ｱﾘｽ' -- é ñ 𠮷");
    expect(countHidden('ls -l /srv')).toBe(0);
  });

  test('ends a line where the text does, after saying so', () => {
    expect(visibleRuns('a\nb')).toEqual([
      { kind: 'plain', text: 'a' },
      { kind: 'hidden', codePoint: 'U+000A', lineEnd: true },
      { kind: 'plain', text: 'b' },
    ]);
  });

  test('counts each character that cannot be seen', () => {
    expect(countHidden('\u202ea\u200b\u200b')).toBe(3);
  });
});
