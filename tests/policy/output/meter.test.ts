import { describe, expect, test } from '@jest/globals';
import { createPersonalDataMeter } from '../../../policy/index.ts';
import { count, KEY, passedWithin } from './metering.ts';
import { csv, people } from './people.ts';

const SIX_HUNDRED = people();

describe('the personal-data meter', () => {
  test('counts a person once, whatever stands on the row', () => {
    expect(count(csv(SIX_HUNDRED)).persons.size).toBe(600);
    for (const field of ['phone', 'email', 'kana'] as const) {
      expect(count(SIX_HUNDRED.map((one) => `${one[field]}\n`).join('')).persons.size).toBe(600);
    }
  });

  test('is not deceived by one address of the reader in front of every row', () => {
    const rows = SIX_HUNDRED.map(({ phone }) => `me@mail.example.jp,${phone}\n`).join('');
    expect(count(rows).persons.size).toBe(600);
  });

  test('counts the persons on one line: without line breaks, with three rows a line', () => {
    const text = csv(SIX_HUNDRED);
    for (const joined of [text.replaceAll('\n', ';'), text.replace(/(.*)\n(.*)\n(.*)\n/g, '$1;$2;$3\n')]) {
      const { size } = count(joined).persons;
      expect(size).toBeGreaterThanOrEqual(600);
      expect(size).toBeLessThanOrEqual(630);
    }
  });

  test('ends a line at every break: CR, NUL, form feed', () => {
    for (const mark of ['\r', '\0', '\f']) {
      expect(count(csv(SIX_HUNDRED).replaceAll('\n', mark)).persons.size).toBe(600);
    }
  });

  const shapes: readonly (readonly [string, (one: (typeof SIX_HUNDRED)[number]) => string])[] = [
    ['psql \\x', (one) => `-[ RECORD 1 ]-\nname  | ${one.name}\nphone | ${one.phone}\nemail | ${one.email}\n`],
    ['mysql \\G', (one) => `*** 1. row ***\n name: ${one.name}\nphone: ${one.phone}\nemail: ${one.email}\n`],
    ['JSON over lines', (one) => `${JSON.stringify(one, null, 2)},\n`],
    ['JSON on a line', (one) => `${JSON.stringify(one)}\n`],
    ['an SQL tuple', (one) => `INSERT INTO m VALUES (1,'${one.name}','${one.phone}','${one.email}');\n`],
    ['a table', (one) => `| ${one.id} | ${one.name} | ${one.phone} |\n`],
    ['HTML', (one) => `<tr><td>${one.name}</td><td>${one.phone}</td><td>${one.email}</td></tr>\n`],
    ['HTML over lines', (one) => `<tr>\n<td>${one.name}</td>\n<td>${one.phone}</td>\n<td>${one.email}</td>\n</tr>\n`],
    ['a field a line', (one) => `${one.name}\n${one.phone}\n${one.email}\n`],
    ['vCard', (one) => `BEGIN:VCARD\nFN: ${one.name}\nTEL: ${one.phone}\nEMAIL: ${one.email}\nEND:VCARD\n`],
  ];
  for (const [name, shape] of shapes) {
    test(`knows a record of ${name}`, () => {
      expect(count(SIX_HUNDRED.map(shape).join('')).persons.size).toBe(600);
    });
  }

  test('counts a person seen again on the next screen once', () => {
    const screen = SIX_HUNDRED.slice(0, 20)
      .map(({ phone, name }) => `${name} ${phone}\r\n`)
      .join('');
    expect(count(`\x1b[H\x1b[2J${screen}`.repeat(30)).persons.size).toBe(20);
  });

  test('sees through colours, and rows painted field by field', () => {
    const coloured = SIX_HUNDRED.map(
      ({ phone }) => `\x1b[31m${phone.slice(0, 5)}\x1b[0m\x1b[K${phone.slice(5)}\n`,
    ).join('');
    expect(count(coloured).persons.size).toBe(600);
    const painted = SIX_HUNDRED.map(({ phone, email }, at) => {
      const row = (at % 20) + 1;
      return `\x1b[${row};1H${phone}\x1b[${row};20H${email}`;
    }).join('');
    expect(count(painted).persons.size).toBe(600);
  });

  test('stops row-by-row paging at its budget, whatever the pieces', () => {
    const text = Buffer.from(SIX_HUNDRED.map((one) => `\x1b[H\x1b[2J${Object.values(one).join('  ')}\r\n:`).join(''));
    for (const size of [40, 100, 4_096]) {
      const shown = text.subarray(0, passedWithin(100, text, size)).toString();
      const seen = SIX_HUNDRED.filter(({ phone }) => shown.includes(phone)).length;
      expect(seen).toBeGreaterThanOrEqual(95);
      expect(seen).toBeLessThanOrEqual(101);
    }
  });

  test('says where the first person beyond a budget begins, so that not a byte of them leaves', () => {
    const text = Buffer.from(csv(SIX_HUNDRED));
    const shown = text.subarray(0, passedWithin(100, text, 16_384)).toString();
    expect(shown.split('\n').length - 1).toBe(100);
    expect(shown.endsWith('\n')).toBe(true);
  });

  test('names persons by keyed hashes: the same under one key, others under another', () => {
    const under = (key: Buffer) =>
      createPersonalDataMeter({ key }).take(Buffer.from('taro@example.jp\n')).persons[0]?.person;
    expect(under(KEY)).toBe(under(KEY));
    expect(under(KEY)).not.toBe(under(Buffer.alloc(32, 8)));
  });

  test('refuses a key that is short enough to be guessed', () => {
    expect(() => createPersonalDataMeter({ key: Buffer.alloc(15) })).toThrow('key of a meter');
  });

  test('reads an unfinished line when the stream is idle', () => {
    const meter = createPersonalDataMeter({ key: KEY });
    expect(meter.take(Buffer.from('taro@example.jp')).persons).toHaveLength(0);
    expect(meter.finish().persons).toHaveLength(1);
  });

  test('takes a long unreadable stream for persons, and a key for none', () => {
    const noise = Buffer.from(Array.from({ length: 40_000 }, (_, at) => (Math.imul(at + 1, 0x9e3779b1) >>> 13) & 0xff));
    expect(count(noise).opaque).toBeGreaterThan(1_000);
    expect(count(`token: ${noise.subarray(0, 60).toString('base64')}\n`).opaque).toBe(0);
  });

  test('takes padding, rulers and fill patterns for nobody', () => {
    for (const fill of ['0', 'x', 'f', 'A']) {
      expect(count(fill.repeat(200_000))).toMatchObject({ opaque: 0, persons: new Set() });
    }
    const counters = Array.from({ length: 20 }, (_, at) => `${String(at).padStart(30_000, '0')}\n`).join('');
    expect(count(counters)).toMatchObject({ opaque: 0, persons: new Set() });
  });

  test('counts what is hidden among padding once it changes too often to be any', () => {
    const bytes = Buffer.alloc(96 * 1024, 0xfe);
    for (let at = 0; at < bytes.length; at += 96) bytes[at] = 0x80 + ((at / 96) % 100);
    expect(count(bytes.toString('hex')).opaque).toBeGreaterThan(1_000);
  });
});
