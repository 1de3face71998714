/** The catalogues without the library that the console has for them: the page in a bundle is one small file. */
import { findingsEn } from '../../../messages/findings.en.ts';
import { findingsJa } from '../../../messages/findings.ja.ts';
import { checkEn } from '../messages/check.en.ts';
import { checkJa } from '../messages/check.ja.ts';
import { verdictsEn } from '../messages/verdicts.en.ts';
import { verdictsJa } from '../messages/verdicts.ja.ts';

const CATALOGUES = {
  en: { ...checkEn, ...findingsEn, ...verdictsEn },
  ja: { ...checkJa, ...findingsJa, ...verdictsJa },
};

export type WordKey = keyof (typeof CATALOGUES)['en'];
export type Words = (key: WordKey, values?: Readonly<Record<string, string | number>>) => string;

export function wordsOf(language: 'en' | 'ja'): Words {
  const catalogue: Readonly<Record<WordKey, string>> = CATALOGUES[language];
  return (key, values = {}) =>
    catalogue[key].replace(/\{\{(\w+)\}\}/g, (whole, name: string) => String(values[name] ?? whole));
}
