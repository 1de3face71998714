/** A terminal in the browser, spoken to as the page does, without a page. */
import { once } from 'node:events';
import { type ClientOptions, WebSocket } from 'ws';
import type { TestGateway } from '../../support/gateway.ts';

const WINDOW = { columns: 100, rows: 30 };

export interface Handshake {
  readonly opener: string;
  readonly cookie: string;
  readonly origin?: string;
}

/** The status of a handshake that is refused; 101 when it is not. */
export async function handshakeStatus(gateway: TestGateway, handshake: Handshake): Promise<number> {
  const socket = dial(gateway, handshake);
  socket.on('error', () => undefined);
  return new Promise((resolve) => {
    socket.once('open', () => {
      socket.close();
      resolve(101);
    });
    socket.once('unexpected-response', (_request, response) => {
      resolve(response.statusCode ?? 0);
      socket.terminate();
    });
  });
}

function dial({ running: { publicUrl } }: TestGateway, { opener, cookie, origin = publicUrl.origin }: Handshake) {
  const url = new URL('/api/terminals/connect', publicUrl);
  const options: ClientOptions = { headers: { cookie }, origin };
  return new WebSocket(url.href.replace(/^http/, 'ws'), ['sekisho.terminal.v1', `opener.${opener}`], options);
}

export class WebTerminal implements AsyncDisposable {
  readonly #socket: WebSocket;
  readonly #waiting = new Set<() => void>();
  readonly messages: Record<string, unknown>[] = [];
  /** Everything shown on this connection. */
  screen = '';
  bytes = 0;
  isClosed = false;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('error', () => undefined);
    socket.on('message', (data, isBinary) => {
      const bytes = data as Buffer;
      if (isBinary) {
        this.screen += bytes.toString('utf8');
        this.bytes += bytes.length;
      } else this.messages.push(JSON.parse(bytes.toString()) as Record<string, unknown>);
      this.#tell();
    });
    socket.once('close', () => {
      this.isClosed = true;
      this.#tell();
    });
  }

  static async open(gateway: TestGateway, handshake: Handshake): Promise<WebTerminal> {
    const socket = dial(gateway, handshake);
    const terminal = new WebTerminal(socket);
    await once(socket, 'open');
    return terminal;
  }

  type(text: string): void {
    this.#socket.send(Buffer.from(text), { binary: true });
  }

  say(message: unknown): void {
    this.#socket.send(JSON.stringify(message));
  }

  /** As when the network goes away. */
  cut(): Promise<void> {
    this.#socket.terminate();
    return this.until(() => this.isClosed);
  }

  sees(text: string): Promise<void> {
    return this.until(() => this.screen.includes(text));
  }

  /** Resolves when `holds`; the time is the test's own. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      if (this.isClosed) throw new Error(`closed after: ${this.screen}`);
      await new Promise<void>((resolve) => {
        this.#waiting.add(resolve);
      });
    }
  }

  ended(): Promise<void> {
    return this.until(() => this.messages.some(({ type }) => type === 'ended'));
  }

  #tell(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.terminate();
    await Promise.resolve();
  }
}

/** Asks as somebody for a terminal and returns its opener. */
export async function askTerminal(gateway: TestGateway, login: string, loginName = 'crm-db') {
  const person = await gateway.person(login);
  const { status, json } = await person.post('/api/terminals', { loginName, window: WINDOW });
  if (status !== 201) throw new Error(JSON.stringify(json));
  return { id: String(json['id']), opener: String(json['opener']), cookie: person.cookie };
}

export async function openTerminal(gateway: TestGateway, login: string, loginName?: string) {
  const asked = await askTerminal(gateway, login, loginName);
  return { ...asked, terminal: await WebTerminal.open(gateway, asked) };
}
