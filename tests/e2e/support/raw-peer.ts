/** A peer that speaks SSH up to a point and then does not: what an attacker writes by hand. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import ssh2 from 'ssh2';
import { sshString } from '../../../foundation/index.ts';

const LIMIT_MS = 10_000;
const GLOBAL_REQUEST = 80;

/** A TCP connection to the gateway; its errors are expected. */
export async function dial(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect', { signal: AbortSignal.timeout(LIMIT_MS) });
  return socket;
}

/** Resolves when the gateway has closed the connection. @throws after ten seconds. */
export async function closedByPeer(socket: Socket): Promise<void> {
  socket.resume();
  if (!socket.destroyed) await once(socket, 'close', { signal: AbortSignal.timeout(LIMIT_MS) });
}

/** The client library, with the door to its insides that a test of hostile packets needs. */
export class RawClient {
  readonly client = new ssh2.Client();
  readonly socket: Socket;
  readonly closed: Promise<void>;

  constructor(socket: Socket) {
    this.socket = socket;
    this.client.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      this.client.once('close', () => resolve());
    });
  }

  /** Begins the protocol as `login`; await `ready` or another event next. */
  begin(privateKey: string, username = 'crm-db'): this {
    this.client.connect({ sock: this.socket, username, privateKey, hostVerifier: () => true, readyTimeout: LIMIT_MS });
    return this;
  }

  async until(event: 'handshake' | 'ready'): Promise<this> {
    await once(this.client, event, { signal: AbortSignal.timeout(LIMIT_MS) });
    return this;
  }

  /** Sends one packet with this payload, encrypted and numbered as any other. */
  send(payload: Buffer): void {
    const protocol = inside(this.client, '_protocol');
    const writer = inside(inside(protocol, '_packetRW'), 'write');
    const packet = call(writer, 'alloc', payload.length) as Buffer;
    payload.copy(packet, Number(Reflect.get(writer, 'allocStart')));
    call(inside(protocol, '_cipher'), 'encrypt', call(writer, 'finalize', packet));
  }

  /** Whether the gateway still answers on this connection: it says no to a question every server knows. */
  async isAnswered(): Promise<boolean> {
    const answered = new Promise<true>((resolve) => {
      this.socket.once('data', () => resolve(true));
    });
    this.send(Buffer.concat([Buffer.from([GLOBAL_REQUEST]), sshString('keepalive@openssh.com'), Buffer.from([1])]));
    return Promise.race([answered, this.closed.then(() => false)]);
  }

  drop(): void {
    this.socket.destroy();
  }
}

function inside(owner: object, name: string): object {
  const value: unknown = Reflect.get(owner, name);
  if (typeof value !== 'object' || value === null) throw new Error(`the library has no ${name} any more`);
  return value;
}

function call(owner: object, name: string, argument: unknown): unknown {
  const method: unknown = Reflect.get(owner, name);
  if (typeof method !== 'function') throw new Error(`the library has no ${name}() any more`);
  return Reflect.apply(method, owner, [argument]) as unknown;
}
