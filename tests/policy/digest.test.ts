import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { judgeCommand, judgeStatement } from '../../policy/index.ts';
import { GUARDED, RECORDED } from './policies.ts';

const digest = (text: string): string => judgeCommand(text, GUARDED).digest;

describe('the digest of an act', () => {
  test.each([
    ['another table', 'mysqldump shop members', 'mysqldump shop orders'],
    ['another path', 'cat /data/a > /tmp/x', 'cat /data/b > /tmp/x'],
    ['another redirect target', 'a > x', 'a > y'],
    ['another redirect operator', 'a > x', 'a >> x'],
    ['another descriptor', 'a 1> x', 'a 2> x'],
    ['a pipe more', 'a', 'a | b'],
    ['a pipe with errors', 'a | b', 'a |& b'],
    ['a command more', 'a', 'a; b'],
    ['another order', 'a; b', 'b; a'],
    ['and instead of or', 'a && b', 'a || b'],
    ['a background mark', 'a', 'a &'],
    ['a negation', 'a', '! a'],
    ['a subshell', 'a', '(a)'],
    ['until instead of while', 'while a; do b; done', 'until a; do b; done'],
    ['a word split in two', 'a "b c"', 'a b c'],
    ['a quoted glob', "a '*'", 'a *'],
    ['a quoted variable', 'a "$x"', 'a $x'],
    ['a literal dollar', "a '$x'", 'a $x'],
    ['a quoted tilde', "a '~/x'", 'a ~/x'],
    ['another variable', 'a $x', 'a $y'],
    ['another default', 'a ${x:-b}', 'a ${x:-c}'],
    ['another substitution', 'a $(b)', 'a $(c)'],
    ['an assignment', 'a', 'x=1 a'],
    ['an empty word', 'a', "a ''"],
    ['another here-document', 'a <<E\nb\nE', 'a <<E\nc\nE'],
    ['a here-document that expands', "a <<'E'\n$b\nE", 'a <<E\n$b\nE'],
    ['another case pattern', 'case a in b) c;; esac', 'case a in d) c;; esac'],
    ['another test', '[[ -e a ]]', '[[ -d a ]]'],
    ['other arithmetic', 'a $((1+2))', 'a $((1+3))'],
    ['another function name', 'f() { a; }', 'g() { a; }'],
    ['sudo in front', 'a', 'sudo a'],
  ])('changes with %s', (_, left, right) => {
    expect(digest(left)).not.toBe(digest(right));
  });

  test.each([
    ['double and single quotes', `mysqldump "shop" 'members'`, 'mysqldump shop members'],
    ['quotes inside a word', `my""sqldump s'ho'p members`, 'mysqldump shop members'],
    ['hexadecimal', "$'\\x6dysqldump' shop members", 'mysqldump shop members'],
    ['spaces', '  mysqldump   shop\tmembers ', 'mysqldump shop members'],
    ['a continued line', 'mysqldump \\\n shop members', 'mysqldump shop members'],
    ['a comment', 'mysqldump shop members # monthly', 'mysqldump shop members'],
    ['a closing separator', 'mysqldump shop members;', 'mysqldump shop members'],
    ['a line break for a semicolon', 'a\nb', 'a; b'],
    ['escaped and quoted spaces', 'a b\\ c', "a 'b c'"],
    ['the braces of a variable', 'a $x', 'a ${x}'],
    ['the delimiter of a here-document', 'a <<E\nb\nE', 'a <<OTHER\nb\nOTHER'],
    ['spaces round a redirection', 'a >x', 'a > "x"'],
  ])('does not change with %s', (_, left, right) => {
    expect(digest(left)).toBe(digest(right));
  });

  test('is 64 hexadecimal digits and does not depend on the policy', () => {
    expect(digest('a')).toMatch(/^[0-9a-f]{64}$/);
    expect(judgeCommand('mysqldump shop', RECORDED).digest).toBe(digest('mysqldump shop'));
  });

  test('of an unreadable text is its own', () => {
    expect(digest('cat "x')).not.toBe(digest('cat "y'));
  });

  test('of SQL is that of its words', () => {
    const of = (sql: string): string => judgeStatement(sql, GUARDED).digest;
    expect(of('select  1 -- x\n;')).toBe(of('SELECT 1'));
    expect(of("select 'A'")).not.toBe(of("select 'a'"));
    expect(of('select 1')).not.toBe(of('select 1; select 2'));
  });
});

const words = fc.stringMatching(/^[a-z0-9 *$'"\\|;&<>()~-]{1,10}$/);
const single = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;
const ansi = (word: string): string =>
  `$'${Array.from(word, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`).join('')}'`;
const escaped = (word: string): string => word.replace(/[^a-z0-9]/g, '\\$&');

describe('any words', () => {
  test('have one digest however they are quoted, and their own commands', () => {
    fc.assert(
      fc.property(fc.array(words, { minLength: 1, maxLength: 5 }), (argv) => {
        const writings = [single, ansi, escaped].map((quote) => judgeCommand(argv.map(quote).join(' '), GUARDED));
        for (const { digest: one, commands } of writings) {
          expect(one).toBe(writings[0]!.digest);
          expect(commands).toEqual([argv]);
        }
      }),
    );
  });

  test('have another digest than any other words', () => {
    const argvs = fc.array(words, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(argvs, argvs, (left, right) => {
        const same = JSON.stringify(left) === JSON.stringify(right);
        expect(digest(left.map(single).join(' ')) === digest(right.map(single).join(' '))).toBe(same);
      }),
    );
  });

  test('never make the judge throw, and spans lie in the text', () => {
    const parts = fc.constantFrom(
      'cat',
      ' ',
      '|',
      ';',
      '$(',
      ')',
      '`',
      '"',
      "'",
      '<<E\n',
      '\nE\n',
      '{a,b}',
      '/data/members',
      '&&',
      '>',
      '<(',
      '${x:-',
      '}',
      '[[',
      ']]',
      'for',
      'in',
      'do',
      'done',
      '\\',
      '#',
      '!',
      '((',
      '))',
      'sudo',
      'sh -c',
      'psql -c',
      '*',
      '=',
      'x',
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 25 }), (pieces) => {
        const text = pieces.join('');
        for (const { span } of judgeCommand(text, GUARDED).findings) {
          expect(span[0]).toBeGreaterThanOrEqual(0);
          expect(span[1]).toBeLessThanOrEqual(text.length);
        }
        judgeStatement(text, GUARDED);
      }),
      { numRuns: 1_000, examples: [[['${x:-', '`', '\\']]] },
    );
  });
});
