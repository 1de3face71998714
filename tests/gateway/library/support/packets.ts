/** Packets written by hand, encrypted and numbered as any other. */

/** Sends one packet with this payload on a connection of the library, whichever side it is. */
export function sendPacket(connection: object, payload: Buffer): void {
  const protocol = inside(connection, '_protocol');
  const writer = inside(inside(protocol, '_packetRW'), 'write');
  const packet = call(writer, 'alloc', payload.length) as Buffer;
  payload.copy(packet, Number(Reflect.get(writer, 'allocStart')));
  call(inside(protocol, '_cipher'), 'encrypt', call(writer, 'finalize', packet));
}

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
