import { describe, expect, test } from '@jest/globals';
import { networkHolds, parseAddress, parseNetwork } from '../../foundation/index.ts';

const holds = (network: string, address: string): boolean => {
  const [parsedNetwork, parsedAddress] = [parseNetwork(network), parseAddress(address)];
  if (parsedNetwork === undefined || parsedAddress === undefined) throw new Error('unreadable');
  return networkHolds(parsedNetwork, parsedAddress);
};

describe('parseNetwork refuses', () => {
  test.each([
    [
      '',
      'example.com',
      '10.0.0.0/',
      '10.0.0.0/33',
      '10.0.0.0/8/8',
      '10.0.0.0/-1',
      '10.0.0/8',
      '::/129',
      '::ffff:10.0.0.0/95',
    ],
    ['fe80::1%eth0/64', '0x7f.1', '127.1', '10.0.0.0/8 ', ' 10.0.0.0/8', '10.0.0.0/1e1', '1:2:3:4:5:6:7:8:9'],
  ])('what is no network: %s', (...texts) => {
    for (const text of texts) expect([text, parseNetwork(text)]).toEqual([text, undefined]);
  });
});

describe('an address', () => {
  test.each(['::ffff:169.254.169.254', '::FFFF:a9fe:a9fe', '0:0:0:0:0:ffff:a9fe:a9fe', '64:ff9b::a9fe:a9fe'])(
    'written as %s is the IPv4 address it stands for',
    (text) => {
      expect(parseAddress(text)).toEqual(parseAddress('169.254.169.254'));
      expect(holds('169.254.0.0/16', text)).toBe(true);
    },
  );

  test('is in a network to the bit, in its own family only', () => {
    expect(holds('10.1.0.0/16', '10.1.255.255')).toBe(true);
    expect(holds('10.1.0.0/16', '10.2.0.0')).toBe(false);
    expect(holds('10.1.2.128/25', '10.1.2.127')).toBe(false);
    expect(holds('0.0.0.0/0', '203.0.113.9')).toBe(true);
    expect(holds('0.0.0.0/0', '2001:db8::1')).toBe(false);
    expect(holds('fe80::/10', 'febf::1')).toBe(true);
    expect(holds('fe80::/10', 'fec0::1')).toBe(false);
    expect(holds('::1', '::1')).toBe(true);
    expect(holds('::1', '::')).toBe(false);
    expect(holds('2001:db8::/33', '2001:db8:8000::')).toBe(false);
    expect(holds('::ffff:10.0.0.0/104', '10.9.9.9')).toBe(true);
  });

  test('with a zone is the address without it', () => {
    expect(holds('fe80::/10', 'fe80::1%eth0')).toBe(true);
  });
});
