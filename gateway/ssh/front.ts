/**
 * Another front of the same session: a terminal that is no SSH channel, of somebody who is signed in already. From here
 * on it is served as any channel is: admitted, recorded, dialled, judged and metered by the same code.
 */
import type { ConnectionId, Person, TargetId } from '../../policy/index.ts';
import { createRefusals } from './refusals.ts';
import { serveChannel } from './serve-channel.ts';
import type { Caller, ChannelRequest, SshDeps } from './model.ts';
import type { PersonChannel } from './person-channel.ts';
import type { Terminal } from './target/index.ts';

/** Who sits before a terminal in the browser, as the sign-in at the console proved it. */
export interface FrontCaller {
  readonly person: Person;
  readonly connectionId: ConnectionId;
  readonly sourceAddress: string;
  /** What is to be entered, as a login name. */
  readonly loginName: string;
  /** Whether a second factor was shown for this sign-in a moment ago. */
  readonly factorShown: boolean;
  /** When the sign-in ends. */
  readonly until: Date;
}

export interface FrontWindow {
  readonly columns: number;
  readonly rows: number;
}

export interface Front {
  readonly caller: FrontCaller;
  readonly channel: PersonChannel;
  /** As it is now. */
  readonly window: () => FrontWindow;
  readonly onResize: (listener: (window: FrontWindow) => void) => () => void;
  /** Aborted when nobody is there any more. */
  readonly closed: AbortSignal;
}

const TERM = 'xterm-256color';
const ENVIRONMENT = { LANG: 'C.UTF-8' } as const;
const never = () => (): void => undefined;

/** Resolves when the session has ended and its end was told. */
export function serveFront(deps: SshDeps, { caller: asked, channel, window, onResize, closed }: Front): Promise<void> {
  const caller: Caller = { ...asked, method: 'web', keyBlob: null, factors: new Set<TargetId>(), closed };
  let terminal: Terminal = { ...window(), term: TERM, width: 0, height: 0, modes: {} };
  const request: ChannelRequest = {
    start: { kind: 'shell' },
    // The same object until it changes: by that a program that waits is known to be of this size.
    get terminal() {
      const { columns, rows } = window();
      if (terminal.columns !== columns || terminal.rows !== rows) terminal = { ...terminal, columns, rows };
      return terminal;
    },
    environment: ENVIRONMENT,
    closed,
    onResize: (listener) => onResize((size) => listener({ ...terminal, ...size })),
    ...{ onSignal: never, onBreak: never, onEow: never },
  };
  const refusals = createRefusals(deps, caller, () => channel.close());
  return serveChannel(deps, channel, request, { caller, refusals });
}
