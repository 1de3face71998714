/** What a hostile client does to the gateway: fuzzed connections in every state, and the attacks known to have worked. */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import ssh2 from 'ssh2';
import type { Random } from '../measure/random.ts';
import { adjust, askByKey, askByKeyboard, BEFORE_SIGN_IN, BY_CLIENT, data, execute, openSession } from './messages.ts';
import { mutate } from './mutate.ts';
import { closeSoon, dialFromAnywhere, sendPayload } from './wire.ts';

export interface ClientSide {
  readonly port: number;
  readonly user: string;
  readonly privateKey: Buffer;
  /** What a real client sent on a real connection, as it went over the wire. */
  readonly transcript: Buffer;
  readonly random: Random;
}

const READY_MS = 10_000;

interface Peer {
  readonly client: ssh2.Client;
  readonly socket: Socket;
}

async function begin(side: ClientSide, signsIn: boolean): Promise<Peer> {
  const socket = await dialFromAnywhere(side.port, side.random);
  const client = new ssh2.Client();
  client.on('error', () => undefined);
  const reached = Promise.race([
    once(client, signsIn ? 'ready' : 'handshake'),
    once(client, 'close').then(() => {
      throw new Error('closed before it began');
    }),
  ]);
  client.connect({
    sock: socket,
    username: side.user,
    // Without the key nothing is asked: the state before signing in lasts as long as we like.
    ...(signsIn ? { privateKey: side.privateKey } : { authHandler: () => undefined }),
    hostVerifier: () => true,
    readyTimeout: READY_MS,
  });
  await reached;
  return { client, socket };
}

/** One fuzzed connection. @throws when it never came so far that anything could be sent. */
export async function fuzzOnce(side: ClientSide): Promise<void> {
  const { random } = side;
  const kind = random.below(16);
  if (kind < 12) {
    await mutatedTranscript(side);
    return;
  }
  const signsIn = kind >= 14;
  const { client, socket } = await begin(side, signsIn);
  const corpus = signsIn ? BY_CLIENT : BEFORE_SIGN_IN;
  try {
    if (signsIn) sendPayload(client, openSession());
    for (let at = 1 + random.below(8); at > 0 && !socket.destroyed; at -= 1) {
      const message = random.pick(corpus);
      sendPayload(client, random.below(4) === 0 ? message : mutate(message, random));
    }
  } catch {
    // The library's own state may not bear it; what was sent was sent.
  }
  await closeSoon(socket);
}

async function mutatedTranscript({ port, transcript, random }: ClientSide): Promise<void> {
  const socket = await dialFromAnywhere(port, random);
  socket.on('error', () => undefined);
  const bytes = mutate(transcript.subarray(0, 1 + random.below(transcript.length)), random);
  const half = random.below(bytes.length + 1);
  socket.write(bytes.subarray(0, half));
  await once(socket, 'data').catch(() => undefined); // The gateway speaks first, always.
  socket.end(bytes.subarray(half));
  await closeSoon(socket);
}

export type ClientAttack = 'b1' | 'b2' | 'b3' | 'b5' | 'lying-windows';

/** Resolves when the gateway ended it, or when the attack went on for as long as it needed to do harm. */
export async function attackAsClient(side: ClientSide, attack: ClientAttack): Promise<void> {
  const { client, socket } = await begin(side, attack !== 'b5');
  const flood = async (payload: Buffer, bytes: number): Promise<void> => {
    for (let sent = 0; sent < bytes && !socket.destroyed; sent += payload.length) {
      try {
        sendPayload(client, payload);
      } catch (thrown) {
        if (sent === 0) throw thrown; // Nothing was attacked at all.
        return; // The gateway has ended it.
      }
      if (socket.writableLength > 4_000_000) {
        // An error here is the gateway's answer: it has cut the connection.
        await Promise.race([once(socket, 'drain'), closeSoon(socket, 5_000)]).catch(() => undefined);
      }
    }
  };
  switch (attack) {
    case 'b1': // A packet size of nought: an endless loop in whoever divides the output by it.
      sendPayload(client, openSession(0));
      sendPayload(client, execute(0, 'head -c 100000 /dev/zero'));
      break;
    case 'b2': // Far beyond the window that was granted.
      sendPayload(client, openSession());
      sendPayload(client, execute(0, 'sleep 5'));
      await flood(data(0, Buffer.alloc(32_000, 'x')), 400_000_000);
      break;
    case 'b3': // A window of gigabytes, and nobody reads.
      sendPayload(client, openSession(32_768, 0x7fffffff));
      sendPayload(client, execute(0, 'head -c 1500000000 /dev/zero'));
      await once(socket, 'data');
      socket.pause();
      await new Promise((resolve) => setTimeout(resolve, 4_000));
      break;
    case 'b5': // One answer is awaited while the next question comes.
      for (let at = 0; at < 20; at += 1) {
        sendPayload(client, askByKeyboard(side.user));
        sendPayload(client, askByKey(side.user));
      }
      break;
    case 'lying-windows': // Windows beyond what a number can hold.
      sendPayload(client, openSession(32_768, 0xffffffff));
      sendPayload(client, execute(0, 'head -c 3000000 /dev/zero'));
      for (let at = 0; at < 50; at += 1) sendPayload(client, adjust(0, 0xffffffff));
      break;
  }
  await closeSoon(socket, 3_000);
  client.destroy();
}
