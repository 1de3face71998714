import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { loadConfig } from '../../config/index.ts';
import { tempDirectory } from '../support/temp-directory.ts';

type Environment = Readonly<Record<string, string>>;

const load = (workingDirectory: string, environment: Environment = {}) =>
  loadConfig({ programDirectory: '/opt/sekisho', workingDirectory, environment });

describe('loading the configuration', () => {
  test('refuses a file that was named and is not there', async () => {
    await using directory = await tempDirectory();
    await expect(load(directory.path, { SEKISHO_CONFIG: 'missing.json' })).rejects.toMatchObject({
      code: 'config_invalid',
    });
  });

  test('refuses a file that is not JSON without quoting what may be a secret in it', async () => {
    await using directory = await tempDirectory();
    await writeFile(join(directory.path, 'sekisho.json'), '{ "mode": "demo", "oidc": hunter2 }');
    await expect(load(directory.path)).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.not.stringContaining('hunter2') as unknown,
    });
  });

  test('refuses an empty value where it was told to be in production', async () => {
    await using directory = await tempDirectory();
    await writeFile(join(directory.path, 'sekisho.json'), 'null');
    await expect(load(directory.path)).rejects.toMatchObject({ code: 'config_invalid' });
  });

  test('is a demo when there is no file', async () => {
    await using directory = await tempDirectory();
    expect(await load(directory.path)).toMatchObject({ mode: 'demo', dataDirectory: '/opt/sekisho/var' });
  });

  test('lets the environment win over the file', async () => {
    await using directory = await tempDirectory();
    const file = { mode: 'demo', database: { url: 'postgres://file/a', pool_size: 4 }, data_directory: 'from-file' };
    await writeFile(join(directory.path, 'sekisho.json'), JSON.stringify(file));
    const config = await load(directory.path, {
      DATABASE_URL: 'postgres://environment/b',
      DATABASE_OWNER_URL: 'postgres://owner/b',
      REDIS_URL: 'redis://environment',
      SEKISHO_DATA: 'from-environment',
    });
    expect(config.database.url?.expose()).toBe('postgres://environment/b');
    expect(config.database.ownerUrl?.expose()).toBe('postgres://owner/b');
    expect(config.database.poolSize).toBe(4);
    expect(config.redis?.url.expose()).toBe('redis://environment');
    expect(config.dataDirectory).toBe(join(directory.path, 'from-environment'));
  });

  test('takes an empty variable for one that is not set', async () => {
    await using directory = await tempDirectory();
    const config = await load(directory.path, { DATABASE_URL: '', SEKISHO_CONFIG: '', SEKISHO_DATA: '' });
    expect(config.database.url).toBeNull();
  });

  test('makes no identity provider of a client secret alone', async () => {
    await using directory = await tempDirectory();
    expect((await load(directory.path, { OIDC_CLIENT_SECRET: 'a-secret-of-the-client' })).identityProviders).toEqual(
      [],
    );
  });
});
