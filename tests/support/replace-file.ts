import { randomUUID } from 'node:crypto';
import { rename, writeFile } from 'node:fs/promises';

/** Writes a file that a program may be reading at this moment: it sees what was there or all of what is new. */
export async function replaceFile(path: string, content: string): Promise<void> {
  const next = `${path}.${randomUUID()}`;
  await writeFile(next, content);
  await rename(next, path);
}
