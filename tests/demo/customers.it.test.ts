import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CUSTOMER_COUNT, customerRows, ORDER_COUNT, orderRows } from '../../demo/customers/rows.ts';
import { mysqldumpScript, mysqlScript, shellQuote } from '../../demo/customers/tools.ts';
import { createMeter } from '../../policy/index.ts';
import { type TempDirectory, tempDirectory } from '../support/temp-directory.ts';
import { type Finished, run } from './support.ts';

let directory: TempDirectory;

beforeAll(async () => {
  directory = await tempDirectory();
  const data = join(directory.path, "it's data");
  await mkdir(data);
  const lines = (rows: Iterable<readonly unknown[]>) => Array.from(rows, (row) => `${row.join('\t')}\n`).join('');
  await writeFile(join(data, 'customers.tsv'), lines(customerRows()));
  await writeFile(join(data, 'orders.tsv'), lines(orderRows()));
  await writeFile(join(directory.path, 'mysqldump'), mysqldumpScript(data), { mode: 0o755 });
  await writeFile(join(directory.path, 'mysql'), mysqlScript(data), { mode: 0o755 });
});
afterAll(async () => {
  await directory[Symbol.asyncDispose]();
});

const mysqldump = (...words: string[]): Promise<Finished> => run(join(directory.path, 'mysqldump'), words);
const mysql = (statement: string): Promise<Finished> => run(join(directory.path, 'mysql'), ['crm', '-e', statement]);

describe('the rows', () => {
  test('are the same at each start and as many as announced', () => {
    expect([...customerRows()]).toEqual([...customerRows()]);
    expect([...customerRows()].length).toBe(CUSTOMER_COUNT);
    expect([...orderRows()].length).toBe(ORDER_COUNT);
  });

  test('are plainly invented: no telephone that rings, no mailbox that exists', () => {
    for (const [, , , phone, email] of customerRows()) {
      expect(phone).toMatch(/^000-0000-\d{4}$/);
      expect(email).toMatch(/@example\.com$/);
    }
  });

  test('hold nothing that a table of text or a dump would have to escape', () => {
    for (const row of [...customerRows(), ...orderRows()]) expect(row.join('\t')).not.toMatch(/[\n'"\\]/);
  });

  test('of orders belong to customers', () => {
    for (const [, customer] of orderRows()) {
      expect(customer).toBeGreaterThanOrEqual(1);
      expect(customer).toBeLessThanOrEqual(CUSTOMER_COUNT);
    }
  });
});

describe('mysqldump', () => {
  test.each([
    [['elsewhere'], "Unknown database 'elsewhere'"],
    [['crm', 'salaries'], 'Couldn\'t find table: "salaries"'],
    [['crm', 'customers; id'], 'Couldn\'t find table: "customers; id"'],
    [['--tab=/tmp', 'crm'], "unknown option '--tab=/tmp'"],
    [[], 'no database given'],
  ])('refuses %j with status 2 and writes nothing', async (words, message) => {
    const { code, stdout, stderr } = await mysqldump(...words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  test('dumps a customer a line', async () => {
    const { code, stdout, stderr } = await mysqldump('crm', 'customers');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^-- MySQL dump/);
    const tuples = stdout.split('\n').filter((line) => /^\(\d+,'/.test(line));
    expect(tuples.length).toBe(CUSTOMER_COUNT);
    expect(tuples.at(-1)).toMatch(/\);$/);
    expect(stdout).not.toContain('`orders`');
  });

  test('is counted by the meter as the rows it holds', async () => {
    for (const [words, rows] of [
      [['crm', 'customers'], CUSTOMER_COUNT],
      [['--single-transaction', 'crm'], CUSTOMER_COUNT + ORDER_COUNT],
      [['--no-data', 'crm'], 0],
    ] as const) {
      const meter = createMeter({ rowsMax: 10_000, bytesMax: 10_000_000 });
      meter.take(Buffer.from((await mysqldump(...words)).stdout));
      meter.finish();
      expect(meter.rows).toBe(rows);
    }
  });
});

describe('mysql', () => {
  test.each([
    ['SELECT COUNT(*) FROM customers', `COUNT(*)\n${CUSTOMER_COUNT}\n`],
    ['select count(*) from crm.orders;', `COUNT(*)\n${ORDER_COUNT}\n`],
    ['SHOW TABLES', 'Tables_in_crm\ncustomers\norders\n'],
  ])('answers %s', async (statement, answer) => {
    expect(await mysql(statement)).toEqual({ code: 0, stdout: answer, stderr: '' });
  });

  test('shows one row, some rows, or all', async () => {
    const lines = async (statement: string) => (await mysql(statement)).stdout.split('\n').length - 2;
    expect(await lines('SELECT * FROM customers WHERE id = 1200')).toBe(1);
    expect(await lines('SELECT * FROM customers LIMIT 25')).toBe(25);
    expect(await lines('SELECT * FROM orders')).toBe(ORDER_COUNT);
  });

  test.each(['DROP TABLE customers', 'SELECT name FROM customers', '$(id)', 'SELECT * FROM `customers`'])(
    'says honestly that it cannot answer %s',
    async (statement) => {
      const { code, stdout, stderr } = await mysql(statement);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toContain('this is a demonstration and not a database server');
    },
  );

  test('reads statements from its input', async () => {
    const { stdout } = await run(
      join(directory.path, 'mysql'),
      ['-N', 'crm'],
      'SELECT COUNT(*) FROM orders;\nSHOW TABLES',
    );
    expect(stdout).toBe(`${ORDER_COUNT}\ncustomers\norders\n`);
  });

  test('does not know another database', async () => {
    expect((await run(join(directory.path, 'mysql'), ['other', '-e', 'SHOW TABLES'])).stderr).toContain(
      "Unknown database 'other'",
    );
  });
});

test('a word is quoted so that the shell reads it as it is', async () => {
  const word = `it's $(id) \`id\` "\\\n`;
  expect((await run('bash', ['-c', `printf %s ${shellQuote(word)}`])).stdout).toBe(word);
});
