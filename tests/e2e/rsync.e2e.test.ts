/** The real rsync and git, the gateway, and a real sshd. */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runToEnd, type SshResult } from '../support/gateway.ts';
import type { StoredAuditEvent } from '../../recorder/index.ts';
import { describeWith, partner } from '../support/partners.ts';
import { DOWN, type FilesField, GUARDED, OPEN, startFilesField } from './support/files-field.ts';
import { events } from './support/house.ts';

describeWith(['ssh', 'ssh-keygen', 'sshd', 'rsync', 'git', 'root'], 'programs that bring their own protocol', () => {
  let field: FilesField;
  beforeAll(async () => {
    field = await startFilesField();
    await field.onTarget(`mkdir -p vault data; echo secret > vault/people.csv; echo plain > data/plain.txt
      git init -q --bare data/repo.git`);
  });
  afterAll(async () => {
    await field[Symbol.asyncDispose]();
  });

  const newest = async (): Promise<StoredAuditEvent['body'] | undefined> =>
    (await events(field.gateway.database, 'file.transferred'))[0]?.body;
  const rsync = async (target: string, args: readonly string[]): Promise<SshResult> => {
    const [flag = '', file = ''] = await field.settings(target);
    return runToEnd(partner('rsync'), ['-e', `${partner('ssh')} ${flag} ${file}`, ...args]);
  };
  const git = async (target: string, args: readonly string[]): Promise<SshResult> => {
    const [flag = '', file = ''] = await field.settings(target);
    const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.invalid', '-c', 'init.defaultBranch=main'];
    return runToEnd('env', [`GIT_SSH_COMMAND=${partner('ssh')} ${flag} ${file}`, partner('git'), ...identity, ...args]);
  };

  test.each([
    ['a protected directory', ['-a', 'target:vault'], 'ticket_required'],
    ['a directory above a protected one', ['-a', 'target:.'], 'ticket_required'],
    ['a path the target completes', ['-a', '--old-args', 'target:v*'], 'path_unclear'],
    ['a list of paths in the stream', ['-a', '--files-from=/dev/null', 'target:data'], 'act_refused'],
    ['hidden arguments', ['-a', '--secluded-args', 'target:data'], 'act_refused'],
    ['a log file on the target', ['-a', '--remote-option=--log-file=x', 'target:data'], 'act_refused'],
  ])('rsync of %s is refused', async (_what, args, code) => {
    const result = await rsync(GUARDED, [...args, join(field.here, 'stolen')]);
    expect(result.status).not.toBe(0);
    expect(result.stderr).toContain(`[${code}]`);
    await expect(readFile(join(field.here, 'stolen/people.csv'))).rejects.toThrow('ENOENT');
  });

  test('an rsync upload without its grant is refused, and so is a download that removes', async () => {
    await writeFile(join(field.here, 'up'), 'up');
    for (const args of [
      [join(field.here, 'up'), 'target:up'],
      ['--remove-source-files', 'target:data/plain.txt', join(field.here, 'moved')],
    ]) {
      const result = await rsync(DOWN, ['-a', ...args]);
      expect(result.stderr).toContain('[upload_not_granted]');
    }
    expect((await field.onTarget('ls . data')).stdout.toString()).toBe(
      '.:\ndata\nvault\n\ndata:\nplain.txt\nrepo.git\n',
    );
  });

  test('rsync carries a tree up and down', async () => {
    const bytes = randomBytes(2 * 1024 * 1024);
    await mkdir(join(field.here, 'tree'));
    await writeFile(join(field.here, 'tree/big'), bytes);
    const up = await rsync(OPEN, ['-a', '--partial-dir=.part', '--delete', join(field.here, 'tree'), 'target:data/']);
    expect([up.stderr, up.status]).toEqual(['', 0]);
    expect(await newest()).toMatchObject({
      protocol: 'rsync',
      direction: 'upload',
      path: 'data/ .part',
      complete: true,
    });
    const down = await rsync(OPEN, ['-az', 'target:data/tree', join(field.here, 'back')]);
    expect([down.stderr, down.status]).toEqual(['', 0]);
    expect((await readFile(join(field.here, 'back/tree/big'))).equals(bytes)).toBe(true);
    const told = await newest();
    expect(told).toMatchObject({ protocol: 'rsync', direction: 'download', path: 'data/tree', ranges: 'stream' });
    expect(told?.['bytes']).toBeGreaterThan(bytes.length);
  });

  test('git pushes and clones; a push without its grant is refused', async () => {
    const work = join(field.here, 'work');
    await git(OPEN, ['clone', '-q', 'target:data/repo.git', work]);
    await writeFile(join(work, 'a'), 'a');
    await git(OPEN, ['-C', work, 'add', 'a']);
    await git(OPEN, ['-C', work, 'commit', '-qm', 'a']);
    const refused = await git(DOWN, ['-C', work, 'push', '-q', 'origin', 'HEAD']);
    expect(refused.stderr).toContain('[upload_not_granted]');
    const pushed = await git(OPEN, ['-C', work, 'push', '-q', 'origin', 'HEAD']);
    expect([pushed.stderr, pushed.status]).toEqual(['', 0]);
    expect(await newest()).toMatchObject({
      protocol: 'git',
      direction: 'upload',
      path: 'data/repo.git',
      complete: true,
    });
    const cloned = await git(DOWN, ['clone', '-q', 'target:data/repo.git', join(field.here, 'clone')]);
    expect([cloned.stderr, cloned.status]).toEqual(['', 0]);
    expect(await readFile(join(field.here, 'clone/a'), 'utf8')).toBe('a');
    expect(await newest()).toMatchObject({ protocol: 'git', direction: 'download', path: 'data/repo.git' });
  });
});
