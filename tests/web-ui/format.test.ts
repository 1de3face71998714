import { describe, expect, test } from '@jest/globals';
import {
  formatCountdown,
  formatDuration,
  formatInstant,
  formatMoment,
  fromLocalField,
  toLocalField,
  zoneName,
} from '../../web/ui/format/dates.ts';
import { problemsOf, wholeNumber } from '../../web/ui/format/export-form.ts';
import { recognisePastedKey } from '../../web/ui/format/keys.ts';
import { formatBytes, formatBytesExactly, formatCount } from '../../web/ui/format/numbers.ts';
import { reconcile } from '../../web/ui/format/reconcile.ts';

describe('a pasted key', () => {
  test.each([
    '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAA',
    '-----BEGIN RSA PRIVATE KEY-----',
    '-----BEGIN PRIVATE KEY-----',
    '-----BEGIN ENCRYPTED PRIVATE KEY-----',
    'PuTTY-User-Key-File-3: ssh-ed25519',
    'ssh-ed25519 AAAAC3 me\n-----BEGIN OPENSSH PRIVATE KEY-----',
    'b3BlbnNzaC1rZXktdjEAAAAABG5vbmU',
  ])('is known as private, so that it is never sent: %j', (text) => {
    expect(recognisePastedKey(text)).toBe('private');
  });

  test.each([
    ['', 'empty'],
    ['  \n', 'empty'],
    ['hello', 'unknown'],
    ['ssh-ed25519', 'unknown'],
    ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 aoki@pc', 'public'],
    ['  ecdsa-sha2-nistp256 AAAAE2VjZHNh  ', 'public'],
    ['sk-ssh-ed25519@openssh.com AAAAGnNr', 'public'],
  ])('%j is %s', (text, kind) => {
    expect(recognisePastedKey(text)).toBe(kind);
  });
});

describe('asked and done', () => {
  const asked = { rowsMax: 10, bytesMax: 100, notBefore: '2026-11-01T00:00:00Z', notAfter: '2026-11-02T00:00:00Z' };
  const done = { outcome: 'completed', rows: 10, bytes: 100, exitStatus: 0, finishedAt: '2026-11-01T12:00:00Z' };
  const deviating = (change: Partial<typeof done> | { exitStatus: null }): readonly string[] =>
    reconcile({ ...asked, result: { ...done, ...change } })
      .filter((line) => line.deviates)
      .map((line) => line.what);

  test('more rows, more bytes, another time or an unfinished run deviate', () => {
    expect(deviating({ rows: 11 })).toEqual(['rows']);
    expect(deviating({ bytes: 101 })).toEqual(['bytes']);
    expect(deviating({ finishedAt: '2026-11-02T00:00:01Z' })).toEqual(['window']);
    expect(deviating({ finishedAt: '2026-10-31T23:59:59Z' })).toEqual(['window']);
    expect(deviating({ outcome: 'limit_exceeded' })).toEqual(['outcome']);
    expect(deviating({ exitStatus: 2 })).toEqual(['outcome']);
    expect(deviating({ exitStatus: null })).toEqual(['outcome']);
  });

  test('lines that deviate come first', () => {
    const lines = reconcile({ ...asked, result: { ...done, bytes: 101 } });
    expect(lines.map((line) => line.what)).toEqual(['bytes', 'outcome', 'rows', 'window']);
  });

  test('exactly the limit is within', () => {
    expect(deviating({})).toEqual([]);
  });
});

