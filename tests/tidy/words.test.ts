/** One thing has one word, in the console, in the command's words and in a bundle alike. */
import { expect, test } from '@jest/globals';
import { CATALOGUES } from '../../messages/index.ts';
import { CATALOGUES as CONSOLE } from '../../web/ui/messages/index.ts';

test('a witness is 証人 in Japanese, never 立会人', () => {
  const said = [...Object.entries(CATALOGUES.ja), ...Object.entries(CONSOLE.ja)];
  expect(said.filter(([, text]) => text.includes('立会人')).map(([key]) => key)).toEqual([]);
  expect(said.some(([, text]) => text.includes('証人'))).toBe(true);
});
