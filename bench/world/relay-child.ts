/** A relay that is far away: every byte, and the connection itself, takes half of `rttMs` in each direction. */
import { connect, createServer, type Socket } from 'node:net';

interface Relay {
  readonly listen: number;
  readonly to: number;
  readonly rttMs: number;
}

const relays = JSON.parse(process.argv[2] ?? '[]') as Relay[];

function later(from: Socket, to: Socket, delayMs: number): void {
  // Timers of one delay fire in the order they were set, so bytes keep theirs.
  from.on('data', (chunk) => {
    setTimeout(() => {
      if (to.writable) to.write(chunk);
    }, delayMs);
  });
  from.on('end', () => setTimeout(() => to.end(), delayMs));
  from.on('error', () => setTimeout(() => to.destroy(), delayMs));
  from.on('close', () => setTimeout(() => to.destroySoon(), delayMs));
}

function serve({ listen, to, rttMs }: Relay): Promise<void> {
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (near) => {
    near.pause();
    // The three-way handshake: one round trip before the first byte of either side.
    setTimeout(() => {
      const far = connect({ port: to, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
      later(near, far, rttMs / 2);
      later(far, near, rttMs / 2);
      near.resume();
    }, rttMs);
  });
  return new Promise((resolve) => server.listen(listen, '127.0.0.1', resolve));
}

await Promise.all(relays.map(serve));
process.stdout.write('ready\n');
process.on('disconnect', () => process.exit(0));
