import { chmod, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { createLog, type Secret } from '../../foundation/index.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../main/embedded-postgres/index.ts';
import { processState } from '../../main/embedded-postgres/processes.ts';
import { startScript } from '../support/child.ts';
import { describeWith } from '../support/partners.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { waitFor } from '../support/wait-for.ts';

const LAUNCH = 'tests/main/launch-postgres-child.ts';
const NOBODY = 65534;
const log = createLog('silent');

interface Launched {
  readonly pid: number;
  readonly home: string;
  readonly ownerUrl: string;
}

const start = (directory: string): Promise<EmbeddedPostgres> => startEmbeddedPostgres({ directory, log });

async function query(url: string | Secret<string>, text: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: typeof url === 'string' ? url : url.expose() });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

const isGone = async (pid: number): Promise<boolean> => [undefined, 'Z'].includes(await processState(pid));

describe('the embedded database', () => {
  test('refuses a wrong password and has no way in without one', async () => {
    await using directory = await tempDirectory();
    await using server = await start(join(directory.path, 'postgres'));
    const wrong = new URL(server.ownerUrl.expose());
    wrong.password = 'guess';
    await expect(query(wrong.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
    const { superuser } = JSON.parse(await readFile(join(server.home, 'credentials.json'), 'utf8')) as {
      superuser: string;
    };
    const admin = server.ownerUrl.expose().replace(/\/\/[^@]+@/, `//postgres:${superuser}@`);
    expect(
      await query(
        admin,
        "SELECT setting FROM pg_settings WHERE name IN ('listen_addresses', 'unix_socket_directories') ORDER BY name",
      ),
    ).toEqual([{ setting: '127.0.0.1' }, { setting: '' }]);
    expect(await query(admin, 'SELECT DISTINCT auth_method FROM pg_hba_file_rules')).toEqual([
      { auth_method: 'scram-sha-256' },
    ]);
  });

  test('gives neither its owner nor the gateway the rights of a superuser', async () => {
    await using directory = await tempDirectory();
    await using server = await start(join(directory.path, 'postgres'));
    const rights =
      'SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls AS any FROM pg_roles WHERE rolname = current_user';
    expect(await query(server.ownerUrl, rights)).toEqual([{ any: false }]);
    expect(await query(server.gatewayUrl, rights)).toEqual([{ any: false }]);
    await expect(query(server.gatewayUrl, 'CREATE TABLE mine (a int)')).rejects.toMatchObject({ code: '42501' });
  });

  test('refuses a directory that another process is using', async () => {
    await using directory = await tempDirectory();
    await using _server = await start(join(directory.path, 'postgres'));
    await expect(start(join(directory.path, 'postgres'))).rejects.toMatchObject({
      code: 'start_refused',
      message: expect.stringContaining('Another process is using') as unknown,
    });
  });

  test('keeps the passwords in a file that only its user can read, and leaves no other', async () => {
    await using directory = await tempDirectory();
    await using server = await start(join(directory.path, 'postgres'));
    expect((await stat(join(server.home, 'credentials.json'))).mode & 0o777).toBe(0o600);
    expect((await stat(server.home)).mode & 0o777).toBe(0o700);
    await expect(stat(join(server.home, 'initdb.password'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('starts again within five seconds with the same port and all its rows', async () => {
    await using directory = await tempDirectory();
    const first = await start(join(directory.path, 'postgres'));
    await query(first.ownerUrl, 'CREATE TABLE kept AS SELECT 7 AS seven');
    await first[Symbol.asyncDispose]();
    expect(await isGone(first.pid)).toBe(true);
    const begun = performance.now();
    await using second = await start(join(directory.path, 'postgres'));
    expect(performance.now() - begun).toBeLessThan(5_000);
    expect(second.ownerUrl.expose()).toBe(first.ownerUrl.expose());
    expect(await query(second.ownerUrl, 'SELECT seven FROM kept')).toEqual([{ seven: 7 }]);
  });

  test('starts over after an initialisation that was cut short', async () => {
    await using directory = await tempDirectory();
    await mkdir(join(directory.path, 'postgres', 'cluster.new'), { recursive: true });
    await writeFile(join(directory.path, 'postgres', 'cluster.new', 'PG_VERSION'), '18\n');
    await using server = await start(join(directory.path, 'postgres'));
    expect(await query(server.gatewayUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test('says that it has ended when its server is killed, and recovers at the next start', async () => {
    await using directory = await tempDirectory();
    const first = await start(join(directory.path, 'postgres'));
    await query(first.ownerUrl, 'CREATE TABLE kept AS SELECT 7 AS seven');
    const ended = new Promise((resolve) => first.ended.addEventListener('abort', resolve));
    process.kill(first.pid, 'SIGKILL');
    await ended;
    await first[Symbol.asyncDispose]();
    await using second = await start(join(directory.path, 'postgres'));
    expect(await query(second.ownerUrl, 'SELECT seven FROM kept')).toEqual([{ seven: 7 }]);
  });

  test('ends the server that a killed gateway left behind, and keeps what it had committed', async () => {
    await using directory = await tempDirectory();
    await using gateway = startScript(LAUNCH, [join(directory.path, 'postgres')]);
    const orphan = JSON.parse(await gateway.nextLine()) as Launched;
    await query(orphan.ownerUrl, 'CREATE TABLE kept AS SELECT 7 AS seven');
    await gateway.kill('SIGKILL');
    expect(await isGone(orphan.pid)).toBe(false);
    await using server = await start(join(directory.path, 'postgres'));
    expect(server.pid).not.toBe(orphan.pid);
    await waitFor('the orphan to end', () => isGone(orphan.pid));
    expect(await query(server.ownerUrl, 'SELECT seven FROM kept')).toEqual([{ seven: 7 }]);
  });

  test('is not stopped by a process number in its lock file that is somebody else now', async () => {
    await using directory = await tempDirectory();
    const first = await start(join(directory.path, 'postgres'));
    await first[Symbol.asyncDispose]();
    await using stranger = startScript('tests/main/launch-postgres-child.ts', [join(directory.path, 'another')]);
    const { pid } = JSON.parse(await stranger.nextLine()) as Launched;
    const lock = join(first.home, 'cluster', 'postmaster.pid');
    await writeFile(lock, `${pid}\n${dirname(lock)}\n1\n1\n\n127.0.0.1\n0 0\nready\n`);
    await using second = await start(join(directory.path, 'postgres'));
    expect(await query(second.ownerUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(await isGone(pid)).toBe(false);
  });
});

describeWith('root', 'the embedded database as root', () => {
  test('runs as nobody', async () => {
    await using directory = await tempDirectory();
    await using server = await start(join(directory.path, 'postgres'));
    expect(await readFile(`/proc/${server.pid}/status`, 'utf8')).toMatch(
      /^Uid:\t65534\t65534\t65534\t65534$(?:.|\n)*^Gid:\t65534\t65534\t65534\t65534$(?:.|\n)*^Groups:\t *$/m,
    );
    expect(server.home).toBe(join(directory.path, 'postgres'));
  });

  test('lives below /var/tmp when nobody cannot reach the data directory', async () => {
    await using directory = await tempDirectory();
    await chmod(directory.path, 0o700);
    const server = await start(join(directory.path, 'postgres'));
    try {
      expect(dirname(server.home)).toBe('/var/tmp/sekisho-0/data');
      expect((await stat(server.home)).uid).toBe(NOBODY);
      expect(await query(server.gatewayUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    } finally {
      await server[Symbol.asyncDispose]();
      await rm(server.home, { recursive: true });
    }
  });

  test('works the same for an ordinary user', async () => {
    await using directory = await tempDirectory();
    await chmod(directory.path, 0o777);
    await using gateway = startScript(LAUNCH, [join(directory.path, 'postgres')], { uid: NOBODY, gid: NOBODY });
    const server = JSON.parse(await gateway.nextLine()) as Launched;
    expect(await query(server.ownerUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(server.home).toBe(join(directory.path, 'postgres'));
    expect(await gateway.finish()).toBe(0);
    expect(await isGone(server.pid)).toBe(true);
  });
});
