/** A target that was taken over: it lets the gateway in and then does what it can to harm it. */
import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import ssh2 from 'ssh2';
import type { Random } from '../measure/random.ts';
import { adjust, banner, BY_SERVER, confirm, data } from './messages.ts';
import { mutate } from './mutate.ts';
import { sendPayload } from './wire.ts';

export const BEHAVIOURS = [
  'fuzz', // Mutated messages of a server that signed its client in.
  'raw', // What a real server sent, mutated.
  'b1', // Confirms the channel with a packet size of nought.
  'b2', // Sends beyond the window.
  'b3', // Grants gigabytes and never reads.
  'escapes', // Terminal escapes without end.
  'banners', // Banners without end while signing in.
  'preface', // Lines without end before its own identification (RFC 4253 §4.2 allows them).
  'lying-windows',
  'silent', // Accepts the connection and says nothing.
] as const;
export type Behaviour = (typeof BEHAVIOURS)[number];

const ESCAPES = Buffer.from(
  '\x1b]0;title\x07\x1b[2J\x1b[999;999H\x1b[?1049h\x1bP+q544e\x1b\\\x1b[6n\x9b31m'.repeat(400),
);

export class HostileTarget {
  behaviour: Behaviour = 'fuzz';
  /** Connections on which it misbehaved as it was told: an attack that never happened proves nothing. */
  misbehaved = 0;
  readonly #server: Server;
  readonly #library: ssh2.Server;
  readonly #random: Random;
  readonly #transcript: Buffer;

  constructor(options: { hostKey: string; transcript: Buffer; random: Random }) {
    this.#random = options.random;
    this.#transcript = options.transcript;
    this.#library = new ssh2.Server({ hostKeys: [readFileSync(options.hostKey)] }, (client) => this.#welcome(client));
    this.#server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
  }

  async listen(port: number): Promise<void> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  #accept(socket: Socket): void {
    socket.on('error', () => undefined);
    if (this.behaviour === 'silent' || this.behaviour === 'preface' || this.behaviour === 'raw') this.misbehaved += 1;
    if (this.behaviour === 'silent') return;
    if (this.behaviour === 'preface') {
      void pour(socket, () => socket.write(`notice: ${'x'.repeat(200)}\r\n`.repeat(50)));
    } else if (this.behaviour === 'raw') {
      const length = 1 + this.#random.below(this.#transcript.length);
      socket.end(mutate(this.#transcript.subarray(0, length), this.#random));
    } else this.#library.injectSocket(socket);
  }

  #welcome(client: ssh2.Connection): void {
    client.on('error', () => undefined);
    const socket = Reflect.get(client, '_sock') as Socket;
    client.on('authentication', (context) => {
      if (this.behaviour === 'banners') {
        void pour(socket, () => this.#send(client, banner('sign here\n'.repeat(100))));
      } else if (context.method === 'publickey') context.accept();
      else context.reject(['publickey']);
    });
    client.on('session', (accept) => {
      if (this.behaviour === 'b1') {
        this.#send(client, confirm(0, 0, 2_097_152, 0)); // In place of the library's own answer to the open.
        return;
      }
      const session = accept();
      session.on('pty', (yes) => yes());
      session.on('exec', (yes) => this.#misbehave(client, yes(), socket));
      session.on('shell', (yes) => this.#misbehave(client, yes(), socket));
    });
  }

  #misbehave(client: ssh2.Connection, channel: ssh2.ServerChannel, socket: Socket): void {
    channel.on('error', () => undefined);
    const acts: Partial<Record<Behaviour, () => void>> = {
      b2: () => void pour(socket, () => this.#send(client, data(0, Buffer.alloc(32_000, 'y')))),
      b3: () => {
        for (let at = 0; at < 4; at += 1) this.#send(client, adjust(0, 0x3fffffff));
        socket.pause();
      },
      escapes: () => {
        this.misbehaved += 1;
        channel.write(ESCAPES);
        channel.on('drain', () => channel.write(ESCAPES));
      },
      'lying-windows': () => {
        for (let at = 0; at < 50; at += 1) this.#send(client, adjust(0, 0xffffffff));
        channel.exit(0);
        channel.end();
      },
    };
    (acts[this.behaviour] ?? (() => this.#fuzz(client)))();
  }

  #send(connection: ssh2.Connection, payload: Buffer): boolean {
    try {
      sendPayload(connection, payload);
      this.misbehaved += 1;
      return true;
    } catch {
      return false; // The connection is gone.
    }
  }

  #fuzz(client: ssh2.Connection): void {
    const random = this.#random;
    for (let at = 1 + random.below(8); at > 0; at -= 1) {
      const message = random.pick(BY_SERVER);
      this.#send(client, random.below(4) === 0 ? message : mutate(message, random));
    }
    setTimeout(() => client.end(), 20);
  }
}

/** Calls `send` as fast as the other side reads, for three seconds. */
async function pour(socket: Socket, send: () => boolean): Promise<void> {
  const until = performance.now() + 3_000;
  while (!socket.destroyed && performance.now() < until) {
    send();
    if (socket.writableLength > 1_000_000) {
      await Promise.race([once(socket, 'drain'), once(socket, 'close')]).catch(() => undefined);
    } else await new Promise((resolve) => setImmediate(resolve));
  }
  socket.destroy();
}
