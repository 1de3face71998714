/**
 * The terminals of one process: each the front of one session, and alive for a minute without its browser. Who may open
 * or come back to one was decided where the connection was accepted.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { asError, LIMITS, type Log } from '../../foundation/index.ts';
import { TerminalChannel } from './channel.ts';
import { seat } from './viewer.ts';
import { SUBPROTOCOL, type Window } from './wire.ts';

/** What a session needs of a terminal; the session is somebody else's. */
export interface TerminalFront {
  readonly channel: TerminalChannel;
  readonly window: () => Window;
  readonly onResize: (listener: (window: Window) => void) => () => void;
  /** Aborted when nobody will come back any more. */
  readonly closed: AbortSignal;
}

/** A WebSocket handshake that was found good, not answered yet. */
export interface Upgrade {
  readonly request: Pick<IncomingMessage, 'method' | 'headers' | 'url'>;
  readonly socket: Duplex;
  readonly head: Buffer;
}

export interface NewTerminal {
  readonly id: string;
  readonly window: Window;
  /** Serves a session on it, to its end. */
  readonly serve: (front: TerminalFront) => Promise<void>;
  /** It is over, and nobody can come back to it. */
  readonly over: () => void;
}

interface Terminal {
  readonly channel: TerminalChannel;
  readonly listeners: Set<(window: Window) => void>;
  readonly gone: AbortController;
  readonly over: () => void;
  window: Window;
  /** Runs while nobody is connected. */
  patience: NodeJS.Timeout | undefined;
}

export class TerminalHost implements AsyncDisposable {
  readonly #log: Log;
  readonly #terminals = new Map<string, Terminal>();
  readonly #sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false, // What was typed and what is secret must not shape the size of what is sent.
    maxPayload: LIMITS.terminalMessageBytesMax,
    handleProtocols: () => SUBPROTOCOL,
  });

  constructor({ log }: { readonly log: Log }) {
    this.#log = log;
    this.#sockets.on('wsClientError', (error, socket) => {
      log.debug({ event: 'terminal.handshake_failed', err: error }, 'a handshake broke the protocol');
      socket.destroy();
    });
  }

  get size(): number {
    return this.#terminals.size;
  }

  open({ id, window, serve, over }: NewTerminal, upgrade: Upgrade): void {
    const channel = new TerminalChannel();
    const terminal: Terminal = {
      ...{ channel, window, over, listeners: new Set<(window: Window) => void>() },
      ...{ gone: new AbortController(), patience: undefined },
    };
    this.#terminals.set(id, terminal);
    // Until the browser is there, and after each cut.
    this.#wait(id, terminal);
    const front: TerminalFront = {
      channel,
      window: () => terminal.window,
      onResize: (listener) => {
        terminal.listeners.add(listener);
        return () => terminal.listeners.delete(listener);
      },
      closed: terminal.gone.signal,
    };
    this.#connect(id, terminal, null, upgrade);
    serve(front)
      .catch((thrown: unknown) =>
        this.#log.error({ event: 'terminal.failed', err: asError(thrown) }, 'a terminal failed'),
      )
      .finally(() => {
        channel.close();
        // Whoever is away now still reads the last words when they come back within the minute.
        if (terminal.patience === undefined) this.#forget(id, terminal);
      });
  }

  /** @returns false when it is over: the socket is left as it is. */
  resume(id: string, since: number | null, upgrade: Upgrade): boolean {
    const terminal = this.#terminals.get(id);
    if (terminal === undefined) return false;
    this.#connect(id, terminal, since, upgrade);
    return true;
  }

  /** Nobody comes back to it: its session ends. */
  leave(id: string): void {
    const terminal = this.#terminals.get(id);
    if (terminal !== undefined) this.#giveUp(id, terminal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const [id, terminal] of this.#terminals) this.#giveUp(id, terminal);
    this.#sockets.close();
    await Promise.resolve();
  }

  #connect(id: string, terminal: Terminal, since: number | null, { request, socket, head }: Upgrade): void {
    // The library reads its method, its headers and its path, and nothing else of it.
    this.#sockets.handleUpgrade(request as IncomingMessage, socket, head, (connected) => {
      clearTimeout(terminal.patience);
      terminal.patience = undefined;
      seat(connected, {
        ...{ channel: terminal.channel, since },
        resized: (window) => {
          terminal.window = window;
          for (const listener of terminal.listeners) listener(window);
        },
        gone: (left) => {
          if (left || terminal.channel.isOver) this.#giveUp(id, terminal);
          else this.#wait(id, terminal);
        },
      });
    });
  }

  #wait(id: string, terminal: Terminal): void {
    terminal.patience = setTimeout(() => this.#giveUp(id, terminal), LIMITS.terminalReturnSeconds * 1_000);
  }

  #giveUp(id: string, terminal: Terminal): void {
    terminal.gone.abort();
    terminal.channel.close();
    this.#forget(id, terminal);
  }

  #forget(id: string, terminal: Terminal): void {
    clearTimeout(terminal.patience);
    if (this.#terminals.get(id) !== terminal) return;
    this.#terminals.delete(id);
    terminal.over();
  }
}
