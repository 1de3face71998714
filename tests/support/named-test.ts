import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { ROOT } from './paths.ts';

/** A list says that this test holds something: there is one of that name in `file`, a path below `tests`. */
export async function expectNamedTest(file: string, name: string): Promise<void> {
  expect(await readFile(join(ROOT, 'tests', file), 'utf8')).toContain(name);
}
