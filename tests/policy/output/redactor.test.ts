import { describe, expect, test } from '@jest/globals';
import stringWidth from 'string-width';
import { compileRules, createRedactor, IDENTIFIER_KINDS, type IdentifierKind } from '../../../policy/index.ts';
import { csv, people } from './people.ts';

function redact(text: string, kinds: readonly IdentifierKind[] = IDENTIFIER_KINDS): string {
  const redactor = createRedactor({ kinds });
  return Buffer.concat([redactor.take(Buffer.from(text)), redactor.finish()]).toString();
}

describe('masking', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['tel 090-1234-5678 home', 'tel 090-****-5678 home'],
    ['03-1234-5678', '03-****-5678'],
    ['０９０－１２３４－５６７８', '０９０－＊＊＊＊－５６７８'],
    ['taro.yamada@example.jp', 't***.******@example.jp'],
    ['4111 1111 1111 1111', '**** **** **** 1111'],
    ['個人番号 123456789018', '個人番号 ************'],
    ['| 佐藤 太郎 |', '| 佐＊ ＊＊ |'],
    ['ｻﾄｳ ﾀﾛｳ', 'ｻ** ***'],
    ['東京都千代田区丸の内1-9-1', '東京都千代田区＊＊＊*-*-*'],
    ['〒150-0041', '〒150-****'],
    ['nothing of anybody 2024-11-23 07:39:49', 'nothing of anybody 2024-11-23 07:39:49'],
  ];
  for (const [line, masked] of cases) {
    test(line, () => {
      expect(redact(`${line}\n`)).toBe(`${masked}\n`);
      expect(stringWidth(masked)).toBe(stringWidth(line));
    });
  }

  test('leaves nobody of a whole file to be read, and every column where it was', () => {
    const text = csv(people(50));
    const masked = redact(text);
    for (const { phone, email, kana } of people(50)) {
      for (const value of [phone, email, kana]) expect(masked).not.toContain(value);
    }
    const widths = (of: string) => of.split('\n').map((line) => stringWidth(line));
    expect(widths(masked)).toEqual(widths(text));
  });

  test('keeps colours where they are, and sees through them', () => {
    expect(redact('\x1b[31m090-12\x1b[0m34-5678\x1b[K\n')).toBe('\x1b[31m090-**\x1b[0m**-5678\x1b[K\n');
  });

  test('masks the kinds that are asked for, and no others', () => {
    expect(redact('090-1234-5678 taro@example.jp\n', ['email'])).toBe('090-1234-5678 t***@example.jp\n');
  });

  test('holds an unfinished line back until it ends or is asked for', () => {
    const redactor = createRedactor({ kinds: ['phone'] });
    expect(redactor.take(Buffer.from('call 090-12')).toString()).toBe('');
    expect(redactor.take(Buffer.from('34-5678\nnext')).toString()).toBe('call 090-****-5678\n');
    expect(redactor.flush().toString()).toBe('next');
    expect(redactor.flush().toString()).toBe('');
  });

  test('covers the rest of what a pause has cut in two', () => {
    const redactor = createRedactor({ kinds: ['phone'] });
    redactor.take(Buffer.from('090-1'));
    expect(redactor.flush().toString()).toBe('090-1');
    expect(redactor.take(Buffer.from('234-5678\n')).toString()).toBe('***-5678\n');
  });

  test('holds back no more than its bound', () => {
    const redactor = createRedactor({ kinds: ['phone'] });
    const shown = redactor.take(Buffer.alloc(100_000, 'x'));
    expect(shown.length).toBeGreaterThanOrEqual(100_000 - 4_097);
  });

  test('masks what a rule of an administrator finds, wherever the stream is cut', () => {
    const rules = compileRules([{ id: 'member', kind: 'custom', pattern: 'KAI-\\d{6}', flags: '' }]);
    const line = 'member KAI-000001 has paid\n';
    for (let cut = 0; cut <= line.length; cut += 1) {
      const redactor = createRedactor({ kinds: ['custom'], rules });
      const parts = [line.slice(0, cut), line.slice(cut)].map((part) => redactor.take(Buffer.from(part)));
      const shown = Buffer.concat([...parts, redactor.finish()]).toString();
      expect(shown).not.toContain('000001');
      expect(shown).toMatch(/^member \S{10} has paid\n$/);
    }
    const other = createRedactor({ kinds: ['phone'], rules });
    expect(Buffer.concat([other.take(Buffer.from(line)), other.finish()]).toString()).toBe(line);
  });
});
