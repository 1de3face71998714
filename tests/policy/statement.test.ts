import { describe, expect, test } from '@jest/globals';
import { judgeStatement } from '../../policy/index.ts';
import { GUARDED, NOTHING_PROTECTED, RECORDED } from './policies.ts';

const verdict = (sql: string): string => judgeStatement(sql, GUARDED).verdict;

describe('export statements need a ticket', () => {
  test.each([
    'COPY shop.stock TO STDOUT',
    "copy (select 1) to '/tmp/x' with csv",
    'COPY INTO @stage/x FROM shop.stock',
    "COPY INTO 's3://b/x' FROM shop.stock",
    "SELECT a FROM stock INTO OUTFILE '/tmp/x'",
    "SELECT a INTO DUMPFILE '/tmp/x' FROM stock",
    "SELECT a FROM stock /*!50000 INTO OUTFILE '/tmp/x' */",
    "SELECT a FROM stock /*M!100100 INTO OUTFILE '/tmp/x' */",
    "SELECT a FROM stock INTO/**/OUTFILE '/tmp/x'",
    "SELECT '\\'' , a FROM stock INTO OUTFILE '/tmp/x' -- '",
    "SELECT a FROM stock /* /* */ INTO OUTFILE '/tmp/x'",
    "SELECT a FROM stock --1 INTO OUTFILE '/tmp/x'",
    "UNLOAD ('select 1') TO 's3://b/x'",
    "EXPORT DATA OPTIONS(uri='gs://b/*') AS SELECT 1",
    'EXPORT t INTO CSV',
    "INSERT OVERWRITE LOCAL DIRECTORY '/tmp/x' SELECT 1",
    'BACKUP DATABASE shop TO DISK = 1',
    "SELECT lo_export(1, '/tmp/x')",
    "SELECT * FROM dblink('host=h', 'select 1') AS t(a int)",
    "SELECT pg_read_file('/etc/passwd')",
    'CREATE SUBSCRIPTION s CONNECTION x PUBLICATION p',
    'CREATE DATABASE LINK l',
    "DO $$ BEGIN COPY stock TO '/tmp/x'; END $$",
    "DO $$ BEGIN EXECUTE 'COPY stock TO STDOUT'; END $$",
    "PREPARE s FROM 'SELECT 1 INTO OUTFILE ''/tmp/x'''",
    "\\copy stock to '/tmp/x'",
    "\\copy (\nselect 1\n) to '/tmp/x'",
    '\\o /tmp/x',
    'select 1 \\g /tmp/x',
    'select 1 \\; copy stock to stdout',
    '.dump',
    '.output /tmp/x',
    'tee /tmp/x',
    'db.stock.aggregate([{ $out: "x" }])',
    'db.stock.aggregate([{"$merge": {into: "x"}}])',
    'db.members.find()',
    "VACUUM INTO '/tmp/x.db'",
  ])('%s', (sql) => {
    expect(verdict(sql)).toBe('needs_ticket');
  });
});

describe('what hands control away is denied', () => {
  test.each([
    "COPY stock TO PROGRAM 'nc h 1'",
    "COPY stock FROM PROGRAM 'id'",
    "EXEC xp_cmdshell 'dir'",
    '\\! scp a h:',
    'select 1 \\gexec',
    '.shell scp a h:',
    'system scp a h:',
    'pager nc h 1',
    'SELECT * FROM U&"\\006dembers"',
    '\\copy stock to program nc',
    "\\copy stock from program 'id'",
    '\\set x `scp a h:`',
    '\\o |nc h 1',
    'select 1 \\g |nc h 1',
    'select 1 \\g (format=csv) |nc h 1',
    '\\edit',
    '\\e',
    '\\ef',
    '\\setenv PAGER x',
    '\\dt \\! scp a h:',
    '\\P nc h 1',
    '.sh scp a h:',
    '.sy scp a h:',
    '.once |nc h 1',
    '.import "|scp a h:" t',
    'select 1;\n.shell scp a h:',
    'delimiter //\nselect 1 //\nsystem scp a h:',
    '!scp a h:',
    ':!!scp a h:',
    'host scp a h:',
    "require('child_process').execSync('id')",
  ])('%s', (sql) => {
    expect(verdict(sql)).toBe('deny');
  });
});

