import { describe, expect, test } from '@jest/globals';
import { CATALOGUES, message, type MessageKey } from '../../messages/index.ts';

const { en, ja } = CATALOGUES;
const keys = Object.keys(en);

/** The names in {braces}, sorted. */
const placeholders = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!).sort();

describe('the messages', () => {
  test('exist in both languages', () => {
    expect(keys.length).toBeGreaterThan(0);
    expect(Object.keys(ja).sort()).toEqual([...keys].sort());
  });

  test.each(keys)('%s has the same places to fill in, and says something, in both languages', (key) => {
    expect(placeholders(ja[key]!)).toEqual(placeholders(en[key]!));
    expect(en[key]!.trim()).not.toBe('');
    expect(ja[key]!.trim()).not.toBe('');
  });

  test('in Japanese are Japanese, and in English are not', () => {
    const japanese = /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u;
    const words = (text: string): string => text.replace(/\{\w+\}|sekisho|\[|\]|[\s:.,()-]/g, '');
    const foreign = keys.filter((key) => words(ja[key]!) !== '' && !japanese.test(ja[key]!) && ja[key] !== en[key]);
    expect(foreign).toEqual([]);
    const bilingual = ['sign_in.title', 'sign_in.code_prompt']; // Said before it is known who is there, in both languages at once.
    expect(keys.filter((key) => japanese.test(en[key]!))).toEqual(bilingual);
  });

  test('fill in what they are given, even a zero, and never what the value itself contains', () => {
    const key = keys.find((name) => placeholders(en[name]!).length > 0)! as MessageKey;
    const [name] = placeholders(en[key]!);
    expect(message('en', key, { [name!]: 0 })).toContain('0');
    expect(message('en', key, { [name!]: `{${name!}}` })).toContain(`{${name!}}`);
  });
});
