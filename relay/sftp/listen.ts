/**
 * The relay's SSH listener: systems alone, by the key and from the addresses that were announced for them. The one
 * thing it serves is sftp: no shell, no command, no terminal, no forwarding of any kind.
 */
import { createServer, type Socket } from 'node:net';
import ssh2, { type AuthContext, type Connection } from 'ssh2';
import {
  asError,
  GatewayError,
  invariant,
  LIMITS,
  networkHolds,
  newUuid,
  parseAddress,
  parseNetwork,
  sshString,
} from '../../foundation/index.ts';
import { fingerprintOf, verifySshSignature } from '../../identity/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import { findIdentity, type RelayIdentity } from '../identities/queries.ts';
import { type Caller, RelayFiles, type RelayFilesDeps } from './files.ts';
import { serveSftp } from './serve-sftp.ts';

export interface RelayListenerOptions extends RelayFilesDeps {
  readonly host: string;
  readonly port: number;
  /** OpenSSH private key text. */
  readonly hostKey: string;
}

export interface RelayListener extends AsyncDisposable {
  readonly port: number;
}

const ALGORITHMS = {
  kex: ['curve25519-sha256', 'curve25519-sha256@libssh.org', 'ecdh-sha2-nistp256'],
  cipher: ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'aes256-ctr', 'aes128-ctr'],
  hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256'],
  compress: ['none'],
} satisfies ssh2.Algorithms;
const KEY_KIND = 'ssh-ed25519';
const TRIES_MAX = 6;
const CHANNELS_MAX = 4;
const SECOND_MS = 1_000;

/** Closed: every connection is cut, and what was not whole is given up. @throws {GatewayError} `start_refused`. */
export async function listenRelay(options: RelayListenerOptions): Promise<RelayListener> {
  const { host, hostKey, log } = options;
  const sockets = new Map<Socket, NodeJS.Timeout>();
  const channels = new Set<Promise<void>>();
  const protocol = new ssh2.Server(
    { hostKeys: [hostKey], algorithms: ALGORITHMS, ident: 'OpenSSH_compatible_Sekisho' },
    (connection, info) => {
      const signedIn = (): void => {
        for (const [socket, grace] of sockets) if (socket.remotePort === info.port) clearTimeout(grace);
      };
      serve(connection, { ...options, sourceAddress: info.ip, signedIn, channels });
    },
  );
  const server = createServer((socket) => {
    const grace = setTimeout(() => socket.destroy(), LIMITS.relayLoginGraceSeconds * SECOND_MS);
    sockets.set(socket, grace);
    socket.setNoDelay(true);
    socket.setTimeout(LIMITS.relayIdleSeconds * SECOND_MS, () => socket.destroy());
    socket.on('error', () => undefined);
    socket.once('close', () => {
      clearTimeout(grace);
      sockets.delete(socket);
    });
    protocol.injectSocket(socket);
  });
  server.maxConnections = LIMITS.relayConnectionsMax;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(new GatewayError('start_refused', undefined, { cause })));
    server.listen(options.port, host, resolve);
  });
  server.on('error', (error) => log.error({ event: 'relay.listener_error', err: error }, 'the relay listener failed'));
  const address = server.address();
  invariant(address !== null && typeof address === 'object', 'a TCP server has an address');
  return {
    port: address.port,
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets.keys()) socket.destroy();
      await closed;
      await Promise.allSettled([...channels]);
    },
  };
}

interface Served extends RelayFilesDeps {
  readonly sourceAddress: string;
  readonly signedIn: () => void;
  readonly channels: Set<Promise<void>>;
}

