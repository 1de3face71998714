/** Key exchange and host keys of the patched library, against real OpenSSH of both roles. */
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import { expect, it } from '@jest/globals';
import { rawPublicKey, sshString, uint32, uint64 } from '../../../foundation/index.ts';
import { serverKey } from '../../../gateway/ssh/library/index.ts';
import { startSshd } from '../../e2e/support/sshd.ts';
import { describeWithNewestOpenSsh } from '../../support/openssh-newest.ts';
import { describeWith } from '../../support/partners.ts';
import { runToEnd } from '../../support/run-to-end.ts';
import { tempDirectory } from '../../support/temp-directory.ts';
import { join } from './support/joined.ts';
import { serve, sshArguments } from './support/served.ts';

const CERTIFICATE = 'ssh-ed25519-cert-v01@openssh.com';

// mscdex/ssh2 #551: a certificate was named in the signature, which every OpenSSH refuses.
describeWith('ssh', 'a host certificate shown to ssh', () => {
  it('is refused when it is for another host', async () => {
    const { port, known } = await shown('elsewhere');
    await using _served = port;
    await using _known = known;
    const args = sshArguments(port.port, { UserKnownHostsFile: known.file, StrictHostKeyChecking: 'yes' });
    const { status, stderr } = await runToEnd('ssh', [...args, '127.0.0.1', 'true']);
    expect({ status, stderr }).toMatchObject({ status: 255, stderr: expect.stringContaining('verification failed') });
  });

  it('is believed by an ssh that trusts its authority', async () => {
    const { port, known } = await shown('127.0.0.1');
    await using _served = port;
    await using _known = known;
    const args = sshArguments(port.port, { UserKnownHostsFile: known.file, StrictHostKeyChecking: 'yes' });
    const { status, stderr } = await runToEnd('ssh', [...args, '127.0.0.1', 'exit 7']);
    expect({ status, stderr }).toEqual({ status: 7, stderr: '' });
  });
});

describeWith(['sshd', 'ssh-keygen', 'root'], 'a host certificate shown by sshd', () => {
  const cases = [
    { hostKeyType: 'ed25519', algorithm: CERTIFICATE, blob: CERTIFICATE },
    { hostKeyType: 'rsa', algorithm: 'rsa-sha2-512-cert-v01@openssh.com', blob: 'ssh-rsa-cert-v01@openssh.com' },
  ] as const;

  it.each(cases)('goes whole to who judges hosts, and its key must have signed: $algorithm', async (expected) => {
    const { hostKeyType, algorithm, blob } = expected;
    await using sshd = await startSshd({ hostKeyType, hostCertificate: ['-h', '-I', 'host', '-n', '127.0.0.1'] });
    const seen: Buffer[] = [];
    const hostVerifier = (key: Buffer): boolean => seen.push(key) < 0;
    const algorithms = { serverHostKey: [algorithm] };
    await expect(join(sshd.port, { hostVerifier, algorithms })).rejects.toThrow('Host denied');
    expect(seen[0]?.subarray(0, 4 + blob.length).toString()).toBe(sshString(blob).toString());
    // Nobody signs in without a key, but the exchange is complete: the certified key signed it.
    await expect(join(sshd.port, { algorithms })).rejects.toThrow('All configured authentication methods failed');
  });
});

// None found upstream: the private halves lay in memory until the next exchange.
it('nothing that new keys came from is kept, and connections that offer the same share it', async () => {
  await using served = await serve();
  await using first = await join(served.port);
  await using second = await join(served.port);
  const protocols = [first, second].map(({ client }) => Reflect.get(client, '_protocol') as object);
  for (const protocol of protocols) {
    const kex = Reflect.get(protocol, '_kex') as object;
    expect(Reflect.get(kex, 'type')).toBe('mlkem768x25519');
    const kept = ['_keys', '_secretKey', '_pqPublic', '_public', '_dhData'].map((name): unknown =>
      Reflect.get(kex, name),
    );
    expect(kept.filter((value) => value !== null && value !== undefined)).toEqual([]);
  }
  const [one, other] = protocols.map((protocol): unknown => Reflect.get(protocol, '_offer'));
  expect(one).toBe(other);
});

