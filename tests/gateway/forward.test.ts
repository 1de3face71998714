import { describe, expect, test } from '@jest/globals';
import { isOwnListener } from '../../gateway/ssh/forward/own-listener.ts';

const HEADINGS = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
const PORT = 0x1f90;

/** A line of /proc/net/tcp as Linux writes it. */
function line(port: number, { state = '0A', user = 1000, address = '0100007F' } = {}): string {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  return `   0: ${address}:${hex} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000  ${user}        0 12345 1`;
}

const listing = (user: string, ...lines: string[]): string => [user, HEADINGS, ...lines, ''].join('\n');

describe('a port is not the person’s own', () => {
  test.each([
    ['when nobody listens there', listing('1000')],
    ['when somebody else does', listing('1000', line(PORT, { user: 0 }))],
    ['when somebody else does as well', listing('1000', line(PORT), line(PORT, { user: 33, address: '00000000' }))],
    ['when it is only connected to', listing('1000', line(PORT, { state: '01' }))],
    ['when another port is', listing('1000', line(PORT + 1))],
    ['when the user is not said', listing('', line(PORT))],
    ['when the user is no number', listing('root', line(PORT, { user: 0 }))],
    ['when the list is cut', listing('1000', line(PORT).slice(0, 60))],
    ['when there is no list', ''],
    ['when the list says something else', 'bash: /bin/cat: No such file or directory\n'],
  ])('%s', (_why, text) => {
    expect(isOwnListener(text, PORT)).toBe(false);
  });
});

test.each([
  ['IPv4 loopback', line(PORT)],
  ['every address', line(PORT, { address: '00000000' })],
  ['IPv6 loopback', line(PORT, { address: '00000000000000000000000001000000' })],
])('a port that the person listens on at %s is theirs', (_where, own) => {
  expect(isOwnListener(listing('1000', line(22, { user: 0 }), own), PORT)).toBe(true);
});
