/** Packets read and written by hand. */
import { inside } from '../../../../bench/hostile/wire.ts';

/** The next inbound packet of this type, beside its handling. */
export function nextPayload(connection: object, type: number): Promise<Buffer> {
  const decipher = inside(inside(connection, '_protocol'), '_decipher');
  const onPayload = Reflect.get(decipher, '_onPayload') as (payload: Buffer) => unknown;
  return new Promise((resolve) => {
    Reflect.set(decipher, '_onPayload', (payload: Buffer) => {
      if (payload[0] === type) resolve(Buffer.from(payload));
      return onPayload(payload);
    });
  });
}

/** A plain packet as it stands on the wire before the first key exchange (RFC 4253 §6). */
export function plainPacket(payload: Buffer): Buffer {
  let padding = 8 - ((5 + payload.length) % 8);
  if (padding < 4) padding += 8;
  const head = Buffer.alloc(5);
  head.writeUInt32BE(1 + payload.length + padding);
  head[4] = padding;
  return Buffer.concat([head, payload, Buffer.alloc(padding)]);
}
