import { describe, expect, test } from '@jest/globals';
import { createMeter, type MeterLimits } from '../../policy/index.ts';

const WIDE: MeterLimits = { rowsMax: 1_000, bytesMax: 1_000_000 };

function measure(text: string, limits: MeterLimits = WIDE) {
  const meter = createMeter(limits);
  const { pass, exceeded } = meter.take(Buffer.from(text));
  meter.finish();
  return { rows: meter.rows, bytes: meter.bytes, exceeded, passed: Buffer.from(pass).toString() };
}

const MYSQL_DUMP = `-- MySQL dump 10.13  Distrib 8.0.40
--
/*!40101 SET NAMES utf8mb4 */;
DROP TABLE IF EXISTS \`members\`;
CREATE TABLE \`members\` (
  \`id\` int NOT NULL,
  \`name\` varchar(10) DEFAULT 'a;b'
) ENGINE=InnoDB;
LOCK TABLES \`members\` WRITE;
INSERT INTO \`members\` (\`id\`, \`name\`) VALUES (1,'a(b)'),(2,'it\\'s (x),(y)'),(3,'z;');
UNLOCK TABLES;
`;

const POSTGRES_DUMP = `--
-- PostgreSQL database dump
--

SET statement_timeout = 0;
CREATE TABLE shop.members (
    id integer,
    name text
);
COPY shop.members (id, name) FROM stdin;
1\tone
2\t-- not a comment
3\t
\\.

INSERT INTO shop.notes VALUES (1, 'it''s'), (2, 'a\\');
-- PostgreSQL database dump complete
`;

describe('the meter', () => {
  test('never passes more bytes than its budget', () => {
    expect(measure('abcdef\n', { rowsMax: 9, bytesMax: 4 })).toMatchObject({
      passed: 'abcd',
      exceeded: true,
      bytes: 4,
    });
  });

  test('cuts before the first byte of a row too many', () => {
    expect(measure('1\n2\n3\n4\n', { rowsMax: 2, bytesMax: 99 })).toMatchObject({
      passed: '1\n2\n',
      rows: 2,
      exceeded: true,
    });
  });

  test('passes nothing after it was exceeded', () => {
    const meter = createMeter({ rowsMax: 1, bytesMax: 99 });
    expect(meter.take(Buffer.from('1\n2\n')).exceeded).toBe(true);
    expect(meter.take(Buffer.from('3'))).toMatchObject({ exceeded: true, pass: Buffer.alloc(0) });
    expect(meter.bytes).toBe(2);
  });

  test('a budget that is met exactly is not exceeded', () => {
    expect(measure('1\n2\n', { rowsMax: 2, bytesMax: 4 })).toMatchObject({ exceeded: false, rows: 2, bytes: 4 });
  });

  test('cuts inside an INSERT of many tuples', () => {
    const dump = 'INSERT INTO m VALUES (1),(2),(3);\n';
    expect(measure(dump, { rowsMax: 2, bytesMax: 999 })).toMatchObject({
      passed: 'INSERT INTO m VALUES (1),(2),',
      rows: 2,
      exceeded: true,
    });
  });

  test('cuts inside COPY data, and lets the end mark of an exact budget pass', () => {
    const copy = 'COPY m FROM stdin;\n1\n2\n\\.\n';
    expect(measure(copy, { rowsMax: 2, bytesMax: 999 })).toMatchObject({ passed: copy, rows: 2, exceeded: false });
    expect(measure(copy, { rowsMax: 1, bytesMax: 999 })).toMatchObject({
      passed: 'COPY m FROM stdin;\n1\n',
      exceeded: true,
    });
  });

  test('a NULL in the first column is no way past the last row of COPY', () => {
    const copy = 'COPY m FROM stdin;\n1\n\\N\tsecret\n\\.\n';
    expect(measure(copy, { rowsMax: 1, bytesMax: 999 })).toMatchObject({
      passed: 'COPY m FROM stdin;\n1\n\\',
      rows: 1,
      exceeded: true,
    });
  });

  test.each([
    ['lines of CSV and TSV', 'id,name\n1,a\n2,b\n', 3],
    ['a last line without its break', 'a\nb', 2],
    ['no blank line', 'a\n\n\r\nb\n', 2],
    ['lines that end in CR or NUL', 'a\rb\0c\n', 3],
    ['tuples of a MySQL dump, outside quotes', MYSQL_DUMP, 3],
    ['COPY lines and tuples of a PostgreSQL dump', POSTGRES_DUMP, 5],
    ['an INSERT with no tuple', 'INSERT INTO a SELECT * FROM b;\n', 1],
    ['lines it does not know inside a dump', '-- dump\nSET a = 1;\nwhatever\n', 1],
    ['lines of data that only look like comments', 'name\n-- a\n-- b\n', 3],
    ['a long comment, which no dump tool writes', `-- d\n--${'x'.repeat(400)}\n`, 1],
    ['what hides behind an unclosed statement', `CREATE x\n${'row of data\n'.repeat(6_000)}`, 539],
  ])('counts %s', (_, text, rows) => {
    expect(measure(text, { rowsMax: 1e9, bytesMax: 1e9 }).rows).toBe(rows);
  });
});
