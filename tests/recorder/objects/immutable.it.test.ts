import { execFile } from 'node:child_process';
import { open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { createLog, hasErrno, LIMITS, systemClock } from '../../../foundation/index.ts';
import { nodeFiles } from '../../../recorder/files.ts';
import { openObjects } from '../../../recorder/objects/open-objects.ts';
import { objectPath, type OwnedObjects } from '../../../recorder/objects/store.ts';
import { describeWith, partner } from '../../support/partners.ts';
import { tempDirectory } from '../../support/temp-directory.ts';
import { waitFor } from '../../support/wait-for.ts';
import { newObject } from './contract.ts';

const run = promisify(execFile);

function opened(directory: string, immutable: boolean): Promise<OwnedObjects> {
  return openObjects({
    directory,
    files: nodeFiles,
    clock: systemClock,
    log: createLog('silent'),
    limits: LIMITS,
    storage: { kind: 'file', immutable },
    role: 'owner',
    credentials: null,
  });
}

/** Whether the file cannot be removed even by us, who own it. */
async function isHeld(path: string): Promise<boolean> {
  return await unlink(path).then(
    () => false,
    (thrown: unknown) => hasErrno(thrown, 'EPERM'),
  );
}

/** The same, without a try to remove it. */
async function cannotBeWritten(path: string): Promise<boolean> {
  return await open(path, 'r+').then(
    async (file) => {
      await file.close();
      return false;
    },
    (thrown: unknown) => hasErrno(thrown, 'EPERM'),
  );
}

describeWith('chattr', 'objects in immutable files', () => {
  test('what is promised is what holds: a file that is called immutable cannot be removed, one that is not can', async () => {
    await using directory = await tempDirectory();
    for (const immutable of [false, true]) {
      const { id, parts, whole } = newObject();
      const path = join(directory.path, 'objects', objectPath(id));
      const store = await opened(directory.path, immutable);
      await store.put(parts, id);
      await store.put(parts, id);
      const { mode, detail } = await store.protection();
      expect(mode).toBe('detected'); // Root takes the mark off again.
      expect(immutable || detail === 'files_read_only').toBe(true);
      await store[Symbol.asyncDispose]();
      expect(await isHeld(path)).toBe(detail === 'files_immutable');
      const again = await opened(directory.path, immutable);
      expect(await again.get(id)).toEqual(detail === 'files_immutable' ? whole : undefined);
      await again[Symbol.asyncDispose]();
      await run(partner('chattr'), ['-R', '-i', '--', directory.path]).catch(() => undefined);
    }
  });

  test('what a process that ended could not mark is marked at the next start', async () => {
    await using directory = await tempDirectory();
    const { id, parts } = newObject();
    const path = join(directory.path, 'objects', objectPath(id));
    const first = await opened(directory.path, false);
    await first.put(parts, id);
    await first[Symbol.asyncDispose]();
    const second = await opened(directory.path, true);
    const { detail } = await second.protection();
    await waitFor('the mark', async () => (await cannotBeWritten(path)) === (detail === 'files_immutable'));
    await second[Symbol.asyncDispose]();
    expect(await isHeld(path)).toBe(detail === 'files_immutable');
    await run(partner('chattr'), ['-R', '-i', '--', directory.path]).catch(() => undefined);
  });
});
