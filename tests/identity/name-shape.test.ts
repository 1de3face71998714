import { describe, expect, test } from '@jest/globals';
import { nameShape } from '../../identity/persons/name-shape.ts';

describe('two names look the same', () => {
  test.each([
    ['Aoki Makoto', 'Аоki Mаkоtо'],
    ['Chen Wei', 'chen  wei'],
    ['Marie', 'Ｍａｒｉｅ'],
    ['Annie', 'An\u200Bnie'],
    ['Ilya', 'lIya'],
    ['modern', 'modem'],
    ['José', 'Jose\u0301'],
    ['力石 徹', 'カ石 徹'],
    ['高橋 一', '髙橋 ー'],
    ['山崎', '山﨑'],
    ['斎藤', '齋藤'],
  ])('%s and %s', (one, other) => {
    expect(nameShape(one)).toBe(nameShape(other));
  });
});

test('different names look different', () => {
  const names = ['青木 真', '青木 信', 'Aoki', 'Akio', '田中 花子', '田中 太郎', 'Chen Wei', 'Chan Wei'];
  expect(new Set(names.map(nameShape)).size).toBe(names.length);
});

test('a name of nothing but invisible characters has no shape, and a long one a bounded one', () => {
  expect(nameShape('\u200B\u2060')).toBe('');
  expect(nameShape('ﷺ'.repeat(200)).length).toBeLessThanOrEqual(400);
});
