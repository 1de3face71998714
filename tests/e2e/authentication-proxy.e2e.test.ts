/** Behind a load balancer: a small forwarder that writes a PROXY protocol header as HAProxy does. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Cleanup } from '../../foundation/index.ts';
import { runToEnd, type SshResult, TestGateway } from '../support/gateway.ts';
import { describeWith, partner } from '../support/partners.ts';
import { newest } from './support/house.ts';
import { closedByPeer } from './support/raw-peer.ts';

const BALANCER = '127.0.0.9';
const V1 = Buffer.from('PROXY TCP4 203.0.113.9 198.51.100.1 56324 22\r\n');
const V2 = Buffer.concat([
  Buffer.from('0d0a0d0a000d0a515549540a2121', 'hex'),
  Buffer.of(0, 36),
  Buffer.from('20010db8000000000000000000000007', 'hex'),
  Buffer.from('20010db8000000000000000000000001', 'hex'),
  Buffer.of(0xdc, 4, 0, 22),
]);
const LOCAL = Buffer.from('0d0a0d0a000d0a515549540a20000000', 'hex');

describeWith(['ssh'], 'the PROXY protocol', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start({ ssh: { proxyProtocolFrom: [`${BALANCER}/32`] } });
  });
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
  });

  /** Runs ssh through a forwarder at this address that begins each connection with `header`. */
  const through = async (header: Buffer, from = BALANCER): Promise<SshResult> => {
    await using cleanup = new Cleanup();
    const forwarder = createServer((inner) => {
      const outer = connect({ port: gateway.sshPort, host: '127.0.0.1', localAddress: from });
      outer.write(header);
      inner.pipe(outer).pipe(inner);
      inner.on('error', () => outer.destroy());
      outer.on('error', () => inner.destroy());
    }).listen(0, '127.0.0.1');
    cleanup.defer(() => forwarder.close());
    await once(forwarder, 'listening');
    const address = forwarder.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const args = (await gateway.sshArguments('chen'))
      .map((arg) => (arg === String(gateway.sshPort) ? String(port) : arg))
      .map((arg) => (arg.startsWith('StrictHostKeyChecking') ? 'StrictHostKeyChecking=no' : arg))
      .map((arg) => (arg.startsWith('UserKnownHostsFile') ? 'UserKnownHostsFile=/dev/null' : arg));
    return await runToEnd(partner('ssh'), [...args, '127.0.0.1', 'echo in']);
  };

  test('is asked of a listed balancer: without a header its connection is cut off', async () => {
    const socket = connect({ port: gateway.sshPort, host: '127.0.0.1', localAddress: BALANCER });
    socket.on('error', () => undefined);
    socket.write('SSH-2.0-OpenSSH_9.2\r\n');
    await closedByPeer(socket);
    expect(socket.bytesRead).toBe(0);
  });

  test('is heard from nobody else: who writes a header does not choose their address, nor get in', async () => {
    const result = await through(V1, '127.0.0.1');
    expect(result).toMatchObject({ status: 255, stdout: Buffer.alloc(0) });
    expect((await gateway.ssh('chen', 'echo in')).stdout.toString()).toBe('in\n');
    expect((await newest(gateway.database, 'ssh.signed_in')).body).toMatchObject({ sourceAddress: '127.0.0.1' });
  });

  test.each([
    ['version 1', V1, '203.0.113.9'],
    ['version 2', V2, '2001:db8::7'],
    ['a health check', LOCAL, BALANCER],
  ])('from a listed balancer says where somebody comes from: %s', async (_name, header, sourceAddress) => {
    const result = await through(header);
    expect(result).toMatchObject({ stderr: '', status: 0 });
    expect((await newest(gateway.database, 'ssh.signed_in')).body).toMatchObject({ sourceAddress });
    expect((await newest(gateway.database, 'session.opened')).body).toMatchObject({ sourceAddress });
  });
});
