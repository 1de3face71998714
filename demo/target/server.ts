import { mkdir, rm } from 'node:fs/promises';
import { createServer, type Server as TcpServer, type Socket } from 'node:net';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { type Clock, GatewayError, invariant, type Log, systemClock } from '../../foundation/index.ts';
import { parsePublicKey } from '../../identity/index.ts';
import { DEMO_PEOPLE } from '../people.ts';
import { serveConnection } from './connection.ts';
import { environmentFilter } from './environment.ts';
import { customersBelow, writeTargetFiles } from './files.ts';
import { loadHostKey } from './host-key.ts';
import { findPlace } from './place.ts';
import { findRunner } from './runner.ts';
import type { Running } from './running.ts';

export interface DemoTarget extends AsyncDisposable {
  readonly host: '127.0.0.1';
  readonly port: number;
  /** `ssh-ed25519 AAAA…`, to be pinned. */
  readonly hostKey: string;
  /** The absolute directory of the customer database: the protected path. */
  readonly customersDirectory: string;
}

export interface DemoTargetOptions {
  /** Where the host key and, where the accounts can reach it, the target's files are kept; made when missing. */
  readonly directory: string;
  /** The public key whose user certificates open the accounts: `ssh-ed25519 AAAA…`. */
  readonly authorityLine: string;
  readonly log: Log;
  /** Names of the accounts; the maintainers of the demonstration when absent. */
  readonly accounts?: readonly string[];
  readonly clock?: Clock;
  /** Milliseconds from TCP connect to signed in. */
  readonly loginGraceMs?: number;
}

const CONNECTIONS_MAX = 64;
const LOGIN_GRACE_MS = 20_000;
const HOST_NAME = 'crm-db';
const MAINTAINERS = DEMO_PEOPLE.filter(({ roles }) => roles.includes('maintainer')).map(({ subject }) => subject);

/** ssh.md's choice: nothing old, and no compression, which inflates a small packet to a large one before sign-in. */
const ALGORITHMS = {
  kex: ['curve25519-sha256', 'curve25519-sha256@libssh.org', 'ecdh-sha2-nistp256'],
  cipher: ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com'],
  serverHostKey: ['ssh-ed25519'],
  compress: ['none'],
} satisfies ssh2.Algorithms;

/**
 * Starts the demonstration's server: SSH on a free port of 127.0.0.1, real bash behind it, certificates only.
 * As root the accounts have user ids of their own; otherwise everything runs as the gateway's user.
 * Disposing of it ends every process it started and closes every connection.
 * @throws {GatewayError} `start_refused` when it cannot be set up; `key_invalid` for an unreadable authority.
 */
export async function startDemoTarget(options: DemoTargetOptions): Promise<DemoTarget> {
  const { directory, log, accounts = MAINTAINERS, clock = systemClock, loginGraceMs = LOGIN_GRACE_MS } = options;
  const authorities = [parsePublicKey(options.authorityLine).blob];
  const isRoot = process.getuid?.() === 0;
  await mkdir(directory, { recursive: true });
  const runner = await findRunner(accounts, isRoot);
  const place = await findPlace(directory, isRoot);
  const hostKey = await loadHostKey(join(directory, 'ssh_host_ed25519_key'));
  const files = await writeTargetFiles({ root: place.root, accounts, hostName: HOST_NAME, runner });
  const mayBeSet = await environmentFilter();

  const sockets = new Set<Socket>();
  const processes = new Set<Running>();
  const started = (running: Running): void => {
    processes.add(running);
    void running.ended.then(() => processes.delete(running));
  };
  const facts = { authorities, accounts, clock, files, runner, mayBeSet, log, started };
  const waiting = new Map<number | undefined, NodeJS.Timeout>();
  const protocol = new ssh2.Server(
    { hostKeys: [hostKey.privateKey.expose()], algorithms: ALGORITHMS },
    (connection, info) =>
      serveConnection(connection, info, { ...facts, signedIn: () => clearTimeout(waiting.get(info.port)) }),
  );
  // ssh2 speaks of a connection only once the client has introduced itself; sockets are bounded and closed here.
  const server = createServer((socket) => {
    const { remotePort } = socket;
    sockets.add(socket);
    waiting.set(
      remotePort,
      setTimeout(() => socket.destroy(), loginGraceMs),
    );
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    socket.once('close', () => {
      sockets.delete(socket);
      clearTimeout(waiting.get(remotePort));
      waiting.delete(remotePort);
    });
    protocol.injectSocket(socket);
  });
  server.maxConnections = CONNECTIONS_MAX;
  const port = await listen(server);
  server.on('error', (error: Error) => log.error({ event: 'demo.target_error', err: error }, 'the demo target failed'));
  log.info({ event: 'demo.target_started', port, accounts }, 'demo target ready');

  return {
    host: '127.0.0.1',
    port,
    hostKey: hostKey.publicLine,
    customersDirectory: files.customers,
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const running of processes) running.stop();
      for (const socket of sockets) socket.destroy();
      await Promise.all([closed, ...[...processes].map(({ ended }) => ended)]);
      if (place.temporary) await rm(place.root, { recursive: true, force: true });
    },
  };
}

/** Where the target that was started with this `directory` keeps its customers: the protected path. */
export async function customersDirectoryOf(directory: string): Promise<string> {
  const { root } = await findPlace(directory, process.getuid?.() === 0);
  return customersBelow(root);
}

function listen(server: TcpServer): Promise<number> {
  return new Promise((resolve, reject) => {
    const failed = (cause: Error): void => reject(new GatewayError('start_refused', undefined, { cause }));
    server.once('error', failed);
    server.listen(0, '127.0.0.1', () => {
      server.off('error', failed);
      const address = server.address();
      invariant(address !== null && typeof address === 'object', 'a TCP server has an address');
      resolve(address.port);
    });
  });
}
