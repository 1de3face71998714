import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Judgement, judgeStatement, VERDICTS } from '../../policy/index.ts';
import { READINGS } from '../../policy/statement/readings.ts';
import { scan } from '../../policy/statement/scan.ts';
import { GUARDED } from './policies.ts';

const strictness = ({ verdict }: Judgement): number => VERDICTS.indexOf(verdict);

/** Pieces that mean something to one dialect or another, in any order. */
const PIECES = [
  ...[
    "'",
    '"',
    '`',
    '\\',
    '$$',
    '$a$',
    '/*',
    '*/',
    '/*!50000 ',
    '--',
    '-- ',
    '#',
    ';',
    '\n',
    ' ',
    '(',
    ')',
    '||',
    '.',
    ':',
  ],
  ...[
    "q'[",
    "]'",
    "E'",
    'U&"',
    '\\g',
    '\\copy ',
    '\\! ',
    '\\\\',
    '\\c ',
    '.dump',
    'delimiter //\n',
    '//',
    '@',
    '!',
    '&t',
    ',',
  ],
  ...[
    'SELECT ',
    'COPY ',
    'INTO OUTFILE ',
    'TO STDOUT',
    'FROM ',
    'members',
    'shop',
    '*',
    'LIMIT 5',
    'EXEC ',
    'DO ',
    'count',
  ],
];
const text = fc.oneof(
  fc.array(fc.constantFrom(...PIECES), { maxLength: 40 }).map((pieces) => pieces.join('')),
  fc.string({ unit: 'binary', maxLength: 200 }),
);
const EXPORTS = [
  'COPY shop.members TO STDOUT',
  "SELECT a FROM stock /*!50000 INTO OUTFILE '/tmp/x' */",
  "DO $$ BEGIN EXECUTE 'COPY stock TO STDOUT'; END $$",
  "\\copy (select * from members) to '/tmp/x'",
  'WITH m AS (SELECT * FROM shop.members) SELECT * FROM m',
  "SELECT '\\'' , a FROM stock INTO OUTFILE '/tmp/x' -- '",
];

describe('the statement judge', () => {
  test('answers to anything, the same each time, with spans inside the text', () => {
    fc.assert(
      fc.property(text, (sql) => {
        const judgement = judgeStatement(sql, GUARDED);
        expect(judgement.findings.every(({ span: [from, to] }) => from >= 0 && from <= to && to <= sql.length)).toBe(
          true,
        );
        expect(judgeStatement(sql, GUARDED)).toEqual(judgement);
      }),
      { numRuns: 1_000 },
    );
  });

  test('answers to exports with any byte bent', () => {
    fc.assert(
      fc.property(fc.constantFrom(...EXPORTS), fc.nat(), fc.integer({ min: 1, max: 255 }), (sql, where, bits) => {
        const bytes = Buffer.from(sql);
        const at = where % bytes.length;
        bytes[at] = (bytes[at] ?? 0) ^ bits;
        const bent = bytes.toString('utf8');
        expect(VERDICTS).toContain(judgeStatement(bent, GUARDED).verdict);
      }),
      { numRuns: 2_000 },
    );
  });

  test('is never made milder by a statement before', () => {
    fc.assert(
      fc.property(text, (sql) => {
        const alone = judgeStatement(sql, GUARDED);
        expect(strictness(judgeStatement(`SELECT 1;\n${sql}`, GUARDED))).toBeGreaterThanOrEqual(strictness(alone));
      }),
      { numRuns: 1_000 },
    );
  });

  test('finds an export behind anything that ends', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...EXPORTS),
        fc.constantFrom('SELECT 1;\n', '-- x\n', '/* x */', ';;', '\n\t'),
        (sql, before) => {
          expect(judgeStatement(before + sql, GUARDED).verdict).not.toBe('allow');
        },
      ),
    );
  });

  test('reads each text under each reading to its end, in order, without a gap that is not white space or comment', () => {
    fc.assert(
      fc.property(text, fc.constantFrom(...READINGS), (sql, reading) => {
        let last = 0;
        for (const { start, end } of scan(sql, reading)) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThan(start);
          last = end;
        }
        expect(last).toBeLessThanOrEqual(sql.length);
      }),
      { numRuns: 1_000 },
    );
  });

  test('does a bounded number of steps for strings in strings in strings', () => {
    const deep = Array.from({ length: 8 }).reduce<string>(
      (inner) => `EXEC '\\'--#${inner.replaceAll("'", "''")}'`,
      'SELECT 1',
    );
    let scanned = 0;
    const counting = new Proxy(GUARDED, {
      get: (target, name) => {
        if (name === 'assets') scanned += 1; // Read once for each statement that is judged.
        return Reflect.get(target, name) as unknown;
      },
    });
    judgeStatement(deep, counting);
    expect(scanned).toBeGreaterThan(0);
    expect(scanned).toBeLessThan(20_000);
  });
});