it('a hybrid key of a wrong length ends the connection before it is used', async () => {
  await using served = await serve();
  await using client = await join(served.port);
  // A second exchange, in which the client sends one byte less.
  const kex: unknown = Reflect.get(Reflect.get(client.client, '_protocol') as object, '_kex');
  const prototype = Object.getPrototypeOf(kex) as object;
  const original = Reflect.get(prototype, 'getPublicKey') as () => Buffer;
  Reflect.set(prototype, 'getPublicKey', function shortened(this: { _protocol: { _server: boolean } }) {
    const key = original.call(this);
    return this._protocol._server ? key : key.subarray(0, -1);
  });
  try {
    client.client.rekey();
    await client.closed;
  } finally {
    Reflect.set(prototype, 'getPublicKey', original);
  }
  expect(client.errors.join()).toMatch(/Wrong length of the hybrid public key/);
});

describeWithNewestOpenSsh('mlkem768x25519-sha256 with the newest OpenSSH', (newest) => {
  it('is what its ssh agrees on, without a warning', async () => {
    await using served = await serve();
    const args = sshArguments(served.port, { LogLevel: 'DEBUG1' });
    const { status, stderr } = await runToEnd(newest.ssh, [...args, '127.0.0.1', 'exit 3']);
    expect(status).toBe(3);
    expect(stderr).toContain('kex: algorithm: mlkem768x25519-sha256');
    expect(stderr).not.toMatch(/post-quantum/i);
  });

  it('is warned of when we do not offer it', async () => {
    await using served = await serve({ kex: ['curve25519-sha256'] });
    const args = sshArguments(served.port, { LogLevel: 'INFO' });
    const { stderr } = await runToEnd(newest.ssh, [...args, '127.0.0.1', 'true']);
    expect(stderr).toMatch(/post-quantum/);
  });

  it('is what we agree on with its sshd', async () => {
    await using directory = await tempDirectory();
    const at = (name: string): string => joinPath(directory.path, name);
    await runToEnd(newest.sshKeygen, ['-q', '-t', 'ed25519', '-N', '', '-f', at('host')]);
    await using served = await inetd(newest.sshd, at('host'), at('config'));
    const negotiated: string[] = [];
    await expect(
      join(served.port, {
        algorithms: { kex: ['mlkem768x25519-sha256'] },
        hostVerifier: () => negotiated.push('x') > 0,
      }),
    ).rejects.toThrow('All configured authentication methods failed');
    expect(negotiated).toHaveLength(1);
  });
});

/** sshd for one connection at a time, as inetd would start it. */
async function inetd(sshd: string, hostKey: string, config: string) {
  const { createServer } = await import('node:net');
  const { spawn } = await import('node:child_process');
  await writeFile(config, `HostKey ${hostKey}\nUsePAM no\nPidFile none\n`);
  const server = createServer((socket) => {
    const child = spawn(sshd, ['-i', '-e', '-f', config], { stdio: ['pipe', 'pipe', 'ignore'] });
    socket.pipe(child.stdin).on('error', () => undefined);
    child.stdout.pipe(socket).on('error', () => undefined);
    socket.once('close', () => child.kill());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    [Symbol.asyncDispose]: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}

/** A server that shows a certificate for `name`, and the known_hosts of somebody who trusts its authority. */
async function shown(name: string) {
  const authority = generateKeyPairSync('ed25519').privateKey;
  const host = generateKeyPairSync('ed25519');
  const authorityBlob = serverKey(authority).getPublicSSH();
  const body = Buffer.concat([
    sshString(CERTIFICATE),
    sshString(createHash('sha256').update(name).digest()),
    sshString(rawPublicKey(host.publicKey)),
    uint64(1n),
    uint32(2),
    sshString('test'),
    sshString(sshString(name)),
    uint64(0n),
    uint64(0xffffffffffffffffn),
    sshString(''),
    sshString(''),
    sshString(''),
    sshString(authorityBlob),
  ]);
  const signature = Buffer.concat([sshString('ssh-ed25519'), sshString(sign(null, body, authority))]);
  const certificate = Buffer.concat([body, sshString(signature)]);
  const directory = await tempDirectory();
  const file = joinPath(directory.path, 'known_hosts');
  await writeFile(file, `@cert-authority * ssh-ed25519 ${authorityBlob.toString('base64')}\n`);
  const port = await serve({ hostKeys: [serverKey(host.privateKey, () => certificate), serverKey(host.privateKey)] });
  return { port, known: { file, [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose]() } };
}
