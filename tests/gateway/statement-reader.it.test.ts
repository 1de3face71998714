/** The real parsers in their real thread. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { LIMITS } from '../../foundation/index.ts';
import { refineStatement, StatementReader } from '../../gateway/index.ts';
import type { DialectReading } from '../../gateway/statement-reader/index.ts';
import { judgeStatement, type Judgement } from '../../policy/index.ts';
import { GUARDED, RECORDED } from '../policy/policies.ts';

describe('the reader of statements', () => {
  let reader: StatementReader;
  beforeAll(() => {
    reader = new StatementReader({ milliseconds: 20_000 });
  });
  afterAll(async () => {
    await reader[Symbol.asyncDispose]();
  });

  const relations = async (sql: string, dialect: string): Promise<readonly string[] | undefined> => {
    const reading = await reader.read(sql);
    return reading.read ? reading.readings.find((one) => one.dialect === dialect)?.relations : [reading.why];
  };

  test('does not read what is too large, and says so', async () => {
    expect(await reader.read(' '.repeat(LIMITS.statementReadBytesMax + 1))).toEqual({ read: false, why: 'too_large' });
  });

  test('is given up when it takes too long, and reads the next statement in a new thread', async () => {
    await using hurried = new StatementReader({ milliseconds: 40 });
    expect(await hurried.read('SELECT 1')).toMatchObject({ read: true });
    const list = `SELECT * FROM a WHERE b IN (${Array.from({ length: 13_000 }, (_, at) => at).join(',')})`;
    const slow = list.slice(0, LIMITS.statementReadBytesMax - 10);
    expect(await hurried.read(slow.replace(/,\d*$/, ')'))).toEqual({ read: false, why: 'timed_out' });
    expect(await hurried.read('SELECT 1')).toMatchObject({ read: true });
  });

  test('is ended by a text that breaks a parser, says so, and reads the next one with a whole parser', async () => {
    const breaks = `SELECT 1 FROM a WHERE b=1${' OR a=1'.repeat(2_000)}`;
    expect(await reader.read(breaks)).toEqual({ read: false, why: 'failed' });
    expect(await relations('SELECT * FROM `members`', 'mysql')).toEqual(['members']);
    expect(await relations('SELECT * FROM members', 'postgresql')).toEqual(['members']);
  });

  test('says that it gave up where a text is nested deeper than a parser goes', async () => {
    const reading = await reader.read(`SELECT ${'('.repeat(200)}1${')'.repeat(200)} FROM members`);
    expect(reading).toMatchObject({ read: true, gaveUp: true });
    expect(await reader.read('SELECT 1')).toMatchObject({ read: true, gaveUp: false });
  });

  test('gives up a text of more statements than it reads apart', async () => {
    const parts = Array.from({ length: LIMITS.statementPartsMax + 1 }, (_, at) => `SELECT ${at}`);
    expect(await reader.read(`${parts.join(';')}; NOT SQL`)).toMatchObject({ read: true, gaveUp: true });
  });

  test.each([
    ['a statement that no parser takes', "SELECT * FROM t, 'members'; NOT SQL AT ALL"],
    ['a semicolon in a string', "SELECT * FROM t, 'members' WHERE a = ';'; NOT SQL AT ALL"],
    ['a line of the client', ".mode csv\nSELECT * FROM t, 'members';"],
  ])('finds a table beside %s', async (_beside, sql) => {
    expect(await relations(sql, 'sqlite')).toEqual(['t', 'members']);
  });

  test('that is closed answers nothing, and leaves nobody waiting', async () => {
    const closed = new StatementReader();
    const waiting = closed.read('SELECT 1');
    await closed[Symbol.asyncDispose]();
    expect(await waiting).toEqual({ read: false, why: 'busy' });
    expect(await closed.read('SELECT 1')).toEqual({ read: false, why: 'busy' });
  });

  test.each([
    ['SELECT * FROM shop.members m JOIN stock s ON s.id = m.id', ['shop.members', 'stock']],
    ['SELECT (SELECT max(id) FROM members)', ['members']],
    ['WITH m AS (SELECT * FROM shop.members) SELECT * FROM m', ['shop.members']],
    ['WITH members AS (SELECT * FROM members) SELECT * FROM members', ['members']],
    ['WITH RECURSIVE t AS (SELECT 1 UNION SELECT * FROM t) SELECT * FROM t', []],
    ['SELECT * FROM (WITH a AS (SELECT 1) SELECT * FROM a) x, a', ['a']],
    ['INSERT INTO x SELECT * FROM y', ['x', 'y']],
    ['UPDATE x SET a = 1 FROM y WHERE x.b = y.b', ['x', 'y']],
    ['COPY shop.members TO STDOUT', ['shop.members']],
    ['TABLE "Weird Name"', ['Weird Name']],
    ["SELECT 'members'", []],
  ])('finds the tables of %s in PostgreSQL', async (sql, expected) => {
    expect([...((await relations(sql, 'postgresql')) ?? ['unread'])].sort()).toEqual([...expected].sort());
  });

  test.each([
    ['SELECT c.tel FROM `shop`.`members` c LIMIT 1, 2', 'mysql', ['shop.members']],
    ['SELECT a FROM t STRAIGHT_JOIN u', 'mysql', ['t', 'u']],
    ['WITH c AS (SELECT * FROM c) SELECT * FROM c', 'mysql', ['c']],
    ['REPLACE INTO x SELECT concat(a) FROM y', 'mysql', ['x', 'y']],
    ['SELECT TOP 5 * FROM [shop].[members] WITH (NOLOCK)', 'mssql', ['shop.members']],
    ['SELECT * FROM a.b WHERE ROWNUM < 5', 'oracle', ['a.b']],
    ['SELECT x FROM t WHERE a IN (b, c) ORDER BY d', 'mysql', ['t']],
    ['DROP TABLE a, b.c', 'mysql', ['a', 'b.c']],
    ['DELETE FROM a WHERE id IN (SELECT id FROM b)', 'mysql', ['a', 'b']],
    ['UPDATE a JOIN b ON a.id = b.id SET a.x = 1', 'mysql', ['a', 'b']],
  ])('finds the tables of %s in %s', async (sql, dialect, expected) => {
    expect([...((await relations(sql, dialect)) ?? ['unread'])].sort()).toEqual([...expected].sort());
  });

  test('has one fingerprint for statements that differ in constants alone', async () => {
    const fingerprint = async (sql: string): Promise<string | null | undefined> => {
      const reading = await reader.read(sql);
      return reading.read ? reading.readings[0]?.fingerprint : undefined;
    };
    expect(await fingerprint('SELECT a FROM t WHERE id = 1')).toMatch(/^[0-9a-f]{16}$/);
    expect(await fingerprint('select a from t where id=2')).toBe(await fingerprint('SELECT a FROM t WHERE id = 1'));
    expect(await fingerprint('SELECT b FROM t WHERE id = 1')).not.toBe(
      await fingerprint('SELECT a FROM t WHERE id = 1'),
    );
  });

  test('says nothing about what no parser takes', async () => {
    expect(await reader.read('\\dt and so on')).toEqual({ read: true, readings: [], gaveUp: false });
  });

  test('makes no answer milder, and names what the scanner passed over silently', async () => {
    const sql = 'SELECT count(*) FROM shop.members';
    const refined = refineStatement(sql, {
      ...{ judgement: judgeStatement(sql, GUARDED), policy: GUARDED },
      reading: await reader.read(sql),
    });
    expect(refined.judgement).toMatchObject({ verdict: 'allow', objects: ['shop.members'] });
    expect(refined.relations).toEqual(['shop.members']);
  });
});

describe('a judgement beside what the parsers read', () => {
  const allowed: Judgement = judgeStatement('SELECT 1', GUARDED);
  const hidden: DialectReading = { dialect: 'mysql', relations: ['shop.members'], fingerprint: null };

  test('becomes stricter when they find a protected table that no word of the text showed', () => {
    const { judgement } = refineStatement('SELECT 1', {
      ...{ judgement: allowed, policy: GUARDED, reading: { read: true, readings: [hidden], gaveUp: false } },
    });
    expect(judgement).toMatchObject({ verdict: 'needs_ticket', objects: ['shop.members'] });
  });

  test.each(['too_large', 'timed_out', 'failed', 'busy'] as const)(
    'is asked about when they could not read it: %s',
    (why) => {
      const reading = { read: false, why } as const;
      expect(refineStatement('SELECT 1', { judgement: allowed, policy: GUARDED, reading }).judgement.verdict).toBe(
        'ask',
      );
      expect(refineStatement('SELECT 1', { judgement: allowed, policy: RECORDED, reading }).judgement.verdict).toBe(
        'allow',
      );
      const denied = judgeStatement('\\! id', GUARDED);
      expect(refineStatement('\\! id', { judgement: denied, policy: GUARDED, reading }).judgement.verdict).toBe('deny');
    },
  );

  test('is not touched by a table of the same name in another schema', () => {
    const { judgement } = refineStatement('SELECT 1', {
      ...{ judgement: allowed, policy: GUARDED },
      reading: { read: true, readings: [{ ...hidden, relations: ['other.members'] }], gaveUp: false },
    });
    expect(judgement).toMatchObject({ verdict: 'allow', objects: [] });
  });
});