function serve(connection: Connection, served: Served): void {
  const { channels, clock, log, sourceAddress } = served;
  const id = newUuid(clock.now());
  let identity: RelayIdentity | undefined;
  let tries = 0;
  let open = 0;
  connection.on('error', (error) => log.debug({ event: 'relay.connection_error', err: error }, 'a connection broke'));
  connection.on('authentication', (ctx) => {
    tries += 1;
    if (tries > TRIES_MAX) {
      connection.end();
      return;
    }
    signIn(served, id, ctx).then(
      (found) => {
        identity = found ?? identity;
      },
      (thrown: unknown) => {
        log.warn({ event: 'relay.sign_in_failed', err: asError(thrown) }, 'a sign-in could not be decided');
        connection.end(); // The database is away: nobody comes in.
      },
    );
  });
  connection.on('ready', served.signedIn);
  connection.on('session', (accept, reject) => {
    const caller = identity;
    if (caller === undefined || open >= CHANNELS_MAX) {
      reject();
      return;
    }
    open += 1;
    const session = accept();
    const files = new RelayFiles(served, { identity: caller, connection: id, sourceAddress } satisfies Caller);
    session.on('close', () => {
      open -= 1;
    });
    session.on('sftp', (acceptSftp) => {
      const channel: Promise<void> = serveSftp(acceptSftp(), files, log).finally(() => channels.delete(channel));
      channels.add(channel);
    });
    const refuse = (kind: string, detail: string): void => {
      files.refuse(kind, detail).catch((thrown: unknown) => {
        log.warn({ event: 'relay.refusal_not_told', err: asError(thrown) }, 'a refusal is not in the events');
      });
    };
    session.on('exec', (_accept, rejectExec, { command }) => {
      refuse('exec', command);
      decline(rejectExec);
    });
    session.on('shell', (_accept, rejectShell) => {
      refuse('shell', '');
      decline(rejectShell);
    });
  });
}

/** @returns who it is when this request signs in. Answers the request itself. */
async function signIn(
  { clock, database, sourceAddress }: Served,
  connection: string,
  ctx: AuthContext,
): Promise<RelayIdentity | undefined> {
  if (ctx.method !== 'publickey' || ctx.key.algo !== KEY_KIND) {
    answer(() => ctx.reject(['publickey']));
    return undefined;
  }
  const fingerprint = fingerprintOf(ctx.key.data);
  const identity = await findIdentity(database, fingerprint);
  const reason = refusalOf(identity, sourceAddress);
  if (identity === undefined || reason !== undefined) {
    const body = { connection, sourceAddress, fingerprint, reason: reason ?? 'unknown_key' };
    await appendAuditEvent(database, clock, { type: 'relay.sign_in_refused', actor: null, body });
    answer(() => ctx.reject(['publickey']));
    return undefined;
  }
  if (ctx.signature === undefined) {
    answer(() => ctx.accept()); // Only the question whether this key would do.
    return undefined;
  }
  const signature = Buffer.concat([sshString(KEY_KIND), sshString(ctx.signature)]);
  if (ctx.blob === undefined || !verifySshSignature(ctx.key.data, ctx.blob, signature)) {
    const body = { connection, sourceAddress, fingerprint, reason: 'wrong_signature' };
    await appendAuditEvent(database, clock, { type: 'relay.sign_in_refused', actor: null, body });
    answer(() => ctx.reject(['publickey']));
    return undefined;
  }
  const { name, systemName: system } = identity;
  await appendAuditEvent(database, clock, {
    type: 'relay.signed_in',
    actor: null,
    body: { connection, identity: name, system, fingerprint, sourceAddress },
  });
  answer(() => ctx.accept());
  return identity;
}

function refusalOf(identity: RelayIdentity | undefined, sourceAddress: string): string | undefined {
  if (identity === undefined) return 'unknown_key';
  if (identity.locked) return 'system_locked';
  const address = parseAddress(sourceAddress);
  const isKnown = identity.sources.some((source) => {
    const network = parseNetwork(source);
    return network !== undefined && address !== undefined && networkHolds(network, address);
  });
  return isKnown ? undefined : 'source_address';
}

/** The library passes no function when the client wants no answer. */
function decline(reply: (() => unknown) | undefined): void {
  reply?.();
}

/** The library's answers throw when the client has gone on meanwhile. */
function answer(reply: () => void): void {
  try {
    reply();
  } catch {
    // It is gone.
  }
}
