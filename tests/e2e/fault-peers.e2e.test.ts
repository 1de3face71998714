/** Peers that break the protocol, or off: they lose their own connection, and nobody else notices. */
import { randomBytes, randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { LIMITS, sshString, uint32 } from '../../foundation/index.ts';
import { TestGateway } from '../support/gateway.ts';
import { describeWith } from '../support/partners.ts';
import { waitFor } from '../support/wait-for.ts';
import { asOwner } from './support/house.ts';
import { type LiveSsh, startSsh } from './support/live-ssh.ts';
import { closedByPeer, dial, RawClient } from './support/raw-peer.ts';

const IDENT = 'SSH-2.0-Peer\r\n';
/** As many at once as one source may have before sign-in, less those that may still be closing. */
const AT_ONCE = LIMITS.sshUnauthenticatedPerSourceMax - 4;
const CHANNEL_OPEN = 90;
const CHANNEL_DATA = 94;
const CHANNEL_REQUEST = 98;

describeWith(['ssh', 'ssh-keygen'], 'the gateway', () => {
  let gateway: TestGateway;
  let key: string;
  let colleague: LiveSsh;
  let said = 0;

  beforeAll(async () => {
    gateway = await TestGateway.start();
    key = await readFile(await gateway.key('chen'), 'utf8');
  });
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    colleague = await startSsh(gateway, 'aoki', ['cat']);
    await answers();
  });
  afterEach(async () => {
    await answers(); // Whatever happened to the others.
    await colleague[Symbol.asyncDispose]();
    expect((await gateway.ssh('aoki', 'echo new')).stdout.toString()).toBe('new\n');
  });

  /** Another person's session, open all the time, still answers. */
  const answers = async (): Promise<void> => {
    said += 1;
    colleague.type(`still ${said} here\n`);
    await colleague.sees(`still ${said} here`);
  };
  const signedIn = async (): Promise<RawClient> => new RawClient(await dial(gateway.sshPort)).begin(key).until('ready');

  describe('before a banner', () => {
    test.each([
      ['random bytes', () => randomBytes(4_096)],
      ['an endless line', () => Buffer.alloc(300_000, 'x')],
      ['a request of another protocol', () => Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
      ['another version', () => Buffer.from('SSH-1.5-old\r\n')],
      ['zeros', () => Buffer.alloc(70_000)],
    ])('is not harmed by %s', async (_what, bytes) => {
      const socket = await dial(gateway.sshPort);
      socket.write(bytes());
      socket.end();
      await closedByPeer(socket);
    });
  });

  describe('before the key exchange', () => {
    test.each([
      ['a length of four gigabytes', () => Buffer.from('ffffffff00', 'hex')],
      ['a length of nothing', () => Buffer.from('0000000000000000', 'hex')],
      ['more padding than packet', () => Buffer.concat([uint32(12), Buffer.from([255]), randomBytes(11)])],
      ['a packet beyond the largest', () => Buffer.concat([uint32(300_000), Buffer.alloc(300_000, 4)])],
      ['random packets', () => randomBytes(9_000)],
      ['a key exchange of empty lists', () => packet(Buffer.concat([Buffer.from([20]), Buffer.alloc(16 + 40 + 5)]))],
      ['a key exchange cut short', () => packet(Buffer.concat([Buffer.from([20]), randomBytes(9)]))],
      ['a sign-in without one', () => packet(Buffer.concat([Buffer.from([50]), sshString('x'), sshString('y')]))],
    ])('is not harmed by %s', async (_what, bytes) => {
      const socket = await dial(gateway.sshPort);
      socket.write(IDENT);
      socket.write(bytes());
      socket.end();
      await closedByPeer(socket);
    });
  });

  test('lets two hundred quick connections be dropped in every phase', async () => {
    const phases: Record<string, () => Promise<void>> = {
      connected: async () => {
        (await dial(gateway.sshPort)).destroy();
      },
      'banner sent': async () => {
        const socket = await dial(gateway.sshPort);
        socket.write(IDENT, () => socket.destroy());
      },
      'half a banner': async () => {
        const socket = await dial(gateway.sshPort);
        socket.write('SSH-2.0-', () => socket.resetAndDestroy());
      },
      'key exchange begun': async () => {
        const peer = new RawClient(await dial(gateway.sshPort)).begin(key);
        peer.socket.once('data', () => peer.drop());
        await peer.closed;
      },
      'keys exchanged': async () => {
        const peer = await new RawClient(await dial(gateway.sshPort)).begin(key).until('handshake');
        peer.drop();
      },
      'signed in': async () => (await signedIn()).drop(),
      'channel asked for': async () => {
        const peer = await signedIn();
        peer.client.exec('sleep 60', () => undefined);
        peer.drop();
      },
      'program running': async () => {
        const peer = await signedIn();
        await new Promise<void>((resolve) => {
          peer.client.exec('echo up; sleep 60', (error, channel) => {
            if (error !== undefined) throw error;
            channel.on('error', () => undefined);
            channel.once('data', () => resolve());
          });
        });
        peer.drop();
      },
    };
    for (const drop of Object.values(phases)) {
      for (let done = 0; done < 25; done += AT_ONCE) {
        await Promise.all(Array.from({ length: Math.min(AT_ONCE, 25 - done) }, drop));
        await answers();
      }
    }
    await waitFor('their sessions to be closed', async () => {
      const open = await asOwner(gateway, "SELECT 1 FROM sessions WHERE closed_at IS NULL AND command LIKE '%sleep%'");
      return open.length === 0;
    });
  }, 120_000);

  test('turns away who waits at the door beyond the limit, and lets in again when there is room', async () => {
    const waiting = await Promise.all(
      Array.from({ length: LIMITS.sshUnauthenticatedPerSourceMax }, () => dial(gateway.sshPort)),
    );
    await waitFor('the door to be full', async () => {
      const late = await dial(gateway.sshPort);
      const turnedAway = await Promise.race([
        closedByPeer(late).then(() => true),
        new Promise<boolean>((resolve) => {
          late.once('data', () => resolve(false)); // The banner of the gateway: it was let in.
        }),
      ]);
      late.destroy();
      return turnedAway;
    });
    await answers();
    for (const socket of waiting) socket.destroy();
  });

  describe('behind a sign-in', () => {
    test('ends a connection that sends more than its window', async () => {
      const peer = await signedIn();
      const channel = await exec(peer, 'sleep 60');
      const data = Buffer.alloc(32_000, 7);
      const flood = (bytes: number): void => {
        for (let sent = 0; sent < bytes; sent += data.length) {
          peer.send(Buffer.concat([Buffer.from([CHANNEL_DATA]), uint32(channel), sshString(data)]));
        }
      };
      flood(1024 * 1024);
      expect(await peer.isAnswered()).toBe(true);
      // More than all buffers on the way to a program that reads nothing can take in, however slowly it comes.
      flood(48 * 1024 * 1024);
      await peer.closed;
    });

    test('ends a connection whose packet is larger than any may be', async () => {
      const peer = await signedIn();
      const channel = await exec(peer, 'sleep 60');
      peer.send(Buffer.concat([Buffer.from([CHANNEL_DATA]), uint32(channel), sshString(Buffer.alloc(600_000))]));
      await peer.closed;
    });

    test('ends a connection that offers a packet size of nothing', async () => {
      const peer = await signedIn();
      const open = [Buffer.from([CHANNEL_OPEN]), sshString('session'), uint32(7), uint32(1 << 20), uint32(0)];
      peer.send(Buffer.concat(open));
      await peer.closed;
    });

    test('ends a connection that asks for forwardings for ever; each that was refused left its event', async () => {
      const peer = await signedIn();
      const address = [sshString('127.0.0.1'), uint32(22), sshString('127.0.0.1'), uint32(1)];
      for (let asked = 0; asked < LIMITS.sshRefusalsMax + 50; asked += 1) {
        const open = [Buffer.from([CHANNEL_OPEN]), sshString('direct-tcpip'), uint32(asked), uint32(1), uint32(32_768)];
        peer.send(Buffer.concat([...open, ...address]));
      }
      await peer.closed;
      const refused = "SELECT count(*)::int AS kept FROM audit_events WHERE type = 'channel.refused'";
      await waitFor('the events', async () => {
        const [row] = await asOwner(gateway, refused);
        return row?.['kept'] === LIMITS.sshRefusalsMax;
      });
    });

    test('survives requests that are cut short, of every kind', async () => {
      for (const type of ['exec', 'shell', 'pty-req', 'env', 'window-change', 'signal', 'subsystem', 'x11-req', '\0']) {
        const peer = await signedIn();
        const channel = await exec(peer, 'sleep 60');
        const begin = [Buffer.from([CHANNEL_REQUEST]), uint32(channel), sshString(type), Buffer.from([1])];
        peer.send(Buffer.concat([...begin, uint32(0xffffffff)]));
        if (await peer.isAnswered()) peer.send(Buffer.concat(begin.slice(0, 3)));
        await peer.isAnswered();
        peer.drop();
      }
    });

    test('survives every kind of message, empty, random and about channels that are not there', async () => {
      const bodies = [() => Buffer.alloc(0), () => uint32(99), () => randomBytes(randomInt(5, 300))];
      const packets = Array.from({ length: 255 }, (_, at) =>
        bodies.map((body) => Buffer.concat([Buffer.from([at + 1]), body()])),
      ).flat();
      while (packets.length > 0) {
        const hostile = async (payload: Buffer): Promise<void> => {
          const peer = await signedIn();
          peer.send(payload);
          await peer.isAnswered(); // Or closed: either way the gateway has read it.
          peer.drop();
        };
        await Promise.all(packets.splice(0, AT_ONCE).map(hostile));
      }
    }, 120_000);
  });
});

/** Starts a program; resolves with the gateway's number of its channel. */
function exec(peer: RawClient, command: string): Promise<number> {
  return new Promise((resolve, reject) => {
    peer.client.exec(command, (error, channel) => {
      if (error !== undefined) {
        reject(error);
        return;
      }
      channel.on('error', () => undefined);
      const outgoing: unknown = Reflect.get(channel, 'outgoing');
      resolve(Number(Reflect.get(outgoing as object, 'id')));
    });
  });
}

/** An unencrypted packet (RFC 4253 §6). */
function packet(payload: Buffer): Buffer {
  const padding = 8 - ((payload.length + 5) % 8) + 8;
  return Buffer.concat([uint32(payload.length + padding + 1), Buffer.from([padding]), payload, randomBytes(padding)]);
}
