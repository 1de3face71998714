/** The library's client, joined to a server. */
import { createPrivateKey } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Algorithms, AnyAuthMethod } from 'ssh2';
import { targetLeg } from '../../../../gateway/ssh/algorithms.ts';
import {
  Client,
  type ClientChannel,
  clientKey,
  type ParsedKey,
  type SshClient,
  utils,
} from '../../../../gateway/ssh/library/index.ts';

const LIMIT_MS = 20_000;

export interface JoinOptions {
  readonly username?: string;
  readonly authentication?: AnyAuthMethod;
  readonly hostVerifier?: (shown: Buffer) => boolean;
  readonly algorithms?: Partial<Record<keyof Algorithms, readonly string[]>>;
}

export class Joined implements AsyncDisposable {
  readonly client: SshClient;
  /** Errors so far. */
  readonly errors: Error[];
  readonly closed: Promise<void>;

  constructor(client: SshClient, errors: Error[]) {
    this.client = client;
    this.errors = errors;
    this.closed = new Promise((resolve) => {
      client.once('close', () => resolve());
    });
  }

  exec(command: string): Promise<ClientChannel> {
    return new Promise((resolve, reject) => {
      this.client.exec(command, (error, channel) => {
        if (error !== undefined) reject(error);
        else resolve(channel);
      });
    });
  }

  /** Runs a command to its end. Its exit may stand in the packet that opens its channel. */
  run(command: string): Promise<{ status: number | null; signal: string | undefined; output: Buffer }> {
    return new Promise((resolve, reject) => {
      this.client.exec(command, (error, channel) => {
        if (error !== undefined) {
          reject(error);
          return;
        }
        const output: Buffer[] = [];
        let exit: { status: number | null; signal: string | undefined } = { status: null, signal: undefined };
        channel.on('data', (chunk: Buffer) => output.push(chunk));
        channel.once('exit', (status: number | null, signal?: string) => {
          exit = { status, signal };
        });
        channel.once('close', () => resolve({ ...exit, output: Buffer.concat(output) }));
      });
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.end();
    this.client.destroy();
    await this.closed;
  }
}

/** @throws the first error when it comes before the sign-in. */
export async function join(port: number, options: JoinOptions = {}): Promise<Joined> {
  const client = new Client();
  const errors: Error[] = [];
  client.on('error', (error) => errors.push(error));
  const username = options.username ?? 'somebody';
  const ready = once(client, 'ready', { signal: AbortSignal.timeout(LIMIT_MS) });
  client.connect({
    ...{ host: '127.0.0.1', port, username },
    algorithms: { ...targetLeg('ssh-ed25519'), ...options.algorithms } as Algorithms,
    hostVerifier: options.hostVerifier ?? (() => true),
    authHandler: [options.authentication ?? { type: 'none', username }],
  });
  await ready;
  return new Joined(client, errors);
}

/** The key in an OpenSSH private key file, as the gateway signs with it. */
export function keyOfFile(path: string): ParsedKey {
  const parsed = utils.parseKey(readFileSync(path, 'utf8'));
  if (parsed instanceof Error) throw parsed;
  return clientKey(createPrivateKey(parsed.getPrivatePEM()));
}
