/** The running server: one child process, loopback only, ended with SIGINT (PostgreSQL's fast shutdown). */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { asError, GatewayError, type Log } from '../../foundation/index.ts';
import type { Placement } from './placement.ts';

export interface Postmaster {
  readonly pid: number;
  /** Aborted when the server has ended, asked or not. */
  readonly ended: AbortSignal;
  /** Ends the server and waits for it. */
  stop(): Promise<void>;
}

export interface PostmasterOptions {
  readonly placement: Placement;
  readonly cluster: string;
  readonly port: number;
  readonly settings: Readonly<Record<string, string>>;
  readonly log: Log;
}

type Child = ChildProcessByStdio<null, null, Readable>;

const READY = 'database system is ready to accept connections';
const KEPT_LINES = 20;

/** Starts the server; resolves when it takes connections. @throws {GatewayError} `start_refused` with its last words. */
export async function startPostmaster(options: PostmasterOptions): Promise<Postmaster> {
  const { placement, cluster } = options;
  // Its own process group: ^C at the terminal goes to the gateway, which ends its sessions before the database.
  const child = spawn(join(placement.native, 'bin', 'postgres'), serverArguments(options), {
    cwd: cluster,
    env: { LC_ALL: 'C', PATH: '/usr/bin:/bin', TZ: 'UTC' },
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
    ...placement.runAs,
  });
  const ended = new AbortController();
  child.once('exit', () => ended.abort());
  await untilReady(child, options.log);
  return {
    pid: child.pid ?? 0,
    ended: ended.signal,
    stop: async () => {
      if (ended.signal.aborted) return;
      const exit = once(child, 'exit');
      child.kill('SIGINT');
      await exit;
    },
  };
}

function serverArguments({ cluster, port, settings }: PostmasterOptions): string[] {
  const all: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    password_encryption: 'scram-sha-256',
    shared_buffers: '32MB',
    max_connections: '100',
    timezone: 'UTC',
    ...settings,
  };
  return ['-D', cluster, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

function untilReady(child: Child, log: Log): Promise<void> {
  const last: string[] = [];
  return new Promise((resolve, reject) => {
    const fail = (cause?: Error): void => {
      const said = cause?.message ?? last.join('\n');
      reject(new GatewayError('start_refused', `The embedded PostgreSQL did not start: ${said}`, { cause }));
    };
    child.once('error', (thrown) => fail(asError(thrown)));
    child.once('close', () => fail());
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (last.push(line) > KEPT_LINES) last.shift();
      const level = /\b(PANIC|FATAL):/.test(line) ? 'warn' : 'debug';
      log[level]({ event: 'postgres.log', line }, 'postgres');
      if (line.includes(READY)) resolve();
    });
  });
}
