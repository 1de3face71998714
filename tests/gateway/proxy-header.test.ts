import { describe, expect, test } from '@jest/globals';
import { parseProxyHeader, plainAddress } from '../../gateway/ssh/proxy-header.ts';

const refused = { state: 'refused' };
const incomplete = { state: 'incomplete' };
const v1 = (line: string) => parseProxyHeader(Buffer.from(`${line}\r\n`, 'latin1'));

const START = '0d0a0d0a000d0a515549540a';
function v2(commandAndFamily: string, body: Buffer, length = body.length): Buffer {
  const size = Buffer.alloc(2);
  size.writeUInt16BE(length);
  return Buffer.concat([Buffer.from(START + commandAndFamily, 'hex'), size, body]);
}
const ports = Buffer.of(0xdc, 0x04, 0x00, 0x16);
const tcp4 = Buffer.concat([Buffer.of(192, 0, 2, 7, 198, 51, 100, 1), ports]);
const tcp6 = Buffer.concat([
  Buffer.from('20010db8000000000000000000000007', 'hex'),
  Buffer.from('20010db8000000000000000000000001', 'hex'),
  ports,
]);

describe('a version 1 header is refused', () => {
  test.each([
    'PROXY TCP4 192.0.2.7 198.51.100.1 56324',
    'PROXY TCP4 192.0.2.7 198.51.100.1 56324 22 ',
    'PROXY TCP4  192.0.2.7 198.51.100.1 56324 22',
    'PROXY TCP4 192.0.2.256 198.51.100.1 56324 22',
    'PROXY TCP4 192.0.2.07 198.51.100.1 56324 22',
    'PROXY TCP4 192.0.2.7 198.51.100 56324 22',
    'PROXY TCP4 3221225991 198.51.100.1 56324 22',
    'PROXY TCP4 192.0.2.7 198.51.100.1 65536 22',
    'PROXY TCP4 192.0.2.7 198.51.100.1 056324 22',
    'PROXY TCP4 2001:db8::7 2001:db8::1 56324 22',
    'PROXY TCP6 192.0.2.7 198.51.100.1 56324 22',
    'PROXY TCP6 2001:db8::7::1 2001:db8::1 56324 22',
    'PROXY TCP6 fe80::1%eth0 2001:db8::1 56324 22',
    'PROXY UNKNOWN 192.0.2.7 198.51.100.1 56324 22',
    'PROXY UDP4 192.0.2.7 198.51.100.1 56324 22',
    'proxy TCP4 192.0.2.7 198.51.100.1 56324 22',
    'SSH-2.0-OpenSSH_9.2',
  ])('%j', (line) => expect(v1(line)).toEqual(refused));

  test('that does not end within 107 bytes, or ends with a line feed alone', () => {
    expect(parseProxyHeader(Buffer.from(`PROXY TCP4 ${'1'.repeat(96)}`))).toEqual(refused);
    expect(parseProxyHeader(Buffer.from(`PROXY TCP4 ${'1'.repeat(95)}`))).toEqual(incomplete);
    const line = 'PROXY TCP4 192.0.2.7 198.51.100.1 56324 22\nSSH-2.0-x\r\n';
    expect(parseProxyHeader(Buffer.from(line))).toEqual(refused);
  });
});

describe('a version 2 header is refused', () => {
  test.each([
    ['of another version', v2('1111', tcp4)],
    ['with an unknown command', v2('2211', tcp4)],
    ['for UDP', v2('2112', tcp4)],
    ['for a UNIX socket', v2('2131', Buffer.alloc(216))],
    ['of an unspecified family', v2('2100', tcp4)],
    ['whose addresses are cut short', v2('2111', tcp4.subarray(0, 11))],
    ['whose IPv6 addresses are those of IPv4', v2('2121', tcp4)],
    ['whose extension is cut short', v2('2111', Buffer.concat([tcp4, Buffer.of(4, 0, 9, 1)]))],
    ['with half an extension', v2('2111', Buffer.concat([tcp4, Buffer.of(4)]))],
    ['longer than 536 bytes', v2('2111', tcp4, 536 - 15)],
  ])('%s', (_what, bytes) => expect(parseProxyHeader(bytes)).toEqual(refused));
});

describe('a header says where a connection comes from', () => {
  test.each([
    ['PROXY TCP4 192.0.2.7 198.51.100.1 56324 22', '192.0.2.7'],
    ['PROXY TCP6 2001:DB8:0:0:0:0:0:7 2001:db8::1 56324 22', '2001:db8::7'],
    ['PROXY TCP6 ::ffff:192.0.2.7 ::ffff:198.51.100.1 0 65535', '192.0.2.7'],
    ['PROXY UNKNOWN', null],
  ])('version 1: %s', (line, sourceAddress) => {
    const bytes = Buffer.from(`${line}\r\nSSH-2.0-x\r\n`);
    expect(parseProxyHeader(bytes)).toEqual({ state: 'complete', sourceAddress, bytes: line.length + 2 });
    for (let length = 0; length < line.length + 2; length += 1) {
      expect(parseProxyHeader(bytes.subarray(0, length))).toEqual(incomplete);
    }
  });

  test.each([
    ['TCP over IPv4', v2('2111', tcp4), '192.0.2.7'],
    ['TCP over IPv6', v2('2121', tcp6), '2001:db8::7'],
    ['with extensions', v2('2111', Buffer.concat([tcp4, Buffer.of(4, 0, 2, 1, 2, 1, 0, 0)])), '192.0.2.7'],
    ['of the balancer itself (LOCAL), whatever follows', v2('2000', Buffer.from('anything')), null],
    ['of the balancer itself, with nothing', v2('2000', Buffer.alloc(0)), null],
  ])('version 2: %s', (_what, header, sourceAddress) => {
    const bytes = Buffer.concat([header, Buffer.from('SSH-2.0-x\r\n')]);
    expect(parseProxyHeader(bytes)).toEqual({ state: 'complete', sourceAddress, bytes: header.length });
    for (let length = 0; length < header.length; length += 1) {
      expect(parseProxyHeader(bytes.subarray(0, length))).toEqual(incomplete);
    }
  });
});

test.each([
  ['::ffff:c000:207', '192.0.2.7'],
  ['0:0:0:0:0:0:0:1', '::1'],
  ['192.0.2.7', '192.0.2.7'],
  ['192.0.2', undefined],
  ['0x7f.0.0.1', undefined],
  ['localhost', undefined],
  ['[::1]', undefined],
  ['', undefined],
])('an address has one writing: %j is %j', (text, plain) => expect(plainAddress(text)).toBe(plain));
