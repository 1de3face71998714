import { describe, expect, test } from '@jest/globals';
import { CANCEL, createTerminalGuard, type DroppedKind } from '../../../policy/index.ts';

const ESC = '\x1b';

function guarded(text: string | Buffer, encoding: 'utf8' | 'legacy' = 'utf8') {
  const guard = createTerminalGuard({ encoding });
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  const first = guard.take(bytes);
  const last = guard.finish();
  return {
    pass: Buffer.concat([first.pass, last.pass]),
    dropped: [...first.dropped, ...last.dropped],
    cancel: first.cancel ?? last.cancel,
  };
}

describe('the output guard leaves out', () => {
  const cases: readonly (readonly [string, string, DroppedKind])[] = [
    ['a write to the clipboard', `${ESC}]52;c;c2VjcmV0\x07`, 'osc_clipboard'],
    ['a write to the clipboard that ends with ST', `${ESC}]52;c;c2VjcmV0${ESC}\\`, 'osc_clipboard'],
    ['a file for iTerm2', `${ESC}]1337;File=inline=0:AAAA\x07`, 'osc_file'],
    ['a file for kitty', `${ESC}]5113;ac=send\x07`, 'osc_file'],
    ['a notification', `${ESC}]777;notify;a;b\x07`, 'osc_notify'],
    ['a forged prompt mark', `${ESC}]133;C\x07`, 'osc_prompt'],
    ['a font', `${ESC}]50;x\x07`, 'osc'],
    ['a link', `${ESC}]8;;https://example.com/\x07`, 'osc_hyperlink'],
    ['a question for a colour', `${ESC}]11;?\x07`, 'osc_colour_query'],
    ['a report of the title', `${ESC}[21t`, 'title_report'],
    ['a report of the size', `${ESC}[18t`, 'csi'],
    ['a report of the icon name', `${ESC}[20t`, 'title_report'],
    ['a report of a setting (DECRQSS)', `${ESC}P$qm${ESC}\\`, 'dcs'],
    ['a report of a capability (XTGETTCAP)', `${ESC}P+q544e${ESC}\\`, 'dcs'],
    ['a picture (sixel)', `${ESC}Pq#0;2;0;0;0~~${ESC}\\`, 'dcs'],
    ['a picture for kitty', `${ESC}_Gf=32;AAAA${ESC}\\`, 'apc'],
    ['a privacy message', `${ESC}^hidden${ESC}\\`, 'pm'],
    ['a start of string', `${ESC}Xhidden${ESC}\\`, 'sos'],
    ['a checksum of the screen', `${ESC}[1;1;1;1;1;1*y`, 'device_report'],
    ['a report of a mode', `${ESC}[?2026$p`, 'device_report'],
    ['the third device attributes', `${ESC}[=c`, 'device_report'],
    ['the old way to ask for a device', `${ESC}Z`, 'device_report'],
    ['printing of the screen', `${ESC}[5i`, 'csi'],
    ['another character set than UTF-8', `${ESC}%@`, 'escape'],
    ['8-bit answers', `${ESC} G`, 'escape'],
    ['highlight tracking of the mouse', `${ESC}[?1001h`, 'private_mode'],
    ['a listed mode together with one that is not', `${ESC}[?1049;1001h`, 'private_mode'],
    ['a number that keeps the terminal busy', `${ESC}[999999999b`, 'csi'],
    ['an answerback', '\x05', 'answerback'],
    ['a C1 introducer in UTF-8', '\u009b21t', 'c1'],
    ['a C1 command string in UTF-8', '\u009d52;c;QQ==\x07', 'c1'],
    ['a stray control', '\x11', 'c0'],
  ];
  for (const [name, sequence, kind] of cases) {
    test(name, () => {
      const { pass, dropped } = guarded(`a${sequence}b`);
      expect({ pass: pass.toString(), dropped }).toEqual({
        pass: 'ab',
        dropped: [{ kind, bytes: Buffer.byteLength(sequence) }],
      });
    });
  }

  test('a C1 byte that continues no character, with all it introduces', () => {
    const { pass, dropped } = guarded(Buffer.from('a\x9b21tb\x9d52;c;x\x07c', 'latin1'));
    expect(pass.toString('latin1')).toBe('abc');
    expect(dropped).toEqual([{ kind: 'c1', bytes: 12 }]);
  });

  test('what passes through tmux, with what is inside', () => {
    const { pass, dropped } = guarded(`a${ESC}Ptmux;${ESC}${ESC}]52;c;QQ==\x07${ESC}\\b`);
    expect(pass.toString()).toBe('ab');
    expect(dropped.map(({ kind }) => kind)).toEqual(['dcs', 'escape', 'osc_clipboard']);
  });

  test('an overlong escape, which a careless terminal would obey', () => {
    const { pass } = guarded(Buffer.from('a\xe0\x80\x9b]52;c;x\x07', 'latin1'));
    expect(pass.includes(0x9b)).toBe(false);
  });

  test('a sequence that never ends, and nothing behind its bound', () => {
    const payload = 'x'.repeat(64 * 1024);
    const { pass, dropped } = guarded(`a${ESC}_${payload}visible\n`);
    expect(dropped[0]?.kind).toBe('too_long');
    expect(pass.toString()).toMatch(/^ax?.*visible\n$/);
  });

  test('an unfinished title at the line break, so that a broken prompt hides one line', () => {
    const { pass } = guarded(`${ESC}]0;title without an end\r\nnext\n`);
    expect(pass.toString()).toBe('\r\nnext\n');
  });

  test('a sequence that the stream ends in', () => {
    expect(guarded(`a${ESC}]52;c;QQ`)).toMatchObject({ dropped: [{ kind: 'unfinished', bytes: 9 }] });
  });

  test('nothing that would be a sequence once something inside is left out', () => {
    const { pass } = guarded(`${ESC}${ESC}]52;c;a\x07]52;c;QQ==\x07 ${ESC}[${ESC}[21t21t`);
    expect(pass.toString()).toBe(']52;c;QQ==\x07 21t');
  });
});

