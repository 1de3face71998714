/** What OpenSSH and the RFCs ask about connections and channels beyond what the library knew. */
import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import { expect, it } from '@jest/globals';
import { sshString, uint32 } from '../../../foundation/index.ts';
import {
  type ClientChannel,
  onBreak,
  onEow,
  onXonXoff,
  sendBreak,
  sendEow,
  type ServerChannel,
  serverKey,
  subsystem,
} from '../../../gateway/ssh/library/index.ts';
import { type Sshd, startSshd } from '../../e2e/support/sshd.ts';
import { describeWithNewestOpenSsh } from '../../support/openssh-newest.ts';
import { describeWith } from '../../support/partners.ts';
import { runToEnd } from '../../support/run-to-end.ts';
import { tempDirectory } from '../../support/temp-directory.ts';
import { type Joined, join, keyOfFile } from './support/joined.ts';
import { sendPayload } from '../../../bench/hostile/wire.ts';
import { nextPayload } from './support/packets.ts';
import { serve, sshArguments } from './support/served.ts';

const CHANNEL_REQUEST = 98;
const PING = 192;
const PONG = 193;

describeWithNewestOpenSsh('ping@openssh.com', (newest) => {
  it('is announced and answered, so that ssh hides when keys are pressed', async () => {
    let pongs = 0;
    let fifth: () => void = () => undefined;
    const answered = new Promise<void>((resolve) => {
      fifth = resolve;
    });
    await using served = await serve({
      onConnection: (connection) => {
        const protocol = Reflect.get(connection, '_protocol') as { pong: (data: Buffer) => void };
        const pong = protocol.pong.bind(protocol);
        protocol.pong = (data) => {
          pongs += 1;
          if (pongs === 5) fifth();
          pong(data);
        };
      },
    });
    const args = sshArguments(served.port, { LogLevel: 'DEBUG3', ObscureKeystrokeTiming: 'interval:20' });
    const child = spawn(newest.ssh, ['-tt', ...args, '127.0.0.1', 'cat'], { stdio: ['pipe', 'pipe', 'pipe'] });
    const ended = once(child, 'close');
    let said = '';
    child.stderr.on('data', (bytes: Buffer) => {
      said += bytes.toString();
    });
    for (const key of 'whoami') {
      child.stdin.write(key);
      await once(child.stdout, 'data');
    }
    await answered;
    child.stdin.end();
    await ended;
    expect(child.exitCode).toBe(0);
    expect(said).toContain('kex_ext_info_check_ver: ping@openssh.com=<0>');
    expect(said).toMatch(/obfuscate_keystroke_timing: stopping: .*\([1-9]\d* chaff packets sent\)/);
  });
});

it('a ping is answered with its own data, whichever side asks', async () => {
  const connections: object[] = [];
  await using served = await serve({ onConnection: (connection) => connections.push(connection) });
  await using joined = await join(served.port);
  const data = Buffer.from('any data');
  for (const side of [joined.client, ...connections]) {
    const pong = nextPayload(side, PONG);
    sendPayload(side, Buffer.concat([Buffer.from([PING]), sshString(data)]));
    expect((await pong).subarray(1)).toEqual(sshString(data));
  }
});

describeWith('ssh', 'requests of ssh', () => {
  it('a break comes with its length', async () => {
    const lengths: number[] = [];
    await using served = await serve({
      onSession: (session) => onBreak(session, (milliseconds) => lengths.push(milliseconds)),
      onExec: (channel) => {
        channel.on('data', (bytes: Buffer) => {
          if (!bytes.includes('end')) return;
          channel.exit(0);
          channel.end();
        });
      },
    });
    const { status } = await runToEnd('ssh', ['-tt', ...sshArguments(served.port), '127.0.0.1'], '\n~B\nend\n');
    expect({ status, lengths }).toEqual({ status: 0, lengths: [1_000] });
  });

  it('learns a host key that is announced, when it is proven', async () => {
    await using directory = await tempDirectory();
    const known = joinPath(directory.path, 'known_hosts');
    const shown = serverKey(generateKeyPairSync('ed25519').privateKey);
    const next = serverKey(generateKeyPairSync('ed25519').privateKey);
    await using served = await serve({ hostKeys: [shown], announcedHostKeys: [shown, next] });
    await writeFile(known, `[127.0.0.1]:${served.port} ssh-ed25519 ${shown.getPublicSSH().toString('base64')}\n`);
    const args = sshArguments(served.port, {
      ...{ UserKnownHostsFile: known, StrictHostKeyChecking: 'yes', UpdateHostKeys: 'yes', HashKnownHosts: 'no' },
    });
    const { status } = await runToEnd('ssh', [...args, '127.0.0.1', 'sleep 0.3']);
    expect(status).toBe(0);
    expect(await readFile(known, 'utf8')).toContain(next.getPublicSSH().toString('base64'));
  });
});

