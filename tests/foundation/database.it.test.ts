import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { createLog, Database, execute, many, maybeOne, one, Secret, sql } from '../../foundation/index.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../main/embedded-postgres/index.ts';
import { freshDatabase } from '../support/database.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { waitFor } from '../support/wait-for.ts';

const log = createLog('silent');
const Number_ = z.object({ n: z.coerce.number() });
const UNAVAILABLE = { code: 'database_unavailable' };

const open = (url: Secret<string>): Database => new Database({ url, poolSize: 2, log });
const start = (directory: string): Promise<EmbeddedPostgres> =>
  startEmbeddedPostgres({ directory: join(directory, 'postgres'), log, settings: { fsync: 'off' } });

describe('a statement', () => {
  test('never takes a value as SQL', async () => {
    await using db = await freshDatabase();
    const hostile = "'); DROP TABLE persons; --";
    const row = await one(db.database, sql(z.object({ value: z.string() }))`SELECT ${hostile}::text AS value`);
    expect(row.value).toBe(hostile);
    expect(await many(db.database, sql(z.object({ id: z.string() }))`SELECT id FROM persons`)).toEqual([]);
  });

  test('refuses a row of another shape than it was promised', async () => {
    await using db = await freshDatabase();
    const statement = sql(z.strictObject({ n: z.number() }))`SELECT 'seven' AS n`;
    await expect(many(db.database, statement)).rejects.toThrow(z.ZodError);
  });

  test('that finds nothing is not_found where there must be one, undefined where there may', async () => {
    await using db = await freshDatabase();
    const nothing = sql(Number_)`SELECT 1 AS n WHERE false`;
    await expect(one(db.database, nothing)).rejects.toMatchObject({ code: 'not_found' });
    expect(await maybeOne(db.database, nothing)).toBeUndefined();
  });
});

describe('a transaction', () => {
  test('that throws leaves nothing behind, and its connection works again', async () => {
    await using db = await freshDatabase();
    await execute(db.owner, sql(z.never())`CREATE TABLE work (n int)`);
    const broken = db.owner.inTransaction(async (tx) => {
      await execute(tx, sql(z.never())`INSERT INTO work VALUES (1)`);
      throw new Error('changed my mind');
    });
    await expect(broken).rejects.toThrow('changed my mind');
    expect(await many(db.owner, sql(Number_)`SELECT n FROM work`)).toEqual([]);
  });

  test('whose statement fails leaves nothing behind and keeps the SQLSTATE', async () => {
    await using db = await freshDatabase();
    await execute(db.owner, sql(z.never())`CREATE TABLE work (n int PRIMARY KEY)`);
    const broken = db.owner.inTransaction(async (tx) => {
      await execute(tx, sql(z.never())`INSERT INTO work VALUES (1)`);
      await execute(tx, sql(z.never())`INSERT INTO work VALUES (1)`);
    });
    await expect(broken).rejects.toMatchObject({ code: '23505' });
    expect(await many(db.owner, sql(Number_)`SELECT n FROM work`)).toEqual([]);
  });

  test('is invisible to others until it commits', async () => {
    await using db = await freshDatabase();
    await execute(db.owner, sql(z.never())`CREATE TABLE work (n int)`);
    await db.owner.inTransaction(async (tx) => {
      await execute(tx, sql(z.never())`INSERT INTO work VALUES (1)`);
      expect(await many(db.owner, sql(Number_)`SELECT n FROM work`)).toEqual([]);
    });
    expect(await many(db.owner, sql(Number_)`SELECT n FROM work`)).toEqual([{ n: 1 }]);
  });

  test('whose connection is cut is database_unavailable, and the pool goes on', async () => {
    await using db = await freshDatabase();
    await using admin = open(db.adminUrl);
    const cut = db.database.inTransaction(async (tx) => {
      const { n } = await one(tx, sql(Number_)`SELECT pg_backend_pid() AS n`);
      await execute(admin, sql(z.never())`SELECT pg_terminate_backend(${n})`);
      await one(tx, sql(Number_)`SELECT 1 AS n`);
    });
    await expect(cut).rejects.toMatchObject(UNAVAILABLE);
    expect(await one(db.database, sql(Number_)`SELECT 2 AS n`)).toEqual({ n: 2 });
  });
});

describe('a database that is not there', () => {
  test('is database_unavailable for a statement and for a transaction', async () => {
    await using database = open(new Secret('postgres://nobody@127.0.0.1:1/none'));
    await expect(one(database, sql(Number_)`SELECT 1 AS n`)).rejects.toMatchObject(UNAVAILABLE);
    await expect(database.inTransaction(() => Promise.resolve())).rejects.toMatchObject(UNAVAILABLE);
  });

  test('is database_unavailable after it stopped, and works when it is back', async () => {
    await using directory = await tempDirectory();
    const first = await start(directory.path);
    await using database = open(first.gatewayUrl);
    expect(await one(database, sql(Number_)`SELECT 1 AS n`)).toEqual({ n: 1 });
    await first[Symbol.asyncDispose]();
    await expect(one(database, sql(Number_)`SELECT 1 AS n`)).rejects.toMatchObject(UNAVAILABLE);
    await using _second = await start(directory.path);
    expect(await one(database, sql(Number_)`SELECT 1 AS n`)).toEqual({ n: 1 });
  });
});

describe('listening', () => {
  test('is refused when the database is not there', async () => {
    await using database = open(new Secret('postgres://nobody@127.0.0.1:1/none'));
    await expect(
      database.listen(
        'news',
        () => undefined,
        () => undefined,
      ),
    ).rejects.toMatchObject(UNAVAILABLE);
  });

  test('hears what is committed, on its channel alone', async () => {
    await using db = await freshDatabase();
    const heard = new EventTarget();
    const payloads: string[] = [];
    await db.database.listen(
      'news',
      (payload) => {
        payloads.push(payload);
        heard.dispatchEvent(new Event(payload));
      },
      () => undefined,
    );
    const last = once(heard, 'last');
    await execute(db.database, sql(z.never())`SELECT pg_notify('other', 'not for us')`);
    await db.database.inTransaction((tx) => execute(tx, sql(z.never())`SELECT pg_notify('news', 'first')`));
    await execute(db.database, sql(z.never())`SELECT pg_notify('news', 'last')`);
    await last;
    expect(payloads).toEqual(['first', 'last']);
  });

  test('goes on after the database was restarted, and says when it is connected anew', async () => {
    await using directory = await tempDirectory();
    const first = await start(directory.path);
    await using database = open(first.gatewayUrl);
    const events = new EventTarget();
    let connected = 0;
    await database.listen(
      'news',
      (payload) => events.dispatchEvent(new Event(payload)),
      () => connected++,
    );
    await first[Symbol.asyncDispose]();
    await using _second = await start(directory.path);
    await waitFor('the listener to connect anew', () => connected > 1);
    const heard = once(events, 'after');
    await execute(database, sql(z.never())`SELECT pg_notify('news', 'after')`);
    await heard;
    expect(connected).toBe(2);
  });
});
