/** The SQL that a command carries, as the parsers are given it. */
import { describe, expect, test } from '@jest/globals';
import { judgeCommand, statementsIn } from '../../policy/index.ts';
import { GUARDED } from './policies.ts';

const carried = (text: string): readonly string[] =>
  (judgeCommand(text, GUARDED).statements ?? []).map((one) => one.text);

describe('the statements of a judgement', () => {
  test.each([
    ['an option', `psql -c 'SELECT 1'`, ['SELECT 1']],
    ['two options', `psql -c 'SELECT 1' -c 'SELECT 2'`, ['SELECT 1', 'SELECT 2']],
    ['a joined option', `mysql --execute='SELECT 1'`, ['SELECT 1']],
    ['a cluster', `mysql -Ne'SELECT 1'`, ['SELECT 1']],
    ['an operand', `sqlite3 shop.db "SELECT 1"`, ['SELECT 1']],
    ['sqlcmd', `sqlcmd -Q 'SELECT 1'`, ['SELECT 1']],
    ['a here-document', `psql <<'E'\nSELECT 1;\nE`, ['SELECT 1;\n']],
    ['a here-string', `psql <<< 'SELECT 1'`, ['SELECT 1\n']],
    ['a pipe', `echo 'SELECT 1' | psql`, ['SELECT 1\n']],
    ['wrapped', `sudo -u postgres psql -c 'SELECT 1'`, ['SELECT 1']],
    ['inside a shell', `sh -c "psql -c 'SELECT 1'"`, ['SELECT 1']],
  ])('are found in %s', (_where, text, expected) => {
    expect(carried(text).map((one) => one.trim())).toEqual(expected.map((one) => one.trim()));
  });

  test.each(['ls -l', 'psql --version', `echo 'SELECT 1'`, 'cat "x'])('are none in %s', (text) => {
    expect(carried(text)).toEqual([]);
  });

  test('stand in the judged text where it shows them, also for a text inside the text', () => {
    const text = `true; bash -c "psql -c 'SELECT 1'"`;
    const [statement] = judgeCommand(text, GUARDED).statements ?? [];
    expect(text.slice(...(statement?.span ?? [0, 0]))).toBe(`"psql -c 'SELECT 1'"`);
    expect(statement).toMatchObject({ relations: [], fingerprint: null });
  });
});

describe('a text cut into its statements', () => {
  test.each([
    ['SELECT 1', ['SELECT 1']],
    [';;', []],
    ['SELECT 1; SELECT 2;', ['SELECT 1', 'SELECT 2']],
    [`SELECT ';'; SELECT 2`, [`SELECT ';'`, 'SELECT 2']],
    ['\\x\nSELECT 1;', ['SELECT 1']],
  ])('%j gives %j', (sql, expected) => {
    expect(statementsIn(sql).filter((one) => !one.startsWith('\\'))).toEqual(expect.arrayContaining(expected));
    if (expected.length === 0) expect(statementsIn(sql)).toEqual([]);
  });

  test('is cut as every dialect would: a quote that one escapes ends the string of another', () => {
    expect(statementsIn(`SELECT '\\'; SELECT * FROM members; -- '`)).toContain('SELECT * FROM members');
  });
});

test.each([
  `sqlite3 shop.db "SELECT * FROM 'members'"`,
  `sqlite3 shop.db "SELECT * FROM main.'members'"`,
  `sqlite3 shop.db "SELECT a.* FROM t a JOIN 'members'"`,
])('a string where a table must stand names it, as SQLite reads it: %s', (text) => {
  expect(judgeCommand(text, GUARDED)).toMatchObject({ verdict: 'needs_ticket', objects: ['shop.members'] });
});
