import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { sha256 } from '../../foundation/index.ts';
import { MIGRATIONS_DIRECTORY } from '../support/paths.ts';

/**
 * SHA-256 of every migration. A database somewhere has run each of them: change the schema with a new file and add its
 * digest here. Only a migration that no release has carried may change, and its digest with it.
 */
const LANDED: Readonly<Record<string, string>> = {
  '0001_first_road.sql': '12448f3123ebbe9a2a186e790c81e6810a304697e9c553676d4c6d06c17641e8',
  '0002_ways.sql': '7d69d1c4cb7c3cf068e8470956689e3d2ee2261ae2d40bc67939c5465b28133f',
  '0003_authentication.sql': 'f5adf0a3c66c057de5cfccecfdccdb436ba8b55b49576ae8447f228abed95e06',
  '0007_workers.sql': 'e5aef9df0e1959b99c86f783c8d433876ad8a17e4ba40418aa64d8a84f993448',
};

test('a migration that has landed is never edited or removed', async () => {
  const names = (await readdir(MIGRATIONS_DIRECTORY)).sort();
  const found = await Promise.all(
    names.map(
      async (name) => [name, sha256(await readFile(join(MIGRATIONS_DIRECTORY, name))).toString('hex')] as const,
    ),
  );
  expect(Object.fromEntries(found)).toEqual(LANDED);
});
