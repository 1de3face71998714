/** A signed-in connection to a target, and the connections to relay hosts it goes through. */
import { GatewayError, invariant } from '../../../foundation/index.ts';
import { type Exit, exitOf } from '../exit.ts';
import { type ClientChannel, type SshClient, subsystem } from '../library/index.ts';
import type { Leg } from './leg.ts';

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

const LOOPBACK = '127.0.0.1';

export class TargetConnection {
  /** Negotiated algorithms, on the target's leg or a relay's, that nobody should use any more. */
  readonly legacy: readonly string[];
  readonly #client: SshClient;
  readonly #legs: readonly Leg[];
  readonly #signedIn: Promise<void>;
  readonly #readsOn: boolean;
  readonly #exits = new WeakMap<ClientChannel, Promise<Exit>>();
  #closed = false;

  /** `legs` in dialling order; the last one is the target's. `signedIn`: when it has let the account in. */
  constructor(legs: readonly Leg[], signedIn: Promise<void> = Promise.resolve()) {
    const last = legs.at(-1);
    invariant(last, 'a way has an end');
    this.#legs = legs;
    this.#client = last.client;
    this.#readsOn = last.readsOn;
    this.#signedIn = signedIn;
    signedIn.catch(() => this.close());
    this.legacy = [...new Set(legs.flatMap(({ legacy }) => legacy))];
    this.#client.once('close', () => {
      this.close(); // Nothing else uses the way to it.
    });
  }

  /** Whether the connection is gone, whoever ended it. */
  get closed(): boolean {
    return this.#closed;
  }

  exec(command: string, options: ChannelOptions): Promise<ClientChannel> {
    const settings = {
      env: { ...options.environment },
      ...(options.terminal === undefined ? {} : { pty: pty(options.terminal) }),
    };
    return this.#open((opened) => this.#client.exec(command, settings, opened));
  }

  shell(options: ChannelOptions): Promise<ClientChannel> {
    const window = options.terminal === undefined ? false : pty(options.terminal);
    return this.#open((opened) => this.#client.shell(window, { env: { ...options.environment } }, opened));
  }

  /** A connection to what listens on the target itself, on loopback (RFC 4254 §7.2). */
  forward(port: number): Promise<ClientChannel> {
    return this.#open((opened) => this.#client.forwardOut(LOOPBACK, 0, LOOPBACK, port, opened));
  }

  /** A subsystem of the target's server (RFC 4254 §6.5). @throws {GatewayError} `target_unreachable` when it has none. */
  subsystem(name: string, environment: Readonly<Record<string, string>> = {}): Promise<ClientChannel> {
    return this.#open((opened) => subsystem(this.#client, name, { env: environment }, opened));
  }

  /** How the program behind a channel of this connection ends. */
  exitOf(channel: ClientChannel): Promise<Exit> {
    const exit = this.#exits.get(channel);
    invariant(exit, 'the channel is one of this connection');
    return exit;
  }

  /** Asks for a channel, also while the sign-in is under way where the server reads on; has it after the sign-in alone. */
  async #open(ask: (opened: (error: Error | undefined, channel: ClientChannel) => void) => unknown) {
    if (!this.#readsOn) await this.#signedIn;
    const opened = new Promise<ClientChannel>((resolve, reject) => {
      ask((error, channel) => this.#opened(error, channel, { resolve, reject }));
    });
    opened.catch(() => undefined); // Without a sign-in it fails too, and that is the reason to be told.
    await this.#signedIn;
    return opened;
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

  /** Closes the target's connection, then those of the relay hosts, innermost first. */
  close(): void {
    this.#closed = true;
    for (const leg of this.#legs.toReversed()) leg.close();
  }
}

function pty(terminal: Terminal) {
  const { term, columns, rows, width, height, modes } = terminal;
  return { term, cols: columns, rows, width, height, modes: { ...modes } };
}
