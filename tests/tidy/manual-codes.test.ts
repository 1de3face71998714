/** Every code in brackets that a person can read has its row in both manuals: what it means, and what to do. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { CATALOGUES } from '../../messages/index.ts';
import { ROOT } from '../support/paths.ts';
import { readSources } from './sources.ts';

const gateway = (await readSources()).filter(({ path }) => path.startsWith('gateway/'));

/** Said with a code of their own: `say('key', 'code'`. */
const said = gateway
  .flatMap(({ lines }) => [...lines.join('\n').matchAll(/\bsay\(\s*'[\w.]+',\s*'(\w+)'/g)])
  .map(([, code]) => code!);

/** Families of messages whose codes are made of their keys. */
const FAMILIES: readonly (readonly [prefix: string, code: string])[] = [
  ['access.', 'access_'],
  ['session.ended.', 'session_'],
  ['session.ends_soon.', 'session_ends_soon_'],
  ['error.', ''],
];
const NO_CODE = ['error.at_relay']; // Words around another failure, whose code it has.

const made = Object.keys(CATALOGUES.en)
  .filter((key) => !NO_CODE.includes(key))
  .flatMap((key) =>
    FAMILIES.filter(([prefix]) => key.startsWith(prefix)).map(([prefix, code]) => `${code}${key.slice(prefix.length)}`),
  );

const codes = [...new Set([...said, ...made])].sort();

describe.each(['en', 'ja'])('the manual in %s', (language) => {
  test.each(codes)('has a row about [%s]', async (code) => {
    const text = await readFile(join(ROOT, 'docs', 'manual', `${language}.md`), 'utf8');
    const rows = text.split('\n').filter((line) => line.startsWith('| `'));
    expect(rows.some((row) => row.split('|')[1]?.includes(`\`${code}\``))).toBe(true);
  });
});

test('codes are found at all', () => {
  expect(said).toContain('channel_refused');
  expect(made).toContain('access_locked');
});
