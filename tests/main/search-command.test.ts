import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { derivedOf, runSearch } from '../../main/derived.ts';
import { tempDirectory } from '../support/temp-directory.ts';

test.each([[[]], [['again']], [['rebuild', 'now']]])('`sekisho search` with %j is refused', async (words) => {
  await using directory = await tempDirectory();
  await expect(runSearch(directory.path, words)).rejects.toMatchObject({ code: 'request_invalid' });
});

test('`sekisho search rebuild` leaves the mark that the gateway looks for', async () => {
  await using directory = await tempDirectory();
  const place = join(derivedOf(directory.path), 'search');
  await mkdir(place, { recursive: true });
  const written = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    expect(await runSearch(directory.path, ['rebuild'])).toBe(0);
  } finally {
    written.mockRestore();
  }
  expect(await readdir(place)).toEqual(['rebuild']);
});