describe('the output guard passes', () => {
  const sequences = [
    '[0;1;38;5;196m',
    '[38:2::1:2:3m',
    '[H',
    '[10;20H',
    '[2J',
    '[K',
    '[?25l',
    '[?25h',
    '[?1049h',
    '[?2004h',
    '[?7l',
    '[?1000;1006h',
    '[3;20r',
    '[4h',
    '[5@',
    '[2P',
    '[3L',
    '[2M',
    '[6n',
    '[5n',
    '[c',
    '[>c',
    '[22;0;0t',
    '[2 q',
    '[!p',
    '7',
    '8',
    '=',
    '>',
    'M',
    '(B',
    ')0',
    '$B',
    '(J',
    '#8',
    'c',
    '[?1034h',
    '[10X',
    '[3g',
    'H',
  ]; // prettier-ignore
  for (const sequence of sequences) {
    test(`ESC ${sequence}`, () => {
      const { pass, dropped } = guarded(`a${ESC}${sequence}b`);
      expect(pass.toString()).toBe(`a${ESC}${sequence}b`);
      expect(dropped).toEqual([]);
    });
  }

  test('text of every language, and the chunk itself where nothing is left out', () => {
    const chunk = Buffer.from('ls\r\n日本語 ﾊﾝｶｸ 🍣 é\t\x07\b\n');
    expect(createTerminalGuard().take(chunk).pass).toBe(chunk);
  });

  test('a title without its controls, and no more of it than its bound', () => {
    const { pass } = guarded(`${ESC}]0;a\x01b\u202ec${'d'.repeat(300)}\x07`);
    expect(pass.toString()).toBe(`${ESC}]0;abc${'d'.repeat(125)}\x07`);
  });

  test('the text of a link', () => {
    const { pass } = guarded(`${ESC}]8;;https://example.com/\x07text${ESC}]8;;\x07`);
    expect(pass.toString()).toBe('text');
  });

  test('Shift_JIS and EUC-JP where the target is declared so', () => {
    const shiftJis = Buffer.from('8ee88f91817a839c', 'hex');
    const eucJp = Buffer.from('bcabbdf1a5bd', 'hex');
    expect(guarded(shiftJis, 'legacy').pass).toEqual(shiftJis);
    expect(guarded(eucJp, 'legacy').pass).toEqual(eucJp);
    expect(guarded(`${ESC}]52;c;QQ==\x07`, 'legacy').pass.length).toBe(0);
  });
});

describe('an offer of a file transfer', () => {
  const ZRQINIT = '**\x18B00000000000000\r\n\x11';

  test('by ZMODEM is held back and answered', () => {
    const { pass, cancel, dropped } = guarded(`rz\r${ZRQINIT}`);
    expect(cancel).toBe('zmodem');
    expect(pass.includes(0x18)).toBe(false);
    expect(dropped[0]).toEqual({ kind: 'zmodem', bytes: 16 });
    expect(CANCEL.zmodem).toEqual(Buffer.from('\x18'.repeat(8) + '\b'.repeat(8)));
  });

  test('to receive is one too', () => {
    expect(guarded('**\x18B0100000023be50\r\n').cancel).toBe('zmodem');
  });

  test('whose CRC is wrong passes no more and types nothing into the shell', () => {
    const { pass, cancel } = guarded('**\x18B00000000001234\r\n');
    expect(cancel).toBeUndefined();
    expect(pass.toString()).toBe('**\r\n');
  });

  test('switches nothing off: what comes behind it is guarded as before', () => {
    const { pass } = guarded(`${ZRQINIT}${ESC}]52;c;QQ==\x07${ZRQINIT}`);
    expect(pass.includes(0x1b)).toBe(false);
  });

  test('by trzsz loses its last byte and the rest of its line', () => {
    const { pass, cancel } = guarded(`${ESC}7\x07::TRZSZ:TRANSFER:S:1.1.6:714000\r\nmore`);
    expect(cancel).toBe('trzsz');
    expect(pass.toString()).toBe(`${ESC}7\x07::TRZSZ:TRANSFER \r\nmore`);
  });

  test('by trzsz is seen through what is left out, and in a title', () => {
    expect(guarded(`::TRZSZ${ESC}]52;c;QQ\x07:TRANSFER:S:1.0.0`).cancel).toBe('trzsz');
    expect(guarded(`${ESC}]0;::TRZSZ:TRANSFER:S:1.0.0\x07`).pass.toString()).not.toContain('::TRZSZ');
  });

  test('by Kermit and YMODEM is answered', () => {
    expect(guarded('\x01+ Sz').cancel).toBe('kermit');
    expect(guarded(Buffer.from('\x01\x00\xfffile', 'latin1')).cancel).toBe('ymodem');
  });
});
