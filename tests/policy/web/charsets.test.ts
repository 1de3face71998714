import { describe, expect, test } from '@jest/globals';
import { contentKindOf, createBodyReader, createPersonalDataMeter } from '../../../policy/index.ts';

/** 佐藤 太郎 and 田中 花子 in three character sets. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  'UTF-8': ['e4bd90e897a420e5a4aae9838e', 'e794b0e4b8ad20e88ab1e5ad90'],
  Shift_JIS: ['8db293a12091be9859', '93639286208ad48e71'],
  'EUC-JP': ['bab4c6a320c2c0cfba', 'c5c4c3e620b2d6bbd2'],
};

function page(rows: readonly Buffer[]): Buffer {
  const cells = rows.flatMap((row) => [Buffer.from('<tr><td>1</td><td>'), row, Buffer.from('</td></tr>\n')]);
  return Buffer.concat([Buffer.from('<!doctype html><table>\n'), ...cells, Buffer.from('</table>')]);
}

function counted(body: Buffer, chunk: number): { rows: number; persons: number } {
  const reader = createBodyReader(contentKindOf(body, 'text/html'));
  const meter = createPersonalDataMeter({ key: Buffer.alloc(32, 1) });
  const persons = new Set<unknown>();
  let rows = 0;
  const note = (text: Buffer, more: number): void => {
    rows += more;
    for (const { person } of text.length === 0 ? [] : meter.take(text).persons) persons.add(String(person));
  };
  for (let at = 0; at < body.length; at += chunk) {
    const read = reader.take(body.subarray(at, at + chunk));
    note(read.text, read.rows);
  }
  const last = reader.finish();
  note(last.text, last.rows);
  for (const { person } of meter.finish().persons) persons.add(String(person));
  return { rows, persons: persons.size };
}

describe('a page in the character sets of Japan', () => {
  test.each(Object.entries(NAMES))('holds two rows and two people: %s', (_charset, names) => {
    const body = page(names.map((name) => Buffer.from(name, 'hex')));
    expect(counted(body, body.length)).toEqual({ rows: 2, persons: 2 });
  });

  test.each(Object.entries(NAMES))('and as many when it comes a byte at a time: %s', (_charset, names) => {
    expect(counted(page(names.map((name) => Buffer.from(name, 'hex'))), 1)).toEqual({ rows: 2, persons: 2 });
  });
});
