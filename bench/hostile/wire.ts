/** The way into the client library's insides: packets that no library would send, encrypted and numbered like any other. */
import { connect, type Socket } from 'node:net';
import type { Random } from '../measure/random.ts';

const CLOSE_MS = 60;

/** Sends one packet with this payload over a connection of the library, of either side. */
export function sendPayload(connection: object, payload: Buffer): void {
  const protocol = inside(connection, '_protocol');
  const writer = inside(inside(protocol, '_packetRW'), 'write');
  const packet = call(writer, 'alloc', payload.length) as Buffer;
  payload.copy(packet, Number(Reflect.get(writer, 'allocStart')));
  call(inside(protocol, '_cipher'), 'encrypt', call(writer, 'finalize', packet));
}

/** A part of the library that it shows nobody. @throws when it has none of that name any more. */
export function inside(owner: object, name: string): object {
  const value: unknown = Reflect.get(owner, name);
  if (typeof value !== 'object' || value === null) throw new Error(`the library has no ${name} any more`);
  return value;
}

function call(owner: object, name: string, argument: unknown): unknown {
  const method: unknown = Reflect.get(owner, name);
  if (typeof method !== 'function') throw new Error(`the library has no ${name}() any more`);
  return Reflect.apply(method, owner, [argument]) as unknown;
}

/** A connection from any of loopback's sixteen million addresses: what one address is allowed is not what is tested. */
export function dialFromAnywhere(port: number, random: Random): Promise<Socket> {
  const localAddress = `127.${1 + random.below(250)}.${random.below(250)}.${1 + random.below(250)}`;
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, localAddress, noDelay: true }, () => resolve(socket));
    socket.on('error', reject);
  });
}

/** Resolves when the other side closed, or after a moment in which it did not; then the connection is dropped. */
export function closeSoon(socket: Socket, milliseconds = CLOSE_MS): Promise<void> {
  return new Promise((resolve) => {
    const drop = setTimeout(() => socket.destroy(), milliseconds);
    socket.once('close', () => {
      clearTimeout(drop);
      resolve();
    });
    if (socket.destroyed) {
      clearTimeout(drop);
      resolve();
    }
    socket.resume();
  });
}
