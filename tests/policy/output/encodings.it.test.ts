import { spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { createOpaqueDetector } from '../../../policy/index.ts';
import { describeWith, partner } from '../../support/partners.ts';
import { count, passedWithin } from './metering.ts';
import { csv, people } from './people.ts';

const PERSONS = people();
const PLAIN = Buffer.from(csv(PERSONS));
const BUDGET = 100;

/** Encodings by the programs a person has at hand; `exact` where every person can be read. */
const PROGRAMS: readonly (readonly [string, 'exact' | 'unreadable'])[] = [
  ['base64', 'exact'],
  ['base64 -w0', 'exact'],
  ['base64 -w50', 'exact'],
  ['while IFS= read -r row; do printf %s "$row" | base64 -w0; echo; done', 'exact'],
  ['base32', 'exact'],
  ['basenc --base16 -w 64', 'exact'],
  ['od', 'exact'],
  ['od -c', 'exact'],
  ['od -An -tx1', 'exact'],
  ['od -An -v -tu1 -w1', 'exact'],
  ['od -tx2', 'exact'],
  ['od -b', 'exact'],
  ['od -An -v -c', 'exact'],
  ['od -An -v -tx2', 'exact'],
  ["od -An -v -tx1 -w24 | tr -d ' ' | sed 's/../&:/g; s/:$//'", 'exact'],
  ['gzip -c', 'exact'],
  ['gzip -c | base64', 'exact'],
  ['gzip -c | od -An -tx1', 'exact'],
  ['base64 | base64', 'exact'],
  ["tr 'A-Za-z' 'N-ZA-Mn-za-m'", 'exact'],
  ["tr '!-~' 'P-~!-O'", 'exact'],
  ["sed 's/./& /g'", 'exact'],
  ["sed 's/./&\\n/g'", 'exact'],
  ["tr ',' '\\n'", 'exact'],
  ["tr '\\n' ';'", 'exact'],
  ["tr '\\n' '\\0'", 'exact'],
  ['cat -v', 'exact'],
  ['fold -w 20', 'exact'],
  ['iconv -t CP932', 'exact'],
  ['iconv -t EUC-JP', 'exact'],
  ['iconv -t UTF-16LE', 'exact'],
  ['iconv -t ISO-2022-JP', 'exact'],
  ['bzip2 -c', 'unreadable'],
  ['xz -c', 'unreadable'],
  ['openssl enc -aes-256-cbc -pbkdf2 -k secret', 'unreadable'],
  ['openssl enc -aes-256-cbc -pbkdf2 -k secret -a', 'unreadable'],
  ['openssl enc -aes-256-ctr -K 00 -iv 00', 'unreadable'],
  ['gzip -c | openssl enc -aes-256-cbc -pbkdf2 -k secret -a', 'unreadable'],
];

/** What needs no program of the machine. */
const OWN: readonly (readonly [string, (text: string) => string])[] = [
  ['URL', (text) => text.split('\n').map(encodeURIComponent).join('\n')],
  ['HTML entities', (text) => text.replace(/[^\n]/gu, (letter) => `&#${letter.codePointAt(0) ?? 0};`)],
  [
    'JSON escapes',
    (text) => text.replace(/[^\n]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`),
  ],
  [
    'C escapes',
    (text) =>
      Buffer.from(text)
        .toString('latin1')
        .replace(/[^\n]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`),
  ],
  [
    'reversed lines',
    (text) =>
      text
        .split('\n')
        .map((line) => Array.from(line).reverse().join(''))
        .join('\n'),
  ],
  ['full-width digits', (text) => text.replace(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0))],
  ['a hex dump with a column of text', (text) => xxd(Buffer.from(text))],
  ['plain hex', (text) => Buffer.from(text).toString('hex').replace(/.{60}/g, '$&\n')],
  ['uuencode', (text) => uuencode(Buffer.from(text))],
]; // prettier-ignore

function xxd(bytes: Buffer): string {
  return Array.from({ length: Math.ceil(bytes.length / 16) }, (_, at) => {
    const row = bytes.subarray(at * 16, at * 16 + 16);
    const hex = row.toString('hex').replace(/.{4}/g, '$& ').padEnd(40);
    return `${(at * 16).toString(16).padStart(8, '0')}: ${hex} ${row.toString('latin1').replace(/[^ -~]/g, '.')}\n`;
  }).join('');
}

function uuencode(bytes: Buffer): string {
  const six = (value: number) => String.fromCharCode(value === 0 ? 0x60 : value + 0x20);
  const lines = Array.from({ length: Math.ceil(bytes.length / 45) }, (_, at) => {
    const row = Buffer.alloc(45);
    const length = bytes.copy(row, 0, at * 45, at * 45 + 45);
    let line = six(length);
    for (let from = 0; from < length; from += 3) {
      const group = row.readUIntBE(from, 3);
      line += six(group >> 18) + six((group >> 12) & 63) + six((group >> 6) & 63) + six(group & 63);
    }
    return `${line}\n`;
  });
  return `begin 644 members\n${lines.join('')}\`\nend\n`;
}

/** Persons of whom a byte has left, when as many of the encoded bytes have as the gateway lets pass. */
function leaked(passed: number, encoded: Buffer): number {
  return Math.ceil((passed / encoded.length) * PERSONS.length);
}

function expectStopped(encoded: Buffer): void {
  expect(encoded.length).toBeGreaterThan(1_000);
  for (const size of [1_024, 16_384]) {
    expect(leaked(passedWithin(BUDGET, encoded, size), encoded)).toBeLessThanOrEqual(BUDGET * 1.2);
  }
}

describe('six hundred persons in an encoding are stopped at 1.2 times the budget:', () => {
  for (const [name, encode] of OWN) {
    test(name, () => {
      const encoded = Buffer.from(encode(PLAIN.toString()));
      expectStopped(encoded);
      expect(count(encoded).persons.size).toBeGreaterThanOrEqual(540);
    });
  }
});

describeWith('bash', 'six hundred persons through a program are stopped at 1.2 times the budget:', () => {
  for (const [command, readable] of PROGRAMS) {
    const [program = ''] = command.replace(/^while.*printf/, 'base64').split(' ');
    const has =
      spawnSync(partner('bash'), ['-c', `command -v ${program} && command -v openssl && command -v gzip`]).status === 0;
    (has ? test : test.skip)(command, () => {
      const { stdout } = spawnSync(partner('bash'), ['-c', command], { input: PLAIN, maxBuffer: 10_000_000 });
      expectStopped(stdout);
      const { persons, opaque } = count(stdout);
      if (readable === 'exact') expect(persons.size).toBeGreaterThanOrEqual(590);
      else expect(opaque).toBeGreaterThanOrEqual(600);
      const detector = createOpaqueDetector();
      detector.take(stdout);
      if (readable === 'unreadable' || /base|od|gzip/.test(command)) expect(detector.finish()).toBe(true);
    });
  }

  test('plain text looks like no code', () => {
    const detector = createOpaqueDetector();
    expect(detector.take(PLAIN) || detector.finish()).toBe(false);
  });
});
