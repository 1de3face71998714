import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { LIMITS } from '../../foundation/index.ts';
import { parseProxyHeader } from '../../gateway/ssh/proxy-header.ts';

const START = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');
const bytes = fc.uint8Array({ maxLength: 700 }).map((raw) => Buffer.from(raw));
const v2Like = fc
  .tuple(fc.constantFrom(0x20, 0x21, 0x22, 0x11), fc.constantFrom(0x00, 0x11, 0x21, 0x12, 0x31), bytes, fc.nat(700))
  .map(([command, family, body, length]) => {
    const size = Buffer.alloc(2);
    size.writeUInt16BE(length);
    return Buffer.concat([START, Buffer.of(command, family), size, body]);
  });
const v1Like = fc
  .array(fc.constantFrom('PROXY ', 'TCP4 ', 'TCP6 ', 'UNKNOWN', '192.0.2.7 ', '::1 ', '22', ' ', '\r\n', '\r', '-1'))
  .map((parts) => Buffer.from(parts.join('')));
const anything = fc.oneof(bytes, v2Like, v1Like);

test('whatever comes, the answer is whole: bounded, with an address that is one, and no exception', () => {
  fc.assert(
    fc.property(anything, (input) => {
      const header = parseProxyHeader(input);
      if (header.state === 'incomplete') expect(input.length).toBeLessThan(LIMITS.proxyHeaderBytesMax);
      if (header.state !== 'complete') return;
      expect(header.bytes).toBeLessThanOrEqual(Math.min(input.length, LIMITS.proxyHeaderBytesMax));
      expect(header.sourceAddress ?? '::').toMatch(/^[0-9a-f.:]{2,39}$/);
    }),
    { numRuns: 3_000 },
  );
});

test('how the bytes are cut on their way changes nothing', () => {
  fc.assert(
    fc.property(anything, fc.nat(700), (input, cut) => {
      const first = parseProxyHeader(input.subarray(0, cut));
      if (first.state === 'incomplete') return;
      expect(parseProxyHeader(input)).toEqual(first);
    }),
    { numRuns: 3_000 },
  );
});
