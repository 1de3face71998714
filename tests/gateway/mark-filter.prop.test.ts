import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createMarkFilter } from '../../gateway/ssh/guarded-line/mark-filter.ts';

const MARK = '00112233445566778899aabbccddeeff';
const REPORT = '0;L3RtcAo=;eAAAdgA=;';
const ended = `\x1b]7001;${MARK};ended\x07`;
const said = `\x1b]7001;${MARK};${REPORT}\x07`;

/** Output that looks like what the filter looks for, as often as not. */
const output = fc
  .array(fc.constantFrom('\x1b', ']', '7001;', MARK, ';', '\x07', 'ended', 'a', '顧客', '\r\n', `\x1b]7001;${MARK}`), {
    maxLength: 30,
  })
  .map((parts) => parts.join(''))
  .filter((text) => !text.includes(`\x1b]7001;${MARK};`) && !endsAsBeginning(text));

function endsAsBeginning(text: string): boolean {
  const opening = `\x1b]7001;${MARK};`;
  return Array.from({ length: opening.length - 1 }, (_, at) => opening.slice(0, at + 1)).some((part) =>
    text.endsWith(part),
  );
}

function split(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((left, right) => left - right);
  return [0, ...places].map((from, at) => bytes.subarray(from, places[at] ?? bytes.length));
}

const cuts = fc.array(fc.nat(), { maxLength: 40 });

test('whatever is not for the gateway is shown whole and in order, however it is split', () => {
  fc.assert(
    fc.property(output, output, cuts, (before, after, places) => {
      const filter = createMarkFilter(MARK);
      const whole = Buffer.from(before + ended + after + said + before);
      const shown = Buffer.concat([...split(whole, places).map((chunk) => filter.take(chunk)), filter.rest()]);
      expect(shown.toString()).toBe(before + after + before);
      expect(filter.said('ended')).toBe(true);
      expect(filter.report).toBe(REPORT);
    }),
  );
});

test('output without a word for the gateway passes as it is', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), cuts, (bytes, places) => {
      const filter = createMarkFilter(MARK);
      const shown = Buffer.concat([
        ...split(Buffer.from(bytes), places).map((chunk) => filter.take(chunk)),
        filter.rest(),
      ]);
      expect(shown.equals(Buffer.from(bytes))).toBe(true);
      expect(filter.report).toBeUndefined();
    }),
  );
});

test('another mark is output like any other', () => {
  const filter = createMarkFilter(MARK);
  const foreign = Buffer.from(said.replace('0011', 'ffff'));
  expect(Buffer.concat([filter.take(foreign), filter.rest()]).equals(foreign)).toBe(true);
});

test('a word that never ends is let go, and does not fill the memory', () => {
  const filter = createMarkFilter(MARK);
  filter.take(Buffer.from(`\x1b]7001;${MARK};`));
  const shown = filter.take(Buffer.alloc(300 * 1024, 'x'));
  expect(shown.length).toBeGreaterThan(300 * 1024);
});
