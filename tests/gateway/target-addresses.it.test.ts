/** Which addresses are dialled, and that the one checked is the one dialled. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { createAddressPolicy } from '../../gateway/address-policy.ts';
import { connectTo, type Lookup, resolveTarget } from '../../gateway/ssh/target/reach.ts';

const place = { name: 'crm-db', isRelay: false };
const never = new AbortController().signal;
const production = { allowed: [], denied: [], loopback: false };

describe('the address policy of production refuses', () => {
  test.each([
    ['the metadata service of a cloud', '169.254.169.254'],
    ['the same, written as IPv6', '::ffff:169.254.169.254'],
    ['the same, written in hexadecimal groups', '::ffff:a9fe:a9fe'],
    ['the same, through NAT64', '64:ff9b::a9fe:a9fe'],
    ['that of AWS, by its own IPv6 address', 'fd00:ec2::254'],
    ['that of Google Cloud, by its own IPv6 address', 'fd20:ce::254'],
    ['that of Oracle Cloud, by its own IPv6 address', 'fd00:c1::a9fe:a9fe'],
    ['that of Oracle Cloud, classic', '192.0.0.192'],
    ['that of Alibaba Cloud, which is no link-local address', '100.100.100.200'],
    ['the same, written as IPv6', '::ffff:100.100.100.200'],
    ["Azure's, which is a public address", '168.63.129.16'],
    ['that of Scaleway, by its own IPv6 address', 'fd00:42::42'],
    ['IPv6 link-local, with a zone', 'fe80::1%eth0'],
    ['this machine', '127.0.0.1'],
    ['this machine by any of its names', '127.9.8.7'],
    ['this machine in IPv6', '::1'],
    ['no address', '0.0.0.0'],
    ['no address in IPv6', '::'],
    ['multicast', '224.0.0.1'],
    ['multicast in IPv6', 'ff02::1'],
    ['broadcast', '255.255.255.255'],
    ['what is no address', 'crm-db.example.com'],
  ])('%s', (_what, address) => {
    expect(createAddressPolicy(production).refusal(address)).toEqual(expect.any(String));
  });

  test('a special network that only a wide allowed network covers', () => {
    const policy = createAddressPolicy({ ...production, allowed: ['0.0.0.0/0', '::/0'] });
    expect(policy.refusal('169.254.169.254')).toContain('169.254.0.0/16');
    expect(policy.refusal('127.0.0.1')).toContain('127.0.0.0/8');
    expect(policy.refusal('100.100.100.200')).toContain('100.100.100.200');
    expect(policy.refusal('10.0.0.1')).toBeUndefined();
  });

  test('what is denied, even when it is allowed as well', () => {
    const policy = createAddressPolicy({ ...production, allowed: ['10.0.0.0/8'], denied: ['10.1.0.0/16'] });
    expect(policy.refusal('10.1.2.3')).toContain('10.1.0.0/16');
    expect(policy.refusal('::ffff:10.1.2.3')).toContain('10.1.0.0/16');
    expect(policy.refusal('10.2.2.3')).toBeUndefined();
  });

  test('what is outside of the allowed networks', () => {
    const policy = createAddressPolicy({ ...production, allowed: ['10.0.0.0/8'] });
    expect(policy.refusal('192.0.2.1')).toContain('allowed_networks');
    expect(policy.refusal('2001:db8::1')).toContain('allowed_networks');
  });
});

describe('the address policy opens', () => {
  test('every other address, when nothing is allowed by name', () => {
    const policy = createAddressPolicy(production);
    for (const address of ['10.0.0.1', '192.168.1.1', '100.100.100.201', '203.0.113.9', 'fd12::1']) {
      expect([address, policy.refusal(address)]).toEqual([address, undefined]);
    }
  });

  test('a special address that is named as narrowly', () => {
    const policy = createAddressPolicy({ ...production, allowed: ['127.0.0.1/32', '10.0.0.0/8'] });
    expect(policy.refusal('127.0.0.1')).toBeUndefined();
    expect(policy.refusal('127.0.0.2')).toContain('127.0.0.0/8');
  });

  test('this machine in the demo', () => {
    const policy = createAddressPolicy({ ...production, loopback: true });
    expect(policy.refusal('127.0.0.1')).toBeUndefined();
    expect(policy.refusal('::1')).toBeUndefined();
    expect(policy.refusal('169.254.169.254')).toEqual(expect.any(String));
  });
});

describe('a host name', () => {
  const addresses = createAddressPolicy(production);

  test('that leads only to refused addresses is refused, with each of them in the detail', async () => {
    const lookup: Lookup = () => Promise.resolve(['127.0.0.1', 'fe80::1']);
    await expect(resolveTarget({ addresses, lookup }, 'evil.example.com', place, never)).rejects.toMatchObject({
      code: 'target_address_refused',
      detail: expect.stringContaining('fe80::/10'),
    });
  });

  test('in a disguise that the system reads as loopback is refused', async () => {
    for (const host of ['127.1', '2130706433', '0x7f.1', 'localhost']) {
      const refused = resolveTarget({ addresses }, host, place, never);
      await expect(refused).rejects.toMatchObject({ code: 'target_address_refused' });
    }
  });

  test('that is nobody’s has its own code', async () => {
    const refused = resolveTarget({ addresses }, 'no-such-host.invalid', place, never);
    await expect(refused).rejects.toMatchObject({ code: 'target_name_not_found' });
  });

  test('is asked for once: a second answer, to a refused address, is never read', async () => {
    const local = createAddressPolicy({ ...production, loopback: true });
    await using server = await listening();
    const answers = [['127.0.0.1'], ['169.254.169.254']];
    let asked = 0;
    const lookup: Lookup = () => Promise.resolve(answers[asked++] ?? []);
    const found = await resolveTarget({ addresses: local, lookup }, 'rebinding.example.com', place, never);
    const socket = await connectTo(found, server.port, never);
    expect([asked, socket.remoteAddress]).toEqual([1, '127.0.0.1']);
    socket.destroy();
  });

  test('of several addresses reaches the one that answers, and none that was not checked', async () => {
    await using server = await listening();
    const socket = await connectTo(['::1', '127.0.0.1'], server.port, never);
    expect(socket.remoteAddress).toBe('127.0.0.1');
    socket.destroy();
  });
});

async function listening() {
  const server = createServer((socket) => socket.on('error', () => undefined));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return {
    port: address.port,
    [Symbol.asyncDispose]: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}
