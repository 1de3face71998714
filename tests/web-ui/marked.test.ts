import { expect, test } from '@jest/globals';
import { markedParts } from '../../web/ui/format/marked.ts';

test('spans that overlap, are empty or lie beyond the end lose and double nothing of the text', () => {
  const spans = [
    [3, 99],
    [1, 2],
    [1, 4],
    [2, 2],
    [200, 300],
  ] as const;
  const parts = markedParts('a cat x', spans);
  expect(parts.map(({ text }) => text).join('')).toBe('a cat x');
  expect(parts[0]).toEqual({ text: 'a', marked: false });
  expect(parts.slice(1).every(({ marked }) => marked)).toBe(true);
});
