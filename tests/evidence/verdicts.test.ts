import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { EXIT_CODES, FINDINGS, VERDICTS } from '../../evidence/index.ts';
import { CATALOGUES } from '../../messages/index.ts';
import { ROOT } from '../support/paths.ts';

const python = readFileSync(join(ROOT, 'evidence/python/verify.py'), 'utf8');
const formats = readFileSync(join(ROOT, 'docs/formats/evidence-v1.md'), 'utf8');

test('the four words have each an exit code of its own, the same in Python and in the document', () => {
  expect(EXIT_CODES).toEqual({ VERIFIED: 0, TAMPERED: 1, INCOMPLETE: 2, 'VERIFIED-UNWITNESSED': 3 });
  for (const word of VERDICTS) {
    expect(python).toContain(`"${word}": ${EXIT_CODES[word]}`);
    expect(formats).toContain(`| \`${word}\` | ${EXIT_CODES[word]} |`);
    for (const language of ['en', 'ja'] as const) expect(CATALOGUES[language][`evidence.${word}`]).toBeDefined();
  }
});

test('every finding weighs the same in Python, and is said in both languages', () => {
  const table = /SEVERITY = \{(.*?)\n\}/s.exec(python)?.[1] ?? '';
  const weights = new Map(
    [...table.matchAll(/"(\w+)": ((?:\s*"[^"]*")+)/g)].flatMap(([, severity = '', texts = '']) =>
      [...texts.matchAll(/\w+/g)].map(([code]) => [code, severity] as const),
    ),
  );
  expect(Object.fromEntries(weights)).toEqual({ ...FINDINGS });
  for (const code of Object.keys(FINDINGS)) {
    for (const language of ['en', 'ja'] as const) {
      expect(CATALOGUES[language][`evidence.finding.${code}`] ?? `${language} ${code}`).not.toBe(`${language} ${code}`);
    }
  }
});
