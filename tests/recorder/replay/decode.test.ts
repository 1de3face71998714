import { describe, expect, test } from '@jest/globals';
import { createOutputDecoder } from '../../../recorder/replay/decode.ts';

/** 顧客一覧を出力しました */
const EUC = Buffer.from('b8dcb5d2b0eccdf7a4f2bdd0cecfa4b7a4dea4b7a4bf', 'hex');
const SJIS = Buffer.from('8cda8b7188ea9797 82f08f6f97cd82b582dc82b582bd'.replaceAll(' ', ''), 'hex');
const TEXT = '顧客一覧を出力しました';

describe('the bytes of a terminal', () => {
  test('that are in no charset become marks of replacement, and what follows is read', () => {
    const decoder = createOutputDecoder();
    expect(decoder.push(Buffer.from([0x61, 0xff, 0xfe, 0x62]))).toBe('a\ufffd\ufffdb');
    expect(decoder.push(Buffer.from('顧客'))).toBe('顧客');
  });

  test.each([
    ['utf-8', Buffer.from(TEXT)],
    ['euc-jp', EUC],
    ['shift_jis', SJIS],
  ])('are read as %s however they are cut, with its name', (charset, bytes) => {
    for (let cut = 4; cut < bytes.length; cut++) {
      const decoder = createOutputDecoder();
      expect(decoder.push(bytes.subarray(0, cut)) + decoder.push(bytes.subarray(cut)) + decoder.finish()).toBe(TEXT);
      expect([...decoder.charsets]).toEqual([charset]);
    }
  });

  test('that change their charset on the way are read in both', () => {
    const decoder = createOutputDecoder();
    expect(decoder.push(EUC) + decoder.push(Buffer.from('$ cat x\r\n')) + decoder.push(Buffer.from(TEXT))).toBe(
      `${TEXT}$ cat x\r\n${TEXT}`,
    );
    expect([...decoder.charsets]).toEqual(['euc-jp', 'utf-8']);
  });

  test('that begin a character and never end it are not lost', () => {
    const decoder = createOutputDecoder();
    expect(decoder.push(Buffer.from('客').subarray(0, 2)) + decoder.finish()).toBe('\ufffd');
  });
});
