/** The pieces of the target menu: keys out of bytes, columns of text, moving and searching, what is drawn. */
import { describe, expect, test } from '@jest/globals';
import { LIMITS } from '../../foundation/index.ts';
import { draw, pageRows } from '../../gateway/ssh/menu/draw.ts';
import { itemsOf, plainList, zoneName } from '../../gateway/ssh/menu/items.ts';
import { type Key, KeyReader } from '../../gateway/ssh/menu/keys.ts';
import { listed, type MenuState, press } from '../../gateway/ssh/menu/state.ts';
import { columnsOf, fitted, withoutLast } from '../../gateway/ssh/menu/width.ts';
import type { OpenTarget } from '../../identity/index.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
const SEQUENCE = /\x1b\[[0-?]*[ -/]*[@-~]/g;

const JA = { locale: 'ja', offset: 540 } as const;

function target(changes: Partial<OpenTarget> = {}): OpenTarget {
  return {
    name: 'crm-db',
    systemName: 'crm',
    loginName: 'crm-db',
    host: '192.0.2.1',
    port: 22,
    systemTitle: { en: 'Customer records', ja: '顧客管理システム' },
    account: 'chen',
    actions: ['shell'],
    expiresAt: new Date('2026-11-24T09:00:00Z'),
    mode: 'guarded-line',
    legacyAlgorithms: false,
    assets: [],
    ...changes,
  };
}

const names = (...loginNames: string[]): MenuState => ({
  items: itemsOf(
    loginNames.map((loginName) => target({ loginName, name: loginName })),
    { locale: 'en', offset: 0 },
  ),
  filter: '',
  selected: 0,
});

function after(state: MenuState, ...keys: Key[]): MenuState {
  return keys.reduce((now, key) => {
    const step = press(now, key, 10);
    if (step.kind !== 'stay') throw new Error(step.kind);
    return step.state;
  }, state);
}

/** The lines on the screen, without the sequences that put them there. */
function lines(drawn: string): string[] {
  return drawn.replaceAll(SEQUENCE, '').split('\r\n');
}

describe('a hostile inventory', () => {
  test('prints nothing raw: no sequence, no line break, no reordering', () => {
    const evil = target({
      account: 'ch\x07en',
      systemTitle: { en: 'A\x1b[2J\r\nB\u202Eevil\u2066', ja: '甲\u0085乙\x9b2J' },
    });
    for (const locale of ['en', 'ja'] as const) {
      const items = itemsOf([evil], { locale, offset: 0 });
      const drawn = draw({ items, filter: '', selected: 0 }, { columns: 80, rows: 24 }, { locale, zone: 'UTC' });
      const shownLines = lines(drawn);
      expect(shownLines.join('')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      expect(shownLines).toHaveLength(24);
      expect(plainList(items, { locale, zone: 'UTC', example: 'ssh x' }).join('')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }
  });

  test('cannot fill a line with a long title', () => {
    const items = itemsOf([target({ systemTitle: { en: 'x'.repeat(10_000), ja: '字'.repeat(10_000) } })], JA);
    for (const line of lines(
      draw({ items, filter: '', selected: 0 }, { columns: 80, rows: 24 }, { locale: 'ja', zone: 'UTC+9' }),
    )) {
      expect(columnsOf(line)).toBeLessThanOrEqual(80);
    }
  });
});

describe('what is typed', () => {
  test('is bounded, and shown without its control and format characters', () => {
    const state = after(names('crm-db'), { kind: 'text', text: `\u202E${'a'.repeat(500)}` });
    expect(state.filter).toHaveLength(LIMITS.menuFilterCharactersMax);
    expect(draw(state, { columns: 80, rows: 24 }, { locale: 'en', zone: 'UTC' })).not.toContain('\u202E');
  });

  test('finds by login name, system and account, in capitals, full width and half width', () => {
    const items = itemsOf(
      [
        target({ loginName: 'crm-db' }),
        target({ loginName: 'pay-app', systemTitle: { en: 'Payroll', ja: 'カード決済' }, account: 'chen2' }),
      ],
      { locale: 'en', offset: 0 },
    );
    const found = (filter: string): string[] => listed({ items, filter, selected: 0 }).map((item) => item.loginName);
    expect(found('')).toEqual(['crm-db', 'pay-app']);
    expect(found('PAY')).toEqual(['pay-app']);
    expect(found('ｐａｙ')).toEqual(['pay-app']);
    expect(found('ｶｰﾄﾞ')).toEqual(['pay-app']);
    expect(found('顧客')).toEqual(['crm-db']);
    expect(found('chen2')).toEqual(['pay-app']);
    expect(found('pay roll chen')).toEqual(['pay-app']);
    expect(found('pay crm-db')).toEqual([]);
    expect(found('.*')).toEqual([]);
  });

  test('is taken back by whole characters', () => {
    expect(withoutLast('ab')).toBe('a');
    expect(withoutLast('か\u3099')).toBe('');
    expect(withoutLast('👨‍👩‍👧')).toBe('');
    expect(withoutLast('')).toBe('');
  });
});

describe('a key', () => {
  const read = (text: string): Key[] => [...new KeyReader().read(Buffer.from(text)).keys];

  test.each([
    ['arrows', '\x1b[A\x1b[B\x1bOA\x1bOB', ['up', 'down', 'up', 'down']],
    ['Ctrl-P and Ctrl-N', '\x10\x0e', ['up', 'down']],
    ['Home and End', '\x1b[H\x1b[F\x1b[1~\x1b[4~\x01\x05', ['first', 'last', 'first', 'last', 'first', 'last']],
    ['PageUp and PageDown', '\x1b[5~\x1b[6~', ['page_up', 'page_down']],
    ['Backspace', '\x7f\b', ['backspace', 'backspace']],
    ['other keys', '\x1b[15~\x1b[1;5C\x1bx\x1bOP\t\x00', []],
    ['Ctrl-C', '\x03', ['leave']],
    ['Ctrl-D', '\x04', ['leave']],
    ['Escape twice', '\x1b\x1b', ['leave']],
  ])('%s', (_name, bytes, kinds) => {
    expect(read(bytes).map(({ kind }) => kind)).toEqual(kinds);
  });

  test('Escape alone is known when nothing follows it', () => {
    const keys = new KeyReader();
    expect(keys.read(Buffer.from('\x1b')).keys).toEqual([]);
    expect(keys.isWaiting).toBe(true);
    expect(keys.giveUp()).toEqual({ kind: 'leave' });
    expect(keys.isWaiting).toBe(false);
  });

  test('a sequence without an end is bounded', () => {
    const keys = new KeyReader();
    for (let count = 0; count < 100; count += 1) keys.read(Buffer.from('\x1b['.padEnd(40, '1')));
    expect(keys.read(Buffer.from('A\x03')).keys).toContainEqual({ kind: 'leave' });
  });

  test('what follows Enter is left for what it opens, byte for byte', () => {
    const { keys, rest } = new KeyReader().read(Buffer.from('crm\rls\xff\x00\r', 'latin1'));
    expect(keys).toEqual([{ kind: 'text', text: 'crm' }, { kind: 'enter' }]);
    expect(rest).toEqual(Buffer.from('ls\xff\x00\r', 'latin1'));
  });
});

describe('the menu', () => {
  test('moves within its ends', () => {
    const state = names('a', 'b', 'c');
    expect(after(state, { kind: 'up' }).selected).toBe(0);
    expect(after(state, { kind: 'down' }, { kind: 'down' }, { kind: 'down' }).selected).toBe(2);
    expect(after(state, { kind: 'page_down' }).selected).toBe(2);
    expect(after(state, { kind: 'last' }, { kind: 'first' }).selected).toBe(0);
    expect(after(state, { kind: 'last' }, { kind: 'text', text: 'b' }).selected).toBe(0);
    expect(after(state, { kind: 'text', text: 'zz' }, { kind: 'down' }).selected).toBe(0);
  });

  test('opens what is selected, and nothing when nothing fits', () => {
    const state = names('abc', 'abd', 'x');
    const typed = after(state, { kind: 'text', text: 'ab' }, { kind: 'down' });
    expect(press(typed, { kind: 'enter' }, 10)).toMatchObject({ kind: 'chosen', item: { loginName: 'abd' } });
    const none = after(state, { kind: 'text', text: 'nothing' });
    expect(press(none, { kind: 'enter' }, 10)).toMatchObject({ kind: 'stay' });
  });

  test('is left by q only while nothing is typed', () => {
    expect(press(names('a'), { kind: 'text', text: 'q' }, 10)).toEqual({ kind: 'left' });
    expect(press(after(names('a'), { kind: 'text', text: 's' }), { kind: 'text', text: 'q' }, 10)).toMatchObject({
      state: { filter: 'sq' },
    });
  });

  test('shows login name, system, account, mode and end in the person’s language, in straight columns', () => {
    const items = itemsOf(
      [target(), target({ loginName: 'a', mode: 'recorded', systemTitle: { en: 'E', ja: '人事🙂' } })],
      JA,
    );
    const drawn = lines(
      draw({ items, filter: '', selected: 0 }, { columns: 80, rows: 24 }, { locale: 'ja', zone: 'UTC+9' }),
    );
    expect(drawn[0]).toContain('接続先の選択（2件中2件）');
    const [, , headings = '', first = '', second = ''] = drawn;
    expect(first).toContain('顧客管理システム');
    expect(first).toContain('行ごとに検査');
    expect(second).toContain('記録のみ');
    const at = (line: string, word: string): number => columnsOf(line.slice(0, line.indexOf(word)));
    expect(at(first, 'chen')).toBe(at(second, 'chen'));
    expect(at(headings, 'アカウント')).toBe(at(first, 'chen'));
    expect(at(first, '2026-11-24 18:00')).toBe(at(second, '2026-11-24 18:00'));
    expect(headings).toContain('期限 (UTC+9)');
  });

  test.each([
    [1, 1],
    [2, 2],
    [10, 3],
    [20, 6],
    [24, 80],
    [80, 24],
    [300, 100],
  ])('fits a window of %i columns and %i rows, with the selected line in it', (columns, rows) => {
    const state = after(names(...Array.from({ length: 60 }, (_, index) => `target-${index}`)), { kind: 'last' });
    const drawn = lines(draw(state, { columns, rows }, { locale: 'en', zone: 'UTC' }));
    expect(drawn.length).toBeLessThanOrEqual(rows);
    for (const line of drawn) expect(columnsOf(line)).toBeLessThanOrEqual(columns);
    expect(pageRows({ columns, rows })).toBeGreaterThanOrEqual(1);
    if (rows >= 2 && columns >= 20) expect(drawn.join('\n')).toContain('target-59');
  });
});

test('times are told by the clock on the gateway’s wall, with its zone', () => {
  expect([0, 540, -210, 345].map(zoneName)).toEqual(['UTC', 'UTC+9', 'UTC-3:30', 'UTC+5:45']);
  expect(itemsOf([target()], { locale: 'en', offset: -210 })[0]?.until).toBe('2026-11-24 05:30');
});

test('a fitted text is filled or cut to exactly the columns asked for, never through a character', () => {
  expect(fitted('abc', 5)).toBe('abc  ');
  expect(fitted('abcdef', 5)).toBe('abc..');
  expect(fitted('日本語', 6)).toBe('日本語');
  expect(fitted('日本語', 5)).toBe('日.. ');
  expect(fitted('が\u3099ab', 4)).toBe('が\u3099ab');
  expect(fitted('日', 1)).toBe(' ');
  expect(fitted('', 3)).toBe('   ');
});