describe('statements inside statements', () => {
  /** `COPY …` in a string of EXEC, in a string of EXEC, and so on. */
  const inside = (depth: number): string =>
    Array.from({ length: depth }).reduce<string>(
      (text) => `EXEC '${text.replaceAll("'", "''")}'`,
      'COPY stock TO STDOUT',
    );

  test.each([1, 2, 8])('are read %i deep', (depth) => {
    expect(judgeStatement(inside(depth), GUARDED)).toMatchObject({
      verdict: 'needs_ticket',
      findings: [{ rule: 'sql.copy-to' }],
    });
  });

  test('deeper than that are denied', () => {
    expect(judgeStatement(inside(9), GUARDED)).toMatchObject({ verdict: 'deny', findings: [{ class: 'unreadable' }] });
  });
});

describe('what is not in the text is asked about', () => {
  test.each([
    '\\i /tmp/x.sql',
    '\\ir x.sql',
    '\\. /tmp/x.sql',
    '.read /tmp/x',
    '.rea /tmp/x',
    'source /tmp/x.sql',
    '@/tmp/x.sql',
    '@@x.sql',
    ':r x.sql',
    'load("/tmp/x.js")',
    'EXECUTE IMMEDIATE @s',
    'PREPARE s FROM @q',
    'EXEC (@sql)',
    'EXEC sp_executesql @sql',
    'SELECT * FROM :t',
    'SELECT * FROM :"t"',
    'SELECT * FROM &t',
    'SELECT 1 FROM stock LIMIT 1 \\watch 1',
  ])('%s', (sql) => {
    expect(verdict(sql)).toBe('ask');
  });
});

describe('one reading of a text hides nothing that another sees', () => {
  test.each([
    ['behind a psql command', '\\dt \\\\ COPY stock TO STDOUT'],
    ['behind a command of MySQL', 'select 1 \\c COPY stock TO STDOUT'],
    ['around a command that shows the statement', 'COPY \\p stock TO STDOUT'],
    ['behind another delimiter', "delimiter //\nselect 1 // select 1 into outfile '/tmp/x'"],
    ['behind a dollar delimiter', "delimiter $$\nselect 1 $$ select 1 into outfile '/tmp/x'"],
    ["in Oracle's quotes", "select q'[']' from dual; SELECT lo_export(1, '/x') --'"],
    ['behind an escape that is one', "SELECT '\\'' /* /* */ ' */ */; COPY stock TO STDOUT --'"],
    ['behind a name that begins its line', 'COPY shop\n.stock TO STDOUT'],
  ])('%s', (_, sql) => {
    expect(verdict(sql)).toBe('needs_ticket');
  });

  test('a protected name on a line of its own is named', () => {
    expect(judgeStatement('SELECT * FROM shop\n.members', GUARDED)).toMatchObject({
      verdict: 'needs_ticket',
      objects: ['shop.members'],
    });
  });

  test.each([
    "SELECT * FROM IDENTIFIER('shop.members')",
    "SELECT query_to_xml('select 1', true, true, ''), 'members'::regclass",
    '.dump members',
    '\\copy shop.members to /tmp/x',
    "DO $$ BEGIN EXECUTE 'TABLE ' || 'mem' || 'bers'; END $$",
    "EXECUTE IMMEDIATE 'SELECT * FROM mem' || 'bers'",
    "EXEC('SELECT * FROM mem' + 'bers')",
  ])('a protected name in %s is named', (sql) => {
    expect(judgeStatement(sql, GUARDED).objects).toEqual(['shop.members']);
  });
});

