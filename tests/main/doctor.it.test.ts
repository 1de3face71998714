/** The doctor's checks against setups that are broken, each in its own way. */
import { once } from 'node:events';
import { chmod, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { type Config, parseConfig } from '../../config/index.ts';
import { createLog, Database, Secret, systemClock } from '../../foundation/index.ts';
import { generateSshKey, loadCertificateAuthority } from '../../identity/index.ts';
import { holdDirectory } from '../../main/data-directory.ts';
import { dataChecks } from '../../main/doctor/data.ts';
import { databaseChecks } from '../../main/doctor/database.ts';
import { type CheckResult, ok, problem } from '../../main/doctor/model.ts';
import { jsonReport, wordReport } from '../../main/doctor/report.ts';
import { runChecks } from '../../main/doctor/run.ts';
import { checkNode } from '../../main/doctor/runtime.ts';
import { serviceChecks } from '../../main/doctor/services.ts';
import { freshDatabase } from '../support/database.ts';
import { freePort } from '../support/free-port.ts';
import { describeWith } from '../support/partners.ts';
import { MIGRATIONS_DIRECTORY } from '../support/paths.ts';
import { startRedis } from '../support/redis.ts';
import { tempDirectory } from '../support/temp-directory.ts';

const levels = (results: readonly CheckResult[]) => results.map(({ key, level }) => `${level} ${key}`);

describe('the data directory', () => {
  const look = async (root: string) => levels(await runChecks(dataChecks({ root, clock: systemClock })));

  const prepared = async (root: string): Promise<void> => {
    for (const part of ['recorder', 'keys']) await mkdir(join(root, part), { mode: 0o700 });
    for (const name of ['user_ca', 'host_ca', 'login_ca']) {
      await loadCertificateAuthority(join(root, 'keys', `${name}_ed25519.pem`));
    }
    await writeFile(join(root, 'keys', 'ssh_host_ed25519_key'), generateSshKey('').privateKey, { mode: 0o600 });
  };

  test('is right as the gateway makes it, and no file of it is touched', async () => {
    await using directory = await tempDirectory();
    await prepared(directory.path);
    const before = await contents(directory.path);
    const found = await look(directory.path);
    expect(found.filter((line) => !line.startsWith('ok '))).toEqual([]);
    expect(found).toContain('ok doctor.gateway.stopped');
    expect(await contents(directory.path)).toEqual(before);
  });

  test('that is missing is a warning, and is not made', async () => {
    await using directory = await tempDirectory();
    const root = join(directory.path, 'none');
    expect(await look(root)).toContain('warning doctor.directory.missing');
    await expect(stat(root)).rejects.toThrow('ENOENT');
  });

  test('that others may look into, a key that others may read, and one that is none are problems', async () => {
    await using directory = await tempDirectory();
    await prepared(directory.path);
    await chmod(join(directory.path, 'keys'), 0o755);
    await chmod(join(directory.path, 'keys', 'user_ca_ed25519.pem'), 0o640);
    await writeFile(join(directory.path, 'keys', 'host_ca_ed25519.pem'), 'not a key');
    await writeFile(join(directory.path, 'keys', 'ssh_host_ed25519_key'), '');
    const results = await runChecks(dataChecks({ root: directory.path, clock: systemClock }));
    const problems = results.filter(({ level }) => level === 'problem');
    expect(levels(problems)).toEqual([
      'problem doctor.directory.open',
      'problem doctor.key.open',
      'problem doctor.key.unreadable',
      'problem doctor.key.unreadable',
    ]);
    const report = wordReport(results, 'en');
    expect(report).toContain(`chmod 700 ${join(directory.path, 'keys')}`);
    expect(report).toContain(`chmod 600 ${join(directory.path, 'keys', 'user_ca_ed25519.pem')}`);
  });

  test('that a gateway holds is seen as held', async () => {
    await using directory = await tempDirectory();
    await using _held = await holdDirectory(directory.path);
    expect(await look(directory.path)).toContain('ok doctor.gateway.running');
  });
});

describe('the database', () => {
  const look = async (url: Secret<string>, now?: () => Date) => {
    await using database = new Database({ url, poolSize: 2, log: createLog('silent') });
    const clock = now === undefined ? systemClock : { ...systemClock, now };
    const results = await runChecks(databaseChecks({ database, clock, migrations: MIGRATIONS_DIRECTORY }));
    return results; // The database is closed behind this.
  };

  test('is right as the gateway needs it', async () => {
    await using db = await freshDatabase();
    expect(levels(await look(db.url))).toEqual(['ok doctor.database.ok', 'ok doctor.clock.ok']);
  });

  test('that is not there is one problem, which names no password', async () => {
    const url = new Secret(`postgres://somebody:very-secret-word@127.0.0.1:${await freePort()}/sekisho`);
    const results = await look(url);
    expect(levels(results)).toEqual(['problem doctor.database.unreachable']);
    expect(jsonReport(results, 'en')).not.toContain('very-secret-word');
  });

  test('that refuses the password says so without it', async () => {
    await using db = await freshDatabase();
    const url = new URL(db.url.expose());
    url.password = 'very-secret-word';
    const results = await look(new Secret(url.href));
    expect(levels(results)).toEqual(['problem doctor.database.unreachable']);
    expect(jsonReport(results, 'en')).not.toContain('very-secret-word');
  });

  test('that lacks a migration, or has one of a newer release, names it', async () => {
    await using db = await freshDatabase();
    await db.owner.pool.query("INSERT INTO schema_migrations (name, run_on) VALUES ('9999_of_tomorrow', now())");
    const newer = await look(db.url);
    expect(levels(newer)).toContain('problem doctor.database.schema');
    expect(wordReport(newer, 'en')).toContain('9999_of_tomorrow');
    await db.owner.pool.query("DELETE FROM schema_migrations WHERE name <> '0001_first_road'");
    expect(wordReport(await look(db.url), 'en')).toContain('0002_ways');
  });

  test('entered as a role that could rewrite evidence is a problem', async () => {
    await using db = await freshDatabase();
    expect(levels(await look(db.ownerUrl))).toContain('problem doctor.database.role');
  });

  test('of another time than this machine is a problem', async () => {
    await using db = await freshDatabase();
    const ahead = await look(db.url, () => new Date(Date.now() + 120_000));
    const behind = await look(db.url, () => new Date(Date.now() - 120_000));
    for (const results of [ahead, behind]) expect(levels(results)).toContain('problem doctor.clock.off');
  });
});

describe('the services', () => {
  const look = async (changed: Partial<Config>, isRunning = false) => {
    const places = { directory: '/', demoDataDirectory: '/nowhere' };
    const config = { ...parseConfig({ mode: 'demo' }, places), ...changed };
    const free = { host: '127.0.0.1', port: await freePort() };
    const all = { ...config, http: { ...config.http, ...free }, ssh: { ...config.ssh, ...free }, ...changed };
    return runChecks(serviceChecks(all, () => Promise.resolve(isRunning)));
  };
  const listening = async (server: Server): Promise<number> => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  };

  test('a port that another program has is a problem; one that the gateway has is none', async () => {
    const server = createServer();
    const port = await listening(server);
    const http = { host: '127.0.0.1', port, publicUrl: 'http://127.0.0.1', trustedProxies: [] };
    expect(levels(await look({ http }))).toEqual(['problem doctor.port.taken', 'ok doctor.port.free']);
    expect(levels(await look({ http }, true))).toEqual(['ok doctor.port.ours', 'ok doctor.port.free']);
    server.close();
  });

  test('an address that is not this machine’s cannot be listened on', async () => {
    const http = { host: '192.0.2.1', port: 8080, publicUrl: 'http://127.0.0.1', trustedProxies: [] };
    expect(levels(await look({ http }))).toContain('problem doctor.port.forbidden');
  });

  test('a Redis that is not there is a problem, without its password', async () => {
    const url = new Secret(`redis://:very-secret-word@127.0.0.1:${await freePort()}`);
    const results = await look({ redis: { url } });
    expect(levels(results)).toContain('problem doctor.redis.unreachable');
    expect(jsonReport(results, 'en')).not.toContain('very-secret-word');
  });

  test('an identity provider is asked for what it calls itself', async () => {
    let answer: unknown;
    const server = createHttpServer((_request, response) => response.end(JSON.stringify(answer)));
    const issuer = `http://127.0.0.1:${await listening(server)}`;
    const { identityProviders } = parseConfig(
      { mode: 'demo', oidc: { issuer, client_id: 'x', client_secret: 'very-secret-word' } },
      { directory: '/', demoDataDirectory: '/' },
    );
    const endpoints = { authorization_endpoint: `${issuer}/auth`, token_endpoint: `${issuer}/token` };
    answer = { issuer, ...endpoints };
    expect(levels(await look({ identityProviders }))).toContain('ok doctor.oidc.ok');
    answer = { issuer: `${issuer}/`, ...endpoints };
    expect(levels(await look({ identityProviders }))).toContain('problem doctor.oidc.wrong');
    answer = { hello: 'there' };
    expect(levels(await look({ identityProviders }))).toContain('problem doctor.oidc.unreachable');
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
    const gone = await look({ identityProviders });
    expect(levels(gone)).toContain('problem doctor.oidc.unreachable');
    expect(jsonReport(gone, 'en')).not.toContain('very-secret-word');
  });
});

