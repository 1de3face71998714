import { chmod, mkdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { holdDirectory, prepareDataDirectory } from '../../main/data-directory.ts';
import { startScript } from '../support/child.ts';
import { tempDirectory } from '../support/temp-directory.ts';

const mode = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

describe('the data directory', () => {
  test('that is a file is refused with its name', async () => {
    await using directory = await tempDirectory();
    const path = join(directory.path, 'data');
    await writeFile(path, '');
    await expect(prepareDataDirectory(path)).rejects.toMatchObject({
      code: 'start_refused',
      message: expect.stringContaining(path) as unknown,
    });
  });

  test('is closed to others even when it was made open', async () => {
    await using directory = await tempDirectory();
    const path = join(directory.path, 'data');
    await mkdir(join(path, 'keys'), { recursive: true });
    await chmod(path, 0o777);
    await chmod(join(path, 'keys'), 0o777);
    const made = await prepareDataDirectory(path);
    expect(await mode(made.root)).toBe(0o711);
    expect(await Promise.all([made.keys, made.recorder, made.demo].map(mode))).toEqual([0o700, 0o700, 0o700]);
  });
});

describe('holding a directory', () => {
  test('is refused while it is held, by whatever path', async () => {
    await using directory = await tempDirectory();
    await mkdir(join(directory.path, 'data'));
    await symlink('data', join(directory.path, 'alias'));
    await using _held = await holdDirectory(join(directory.path, 'data'));
    await expect(holdDirectory(join(directory.path, 'alias'))).rejects.toMatchObject({ code: 'start_refused' });
  });

  test('ends when it is let go, and another directory was never concerned', async () => {
    await using directory = await tempDirectory();
    await using other = await tempDirectory();
    const held = await holdDirectory(directory.path);
    await using _other = await holdDirectory(other.path);
    await held[Symbol.asyncDispose]();
    await using _again = await holdDirectory(directory.path);
  });

  test('ends with its process, even one that is killed', async () => {
    await using directory = await tempDirectory();
    await using holder = startScript('tests/main/hold-directory-child.ts', [directory.path]);
    expect(await holder.nextLine()).toBe('held');
    await expect(holdDirectory(directory.path)).rejects.toMatchObject({ code: 'start_refused' });
    await holder.kill('SIGKILL');
    await using _held = await holdDirectory(directory.path);
  });
});
