/** The real sftp client, the gateway, and a real sshd. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Client, subsystem } from '../../gateway/ssh/library/index.ts';
import type { StoredAuditEvent } from '../../recorder/index.ts';
import { describeWith, partner } from '../support/partners.ts';
import { waitFor } from '../support/wait-for.ts';
import { DOWN, type FilesField, GUARDED, OPEN, SHUT, startFilesField } from './support/files-field.ts';
import { events, lastSession } from './support/house.ts';
import { decide, ended, type Ticket } from './support/tickets.ts';

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

const sizeOf = async (path: string): Promise<number> => (await stat(path).catch(() => ({ size: 0 }))).size;

class Running implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;

  constructor(program: string, args: readonly string[]) {
    this.#child = spawn(program, args, { stdio: 'ignore', detached: true });
    this.#ended = once(this.#child, 'close');
  }

  /** The program and the ssh it started, as a closed terminal does. */
  kill(): void {
    if (this.#child.pid !== undefined && this.#child.exitCode === null) process.kill(-this.#child.pid, 'SIGKILL');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.signalCode === null) this.kill();
    await this.#ended;
  }
}

describeWith(['ssh', 'ssh-keygen', 'sshd', 'sftp', 'root'], 'sftp', () => {
  let field: FilesField;
  beforeAll(async () => {
    field = await startFilesField();
    await field.onTarget(`mkdir vault data
      printf 'id,name\\n1,山田\\n2,佐藤\\n' > vault/people.csv; printf 'plain\\n' > data/plain.txt
      ln -s ../vault/people.csv data/link; ln -s ../vault data/linked`);
  });
  afterAll(async () => {
    await field[Symbol.asyncDispose]();
  });

  const newest = async (type: 'file.transferred' | 'file.refused'): Promise<StoredAuditEvent['body'] | undefined> =>
    (await events(field.gateway.database, type))[0]?.body;

  test('without a grant for files is refused with a line', async () => {
    const result = await field.sftp(SHUT, ['ls']);
    expect(result.status).not.toBe(0);
    expect(result.stderr).toContain('[access_action_not_granted]');
  });

  test('refuses an upload where only downloads are granted, with a line and an event, and goes on', async () => {
    await writeFile(join(field.here, 'up.txt'), 'up');
    const result = await field.sftp(DOWN, [
      `-put ${field.here}/up.txt refused.txt`,
      '-rm data/plain.txt',
      '-rename data/plain.txt data/other.txt',
      '-mkdir made',
      `get data/plain.txt ${field.here}/got.txt`,
    ]);
    expect(result.stderr.match(/\[upload_not_granted\]/g)).toHaveLength(4);
    expect(result.status).toBe(0);
    expect(await readFile(join(field.here, 'got.txt'), 'utf8')).toBe('plain\n');
    expect((await field.onTarget('ls')).stdout.toString()).toBe('data\nvault\n');
    expect(await newest('file.refused')).toMatchObject({ protocol: 'sftp', reason: 'upload_not_granted' });
  });

  test.each([
    ['by its name', () => 'vault/people.csv'],
    ['by its absolute name', () => `${field.home}/vault/people.csv`],
    ['by a climbing name', () => 'data/../vault/./people.csv'],
    ['by a link to it', () => 'data/link'],
    ['by a link to its directory', () => 'data/linked/people.csv'],
    ['through /proc', () => `/proc/self/root${field.home}/vault/people.csv`],
  ])('refuses to read a protected file %s, and says where to ask', async (_how, path) => {
    const result = await field.sftp(GUARDED, [
      `-get ${path()} ${field.here}/stolen`,
      `get data/plain.txt ${field.here}/got`,
    ]);
    expect(result.stderr).toContain('[ticket_required]');
    expect(result.stderr).toMatch(/\/tickets\/new\?act=[0-9a-f-]{36}/);
    expect(result.status).toBe(0);
    await expect(readFile(join(field.here, 'stolen'))).rejects.toThrow('ENOENT');
    expect(await newest('file.refused')).toMatchObject({ path: `${field.home}/vault/people.csv`, reason: 'protected' });
  });

  test.each([
    ['renaming it', 'rename vault/people.csv data/free.csv'],
    ['renaming its directory', 'rename vault free'],
    ['a hard link', 'ln vault/people.csv data/hard.csv'],
    ['a symbolic link', `symlink vault/people.csv soft.csv`],
    ['copying it on the target', 'copy vault/people.csv data/copy.csv'],
  ])('refuses %s', async (_how, line) => {
    const before = (await field.onTarget('find . | sort')).stdout.toString();
    const result = await field.sftp(GUARDED, [line]);
    expect(result.status).not.toBe(0);
    expect(result.stderr).toMatch(/\[(act_refused|ticket_required)\]/);
    expect((await field.onTarget('find . -not -name copy.csv | sort')).stdout.toString()).toBe(before);
    expect((await field.onTarget('cat data/copy.csv')).stdout.toString()).toBe('');
  });

  test('a link that would lead to a protected file only where it is put afterwards is neither made nor moved', async () => {
    await field.onTarget('mkdir -p a/b a/vault; echo own > a/vault/people.csv; ln -s ../vault/people.csv a/b/link');
    const lines = ['symlink ../vault/people.csv a/b/mine', 'rename a/b/link data/moved', 'ln a/b/link data/hard'];
    for (const line of lines) {
      const result = await field.sftp(GUARDED, [line]);
      expect([line, result.status === 0]).toEqual([line, false]);
      expect(result.stderr).toContain('[path_not_resolved]');
    }
    expect((await field.onTarget('ls a/b data')).stdout.toString()).not.toMatch(/mine|moved|hard/);
    expect((await field.sftp(GUARDED, ['symlink b a/plain', 'rename a/vault a/renamed'])).status).toBe(0);
    await field.onTarget('rm -r a');
  });

  test.each(['put UP .bashrc', 'put UP .ssh/./rc', 'rename data/plain.txt .profile', 'symlink .ssh own'])(
    'refuses what would run by itself past the gate: %s',
    async (line) => {
      await writeFile(join(field.here, 'startup'), 'cat vault/people.csv\n');
      const result = await field.sftp(GUARDED, [line.replace('UP', join(field.here, 'startup'))]);
      expect(result.stderr).toContain('[act_refused]');
      expect(await newest('file.refused')).toMatchObject({ reason: 'startup file' });
    },
  );

  describe('with a ticket', () => {
    const approve = async (wish: { rowsMax: number; bytesMax: number }): Promise<string> => {
      const refused = await field.sftp(GUARDED, ['-get vault/people.csv']);
      const act = /\/tickets\/new\?act=([0-9a-f-]{36})/.exec(refused.stderr)?.[1];
      const asked = await (await field.gateway.person('chen')).post('/api/tickets', {
        ...{ refusedActId: act, purpose: '委託元からの照会への回答', client: '株式会社サンプル', ...wish },
        destination: 'workstation',
        ...{ notBefore: new Date(), notAfter: new Date(Date.now() + 3_600_000) },
      });
      expect(asked.status).toBe(201);
      const ticket = asked.json['ticket'] as Ticket;
      expect((await decide(field.gateway, 'tanaka', ticket)).status).toBe(200);
      return ticket.id;
    };

    test('a protected file is read once, counted and hashed, under any of its names', async () => {
      const id = await approve({ rowsMax: 10, bytesMax: 1_000 });
      const bytes = Buffer.from('id,name\n1,山田\n2,佐藤\n');
      const got = await field.sftp(GUARDED, [`get data/link ${field.here}/people`]);
      expect(got.stderr).toContain('[ticket_in_use]');
      expect(got.stderr).toContain(sha256(bytes));
      expect((await readFile(join(field.here, 'people'))).equals(bytes)).toBe(true);
      const { state, result } = await ended(field.gateway, { id });
      expect([state, result.outcome, result.rows, result.bytes]).toEqual(['used', 'completed', 3, bytes.length]);
      expect(result.sha256).toBe(sha256(bytes));
      const again = await field.sftp(GUARDED, [`-get vault/people.csv ${field.here}/again`]);
      expect(again.stderr).toContain('[ticket_unusable]');
      await expect(readFile(join(field.here, 'again'))).rejects.toThrow('ENOENT');
    });

    test('a protected file larger than its ticket is cut where the ticket ends', async () => {
      const id = await approve({ rowsMax: 2, bytesMax: 1_000 });
      const got = await field.sftp(GUARDED, [`-get vault/people.csv ${field.here}/cut`]);
      expect(got.stderr).toContain('[limit_exceeded]');
      const { state, result } = await ended(field.gateway, { id });
      expect([state, result.outcome, result.rows]).toEqual(['aborted', 'limit_exceeded', 2]);
      expect(result.bytes).toBe('id,name\n1,山田\n'.length + 4);
    });
  });

  test('a client that breaks the protocol is stopped with its reason, and its session sealed', async () => {
    const client = new Client();
    const privateKey = await readFile(await field.gateway.key('chen'));
    const said = new Promise<string>((resolve, reject) => {
      client.once('error', reject);
      client.once('ready', () =>
        subsystem(client, 'sftp', {}, (error, channel) => {
          if (error !== undefined) reject(error);
          let text = '';
          channel.stderr.on('data', (bytes: Buffer) => (text += bytes.toString()));
          channel.on('data', () => undefined);
          channel.once('close', () => resolve(text));
          channel.write(Buffer.from('7fffffff01', 'hex'));
        }),
      );
    });
    client.connect({ host: '127.0.0.1', port: field.gateway.sshPort, username: OPEN, privateKey });
    expect(await said).toMatch(/^sekisho: .*2147483647.* \[protocol_violation\]\n$/);
    client.end();
    const session = await waitFor('the end', async () => {
      const latest = await lastSession(field.gateway, 'chen');
      return latest.isOpen ? undefined : latest;
    });
    expect(session).toMatchObject({ reason: 'gate_refused', isSealed: true });
  });

  test('carries a file up and down byte for byte, and its hash stands in the audit', async () => {
    const bytes = randomBytes(7 * 1024 * 1024 + 13);
    await writeFile(join(field.here, 'big'), bytes);
    const up = await field.sftp(OPEN, [`put ${field.here}/big data/big`]);
    expect(up.stderr).toBe('');
    const path = `${field.home}/data/big`;
    const told = {
      protocol: 'sftp',
      path,
      bytes: bytes.length,
      sha256: sha256(bytes),
      complete: true,
      ranges: 'sequential',
    };
    expect(await newest('file.transferred')).toEqual({ ...told, direction: 'upload' });
    const down = await field.sftp(OPEN, [`get data/big ${field.here}/back`]);
    expect(down.stderr).toBe('');
    expect(sha256(await readFile(join(field.here, 'back')))).toBe(sha256(bytes));
    expect(await newest('file.transferred')).toEqual({ ...told, direction: 'download' });
    expect(await lastSession(field.gateway, 'chen')).toMatchObject({ reason: 'closed', status: 0, isSealed: true });
  });

  test('tells every file of a directory, an empty one too, and names in any encoding', async () => {
    await field.onTarget(`mkdir -p data/tree/below; : > data/tree/empty; echo a > data/tree/below/a
      printf 'x' > "$(printf 'data/tree/\\223\\372\\226\\173')"`);
    const result = await field.sftp(OPEN, [`get -r data/tree ${field.here}/tree`]);
    expect(result.status).toBe(0);
    const told = (await events(field.gateway.database, 'file.transferred')).slice(0, 3).map(({ body }) => body);
    expect(told.map(({ path, bytes, complete }) => [path, bytes, complete]).sort()).toEqual([
      [`${field.home}/data/tree/\\x93\\xfa\\x96{`, 1, true],
      [`${field.home}/data/tree/below/a`, 2, true],
      [`${field.home}/data/tree/empty`, 0, true],
    ]);
  });

  test('tells of a file whose transfer was broken off, before it tells that the session ended', async () => {
    await field.onTarget('truncate -s 400M data/long');
    const settings = await field.settings(OPEN);
    await using client = new Running(partner('sftp'), [
      ...settings,
      '-l',
      '2000',
      'target:data/long',
      join(field.here, 'long'),
    ]);
    await waitFor('the first bytes', async () => ((await sizeOf(join(field.here, 'long'))) > 0 ? true : undefined));
    client.kill();
    const told = await waitFor('the end', async () => {
      const [latest] = await events(field.gateway.database, 'session.closed', 'file.transferred');
      return latest?.type === 'session.closed' && latest.body['reason'] === 'client_lost'
        ? newest('file.transferred')
        : undefined;
    });
    expect(told).toMatchObject({ path: `${field.home}/data/long`, direction: 'download', complete: false });
  });

  test('tells of a download that went on in the middle that it has no hash of the whole', async () => {
    await writeFile(join(field.here, 'part'), 'pl');
    const result = await field.sftp(OPEN, [`reget data/plain.txt ${field.here}/part`]);
    expect(result.status).toBe(0);
    const ranges = `begins at byte 2; SHA-256 of 4 bytes ${sha256(Buffer.from('ain\n'))}`;
    expect(await newest('file.transferred')).toMatchObject({ bytes: 4, sha256: null, ranges });
  });

  test('an unguarded target tells its protected files too', async () => {
    const result = await field.sftp(OPEN, [`get vault/people.csv ${field.here}/recorded`]);
    expect(result.status).toBe(0);
    expect(await newest('file.transferred')).toMatchObject({ path: `${field.home}/vault/people.csv`, complete: true });
  });
});
