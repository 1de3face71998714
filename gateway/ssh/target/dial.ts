/**
 * The leg to the target: dialled with the proof of authorisation, as the person's own account, by a certificate made
 * for this one session. Nothing here takes a host, an account or a key from anywhere else.
 */
import type { PublicKeyAuthMethod } from 'ssh2';
import {
  asError,
  type Clock,
  equalInConstantTime,
  GatewayError,
  invariant,
  LIMITS,
  type Log,
} from '../../../foundation/index.ts';
import { type CertificateAuthority, generateSshKey } from '../../../identity/index.ts';
import type { TargetAuthorization } from '../../../policy/index.ts';
import { targetLeg } from '../algorithms.ts';
import { Client, type ClientChannel, type ParsedKey, type SshClient, utils } from '../library/index.ts';
import { type Exit, exitOf } from '../exit.ts';

export interface DialDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly authority: CertificateAuthority;
}

export interface Terminal {
  readonly term: string;
  readonly columns: number;
  readonly rows: number;
  readonly width: number;
  readonly height: number;
  readonly modes: Readonly<Record<string, number>>;
}

export interface ChannelOptions {
  readonly terminal: Terminal | undefined;
  readonly environment: Readonly<Record<string, string>>;
}

/** One signed-in connection to a target. */
export class TargetConnection {
  readonly #client: SshClient;
  readonly #exits = new WeakMap<ClientChannel, Promise<Exit>>();
  #closed = false;

  constructor(client: SshClient) {
    this.#client = client;
    client.once('close', () => {
      this.#closed = true;
    });
  }

  /** Whether the connection is gone, whoever ended it. */
  get closed(): boolean {
    return this.#closed;
  }

  exec(command: string, options: ChannelOptions): Promise<ClientChannel> {
    return new Promise((resolve, reject) => {
      const settings = {
        env: { ...options.environment },
        ...(options.terminal === undefined ? {} : { pty: pty(options.terminal) }),
      };
      this.#client.exec(command, settings, (error, channel) => this.#opened(error, channel, { resolve, reject }));
    });
  }

  shell(options: ChannelOptions): Promise<ClientChannel> {
    return new Promise((resolve, reject) => {
      const window = options.terminal === undefined ? false : pty(options.terminal);
      this.#client.shell(window, { env: { ...options.environment } }, (error, channel) =>
        this.#opened(error, channel, { resolve, reject }),
      );
    });
  }

  /** How the program behind a channel of this connection ends. */
  exitOf(channel: ClientChannel): Promise<Exit> {
    const exit = this.#exits.get(channel);
    invariant(exit, 'the channel is one of this connection');
    return exit;
  }

  /**
   * Runs inside the library's callback: a short program's exit may stand in the very packet that opened the channel, and
   * is told before anybody who awaits the channel goes on.
   */
  #opened(
    error: Error | undefined,
    channel: ClientChannel,
    { resolve, reject }: { resolve: (channel: ClientChannel) => void; reject: (error: Error) => void },
  ): void {
    if (error !== undefined) {
      reject(new GatewayError('target_unreachable', 'The target refused the channel.', { cause: error }));
      return;
    }
    this.#exits.set(channel, exitOf(channel));
    channel.on('error', () => undefined); // Its end is told by 'close'.
    channel.stderr.on('error', () => undefined);
    resolve(channel);
  }

  close(): void {
    this.#client.end();
    this.#client.destroy();
  }
}

/** @throws {GatewayError} `target_unreachable`, `target_host_key_mismatch`, `target_sign_in_refused`. */
export async function dialTarget(
  deps: DialDeps,
  authorization: TargetAuthorization,
  session: { readonly id: string; readonly serial: bigint; readonly signal: AbortSignal },
): Promise<TargetConnection> {
  const client = new Client();
  const { target } = authorization;
  const [algorithm = '', pinned = ''] = target.hostKey.split(' ');
  const key = sessionKey(deps, authorization, session);
  const signIn: PublicKeyAuthMethod = { type: 'publickey', username: authorization.account, key };
  let mismatch = false;
  // A flaky target emits more than one error; without a permanent listener the second ends the process.
  client.on('error', (error) =>
    deps.log.debug({ event: 'target.error', err: error, sessionId: session.id }, 'target connection'),
  );
  const abort = (): unknown => client.destroy();
  session.signal.addEventListener('abort', abort, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      client.once('ready', resolve);
      client.once('error', reject);
      client.once('close', () => reject(new Error('The connection closed before it was ready.')));
      client.connect({
        host: target.host,
        port: target.port,
        username: authorization.account,
        algorithms: targetLeg(algorithm),
        readyTimeout: LIMITS.targetDialSeconds * 1_000,
        keepaliveInterval: 15_000,
        keepaliveCountMax: 3,
        // The library accepts any host key unless it is asked: the pinned one is the only one.
        hostVerifier: (shown: Buffer) => {
          mismatch = !equalInConstantTime(shown.toString('base64'), pinned);
          return !mismatch;
        },
        authHandler: [signIn],
      });
    });
  } catch (thrown) {
    client.destroy();
    throw dialError(thrown, mismatch);
  } finally {
    session.signal.removeEventListener('abort', abort);
  }
  client.setNoDelay(true);
  return new TargetConnection(client);
}

/** A key made for this session and its certificate, in the shape the library signs with. The key never leaves memory. */
function sessionKey(
  deps: DialDeps,
  authorization: TargetAuthorization,
  session: { id: string; serial: bigint },
): ParsedKey {
  const generated = generateSshKey('');
  const parsed = utils.parseKey(generated.privateKey);
  if (parsed instanceof Error) throw parsed;
  const now = deps.clock.now().getTime();
  const certificate = deps.authority.issueUserCertificate({
    publicKey: generated.publicKey,
    principal: authorization.account,
    keyId: `session-${session.id}`,
    serial: session.serial,
    validAfter: new Date(now - CLOCK_SKEW_MS),
    validBefore: new Date(now + LIMITS.sessionCertificateMinutes * 60_000),
    extensions: ['permit-pty'],
  });
  const key: unknown = Object.create(parsed, {
    type: { value: 'ssh-ed25519-cert-v01@openssh.com' },
    getPublicSSH: { value: () => certificate },
    isPrivateKey: { value: () => true },
  });
  return key as ParsedKey; // Inherits the mark by which the library knows its own keys (keyParser isParsedKey).
}

const CLOCK_SKEW_MS = 60_000;

function pty(terminal: Terminal) {
  const { term, columns, rows, width, height, modes } = terminal;
  return { term, cols: columns, rows, width, height, modes: { ...modes } };
}

function dialError(thrown: unknown, mismatch: boolean): GatewayError {
  if (mismatch) return new GatewayError('target_host_key_mismatch', undefined, { cause: thrown });
  const level: unknown = Reflect.get(asError(thrown), 'level');
  const refused = level === 'client-authentication';
  return new GatewayError(refused ? 'target_sign_in_refused' : 'target_unreachable', undefined, { cause: thrown });
}
