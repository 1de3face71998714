import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { type Config, loadConfig, parseConfig, workerEnvironment } from '../../config/index.ts';
import { tempDirectory } from '../support/temp-directory.ts';

const KEYS = { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'wJalr-example' };
const S3 = { kind: 's3', bucket: 'recordings', retention_days: 365 };

function parsed(storage: unknown, mode = 'demo'): Config {
  return parseConfig({ mode, recorder: { storage } }, { directory: '/etc', demoDataDirectory: '/var' });
}

async function loaded(file: unknown, environment: Record<string, string>): Promise<Config> {
  await using directory = await tempDirectory();
  await writeFile(join(directory.path, 'sekisho.json'), JSON.stringify({ mode: 'demo', ...Object(file) }));
  return await loadConfig({ programDirectory: '/opt', workingDirectory: directory.path, environment });
}

describe('recorder.storage is refused', () => {
  test.each([
    ['without a bucket', { kind: 's3', retention_days: 1 }, 'recorder.storage.bucket'],
    ['without a time for which objects are held', { kind: 's3', bucket: 'abc' }, 'recorder.storage.retention_days'],
    ['with a bucket that is none', { ...S3, bucket: 'A_B' }, 'recorder.storage.bucket'],
    ['with a prefix that ends in no slash', { ...S3, prefix: 'a' }, 'recorder.storage.prefix'],
    ['with a prefix that climbs', { ...S3, prefix: '../a/' }, 'recorder.storage.prefix'],
    ['with a path in the endpoint', { ...S3, endpoint: 'https://s3.example.com/b' }, 'recorder.storage.endpoint'],
    ['with a password in the endpoint', { ...S3, endpoint: 'https://a:b@s3.example.com' }, 'recorder.storage.endpoint'],
    ['with keys of the other kind', { kind: 'file', bucket: 'abc' }, 'recorder.storage.kind'],
    ['with immutable files in a bucket', { ...S3, immutable: true }, 'recorder.storage.immutable'],
    ['with a kind nobody knows', { kind: 'ftp' }, 'recorder.storage.kind'],
  ])('%s', (_name, storage, key) => {
    expect(() => parsed(storage)).toThrow(new RegExp(`^  ${key.replaceAll('.', '\\.')}: `, 'm'));
  });

  test('over plain http in production, by its key', () => {
    const storage = { ...S3, endpoint: 'http://s3.example.com' };
    expect(() => parsed(storage, 'production')).toThrow(/^ {2}recorder\.storage\.endpoint: plain http/m);
    const near = { ...S3, endpoint: 'http://127.0.0.1:9000' };
    expect(() => parsed(near, 'production')).not.toThrow(/recorder\.storage/);
  });

  test('with credentials in the file', async () => {
    const file = { recorder: { storage: S3 }, storage_credentials: { access_key_id: 'a', secret_access_key: 'b' } };
    await expect(loaded(file, {})).rejects.toMatchObject({ code: 'config_invalid' });
  });

  test('with half of the credentials', async () => {
    const half = { AWS_ACCESS_KEY_ID: KEYS.AWS_ACCESS_KEY_ID };
    await expect(loaded({ recorder: { storage: S3 } }, half)).rejects.toMatchObject({ code: 'config_invalid' });
  });
});

describe('recorder.storage', () => {
  test('is files by default, immutable where the mode is production', () => {
    expect(parsed(undefined).recorder.storage).toEqual({ kind: 'file', immutable: false });
    expect(parsed({ kind: 'file', immutable: true }).recorder.storage).toEqual({ kind: 'file', immutable: true });
  });

  test('is a bucket when one is named, with credentials of the environment that have no printable form', async () => {
    const config = await loaded({ recorder: { storage: S3 } }, { ...KEYS, AWS_SESSION_TOKEN: 'a-token' });
    expect(config.recorder.storage).toEqual({
      kind: 's3',
      endpoint: null,
      region: 'us-east-1',
      bucket: 'recordings',
      prefix: '',
      retentionDays: 365,
    });
    expect(config.storageCredentials?.secretAccessKey.expose()).toBe(KEYS.AWS_SECRET_ACCESS_KEY);
    expect(config.storageCredentials?.sessionToken?.expose()).toBe('a-token');
    expect(`${inspect(config, { depth: 9 })}${JSON.stringify(config)}`).not.toContain(KEYS.AWS_SECRET_ACCESS_KEY);
  });

  test('leaves the keys of another program alone while recordings are files', async () => {
    expect((await loaded({}, { AWS_ACCESS_KEY_ID: 'half' })).storageCredentials).toBeNull();
  });

  test('tells no worker process the credentials', () => {
    expect(workerEnvironment({ ...KEYS, AWS_SESSION_TOKEN: 'a-token', PATH: '/bin' })).toEqual({ PATH: '/bin' });
  });
});