it('a proof of a key that is not announced is refused, and so is the fifth proof', async () => {
  const announced = serverKey(generateKeyPairSync('ed25519').privateKey);
  await using served = await serve({ announcedHostKeys: [announced] });
  await using joined = await join(served.port);
  const ask = (blob: Buffer): Promise<boolean> =>
    new Promise((resolve) => {
      const callbacks = Reflect.get(joined.client, '_callbacks') as ((failed: boolean) => void)[];
      callbacks.push((failed) => resolve(!failed));
      const name = sshString('hostkeys-prove-00@openssh.com');
      sendPayload(joined.client, Buffer.concat([Buffer.from([80]), name, Buffer.from([1]), sshString(blob)]));
    });
  const foreign = serverKey(generateKeyPairSync('ed25519').privateKey).getPublicSSH();
  expect(await ask(foreign)).toBe(false);
  const own = announced.getPublicSSH();
  expect([await ask(own), await ask(own), await ask(own), await ask(own)]).toEqual([true, true, true, false]);
});

it('an unknown channel request that wants a reply is refused, before and while a program runs', async () => {
  await using served = await serve({ onExec: () => undefined });
  await using joined = await join(served.port);
  const channel = await joined.exec('wait');
  const ask = (name: string): Promise<boolean> =>
    new Promise((resolve) => {
      const { _callbacks, outgoing } = channel as unknown as {
        _callbacks: ((failed: boolean) => void)[];
        outgoing: { id: number };
      };
      _callbacks.push((failed) => resolve(!failed));
      const rest = Buffer.concat([sshString(name), Buffer.from([1])]);
      sendPayload(joined.client, Buffer.concat([Buffer.from([CHANNEL_REQUEST]), uint32(outgoing.id), rest]));
    });
  expect([await ask('no-such@example.org'), await ask('shell')]).toEqual([false, false]);
});

it('eow, break and xon-xoff reach the other side', async () => {
  const heard: unknown[] = [];
  let opened: ServerChannel | undefined;
  await using served = await serve({
    onSession: (session) => {
      onEow(session, () => heard.push('eow'));
      onBreak(session, (milliseconds) => {
        heard.push(milliseconds);
        opened?.xonXoff(true);
        if (opened !== undefined) sendEow(opened);
      });
    },
    onExec: (channel) => {
      opened = channel;
    },
  });
  await using joined = await join(served.port);
  const channel = await joined.exec('wait');
  const eow = new Promise<void>((resolve) => onEow(channel, resolve));
  onXonXoff(channel, (clientCanDo) => heard.push({ clientCanDo }));
  sendEow(channel);
  sendBreak(channel, 250);
  await eow;
  expect(heard).toEqual(['eow', 250, { clientCanDo: true }]);
});

describeWith(['sshd', 'ssh-keygen', 'root'], 'a program behind sshd', () => {
  it('that dies of a signal without a name in the RFC is told as sshd tells it', async () => {
    await using sshd = await startSshd();
    await using joined = await signedIn(sshd);
    const { signal = 'none' } = await joined.run('kill -SYS $$');
    // Told on, byte for byte, to a client of ours.
    await using served = await serve({
      onExec: (channel) => {
        channel.exit(signal, false, '');
        channel.end();
      },
    });
    await using outer = await join(served.port);
    expect([signal, (await outer.run('again')).signal]).toEqual(['SIGSIG@openssh.com', 'SIGSIG@openssh.com']);
  });

  it('is started as a subsystem with environment and terminal', async () => {
    const command = 'Subsystem look echo $LC_TEST && tty';
    await using sshd = await startSshd({ config: [command] });
    await using joined = await signedIn(sshd);
    const channel = await new Promise<ClientChannel>((resolve, reject) => {
      const options = {
        env: { LC_TEST: 'seen' },
        terminal: { rows: 24, cols: 80, width: 0, height: 0, term: 'xterm' },
      };
      subsystem(joined.client, 'look', options, (error, one) => (error === undefined ? resolve(one) : reject(error)));
    });
    const output: Buffer[] = [];
    channel.on('data', (chunk: Buffer) => output.push(chunk));
    await once(channel, 'close');
    expect(Buffer.concat(output).toString()).toMatch(/^seen\r\n\/dev\/pts\/\d+\r\n$/);
  });

  it('that is none: a subsystem nobody has is an error, and its channel is closed', async () => {
    await using sshd = await startSshd();
    await using joined = await signedIn(sshd);
    const missing = new Promise((resolve) => subsystem(joined.client, 'nowhere', {}, resolve));
    expect(await missing).toMatchObject({ message: 'Unable to start subsystem: nowhere' });
    expect(await joined.run('exit 4')).toMatchObject({ status: 4 });
  });
});

function signedIn(sshd: Sshd): Promise<Joined> {
  const [, , , , , path = ''] = sshd.direct();
  const authentication = { type: 'publickey', username: sshd.account, key: keyOfFile(path) } as const;
  return join(sshd.port, { username: sshd.account, authentication });
}