describeWith('redis-server', 'a Redis', () => {
  test('that answers is found to', async () => {
    await using redis = await startRedis();
    const config = { ...parseConfig({ mode: 'demo' }, { directory: '/', demoDataDirectory: '/nowhere' }) };
    const results = await runChecks(
      serviceChecks({ ...config, redis: { url: redis.url } }, () => Promise.resolve(true)),
    );
    expect(levels(results)).toContain('ok doctor.redis.ok');
  });
});

describe('the doctor itself', () => {
  test('knows a Node.js that is too old', () => {
    for (const version of ['18.20.4', '20.18.0']) expect(checkNode(version).key).toBe('doctor.node.old');
    for (const version of ['20.19.0', '22.1.0', '24.0.0']) expect(checkNode(version).key).toBe('doctor.node.ok');
  });

  test('waits for no check longer than its bound, and no fault of one hides the others', async () => {
    const results = await runChecks(
      [
        { name: 'endless', run: () => new Promise(() => undefined) },
        { name: 'broken', run: () => Promise.reject(new Error('it broke')) },
        { name: 'sound', run: () => Promise.resolve([ok('doctor.redis.ok')]) },
      ],
      0.05,
    );
    expect(levels(results)).toEqual(['problem doctor.timed_out', 'problem doctor.failed', 'ok doctor.redis.ok']);
    expect(results.map(({ check }) => check)).toEqual(['endless', 'broken', 'sound']);
  });

  test('prints nothing that could move a cursor or forge a line', () => {
    const ident = 'SSH-2.0-x\u001b[2J\r\n+ ok: forged\u202e';
    const results = [{ check: 'x', ...problem('doctor.bastion.foreign', 'doctor.bastion.foreign.next', { ident }) }];
    const report = wordReport(results, 'en');
    expect(report.split('\n')).toHaveLength(4);
    expect(report).not.toMatch(/[\u001b\r\u202e]/);
  });

  test('says each finding and its next step in both languages, and as JSON', () => {
    const values = { key: 'ssh', host: '0.0.0.0', port: 2222 };
    const results = [{ check: 'port', ...problem('doctor.port.taken', 'doctor.port.taken.next', values) }];
    expect(wordReport(results, 'en')).toContain('x problem: ssh: another program listens on 0.0.0.0 port 2222.');
    expect(wordReport(results, 'ja')).toContain('x 問題: ssh: 0.0.0.0 のポート 2222 は別のプログラムが使っています。');
    expect(JSON.parse(jsonReport(results, 'en'))).toEqual({
      checks: [
        {
          check: 'port',
          key: 'doctor.port.taken',
          level: 'problem',
          text: 'ssh: another program listens on 0.0.0.0 port 2222.',
          next: 'Find it with: ss -ltnp "sport = :2222"; stop it, or choose another ssh.port.',
        },
      ],
      summary: { ok: 0, warning: 0, problem: 1 },
    });
  });
});

/** Every path below, with what a change of it would change. */
async function contents(directory: string): Promise<string[]> {
  const names = (await readdir(directory, { recursive: true })).sort();
  return Promise.all(
    names.map(async (name) => {
      const { mode, size, mtimeMs, ctimeMs } = await stat(join(directory, name));
      return [name, mode, size, mtimeMs, ctimeMs].join(' ');
    }),
  );
}
