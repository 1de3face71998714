import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { judgeCommand, VERDICTS } from '../../policy/index.ts';
import { DISGUISES } from './disguises.ts';
import { GUARDED } from './policies.ts';

const PARTS = [
  ...'cat|ls|sudo|sh -c|eval|alias x=|trap|bind|scp|curl|base64 -d|find . -exec|xargs|ssh h|psql -c|git|tar c'.split(
    '|',
  ),
  ...[
    ' ',
    ';',
    '|',
    '&&',
    '\n',
    '$(',
    ')',
    '`',
    '"',
    "'",
    '${x',
    '}',
    '<<E\n',
    '\nE\n',
    '>',
    '<(',
    '((',
    '))',
    '{',
    '[[',
  ],
  ...[
    '/data/members/a',
    'members',
    '$x',
    '*',
    '\\',
    '=',
    '\u202e',
    '\ufffd',
    '顧客',
    '\u0430a',
    '/dev/tcp/h/1',
    '@',
    ':',
  ],
];
const hostile = fc.array(fc.constantFrom(...PARTS), { maxLength: 30 }).map((parts) => parts.join(''));

const COMMANDS = [
  'ls /tmp',
  'cat /etc/hosts',
  'cat /data/members/a',
  'scp /tmp/a h:',
  'frob -x',
  'x=ls',
  '$x',
  'f() { ls; }',
];
const readable = fc
  .array(fc.constantFrom(...COMMANDS, ...DISGUISES.map(([, text]) => text)), { minLength: 1, maxLength: 4 })
  .map((lines) => lines.join('\n'));

describe('whatever the text', () => {
  test('the judge answers, and answers the same again', () => {
    fc.assert(
      fc.property(fc.oneof(hostile, fc.string({ unit: 'binary', maxLength: 200 })), (text) => {
        const judgement = judgeCommand(text, GUARDED);
        expect(VERDICTS).toContain(judgement.verdict);
        expect(judgeCommand(text, GUARDED)).toEqual(judgement);
        for (const { span } of judgement.findings) {
          expect(span[0]).toBeGreaterThanOrEqual(0);
          expect(span[1]).toBeLessThanOrEqual(text.length);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('a harmless command more never makes the verdict weaker', () => {
    const harmless = fc.constantFrom('true', 'ls /tmp', 'date', 'echo done');
    fc.assert(
      fc.property(readable, harmless, (text, more) => {
        const before = VERDICTS.indexOf(judgeCommand(text, GUARDED).verdict);
        const after = VERDICTS.indexOf(judgeCommand(`${text}\n${more}`, GUARDED).verdict);
        expect(after).toBeGreaterThanOrEqual(before);
      }),
      { numRuns: 1_000 },
    );
  });
});
