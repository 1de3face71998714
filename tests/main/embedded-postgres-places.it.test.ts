import { chown, lstat, mkdir, readlink, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { locateBinaries, repairLinks } from '../../main/embedded-postgres/binaries.ts';
import { placePostgres } from '../../main/embedded-postgres/placement.ts';
import { describeWith } from '../support/partners.ts';
import { tempDirectory } from '../support/temp-directory.ts';

const NOBODY = 65534;

/** A stand-in for the package's native/ directory: one library and the list of its links. */
async function nativeDirectory(parent: string, links: readonly { source: string; target: string }[]): Promise<string> {
  const native = join(parent, 'package', 'native');
  await mkdir(join(native, 'lib'), { recursive: true, mode: 0o755 });
  await writeFile(join(native, 'lib', 'libicu.so.60.2'), 'library');
  await writeFile(join(native, 'pg-symlinks.json'), JSON.stringify(links));
  return native;
}

const LINK = { source: 'native/lib/libicu.so.60.2', target: 'native/lib/libicu.so.60' };

describe('the binaries of the embedded database', () => {
  test('that are not installed are an error that names the way out', async () => {
    await using directory = await tempDirectory();
    await expect(locateBinaries(pathToFileURL(join(directory.path, 'main.js')).href)).rejects.toMatchObject({
      code: 'start_refused',
      message: expect.stringContaining('set DATABASE_URL') as unknown,
    });
  });

  test('do not get a link outside their directory, whatever their list says', async () => {
    await using directory = await tempDirectory();
    const outside = { source: LINK.source, target: 'native/../../escaped' };
    const native = await nativeDirectory(directory.path, [LINK, outside]);
    expect(await repairLinks(native)).toBe(false);
    await expect(lstat(join(directory.path, 'escaped'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('get the links that a blocked install script did not make', async () => {
    await using directory = await tempDirectory();
    const native = await nativeDirectory(directory.path, [LINK]);
    expect(await repairLinks(native)).toBe(true);
    expect(await readlink(join(native, 'lib', 'libicu.so.60'))).toBe('libicu.so.60.2');
    expect(await repairLinks(native)).toBe(true);
  });
});

describeWith('root', 'the place of the embedded database, as root', () => {
  const place = async (root: string) => {
    const native = await nativeDirectory(root, [LINK]);
    await mkdir(join(root, 'closed'), { mode: 0o700 });
    await mkdir(join(root, 'shared'), { mode: 0o755 });
    return {
      directory: join(root, 'closed', 'postgres'),
      binaries: { native, version: '18.4.0' },
      sharedRoot: join(root, 'shared'),
    };
  };

  test('is refused when somebody else made the shared directory first', async () => {
    await using directory = await tempDirectory();
    const options = await place(directory.path);
    await mkdir(join(options.sharedRoot, 'sekisho-0'));
    await chown(join(options.sharedRoot, 'sekisho-0'), NOBODY, NOBODY);
    await expect(placePostgres(options)).rejects.toMatchObject({
      code: 'start_refused',
      message: expect.stringContaining('belongs to somebody else') as unknown,
    });
  });

  test('is refused when the shared directory is a link to somewhere', async () => {
    await using directory = await tempDirectory();
    const options = await place(directory.path);
    await mkdir(join(directory.path, 'somewhere'));
    await symlink(join(directory.path, 'somewhere'), join(options.sharedRoot, 'sekisho-0'));
    await expect(placePostgres(options)).rejects.toMatchObject({ code: 'start_refused' });
  });

  test('has a copy of binaries that nobody could not reach, made once', async () => {
    await using directory = await tempDirectory();
    const options = await place(join(directory.path));
    const closed = {
      ...options,
      binaries: { ...options.binaries, native: await nativeDirectory(join(directory.path, 'closed'), [LINK]) },
    };
    const first = await placePostgres(closed);
    expect(first.native).toBe(join(options.sharedRoot, 'sekisho-0', 'postgres', '18.4.0'));
    expect(await readlink(join(first.native, 'lib', 'libicu.so.60'))).toBe('libicu.so.60.2');
    const made = await stat(first.native);
    expect((await placePostgres(closed)).native).toBe(first.native);
    expect((await stat(first.native)).ino).toBe(made.ino);
  });
});
