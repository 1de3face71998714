import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { Served } from './served.ts';

/** A man in the middle: what the client sends passes packet by packet, and `inject` says what goes before one. */
export async function relay(served: Served, inject: (pieces: Buffer[]) => Buffer | undefined, { pieces = false } = {}) {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    const upstream = connect(served.port, '127.0.0.1').setNoDelay(true);
    sockets.push(socket, upstream);
    for (const each of [socket, upstream]) each.on('error', () => undefined);
    upstream.pipe(socket);
    const seen: Buffer[] = [];
    let chain = Promise.resolve();
    socket.on('data', (chunk: Buffer) => {
      chain = chain.then(async () => {
        for (const piece of split(chunk)) {
          const before = inject(seen);
          seen.push(piece);
          if (before !== undefined) upstream.write(before);
          if (!pieces || seen.length > 1) upstream.write(piece);
          else for (const byte of piece) await new Promise((done) => upstream.write(Buffer.from([byte]), done));
        }
      });
    });
    socket.once('close', () => upstream.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: portOf(server),
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The identification and the plain packets of one piece of a stream; anything else stays whole. */
function split(chunk: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  let rest = chunk;
  if (rest.subarray(0, 4).toString() === 'SSH-') {
    const end = rest.indexOf('\n') + 1;
    parts.push(rest.subarray(0, end));
    rest = rest.subarray(end);
  }
  while (rest.length >= 4 && rest.readUInt32BE(0) + 4 <= rest.length && rest.readUInt32BE(0) < 35_000) {
    const end = rest.readUInt32BE(0) + 4;
    parts.push(rest.subarray(0, end));
    rest = rest.subarray(end);
  }
  return rest.length === 0 ? parts : [...parts, rest];
}

export function portOf(server: { address(): unknown }): number {
  return (server.address() as { port: number }).port;
}
