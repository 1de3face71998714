/** New keys under way, by our wish and by the peer's, with data in both directions. */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { expect, it } from '@jest/globals';
import { type Connection, startRekeying } from '../../../gateway/ssh/library/index.ts';
import { startSshd } from '../../e2e/support/sshd.ts';
import { describeWith } from '../../support/partners.ts';
import { runToEnd } from '../../support/run-to-end.ts';
import { join } from './support/joined.ts';
import { serve, sshArguments } from './support/served.ts';

const LIMITS = {
  rekeyBytes: 300_000,
  rekeySeconds: 3_600,
  rekeyAnswerSeconds: 20,
  idleRekeyBytes: 4_096,
  idleRekeysPerMinuteMax: 5,
};
const NEVER = { ...LIMITS, rekeyBytes: Number.MAX_SAFE_INTEGER };
const BYTES = 6_000_000;
const md5 = (bytes: Buffer): string => createHash('md5').update(bytes).digest('hex');

interface Counted {
  exchanges: number;
}

function rekeyingServer(limits: typeof LIMITS, counted: Counted) {
  return serve({
    onConnection: (connection: Connection) => {
      startRekeying(connection, limits);
      connection.on('handshake', () => {
        counted.exchanges += 1;
      });
    },
  });
}

describeWith('ssh', 'a transfer through ssh', () => {
  const cases = [
    { wish: 'ours', limits: LIMITS, peer: 'default' },
    { wish: 'the peer’s', limits: NEVER, peer: '300K' },
    { wish: 'both', limits: LIMITS, peer: '200K' },
  ];

  it.each(cases)('keeps every byte while keys change by wish of: $wish', async ({ limits, peer }) => {
    const counted = { exchanges: 0 };
    await using served = await rekeyingServer(limits, counted);
    const args = sshArguments(served.port, { RekeyLimit: `${peer} none` });
    const input = randomBytes(BYTES);
    const { status, stdout } = await runToEnd('ssh', [...args, '127.0.0.1', 'cat'], input);
    expect({ status, md5: md5(stdout) }).toEqual({ status: 0, md5: md5(input) });
    expect(counted.exchanges).toBeGreaterThan(3);
  });
});

describeWith(['sshd', 'ssh-keygen', 'root'], 'a transfer through sshd', () => {
  it.each([
    { wish: 'ours', limits: LIMITS, config: [] },
    { wish: 'both', limits: LIMITS, config: ['RekeyLimit 200K none'] },
  ])('keeps every byte while keys change by wish of: $wish', async ({ limits, config }) => {
    await using sshd = await startSshd({ config });
    const { keyOfFile } = await import('./support/joined.ts');
    const [, , , , , path = ''] = sshd.direct();
    const authentication = { type: 'publickey', username: sshd.account, key: keyOfFile(path) } as const;
    await using joined = await join(sshd.port, { username: sshd.account, authentication });
    startRekeying(joined.client, limits);
    let exchanges = 0;
    joined.client.on('handshake', () => {
      exchanges += 1;
    });
    joined.client.rekey(); // It was joined before the counting began.
    const channel = await joined.exec('cat');
    const input = randomBytes(BYTES);
    const output: Buffer[] = [];
    channel.on('data', (chunk: Buffer) => output.push(chunk));
    channel.end(input);
    await once(channel, 'close');
    expect(md5(Buffer.concat(output))).toBe(md5(input));
    expect(exchanges).toBeGreaterThanOrEqual(3); // The wished one, and more by the limits.
  });
});

it('new keys come by time too', async () => {
  const counted = { exchanges: 0 };
  let second: () => void = () => undefined;
  const exchangedTwice = new Promise<void>((resolve) => {
    second = resolve;
  });
  await using served = await serve({
    onConnection: (connection) => {
      startRekeying(connection, { ...NEVER, rekeySeconds: 0.05 });
      connection.on('handshake', () => {
        counted.exchanges += 1;
        if (counted.exchanges === 3) second();
      });
    },
  });
  await using joined = await join(served.port);
  await exchangedTwice;
  expect(joined.errors).toEqual([]);
});

it('a peer that does nothing but exchange keys is ended and told why', async () => {
  await using served = await rekeyingServer(NEVER, { exchanges: 0 });
  await using joined = await join(served.port);
  joined.client.on('handshake', () => setImmediate(() => joined.client.rekey()));
  const told = ended(joined.client);
  joined.client.rekey();
  await joined.closed;
  expect(told()).toContain('rekeys_too_often');
});

it('a peer that never agrees on new keys is ended, and what waits for them has a bound', async () => {
  let connection: Connection | undefined;
  await using served = await serve({
    onConnection: (one) => {
      connection = one;
      startRekeying(one, { ...LIMITS, rekeyBytes: 100_000, rekeyAnswerSeconds: 0.2 });
    },
    onExec: (channel) => {
      channel.on('error', () => undefined);
      const more = (): void => {
        if (channel.writable) channel.write(Buffer.alloc(32_768), (error) => error ?? more());
      };
      more();
    },
  });
  await using joined = await join(served.port);
  // Its own answer to a KEXINIT is kept back: it goes on reading and grants every window.
  const protocol = Reflect.get(joined.client, '_protocol') as object;
  const channel = await joined.exec('flood');
  channel.resume();
  const decipher = Reflect.get(protocol, '_decipher') as { _onPayload: (payload: Buffer) => unknown };
  const KEXINIT = 20;
  const onPayload = decipher._onPayload;
  decipher._onPayload = (payload) => (payload[0] === KEXINIT ? undefined : onPayload(payload));
  const told = ended(joined.client);
  await joined.closed;
  expect(told()).toContain('rekey_unanswered');
  const queued: unknown = Reflect.get(Reflect.get(connection ?? {}, '_protocol') as object, '_queuedBytes');
  expect(queued).toBeLessThan(1_000_000);
});

/** The description of the disconnect that ends a connection. */
function ended(client: object): () => string {
  const protocol = Reflect.get(client, '_protocol') as { _handlers: Record<string, unknown> };
  const original = protocol._handlers['DISCONNECT'] as (...args: unknown[]) => void;
  let description = '';
  protocol._handlers['DISCONNECT'] = (p: unknown, reason: unknown, text: string) => {
    description = text;
    original(p, reason, text);
  };
  return () => description;
}
