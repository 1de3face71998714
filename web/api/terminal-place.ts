/** What the console's terminals ask of whoever serves sessions. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebPrincipal } from '../../identity/index.ts';

/** What main connects with the processes that serve sessions; see there for its errors. */
export interface Terminals {
  ask(principal: WebPrincipal, asked: TerminalAsked): TerminalOpener;
  askBack(principal: WebPrincipal, asked: { id: string; since: number | null; sourceAddress: string }): TerminalOpener;
  list(
    principal: WebPrincipal,
  ): readonly { readonly id: string; readonly loginName: string; readonly openedAt: Date }[];
  connect(principal: WebPrincipal, opener: string, upgrade: TerminalUpgrade): Promise<void>;
  refused(principal: WebPrincipal, reason: 'origin' | 'opener'): Promise<void>;
}

interface TerminalAsked {
  readonly loginName: string;
  readonly window: { readonly columns: number; readonly rows: number };
  readonly sourceAddress: string;
  readonly factorShown: boolean;
}

interface TerminalOpener {
  readonly id: string;
  readonly opener: string;
}

export interface TerminalUpgrade {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}