describe('rows of a protected table need a ticket', () => {
  test.each([
    'SELECT * FROM shop.members',
    'select name from members where id = 1',
    'SELECT * FROM shop . "members"',
    'SELECT * FROM `shop`.`members`',
    'SELECT * FROM "shop.members"',
    'SELECT * FROM MEMBERS',
    'TABLE shop.members',
    'WITH m AS (SELECT * FROM shop.members) SELECT * FROM m',
    'SELECT count(*), name FROM members',
    'SELECT count(*) FROM members GROUP BY name',
    'SELECT count(*) FROM stock UNION SELECT name FROM members',
    'SELECT string_agg(name, 1) FROM members',
    'SELECT count((SELECT name FROM members)) FROM stock',
    'SELECT * FROM members LIMIT 1000',
    'SELECT * FROM members LIMIT 5 OFFSET 10',
    'SELECT * FROM members LIMIT 10, 10',
    'SELECT group_concat(name) FROM members LIMIT 1',
    'CREATE TABLE x AS SELECT * FROM members',
    'CREATE VIEW x AS SELECT * FROM members',
    'CREATE TABLE x TABLE members',
    'INSERT INTO x SELECT * FROM members',
    'ALTER TABLE members RENAME TO x',
    'RENAME TABLE members TO x',
    'UPDATE members SET a = 1 RETURNING *',
    'DELETE FROM members OUTPUT deleted.*',
    'DECLARE c CURSOR FOR SELECT * FROM members',
    'HANDLER members OPEN',
    'SELECT 1; SELECT * FROM members',
    'DO $$ BEGIN PERFORM name FROM members; END $$',
  ])('%s', (sql) => {
    expect(judgeStatement(sql, GUARDED)).toMatchObject({ verdict: 'needs_ticket' });
  });

  test('the finding names the table', () => {
    expect(judgeStatement('SELECT * FROM members', GUARDED).findings).toEqual([
      { rule: 'sql.read', class: 'bulk_read', span: [0, 6], subject: 'SELECT', assets: ['shop.members'] },
    ]);
  });
});

describe('ordinary SQL passes', () => {
  test.each([
    'SELECT * FROM stock',
    'SELECT count(*) FROM members',
    'SELECT count(*) AS n, max(id) FROM shop.members WHERE city = 1;',
    'SELECT id, name FROM members LIMIT 10',
    'EXPLAIN SELECT * FROM members',
    'DESCRIBE members',
    'INSERT INTO members VALUES (1)',
    'UPDATE members SET a = 1 WHERE id = 2',
    'DELETE FROM members WHERE id = 1',
    'CREATE INDEX i ON members (a)',
    'ANALYZE members',
    "SELECT 'COPY members TO STDOUT'",
    '-- COPY stock TO STDOUT\nSELECT 1',
    "COPY stock FROM '/tmp/x'",
    'COPY INTO stock FROM @stage',
    "\\copy stock from '/tmp/x'",
    '\\dt',
    '.tables',
    'DROP DATABASE LINK l',
    'SELECT a.source, a.system FROM stock a',
    'source.name := 1',
    '',
    '\\encoding utf8',
    '\\echo hello',
    '\\errverbose',
    '\\pset pager off',
    '\\timing',
    '\\set x 1',
    '\\x auto',
    '\\o',
    '\\g',
    '\\c crm',
    '\\connect crm',
    'COPY stock FROM stdin;\n1\ta\n\\.\n',
    '.schema',
    '.headers on',
    '.mode csv',
    'spool off',
    'BEGIN :x := 1; END',
    'SELECT a::text FROM stock',
    'DECLARE @x INT = 1',
    'SET @x = 1',
    'EXECUTE plan (1)',
    'delimiter //',
    'db.stock.find()',
    'db.stats()',
    'db.stock.aggregate([{ $match: { a: 1 } }, { $group: { _id: "$b" } }])',
    "DO $$ BEGIN EXECUTE 'CREATE INDEX ON ' || t; END $$",
    "DELETE OPENQUERY (linked, 'SELECT a FROM b')",
  ])('%s', (sql) => {
    expect(judgeStatement(sql, GUARDED)).toMatchObject({ verdict: 'allow', findings: [] });
  });

  test.each([RECORDED, NOTHING_PROTECTED])(
    'and everything passes, with its findings, where nothing is guarded',
    (policy) => {
      expect(judgeStatement('COPY stock TO STDOUT', policy)).toMatchObject({
        verdict: 'allow',
        findings: [{ rule: 'sql.copy-to' }],
      });
    },
  );
});
