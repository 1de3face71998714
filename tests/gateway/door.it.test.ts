import { once } from 'node:events';
import { connect, createServer, type Server, Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createLog, LIMITS } from '../../foundation/index.ts';
import { Door, receive, type Visitor } from '../../gateway/ssh/door.ts';
import { shareTurns } from '../../gateway/ssh/library/index.ts';

const { sshUnauthenticatedPerSourceMax: perSource, sshUnauthenticatedMax: ofAll } = LIMITS;

let server: Server;
let port: number;
let door: Door;
const callers: Socket[] = [];
const admitted: Socket[] = [];

beforeEach(async () => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'clearImmediate', 'queueMicrotask', 'performance'] });
  door = new Door(createLog('silent'));
  server = createServer().listen(0, '0.0.0.0');
  await once(server, 'listening');
  const address = server.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
});
afterEach(async () => {
  for (const caller of callers.splice(0)) caller.destroy();
  for (const socket of admitted.splice(0)) socket.destroy();
  server.close();
  await once(server, 'close');
  jest.useRealTimers();
});

/** Somebody at the door, from this address of the loopback network. */
async function knock(from = '127.0.0.1') {
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const caller = connect({ port, host: '127.0.0.1', localAddress: from });
  caller.on('error', () => undefined);
  callers.push(caller);
  const [socket] = await accepted;
  socket.on('error', () => undefined);
  admitted.push(socket);
  const place = door.admit(socket);
  const visitor = place === undefined ? undefined : receive(socket, place);
  return { caller, socket, visitor };
}

async function fill(count: number, from?: string): Promise<Visitor[]> {
  const entered: Visitor[] = [];
  for (let done = 0; done < count; done += 1) {
    const { visitor } = await knock(from);
    if (visitor !== undefined) entered.push(visitor);
  }
  return entered;
}

describe('the door', () => {
  test('turns away the one too many of a source, and no other source', async () => {
    expect(await fill(perSource)).toHaveLength(perSource);
    const { visitor, socket } = await knock();
    expect(visitor).toBeUndefined();
    expect(socket.destroyed).toBe(true);
    expect((await knock('127.0.0.2')).visitor).toMatchObject({ sourceAddress: '127.0.0.2' });
  });

  test('takes all addresses of one IPv6 network for one source', () => {
    const from = (address: string): boolean => door.admit(new Socket(), address) !== undefined;
    for (let at = 1; at <= perSource; at += 1) expect(from(`2001:db8::${at}`)).toBe(true);
    expect(from('2001:db8::ffff')).toBe(false);
    expect(from('2001:db8:0:1::1')).toBe(true);
  });

  test('leaves room for others when a few sources open all they may', () => {
    const from = (address: string): boolean => door.admit(new Socket(), address) !== undefined;
    for (let round = 0; round < perSource; round += 1) for (let at = 1; at <= 8; at += 1) from(`192.0.2.${at}`);
    expect(from('192.0.2.1')).toBe(false);
    const others = Array.from({ length: ofAll }, (_, at) => from(`198.51.100.${at + 1}`)).filter(Boolean);
    expect(others.length).toBeGreaterThanOrEqual(ofAll / 4);
  });

  test('turns away the one too many of all sources together', async () => {
    for (let at = 1; at <= ofAll; at += 1) expect((await knock(`127.0.0.${at}`)).visitor).toBeDefined();
    expect((await knock('127.0.1.1')).visitor).toBeUndefined();
  });

  test('counts nobody twice: a place is free again for who signs in, and for who leaves, once', async () => {
    const [first] = await fill(perSource - 1);
    const last = await knock();
    first?.signedIn();
    first?.signedIn();
    expect((await knock()).visitor).toBeDefined();
    expect((await knock()).visitor).toBeUndefined();
    const left = once(last.socket, 'close');
    last.caller.destroy();
    last.socket.resume();
    await left;
    expect((await knock()).visitor).toBeDefined();
    expect((await knock()).visitor).toBeUndefined();
  });

  test('closes on who does not sign in in time', async () => {
    const { socket } = await knock();
    jest.advanceTimersByTime(LIMITS.sshLoginGraceSeconds * 1_000 - 1);
    expect(socket.destroyed).toBe(false);
    jest.advanceTimersByTime(1);
    expect(socket.destroyed).toBe(true);
  });

  test('waits longer while somebody reads in a browser, and not for ever', async () => {
    const { socket, visitor } = await knock();
    visitor?.extendGrace(LIMITS.sshBrowserApprovalSeconds);
    jest.advanceTimersByTime(LIMITS.sshBrowserApprovalSeconds * 1_000 - 1);
    expect(socket.destroyed).toBe(false);
    jest.advanceTimersByTime(1);
    expect(socket.destroyed).toBe(true);
  });

  test('never closes on who has signed in, whatever came late', async () => {
    const { socket, visitor } = await knock();
    visitor?.signedIn();
    visitor?.extendGrace(1);
    jest.advanceTimersByTime(3_600_000);
    expect(socket.destroyed).toBe(false);
  });
});

test('a bulk transfer lets others have their turn, and loses no byte', async () => {
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const caller = connect(port, '127.0.0.1');
  callers.push(caller);
  const [socket] = await accepted;
  let received = 0;
  let pauses = 0;
  socket.on('data', (chunk: Buffer) => {
    received += chunk.length;
  });
  socket.on('pause', () => {
    pauses += 1;
  });
  shareTurns(socket);
  const bytes = 40 * LIMITS.sshReadQuantumBytes;
  caller.end(Buffer.alloc(bytes, 1));
  await once(socket, 'end');
  expect(received).toBe(bytes);
  expect(pauses).toBeGreaterThanOrEqual(10);
});
