import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createFrameFilter, type Frame } from '../../gateway/ssh/guarded-shell/frames.ts';

const NONCE = '00112233445566778899aabbccddeeff';
const NUMBER = '322dc7ca-901e-45ef-b3b9-f4b2acddc34b';
const frame = (...fields: string[]): string => `\x1b]7001;${NONCE};${fields.join(';')}\x07`;
const encoded = (text: string): string =>
  Buffer.from(text)
    .toString('latin1')
    .replace(/[%;\x00-\x1f\x7f]/g, (byte) => `%${byte.charCodeAt(0).toString(16).padStart(2, '0')}`);

function feed(bytes: Buffer, cuts: readonly number[]): { shown: string; frames: Frame[] } {
  const filter = createFrameFilter(NONCE);
  const frames: Frame[] = [];
  const shown: Buffer[] = [];
  let from = 0;
  for (const cut of [...cuts.map((at) => at % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length]) {
    const piece = Buffer.from(bytes.subarray(from, cut));
    const taken = filter.take(piece);
    piece.fill(0); // A channel's memory is used again.
    shown.push(Buffer.from(taken.shown));
    frames.push(...taken.frames);
    from = cut;
  }
  shown.push(filter.rest());
  return { shown: Buffer.concat(shown).toString(), frames };
}

test('a question is taken out of the output whatever it holds and however its bytes are split', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.array(fc.nat()), fc.string(), (text, cuts, around) => {
      const question = frame('q', NUMBER, '7', 'f', encoded(text), encoded('/srv'), `x=${encoded(text)}`, '');
      const { shown, frames } = feed(
        Buffer.from(`${around}${Buffer.from(question, 'latin1').toString('latin1')}`, 'latin1'),
        cuts,
      );
      expect(shown).toBe(Buffer.from(around, 'latin1').toString());
      expect(frames).toMatchObject([
        { kind: 'command', number: NUMBER, prompt: 7, isFunction: true, text, directory: '/srv' },
      ]);
      expect(frames[0]?.kind === 'command' && frames[0].variables.get('x')).toBe(text);
    }),
  );
});

test('frames of another session are output', () => {
  const other = `\x1b]7001;${'f'.repeat(32)};p;1;0;ok;1;\x07`;
  expect(feed(Buffer.from(other), [3, 9])).toEqual({ shown: other, frames: [] });
});

test.each([
  ['of no kind', frame('z')],
  ['with a number that none made', frame('q', 'y', '1', '', 'ls', '/', '')],
  ['with a prompt that is no number', frame('p', '-1', '0', 'ok', '1', '')],
  ['that never ends', `\x1b]7001;${NONCE};q;${'a'.repeat(300 * 1024)}`],
])('a frame %s is unreadable, and the shell is lost with it', (_what, bytes) => {
  expect(feed(Buffer.from(bytes), []).frames).toEqual([{ kind: 'unreadable' }]);
});

test('text that is not UTF-8 has no meaning here', () => {
  const { frames } = feed(Buffer.from(frame('l', NUMBER, '1', '', 'cat %e9', '/', ''), 'latin1'), []);
  expect(frames).toMatchObject([{ kind: 'line', text: undefined }]);
});
