/** The connection of one terminal: opens it, comes back to it for a minute after a cut, and says what it has drawn. */
import * as z from 'zod/mini';
import { ApiError } from '../api/client.ts';
import { askTerminal, askTerminalBack, FromTerminal, type Opener, type Window } from '../api/terminals.ts';

export type LinkState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'open' }
  /** The connection was cut; it is tried again until the minute is over. */
  | { readonly kind: 'away' }
  | { readonly kind: 'ended' }
  /** It did not come back in time, or ended meanwhile. */
  | { readonly kind: 'lost' }
  | { readonly kind: 'refused'; readonly error: unknown };

interface LinkOptions {
  readonly loginName: string;
  readonly window: () => Window;
  /** Of a terminal that this tab had before it was loaded anew. */
  readonly known: string | null;
  readonly show: (bytes: Uint8Array, drawn: () => void) => void;
  /** What is on the screen is not all there was: it begins anew. */
  readonly clear: () => void;
  readonly changed: (state: LinkState) => void;
  readonly opened: (id: string | null) => void;
}

const PROTOCOL = 'sekisho.terminal.v1';
const RETURN_MILLIS = 55_000;
const RETRY_MILLIS = 500;
const RETRY_MILLIS_MAX = 5_000;
/** How much is drawn before it is told; a part of what may be on its way. */
const TOLD_BYTES = 32 * 1024;

export class TerminalLink {
  readonly #options: LinkOptions;
  #socket: WebSocket | undefined;
  #id: string | null;
  /** Places in the output: received, drawn, and told to be drawn. Null before anything was received. */
  #received: number | null = null;
  #told = 0;
  #cutAt = 0;
  #retry: number | undefined;
  #isOver = false;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#id = options.known;
  }

  start(): void {
    this.#options.changed({ kind: 'connecting' });
    void this.#connect();
  }

  type(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(bytes);
  }

  resize({ columns, rows }: Window): void {
    this.#say({ type: 'resize', columns, rows });
  }

  /** The session ends: nobody comes back. */
  leave(): void {
    this.#say({ type: 'leave' });
    this.stop();
    this.#over({ kind: 'ended' });
  }

  /** The page goes: the session waits for a minute. */
  stop(): void {
    this.#isOver = true;
    window.clearTimeout(this.#retry);
    this.#socket?.close();
  }

  #say(message: unknown): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  async #connect(): Promise<void> {
    const asked = await this.#ask();
    if (asked === undefined || this.#isOver) return;
    this.#id = asked.id;
    this.#options.opened(asked.id);
    const url = new URL('/api/terminals/connect', location.href);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = new WebSocket(url, [PROTOCOL, `opener.${asked.opener}`]);
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    socket.onopen = () => {
      this.#cutAt = 0;
      this.#options.changed({ kind: 'open' });
      this.resize(this.#options.window());
    };
    socket.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (data instanceof ArrayBuffer) this.#show(new Uint8Array(data));
      else this.#take(String(data));
    };
    socket.onclose = () => {
      if (!this.#isOver) this.#again();
    };
  }

  /** @returns undefined when there is nothing to connect to now, which was told. */
  async #ask(): Promise<Opener | undefined> {
    const { loginName, window: size } = this.#options;
    try {
      return this.#id === null ? await askTerminal(loginName, size()) : await askTerminalBack(this.#id, this.#received);
    } catch (thrown) {
      const isGone = thrown instanceof ApiError && thrown.status === 404 && this.#id !== null;
      const isSilent = thrown instanceof ApiError && (thrown.code === 'network' || thrown.status >= 502);
      if (isGone && this.#received === null) {
        this.#id = null; // It ended before the page was loaded anew: another one takes its place.
        return this.#ask();
      }
      if (isGone) this.#over({ kind: 'lost' });
      else if (isSilent && this.#id !== null) this.#again();
      else this.#over({ kind: 'refused', error: thrown });
      return undefined;
    }
  }

  #again(): void {
    const now = performance.now();
    if (this.#cutAt === 0) this.#cutAt = now;
    const gone = now - this.#cutAt;
    if (gone > RETURN_MILLIS) {
      this.#over({ kind: 'lost' });
      return;
    }
    this.#options.changed({ kind: 'away' });
    const delay = Math.min(RETRY_MILLIS + gone, RETRY_MILLIS_MAX);
    this.#retry = window.setTimeout(() => void this.#connect(), delay);
  }

  #over(state: LinkState): void {
    this.#isOver = true;
    this.#options.opened(null);
    this.#options.changed(state);
  }

  #take(text: string): void {
    const message = z.safeParse(FromTerminal, JSON.parse(text)).data;
    if (message?.type === 'ended') {
      this.#over({ kind: 'ended' });
    } else if (message !== undefined) {
      if (message.offset !== this.#received) this.#options.clear();
      this.#received = message.offset;
      this.#told = message.offset;
    }
  }

  #show(bytes: Uint8Array): void {
    const offset = (this.#received ?? 0) + bytes.length;
    this.#received = offset;
    this.#options.show(bytes, () => {
      if (offset - this.#told < TOLD_BYTES) return;
      this.#told = offset;
      this.#say({ type: 'drawn', offset });
    });
  }
}