describe('the ticket form', () => {
  const now = new Date('2026-11-23T10:00:00');
  const fields = {
    purpose: 'why',
    client: '',
    rowsMax: 10,
    bytesMax: 1000,
    destination: 'vault' as const,
    ...{ recipient: '', legalBasis: '', clientInformed: '' as const, deleteBy: '', scope: 'act' as const, usesMax: 1 },
    notBefore: '2026-11-23T10:00',
    notAfter: '2026-11-24T10:00',
  };

  test('names each field that cannot be sent', () => {
    expect(problemsOf({ ...fields, purpose: ' \n' }, now)).toEqual({ purpose: 'required' });
    expect(problemsOf({ ...fields, rowsMax: '' }, now)).toEqual({ rowsMax: 'number' });
    expect(problemsOf({ ...fields, bytesMax: 0 }, now)).toEqual({ bytesMax: 'number' });
    expect(problemsOf({ ...fields, notBefore: '' }, now)).toEqual({ notBefore: 'moment' });
    expect(problemsOf({ ...fields, notAfter: 'soon' }, now)).toEqual({ notAfter: 'moment' });
    expect(problemsOf({ ...fields, notAfter: '2026-11-23T09:59' }, now)).toEqual({ notAfter: 'past' });
    expect(problemsOf({ ...fields, notBefore: '2026-11-25T10:00' }, now)).toEqual({ notAfter: 'order' });
  });

  test('sends what is complete', () => {
    expect(problemsOf(fields, now)).toEqual({});
  });

  test.each([1.5, -1, 0, '', ' ', '1e99', '12x', Number.NaN, 2 ** 53])('%p is no whole number to ask for', (value) => {
    expect(wholeNumber(value)).toBeUndefined();
  });

  test('reads whole numbers', () => {
    expect(wholeNumber('1200')).toBe(1200);
    expect(wholeNumber(2 ** 53 - 1)).toBe(2 ** 53 - 1);
  });
});

describe('dates', () => {
  const at = '2026-11-23T01:05:09Z';

  test('always carry their zone', () => {
    expect(formatMoment(at, 'ja', 'Asia/Tokyo')).toBe('2026年11月23日 10:05 JST');
    expect(formatMoment(at, 'en', 'Asia/Tokyo')).toBe('23 Nov 2026, 10:05 GMT+9');
    expect(formatInstant(at, 'ja', 'UTC')).toBe('2026年11月23日 01:05:09 UTC');
    expect(zoneName('en', new Date(at), 'Asia/Tokyo')).toBe('Asia/Tokyo (GMT+9)');
  });

  test('midnight is 00:00, never 24:00', () => {
    expect(formatMoment('2026-11-22T15:00:00Z', 'ja', 'Asia/Tokyo')).toContain('23日 00:00');
  });

  test('a field of local time names no moment when it is not one', () => {
    expect(fromLocalField('2026-13-01T00:00')).toBeUndefined();
    expect(fromLocalField('2026-11-23')).toBeUndefined();
    expect(fromLocalField('')).toBeUndefined();
  });

  test('a field of local time goes there and back to the minute', () => {
    const moment = new Date(2026, 0, 5, 7, 3, 42);
    expect(fromLocalField(toLocalField(moment))).toEqual(new Date(2026, 0, 5, 7, 3));
  });

  test('a countdown ends at zero and never shows less', () => {
    expect(formatCountdown(new Date(170_000), new Date(0))).toBe('2:50');
    expect(formatCountdown(new Date(500), new Date(0))).toBe('0:01');
    expect(formatCountdown(new Date(0), new Date(5_000))).toBe('0:00');
  });

  test('a duration says hours, minutes and seconds', () => {
    expect(formatDuration('2026-11-23T00:00:00Z', '2026-11-23T00:24:05Z')).toBe('0:24:05');
    expect(formatDuration('2026-11-23T00:00:00Z', '2026-11-24T02:00:00Z')).toBe('26:00:00');
  });
});

describe('numbers', () => {
  test('are grouped', () => {
    expect(formatCount(9_280_000, 'ja')).toBe('9,280,000');
    expect(formatCount(9_280_000, 'en')).toBe('9,280,000');
  });

  test('bytes keep their exact count beside the short one', () => {
    expect(formatBytesExactly(5_242_880, 'en')).toBe('5 MiB (5,242,880 B)');
    expect(formatBytesExactly(1023, 'en')).toBe('1,023 B');
    expect(formatBytes(1024 ** 4 * 2048, 'ja')).toBe('2,048 TiB');
    expect(formatBytes(183_422, 'en')).toBe('179.1 KiB');
  });
});
