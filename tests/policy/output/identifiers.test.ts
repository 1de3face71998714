import { describe, expect, test } from '@jest/globals';
import { count } from './metering.ts';

const NAMED: readonly (readonly [string, readonly string[]])[] = [
  [
    'phone',
    [
      '090-1234-5678',
      '09012345678',
      '080 1234 5678',
      '070.1234.5678',
      '０９０－１２３４－５６７８',
      '090ー1234ー5678',
      '090‐1234‐5678',
      '090−1234−5678',
      '03-1234-5678',
      '(03) 1234-5678',
      '03(1234)5678',
      '0120-123-456',
      '0312345678',
      '050-1234-5678',
      '+81 90-1234-5678',
      '+81-3-1234-5678',
      '+819012345678',
      '0466-12-3456',
      '090x1234x5678',
      '+1 415-555-0123',
      '0800-123-4567',
    ],
  ],
  [
    'email',
    [
      'taro@example.jp',
      'Taro.Yamada+x@mail.example.co.jp',
      'ｔａｒｏ＠example.jp',
      '"taro@example.com",',
      'gneb@rknzcyr.pbz',
    ],
  ],
  ['card', ['4111 1111 1111 1111', '4111111111111111', '5500-0000-0000-0004', '3782 822463 10005', '3530111333300000']],
  ['iban', ['DE89370400440532013000', 'GB29 NWBK 6016 1331 9268 19', 'FR1420041010050500013M02606']],
  ['my_number', ['1234 5678 9018', '個人番号: 123456789018', '1234-5678-9018']],
  [
    'address',
    [
      '東京都千代田区丸の内1-9-1',
      '大阪府大阪市北区梅田三丁目1番3号',
      '横浜市西区みなとみらい2-2-1',
      '1-2-3 Jingumae, Shibuya-ku, Tokyo',
    ],
  ],
  ['name', ['1,佐藤 太郎,x', '佐々木　花子', '"長谷川健",', '| 高橋 一郎 |', '山田太郎様']],
  ['kana_name', ['サトウ タロウ', 'ｻﾄｳ ﾀﾛｳ', 'さとう たろう', 'ﾜﾀﾅﾍﾞ ﾊﾅｺ']],
]; // prettier-ignore

const NOBODY = [
  '2024-11-23 07:39:49.123 INFO request 20241123073949 took 12ms',
  'Nov 23 07:39:49 host sshd[1234]: Accepted publickey for deploy from 192.168.100.123 port 50122 ssh2',
  'commit 80e0f9d1b2c3d4e5f60718293a4b5c6d7e8f9012',
  'f81d4fae-7dec-11d0-a765-00a0c91e6bf6',
  '01234567-0312-4567-8901-012345678901',
  'chacha20-poly1305@openssh.com,aes128-gcm@openssh.com',
  'user@1000.service loaded active running',
  'git@github.com:owner/name.git',
  'root@localhost:~# ls',
  '4111 1111 1111 1112',
  '1700000000123',
  '1234 5678 9012',
  '202411230739',
  'DE89370400440532013001',
  'システム ログ ファイル エラー',
  'ユーザー データ',
  '原因 結果',
  '石川県 鈴木商店 山本課長',
  '東京都 大阪府',
  '0.0901234567 1.2345678901',
  '0123456789abcdef0123456789abcdef',
  '+1234567890',
  '-rw-r--r-- 1 root root 0901234567 Nov 23 2024 a.out',
  '080012345',
  '00-11-22-33-44-55',
];

/** As the ordinance prescribes it, written down once more. */
function withCheckDigit(eleven: string): string {
  const weights = [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2];
  const rest = eleven.split('').reduce((sum, digit, at) => sum + Number(digit) * (weights[at] ?? 0), 0) % 11;
  return eleven + String(rest <= 1 ? 0 : 11 - rest);
}

describe('identifiers', () => {
  for (const line of NOBODY) {
    test(`nobody is in: ${line}`, () => expect(count(`${line}\n`).persons.size).toBe(0));
  }
  for (const [kind, lines] of NAMED) {
    for (const line of lines) {
      test(`${kind}: ${line}`, () => {
        const { persons, kinds } = count(`${line}\n`);
        expect(persons.size).toBe(1);
        expect(kinds[kind]).toBe(1);
      });
    }
  }

  test('one number in every writing is one person', () => {
    const writings = [
      '090-1234-5678',
      '09012345678',
      '０９０－１２３４－５６７８',
      '+81 90 1234 5678',
      '(090)1234-5678',
    ];
    expect(count(writings.join('\n')).persons.size).toBe(1);
  });

  test('a postal code helps to name somebody, and alone names a town', () => {
    expect(count('〒150-0041\n').persons.size).toBe(0);
    expect(count('〒150-0041,ニシカタ ジロウ\n').persons.size).toBe(1);
  });

  test('a customer number counts beside something of a person', () => {
    expect(count('C000123 shipped\n').persons.size).toBe(0);
    expect(count('C000123,〒150-0041\nC000124,〒150-0041\n').persons.size).toBe(2);
  });

  test('bare My Numbers count where three stand together and check, as numbers of another kind do not', () => {
    expect(count('123456789018\n').persons.size).toBe(0);
    expect(count('123456789018\n').kinds).toEqual({ my_number: 1 });
    const others = Array.from({ length: 50 }, (_, at) => String(300_000_000_000 + at * 7_919)).join('\n');
    expect(count(others).persons.size).toBe(0);
    const checked = Array.from({ length: 50 }, (_, at) => withCheckDigit(String(10_000_000_000 + at * 7_919_123)));
    expect(count(checked.join('\n')).persons.size).toBeGreaterThanOrEqual(48);
  });

  test('are found in Shift_JIS, EUC-JP and UTF-16', () => {
    // 佐藤 太郎
    const shiftJis = Buffer.concat([
      Buffer.from('8db293a120', 'hex'),
      Buffer.from('91be9859', 'hex'),
      Buffer.from(',x\n'),
    ]);
    expect(count(shiftJis).kinds).toEqual({ name: 1 });
    expect(count(Buffer.from('taro@example.jp,09012345678\n', 'utf16le')).persons.size).toBe(1);
    const eucJp = Buffer.concat([Buffer.from('bab4c6a320c2c0cfba', 'hex'), Buffer.from(',x\n')]);
    expect(count(eucJp).kinds).toEqual({ name: 1 });
  });
});
