/** What the server says before it is asked, to a client whose next question is known; and what never waits for a question. */
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it } from '@jest/globals';
import type { AnyAuthMethod } from 'ssh2';
import { Client, clientKey } from '../../../gateway/ssh/library/index.ts';
import { serve, type ServeOptions } from './support/served.ts';

const username = 'somebody';
const key = clientKey(generateKeyPairSync('ed25519').privateKey);
const KEY: AnyAuthMethod = { type: 'publickey', username, key };
const NONE: AnyAuthMethod = { type: 'none', username };
const METHODS = ['publickey', 'keyboard-interactive'];
const KEXINIT = 20;

/** Asks for `methods` one after the other; resolves with what the client was told it may go on with, and whether it is in. */
async function signIn(
  port: number,
  { ident, methods }: { ident: string; methods: AnyAuthMethod[] },
): Promise<{ isIn: boolean; told: unknown[] }> {
  const client = new Client();
  const told: unknown[] = [];
  const left = [...methods];
  const ended = new Promise<boolean>((resolve) => {
    client.once('ready', () => resolve(true));
    client.on('error', () => resolve(false));
  });
  client.connect({
    ...{ host: '127.0.0.1', port, ident, username },
    hostVerifier: () => true,
    authHandler: (offered: unknown, _partial, next) => {
      if (offered !== null) told.push(offered);
      next(left.shift() ?? (false as unknown as AnyAuthMethod));
    },
  });
  const isIn = await ended;
  const closed = once(client, 'close');
  client.end();
  await closed;
  return { isIn, told };
}

function counting(seen: string[]): ServeOptions {
  return {
    answersAhead: METHODS,
    onAuthentication: (context) => {
      seen.push(context.method);
      if (context.method === 'publickey') context.accept();
      else context.reject(['publickey']);
    },
  };
}

it('who calls itself OpenSSH and shows a key first is refused that key once, and nobody is asked about it', async () => {
  const seen: string[] = [];
  await using served = await serve(counting(seen));
  expect(await signIn(served.port, { ident: 'OpenSSH_9.9', methods: [KEY] })).toEqual({ isIn: false, told: [METHODS] });
  expect(seen).toEqual([]);
  expect((await signIn(served.port, { ident: 'OpenSSH_9.9', methods: [KEY, KEY] })).isIn).toBe(true);
  expect(seen).toEqual(['publickey']);
});

it('OpenSSH is told the methods before it asks for them, once', async () => {
  const seen: string[] = [];
  await using served = await serve(counting(seen));
  const methods = [NONE, NONE, KEY];
  const { isIn, told } = await signIn(served.port, { ident: 'OpenSSH_10.3', methods });
  expect(isIn).toBe(true);
  expect(told).toEqual([METHODS, ['publickey']]);
  expect(seen).toEqual(['none', 'publickey']);
});

it('any other client is answered what it asks', async () => {
  const seen: string[] = [];
  await using served = await serve(counting(seen));
  const { isIn } = await signIn(served.port, { ident: 'dropbear_2025', methods: [NONE, KEY] });
  expect(isIn).toBe(true);
  expect(seen).toEqual(['none', 'publickey']);
});

it('a client that waits for the algorithms of the server is told them all the same', async () => {
  await using served = await serve();
  const socket = connect(served.port, '127.0.0.1');
  let received = Buffer.alloc(0);
  for await (const chunk of socket) {
    received = Buffer.concat([received, chunk as Buffer]);
    const packet = received.subarray(received.indexOf('\n') + 1);
    if (packet.length > 5) {
      expect(packet[5]).toBe(KEXINIT);
      break; // Destroys the socket.
    }
  }
  expect(received.subarray(0, 4).toString()).toBe('SSH-');
});
