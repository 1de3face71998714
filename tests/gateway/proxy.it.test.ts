import { fork } from 'node:child_process';
import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createLog, LIMITS } from '../../foundation/index.ts';
import { Arrivals, type Origin, resumeReading } from '../../gateway/ssh/arrival.ts';

const BALANCER = '127.0.0.2';
const HEADER = 'PROXY TCP4 203.0.113.9 198.51.100.1 56324 22\r\n';

let server: Server;
let port: number;
let arrivals: Arrivals;
const open: Socket[] = [];

beforeEach(async () => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'clearImmediate', 'queueMicrotask', 'performance'] });
  arrivals = new Arrivals([`${BALANCER}/32`], createLog('silent'));
  server = createServer({ pauseOnConnect: true }).listen(0, '0.0.0.0');
  await once(server, 'listening');
  const address = server.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
});
afterEach(() => {
  for (const socket of open.splice(0)) socket.destroy();
  server.close(); // Not awaited: a socket that went to another process counts here until that process has ended.
  jest.useRealTimers();
});

/** A connection from there, with what the gateway learns of it; undefined when it was cut off. */
async function come(from: string) {
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const caller = connect({ port, host: '127.0.0.1', localAddress: from });
  caller.on('error', () => undefined);
  const [socket] = await accepted;
  socket.on('error', () => undefined);
  open.push(caller, socket);
  const arrived = new Promise<Origin | undefined>((resolve) => {
    socket.once('close', () => resolve(undefined));
    arrivals.receive(socket, resolve);
  });
  return { caller, socket, arrived };
}

describe('a listed balancer is cut off', () => {
  test('when it begins with anything but a header', async () => {
    const { caller, arrived } = await come(BALANCER);
    caller.write('SSH-2.0-OpenSSH_9.2\r\n');
    expect(await arrived).toBeUndefined();
  });

  test('when its header does not come in time, or not whole', async () => {
    const silent = await come(BALANCER);
    const slow = await come(BALANCER);
    const heard = once(slow.socket, 'data');
    slow.caller.write(HEADER.slice(0, 20));
    await heard;
    jest.advanceTimersByTime(LIMITS.proxyHeaderSeconds * 1_000 - 1);
    expect([silent.socket.destroyed, slow.socket.destroyed]).toEqual([false, false]);
    jest.advanceTimersByTime(1);
    expect(await silent.arrived).toBeUndefined();
    expect(await slow.arrived).toBeUndefined();
  });

  test('when it ends before its header does', async () => {
    const { caller, arrived } = await come(BALANCER);
    caller.end(HEADER.slice(0, 20));
    expect(await arrived).toBeUndefined();
  });

  test('when too many of its connections wait for a header', async () => {
    for (let waiting = 0; waiting < LIMITS.proxyHeadersWaitingMax; waiting += 1) await come(BALANCER);
    const { arrived, socket } = await come(BALANCER);
    expect(await arrived).toBeUndefined();
    expect(socket.destroyed).toBe(true);
  });
});

test('anybody else comes from where they come from, and nothing of what they send is read', async () => {
  const { caller, arrived, socket } = await come('127.0.0.3');
  expect(await arrived).toEqual({ sourceAddress: '127.0.0.3', head: Buffer.alloc(0) });
  const heard = once(socket, 'data');
  caller.write(HEADER);
  socket.resume();
  expect(String(await heard)).toBe(HEADER);
});

test('a listed balancer says who came, in pieces too; what follows its header stays whole and in order', async () => {
  const { caller, arrived, socket } = await come(BALANCER);
  const ident = 'SSH-2.0-OpenSSH_9.2\r\n';
  for (const piece of [HEADER.slice(0, 6), HEADER.slice(6, 30)]) {
    const heard = once(socket, 'data');
    caller.write(piece);
    await heard;
  }
  caller.write(`${HEADER.slice(30)}${ident}`);
  const origin = await arrived;
  expect(origin?.sourceAddress).toBe('203.0.113.9');
  expect(origin?.head.toString()).toBe(ident);
  caller.write('more');
  const heard = once(socket, 'data');
  resumeReading(socket);
  socket.resume();
  expect(String(await heard)).toBe('more');
  jest.advanceTimersByTime(3_600_000);
  expect(socket.destroyed).toBe(false);
});

test('a balancer that asks after our health comes from itself', async () => {
  const { caller, arrived } = await come(BALANCER);
  caller.write(Buffer.from('0d0a0d0a000d0a515549540a20000000', 'hex'));
  expect(await arrived).toEqual({ sourceAddress: BALANCER, head: Buffer.alloc(0) });
});

test('a connection goes on to another process whole, however much follows its header at once', async () => {
  const child = fork(fileURLToPath(new URL('proxy-echo-child.mjs', import.meta.url)));
  await once(child, 'message');
  const { caller, arrived, socket } = await come(BALANCER);
  const sent = randomBytes(4 * 1024 * 1024);
  const received: Buffer[] = [];
  caller.on('data', (chunk: Buffer) => received.push(chunk));
  const ended = once(caller, 'end');
  const handed = arrived.then(async (origin) => {
    await new Promise((resolve) => setImmediate(resolve)); // A process that is busy takes it later; nothing may be read of it meanwhile.
    child.send({ head: origin?.head.toString('base64') }, socket);
  });
  caller.write(HEADER);
  caller.end(sent);
  await Promise.all([handed, ended]);
  expect(Buffer.concat(received).equals(sent)).toBe(true);
  if (child.exitCode === null) await once(child, 'exit');
});
