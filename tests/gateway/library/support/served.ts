/** The library's server on loopback, running what it is asked to: what ssh and other clients meet. */
import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { MAINTAINER_LEG } from '../../../../gateway/ssh/algorithms.ts';
import {
  type AuthContext,
  type Connection,
  type ParsedKey,
  Server,
  type ServerChannel,
  type Session,
  serverKey,
} from '../../../../gateway/ssh/library/index.ts';

export interface Served extends AsyncDisposable {
  readonly port: number;
  readonly hostKey: ParsedKey;
}

export interface ServeOptions {
  readonly hostKeys?: readonly ParsedKey[];
  readonly announcedHostKeys?: readonly ParsedKey[];
  readonly kex?: readonly string[];
  readonly ident?: string;
  readonly answersAhead?: readonly string[];
  /** Lets in whoever asks without proof, unless given. */
  readonly onAuthentication?: (context: AuthContext) => void;
  readonly onConnection?: (connection: Connection) => void;
  readonly onSession?: (session: Session) => void;
  /** Runs a command; a real shell unless given. */
  readonly onExec?: (channel: ServerChannel, command: string) => void;
}

/** Lets everybody in: who may is not the library's question. */
export async function serve(options: ServeOptions = {}): Promise<Served> {
  const own = serverKey(generateKeyPairSync('ed25519').privateKey);
  const [hostKey = own] = options.hostKeys ?? [];
  const sockets = new Set<Socket>();
  const library = new Server(
    {
      hostKeys: [...(options.hostKeys ?? [own])],
      announcedHostKeys: options.announcedHostKeys ?? [],
      algorithms: { ...MAINTAINER_LEG, ...(options.kex === undefined ? {} : { kex: [...options.kex] as [] }) },
      ident: options.ident ?? 'Sekisho',
      ...(options.answersAhead === undefined ? {} : { answersAhead: options.answersAhead }),
    },
    (connection) => {
      connection.on('error', () => undefined);
      connection.on('authentication', options.onAuthentication ?? letIn);
      options.onConnection?.(connection);
      connection.on('session', (accept) => {
        const session = accept();
        session.on('pty', (yes: (() => void) | undefined) => yes?.());
        session.on('env', (yes: (() => void) | undefined) => yes?.());
        options.onSession?.(session);
        session.on('exec', (yes, _no, { command }) => (options.onExec ?? runShell)(yes(), command));
        session.on('shell', (yes: () => ServerChannel) => (options.onExec ?? runShell)(yes(), 'cat'));
      });
    },
  );
  const acceptor = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => undefined);
    sockets.add(socket);
    library.injectSocket(socket);
  });
  acceptor.listen(0, '127.0.0.1');
  await once(acceptor, 'listening');
  const address = acceptor.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    hostKey,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      acceptor.close();
      await once(acceptor, 'close');
    },
  };
}

function letIn(context: AuthContext): void {
  if (context.method === 'none') context.accept();
  else context.reject(['none']);
}

function runShell(channel: ServerChannel, command: string): void {
  const child = spawn('/bin/sh', ['-c', command]);
  channel.on('error', () => undefined);
  channel.pipe(child.stdin);
  child.stdin.on('error', () => undefined);
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(channel.stderr, { end: false });
  channel.once('close', () => child.kill('SIGKILL'));
  child.once('close', (status, signal) => {
    if (signal === null) channel.exit(status ?? 255);
    else channel.exit(signal, false, '');
    channel.end();
  });
}

/** Arguments of ssh for a server of `serve`. */
export function sshArguments(port: number, settings: Readonly<Record<string, string>> = {}): string[] {
  const all = {
    StrictHostKeyChecking: 'no',
    UserKnownHostsFile: '/dev/null',
    GlobalKnownHostsFile: '/dev/null',
    IdentityAgent: 'none',
    IdentityFile: 'none',
    LogLevel: 'ERROR',
    BatchMode: 'yes',
    ...settings,
  };
  return [
    ...['-F', 'none', '-p', String(port), '-l', 'somebody'],
    ...Object.entries(all).flatMap(([name, value]) => ['-o', `${name}=${value}`]),
  ];
}
