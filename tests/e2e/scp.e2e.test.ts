/** The real scp, in both of its protocols, the gateway, and a real sshd. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { StoredAuditEvent } from '../../recorder/index.ts';
import { describeWith } from '../support/partners.ts';
import { DOWN, type FilesField, GUARDED, OPEN, SHUT, startFilesField } from './support/files-field.ts';
import { events, lastSession } from './support/house.ts';

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

describeWith(['ssh', 'ssh-keygen', 'sshd', 'scp', 'root'], 'scp', () => {
  let field: FilesField;
  beforeAll(async () => {
    field = await startFilesField();
    await field.onTarget(`mkdir vault data; echo secret > vault/people.csv; echo plain > data/plain.txt
      ln -s ../vault/people.csv data/link; ln -s ../vault data/linked`);
    await writeFile(join(field.here, 'up.txt'), 'up\n');
  });
  afterAll(async () => {
    await field[Symbol.asyncDispose]();
  });

  const newest = async (): Promise<StoredAuditEvent['body'] | undefined> =>
    (await events(field.gateway.database, 'file.transferred'))[0]?.body;

  test('without a grant for files is refused with a line', async () => {
    const result = await field.scp(SHUT, ['-O', 'target:data/plain.txt', field.here]);
    expect(result.status).not.toBe(0);
    expect(result.stderr).toContain('[access_action_not_granted]');
  });

  test.each(['-O', '-s'])('refuses an upload where only downloads are granted (%s)', async (protocol) => {
    const result = await field.scp(DOWN, [protocol, `${field.here}/up.txt`, 'target:up.txt']);
    expect(result.status).not.toBe(0);
    expect(result.stderr).toContain('[upload_not_granted]');
    expect((await field.onTarget('ls')).stdout.toString()).toBe('data\nvault\n');
  });

  test.each([
    ['by its name', 'vault/people.csv', 'ticket_required'],
    ['with its directory', '-r vault', 'ticket_required'],
    ['with a directory above it', '-r .', 'ticket_required'],
    ['by a link to it', 'data/link', 'ticket_required'],
    ['by a link to its directory', 'data/linked/people.csv', 'ticket_required'],
    ['by a link inside a directory', '-r data', 'act_refused'],
    ['by a wildcard', 'v*/people.csv', 'path_unclear'],
    ['by a climbing name', 'data/../vault/people.csv', 'path_unclear'],
    ['by a tilde', '~/vault/people.csv', 'path_unclear'],
  ])('refuses a protected file %s', async (_how, words, code) => {
    const [path = '', ...options] = words.split(' ').reverse();
    const result = await field.scp(GUARDED, ['-O', ...options, `target:${path}`, join(field.here, 'stolen')]);
    expect(result.status).not.toBe(0);
    expect(result.stderr).toContain(`[${code}]`);
    await expect(readFile(join(field.here, 'stolen'))).rejects.toThrow('ENOENT');
  });

  test('refuses what would run by itself past the gate, alone and inside a directory', async () => {
    await writeFile(join(field.here, '.bashrc'), 'cat vault/people.csv\n');
    for (const to of ['target:', 'target:.bashrc', 'target:data']) {
      const result = await field.scp(GUARDED, ['-O', join(field.here, '.bashrc'), to]);
      expect([to, result.status === 0, result.stderr]).toEqual([to, false, expect.stringContaining('[act_refused]')]);
      expect(result.stderr).not.toContain('hostile_name');
    }
    const told = (await events(field.gateway.database, 'file.refused')).map(({ body }) => body);
    expect(told.slice(0, 2)).toMatchObject([{ reason: 'startup file' }, { reason: 'startup file' }]);
    expect((await field.onTarget('cat .bashrc data/.bashrc')).stdout.toString()).not.toContain('people.csv');
  });

  test.each(['-O', '-s'])(
    'carries a file up and down byte for byte, with its hash in the audit (%s)',
    async (protocol) => {
      const bytes = randomBytes(3 * 1024 * 1024 + 7);
      await writeFile(join(field.here, 'big'), bytes);
      const up = await field.scp(OPEN, [protocol, '-p', `${field.here}/big`, 'target:data/big']);
      expect([up.stderr, up.status]).toEqual(['', 0]);
      const told = { bytes: bytes.length, sha256: sha256(bytes), complete: true, ranges: 'sequential' };
      expect(await newest()).toMatchObject({
        ...told,
        direction: 'upload',
        protocol: protocol === '-O' ? 'scp' : 'sftp',
      });
      const down = await field.scp(OPEN, [protocol, 'target:data/big', `${field.here}/back`]);
      expect([down.stderr, down.status]).toEqual(['', 0]);
      expect(sha256(await readFile(join(field.here, 'back')))).toBe(sha256(bytes));
      expect(await newest()).toMatchObject({ ...told, direction: 'download' });
      expect(await lastSession(field.gateway, 'chen')).toMatchObject({ reason: 'closed', status: 0, isSealed: true });
    },
  );

  test('tells each file of a tree with its path, both ways, and an unreadable one is told by scp as it is', async () => {
    await mkdir(join(field.here, 'tree/below'), { recursive: true });
    await writeFile(join(field.here, 'tree/empty'), '');
    await writeFile(join(field.here, 'tree/below/b'), 'b');
    const up = await field.scp(OPEN, ['-O', '-r', `${field.here}/tree`, 'target:data']);
    expect([up.stderr, up.status]).toEqual(['', 0]);
    const down = await field.scp(OPEN, ['-O', '-r', 'target:data/tree', `${field.here}/again`]);
    expect([down.stderr, down.status]).toEqual(['', 0]);
    expect(await readFile(join(field.here, 'again/below/b'), 'utf8')).toBe('b');
    const told = (await events(field.gateway.database, 'file.transferred')).slice(0, 4).map(({ body }) => body);
    expect(
      told.map(({ direction, path, complete }) => `${String(direction)} ${String(path)} ${String(complete)}`).sort(),
    ).toEqual([
      'download data/tree/below/b true',
      'download data/tree/empty true',
      'upload data/tree/below/b true',
      'upload data/tree/empty true',
    ]);
    const missing = await field.scp(OPEN, ['-O', 'target:data/missing', field.here]);
    expect(missing.status).toBe(1);
    expect(missing.stderr).toContain('No such file or directory');
  });
});
