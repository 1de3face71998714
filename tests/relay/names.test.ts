import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Coverage } from '../../relay/pickup/coverage.ts';
import { isPlainName, namesFor, placeOf } from '../../relay/sftp/names.ts';

describe('a path that a system names', () => {
  test.each([
    '/etc/passwd',
    '/pickup/P-0',
    '/pickup/P-1/a/b',
    '/pickup/T-1',
    '/put/P-1/x',
    '/put/T-1e3/x',
    '/receipts/P-1',
    '/receipts/P-1.sig/x',
    'a\0b',
    `/put/T-1/${'x'.repeat(2_000)}`,
  ])('leads nowhere: %j', (path) => {
    expect(placeOf(path)).toBeUndefined();
  });

  test('never leads out, whatever climbs in it', () => {
    expect(placeOf('/put/T-3/../../../pickup/P-7')).toEqual({ kind: 'parcel', parcel: 7 });
    expect(placeOf('../../..')).toEqual({ kind: 'directory', of: 'root' });
    expect(placeOf('put/T-3/bills.csv')).toEqual({ kind: 'put_file', ticket: 3, name: 'bills.csv' });
  });
});

describe('names of files', () => {
  test.each(['', '.', '..', 'a/b', 'a\\b', '-rf', ' a', 'a\u202eb', 'a\u200bb', 'e\u0301', 'a\nb', 'C:', '\ufffd'])(
    'that deceive are refused: %j',
    (name) => {
      expect(isPlainName(name)).toBe(false);
    },
  );

  test('of other languages are plain', () => {
    expect(['bills.csv', '請求一覧.csv', 'Größe (1).txt'].map((name) => isPlainName(name))).toEqual([true, true, true]);
  });

  test('made for what lies in a parcel are plain, and each its own', () => {
    expect(namesFor(['/a/x.csv', '/b/x.csv', '/c/\u202ex', '/', '../-rf'])).toEqual([
      ...['x.csv', '2-x.csv', '_x', 'file', '_rf'],
    ]);
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 300 }), { maxLength: 20 }), (paths) => {
        const names = namesFor(paths);
        expect(new Set(names).size).toBe(paths.length);
        for (const name of names) expect(name).not.toMatch(/[/\0]/);
      }),
    );
  });
});

test('what was given of a file is whole when, and only when, every byte was', () => {
  const parts = fc.array(fc.tuple(fc.nat(50), fc.nat(20)), { maxLength: 30 });
  fc.assert(
    fc.property(fc.nat(40), parts, (bytes, given) => {
      const coverage = new Coverage(bytes);
      const seen = new Set<number>();
      for (const [offset, length] of given) {
        coverage.add(offset, length);
        for (let at = offset; at < offset + length; at += 1) seen.add(at);
      }
      const isWhole = Array.from({ length: bytes }, (_, at) => seen.has(at)).every((has) => has);
      expect(coverage.isWhole).toBe(isWhole);
    }),
  );
});
