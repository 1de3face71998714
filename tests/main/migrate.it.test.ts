import { cp, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { z } from 'zod';
import { createLog, Database, many, one, type Secret, sql } from '../../foundation/index.ts';
import { checkDatabaseRole, checkSchema, migrate } from '../../main/migrate.ts';
import { emptyDatabase, freshDatabase } from '../support/database.ts';
import { MIGRATIONS_DIRECTORY } from '../support/paths.ts';
import { tempDirectory } from '../support/temp-directory.ts';

const log = createLog('silent');

async function run(url: Secret<string>, text: string): Promise<void> {
  const client = new Client({ connectionString: url.expose() });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

const open = (url: Secret<string>): Database => new Database({ url, poolSize: 2, log });

describe('a start without the right to migrate', () => {
  test('is refused on an empty database and told what to run', async () => {
    await using db = await emptyDatabase();
    await expect(checkSchema(db.database, MIGRATIONS_DIRECTORY)).rejects.toMatchObject({
      code: 'start_refused',
      message: expect.stringMatching(/lacks 0001_first_road.*DATABASE_OWNER_URL/) as unknown,
    });
  });

  test('is refused when one migration has not run', async () => {
    await using db = await freshDatabase();
    await using directory = await tempDirectory();
    await cp(MIGRATIONS_DIRECTORY, directory.path, { recursive: true });
    await writeFile(join(directory.path, '9999_next.sql'), '-- Up Migration\nSELECT 1;');
    await expect(checkSchema(db.database, directory.path)).rejects.toMatchObject({
      message: expect.stringContaining('lacks 9999_next') as unknown,
    });
  });

  test('is refused when a newer release has migrated the database', async () => {
    await using db = await freshDatabase();
    await using directory = await tempDirectory();
    await expect(checkSchema(db.database, directory.path)).rejects.toMatchObject({
      message: expect.stringContaining('of a newer release: it has 0001_first_road') as unknown,
    });
  });

  test('goes on when the schema is current', async () => {
    await using db = await freshDatabase();
    await checkSchema(db.database, MIGRATIONS_DIRECTORY);
  });
});

describe('migrating', () => {
  test('changes nothing when one of the migrations fails', async () => {
    await using db = await emptyDatabase();
    await using directory = await tempDirectory();
    await cp(MIGRATIONS_DIRECTORY, directory.path, { recursive: true });
    await writeFile(
      join(directory.path, '9999_broken.sql'),
      '-- Up Migration\nCREATE TABLE half (a int);\nSELECT 1/0;',
    );
    await expect(migrate({ ownerUrl: db.ownerUrl, directory: directory.path, log })).rejects.toMatchObject({
      code: 'start_refused',
      message: expect.stringContaining('division by zero') as unknown,
    });
    const tables = await many(
      db.owner,
      sql(z.object({ name: z.string() }))`SELECT relname AS name FROM pg_class WHERE relname IN ('half', 'persons')`,
    );
    expect(tables).toEqual([]);
  });

  test('refuses a migration that was put in before one that ran', async () => {
    await using db = await freshDatabase();
    await using directory = await tempDirectory();
    await cp(MIGRATIONS_DIRECTORY, directory.path, { recursive: true });
    await writeFile(join(directory.path, '0000_late.sql'), '-- Up Migration\nSELECT 1;');
    await expect(migrate({ ownerUrl: db.ownerUrl, directory: directory.path, log })).rejects.toMatchObject({
      code: 'start_refused',
    });
  });

  test('refuses a database whose migrations have other names than ours', async () => {
    await using db = await freshDatabase();
    await using directory = await tempDirectory();
    await cp(MIGRATIONS_DIRECTORY, directory.path, { recursive: true });
    await rename(join(directory.path, '0001_first_road.sql'), join(directory.path, '0001_another.sql'));
    await expect(migrate({ ownerUrl: db.ownerUrl, directory: directory.path, log })).rejects.toMatchObject({
      code: 'start_refused',
    });
  });

  test('by three processes at once runs each migration once', async () => {
    await using db = await emptyDatabase();
    const options = { ownerUrl: db.ownerUrl, directory: MIGRATIONS_DIRECTORY, log };
    await Promise.all([migrate(options), migrate(options), migrate(options)]);
    const { ran } = await one(
      db.database,
      sql(
        z.object({ ran: z.coerce.number() }),
      )`SELECT count(*) AS ran FROM schema_migrations WHERE name = '0001_first_road'`,
    );
    expect(ran).toBe(1);
  });

  test('again changes nothing', async () => {
    await using db = await freshDatabase();
    await migrate({ ownerUrl: db.ownerUrl, directory: MIGRATIONS_DIRECTORY, log });
    await checkSchema(db.database, MIGRATIONS_DIRECTORY);
  });
});

describe("the gateway's own database role", () => {
  test('is refused when it is a superuser', async () => {
    await using db = await freshDatabase();
    await using admin = open(db.adminUrl);
    await expect(checkDatabaseRole(admin)).rejects.toMatchObject({
      code: 'start_refused',
      message: expect.stringContaining('superuser') as unknown,
    });
  });

  test('is refused when it owns the evidence', async () => {
    await using db = await freshDatabase();
    await expect(checkDatabaseRole(db.owner)).rejects.toMatchObject({
      message: expect.stringContaining('owner of audit_events') as unknown,
    });
  });

  test.each([
    ['UPDATE', 'approvals', 'UPDATE on approvals'],
    ['UPDATE (body)', 'audit_events', 'UPDATE on audit_events'],
    ['DELETE', 'recordings', 'DELETE on recordings'],
    ['TRUNCATE', 'audit_events', 'TRUNCATE on audit_events'],
  ])('is refused with %s on %s', async (right, table, named) => {
    await using db = await freshDatabase();
    await run(db.ownerUrl, `GRANT ${right} ON ${table} TO sekisho_gateway`);
    await expect(checkDatabaseRole(db.database)).rejects.toMatchObject({
      message: expect.stringContaining(named) as unknown,
    });
  });

  test('is taken as the migrations leave it', async () => {
    await using db = await freshDatabase();
    await checkDatabaseRole(db.database);
    const { role } = await one(db.database, sql(z.object({ role: z.string() }))`SELECT current_user AS role`);
    expect(role).toBe('sekisho_app');
  });

  test.each([
    ['audit_events', 'type'],
    ['approvals', 'reason'],
    ['recordings', 'file'],
    ['refused_acts', 'text'],
    ['redemptions', 'redeemed_at'],
    ['redemption_results', 'rows'],
  ])('cannot change or remove a row of %s, and neither can the owner', async (table, column) => {
    await using db = await freshDatabase();
    for (const url of [db.url, db.ownerUrl]) {
      const changes = [
        `UPDATE ${table} SET ${column} = ${column}`,
        `DELETE FROM ${table}`,
        `TRUNCATE ${table} CASCADE`,
      ];
      for (const text of changes) await expect(run(url, text)).rejects.toMatchObject({ code: '42501' });
    }
  });
});
