import { describe, expect, test } from '@jest/globals';
import { OutputCleaner } from '../../../recorder/replay/clean-output.ts';
import { LIMITS } from '../../../foundation/index.ts';

const clean = (text: string): string => new OutputCleaner().push(text);

describe('output for a terminal', () => {
  test.each([
    ['the clipboard (OSC 52)', 'a\u001b]52;c;cm0gLXJmIC8=\u0007b'],
    ['a title', 'a\u001b]0;root@prod\u001b\\b'],
    ['a link that says another address', 'a\u001b]8;;https://evil.example\u001b\\b'],
    ['a device control string', 'a\u001bP$q"p\u001b\\b'],
    ['an application string', 'a\u001b_x\u001b\\b'],
    ['a private string', 'a\u001b^x\u001b\\b'],
    ['the same as C1 controls', 'a\u009d52;c;eA==\u009cb'],
    ['a question for the device', 'a\u001b[cb'],
    ['a question for the cursor', 'a\u001b[6nb'],
    ['a question for a mode', 'a\u001b[?1$pb'],
    ['a report of the window', 'a\u001b[21tb'],
    ['the answer-back', 'a\u0005b'],
    ['printing', 'a\u001b[5ib'],
    ['mouse reports', 'a\u001b[?1000hb'],
    ['bracketed paste', 'a\u001b[?2004hb'],
    ['a device question in the old form', 'a\u001bZb'],
    ['a bell', 'a\u0007b'],
    ['DEL', 'a\u007fb'],
    ['the 8-bit set', 'a\u001b%Gb'],
  ])('loses %s', (_, text) => {
    expect(clean(text)).toBe('ab');
  });

  test.each([
    'plain 日本語 ｱﾘｽ\r\n\tnext\b',
    '\u001b[1;38;5;12mred\u001b[0m',
    '\u001b[2J\u001b[H\u001b[10;20Hx\u001b[K\u001b[3A',
    '\u001b[?1049h\u001b[?25l\u001b[?1049l',
    '\u001b(0lqk\u001b(B\u001b7\u001b8\u001bM\u001bc',
    '\u001b[4 q\u001b[!p\u001b[1;24r',
  ])('keeps what draws: %j', (text) => {
    expect(clean(text)).toBe(text);
  });

  test('is the same however it is cut', () => {
    const text = 'a\u001b[1mb\u001b]52;c;eA==\u001b\\c\u001b[6nd\u001b(0q\u001b(B\u009b3me\u001b[?1049h終わり';
    const whole = clean(text);
    for (let cut = 1; cut < text.length; cut++) {
      const cleaner = new OutputCleaner();
      expect(cleaner.push(text.slice(0, cut)) + cleaner.push(text.slice(cut))).toBe(whole);
    }
  });

  test('is given out in whole sequences only', () => {
    const cleaner = new OutputCleaner();
    expect(cleaner.push('a\u001b[3')).toBe('a');
    expect(cleaner.push('1mb')).toBe('\u001b[31mb');
  });

  test('goes on behind a string that never ends, and behind a sequence that is too long', () => {
    const rest = 'x'.repeat(LIMITS.controlStringBytesMax + 10);
    expect(clean(`\u001b]0;${rest}shown`)).toMatch(/shown$/);
    expect(clean(`\u001b[${'1;'.repeat(100)}shown`)).toMatch(/shown$/);
  });
});
