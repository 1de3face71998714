import { describe, expect, test } from '@jest/globals';
import { ByteReader, sha256, sshString, uint32, uint64 } from '../../foundation/index.ts';

describe('reading wire bytes', () => {
  test.each([
    ['uint8', 0],
    ['uint16', 1],
    ['uint32', 3],
    ['uint64', 7],
  ] as const)('%s of %d bytes is a violation and moves nothing', (method, length) => {
    const reader = new ByteReader(Buffer.alloc(length));
    expect(() => reader[method]()).toThrow(expect.objectContaining({ code: 'protocol_violation' }));
    expect(reader.offset).toBe(0);
  });

  test('a length that points past the end is a violation', () => {
    const reader = new ByteReader(Buffer.concat([uint32(6), Buffer.from('short')]));
    expect(() => reader.sshString()).toThrow(expect.objectContaining({ code: 'protocol_violation' }));
  });

  test('the greatest length is a violation and allocates nothing', () => {
    const reader = new ByteReader(uint32(0xffff_ffff));
    expect(() => reader.sshString()).toThrow(expect.objectContaining({ code: 'protocol_violation' }));
  });

  test('gives back what was written, front to back', () => {
    const reader = new ByteReader(
      Buffer.concat([Buffer.from([7, 1, 2]), uint32(0xffff_fffe), uint64(2n ** 64n - 1n), sshString('関所')]),
    );
    expect([reader.uint8(), reader.uint16(), reader.uint32(), reader.uint64()]).toEqual([
      7,
      0x0102,
      0xffff_fffe,
      2n ** 64n - 1n,
    ]);
    expect(reader.sshString().toString()).toBe('関所');
    expect(reader.remaining).toBe(0);
  });

  test('of a part of a buffer stays inside that part', () => {
    const reader = new ByteReader(new Uint8Array([9, 1, 2, 9]).subarray(1, 3));
    expect(reader.uint16()).toBe(0x0102);
    expect(() => reader.uint8()).toThrow(expect.objectContaining({ code: 'protocol_violation' }));
  });
});

describe('SHA-256', () => {
  test('is the one of FIPS 180-4', () => {
    const expected = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    expect(sha256('abc').toString('hex')).toBe(expected);
    expect(sha256('a', Buffer.from('b'), 'c').toString('hex')).toBe(expected);
  });
});
