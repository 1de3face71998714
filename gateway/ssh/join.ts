/** Joins the maintainer's channel and one of the target's, record first in every direction. */
import type { GatewaySession } from '../session.ts';
import { type ClientChannel, onEow, onXonXoff, sendBreak, sendEow } from './library/index.ts';
import type { PersonSide } from './person-side.ts';
import { Conveyor, feed, type Gate, PeerGone, TargetLost, writeTo } from './stream-io.ts';
import type { TargetConnection } from './target/index.ts';
import type { ChannelRequest, Exit } from './model.ts';

type Output = 'o' | 'e';

/** What becomes of a chunk: what passes, what is only recorded, and whether that was all. */
export interface Filtered {
  readonly pass: Uint8Array;
  readonly refused?: Uint8Array;
  /** It is a piece of a file: how much passes is recorded, and not what. */
  readonly isContent?: boolean;
  readonly stop: boolean;
}

/** What may hold output back and hand it on later, while input goes on. */
export interface OutputHold extends Gate {
  /** Called once, before the first byte. */
  open(ways: OutputWays): void;
  /** Called when the program's output has ended: resolves when nothing is held back any more. */
  settled(): Promise<void>;
}

export interface OutputWays {
  /** Recorded and shown behind all that passed before. */
  readonly put: (stream: Output, bytes: Uint8Array) => void;
  /** Sent to the program as if it had been typed. */
  readonly write: (bytes: Uint8Array) => void;
  /** Ends the program. */
  readonly stop: () => void;
}

export interface Joined {
  readonly session: GatewaySession;
  readonly person: PersonSide;
  readonly request: ChannelRequest;
  readonly connection: TargetConnection;
  /** A channel of that connection. */
  readonly target: ClientChannel;
  /** What becomes of output before it is shown: an export is counted and cut here. Undefined shows all of it. */
  readonly filter?: (stream: Output, chunk: Buffer) => Filtered;
  /** The same for input that comes from their channel. */
  readonly filterInput?: (chunk: Buffer) => Filtered;
  /** The filters keep nothing of a chunk once they return: its memory may be used again. */
  readonly filtersKeepNothing?: boolean;
  /** What can make the output wait, and it alone. */
  readonly hold?: OutputHold;
  /** What else can make both sides wait. */
  readonly gates?: readonly Gate[];
  /** Where the maintainer's input comes from when somebody reads it already; else from their channel. */
  readonly forwardInput?: (take: (chunk: Buffer) => Promise<void>) => Promise<void>;
}

/**
 * Resolves when the target's program has ended and all of its output was shown.
 * @throws {PeerGone} when the maintainer's side closes first; {TargetLost} when the target's connection breaks.
 */
export async function join(joined: Joined): Promise<Exit> {
  const { target } = joined;
  const exit = joined.connection.exitOf(target);
  const stopWatching = watchRequests(joined);
  sendInput(joined).catch((thrown: unknown) => {
    // The program ended without reading on, which is its right; anything else is a failure of ours.
    if (!(thrown instanceof PeerGone)) joined.session.end('recorder_failed');
  });
  try {
    await showOutput(joined);
    const ended = await exit;
    if (ended.status === undefined && ended.signal === undefined && joined.connection.closed) throw new TargetLost();
    return ended;
  } finally {
    stopWatching();
    target.close();
  }
}

/** Now, or when the session is resumed: what is paused gets no signal past the pause. A session that ended sends none. */
function whenMoving({ attendance }: GatewaySession, act: () => void): void {
  if (attendance.held === undefined) act();
  else
    attendance.held.then(
      () => act(),
      () => undefined,
    );
}

/** Carries what is asked of a running program on to it, and ends it with the session. */
export function watchRequests({
  session,
  request,
  target,
  person,
  forwardInput,
}: Pick<Joined, 'session' | 'request' | 'target' | 'person' | 'forwardInput'>): () => void {
  const stop = (): void => target.close();
  // The program will not read any more: ssh stops taking what would be lost. Where a next program reads on, it must not.
  // At a terminal it has ended then, and what it left may wait at a limit, where a key still gives it up.
  if (forwardInput === undefined && !person.hasTerminal) onEow(target, () => sendEow(person.channel));
  onXonXoff(target, (clientCanDo) => person.channel.xonXoff(clientCanDo));
  session.signal.addEventListener('abort', stop, { once: true });
  const stops = [
    request.onResize(({ rows, columns, height, width }) => target.setWindow(rows, columns, height, width)),
    request.onSignal((name) => whenMoving(session, () => target.signal(name))),
    request.onBreak((milliseconds) => whenMoving(session, () => sendBreak(target, milliseconds))),
    request.onEow(() => sendEow(target)),
    () => session.signal.removeEventListener('abort', stop),
  ];
  return () => {
    for (const end of stops) end();
  };
}

async function sendInput(joined: Joined): Promise<void> {
  const { session, person, target, forwardInput, filterInput, filtersKeepNothing, gates = [] } = joined;
  if (forwardInput !== undefined) {
    await forwardInput(async (chunk) => {
      await session.record('i', chunk);
      await writeTo(target, target, chunk);
    });
    target.end();
    return;
  }
  const conveyor = new Conveyor({
    record: (stream, bytes) => session.record(stream, bytes),
    recordContent: (stream, bytes) => session.recordContent(stream, bytes),
    held: session.held,
    channel: target,
    sinks: { i: target },
  });
  try {
    await feed(
      person.channel,
      [conveyor, ...gates],
      (chunk) => {
        const { pass, refused, isContent, stop }: Filtered = filterInput?.(chunk) ?? { pass: chunk, stop: false };
        conveyor.put('i', pass, isContent === true ? 'content' : 'both');
        if (refused !== undefined) conveyor.put('i', refused, 'record');
        if (stop) target.close();
      },
      filterInput === undefined || filtersKeepNothing,
    );
    await conveyor.drained();
    target.end();
  } finally {
    conveyor.close();
  }
}

async function showOutput(joined: Joined): Promise<void> {
  const { session, person, target, filter, hold, filtersKeepNothing, gates = [] } = joined;
  const conveyor = new Conveyor({
    record: (stream, bytes) => session.record(stream, bytes),
    recordContent: (stream, bytes) => session.recordContent(stream, bytes),
    held: session.held,
    channel: person.channel,
    sinks: { o: person.channel, e: person.channel.stderr },
  });
  const show = (stream: Output) => (chunk: Buffer) => {
    const { pass, refused, isContent, stop }: Filtered = filter?.(stream, chunk) ?? { pass: chunk, stop: false };
    conveyor.put(stream, pass, isContent === true ? 'content' : 'both');
    if (refused !== undefined) conveyor.put(stream, refused, 'record');
    if (stop) target.close();
  };
  hold?.open({
    put: (stream, bytes) => conveyor.put(stream, bytes),
    write: (bytes) => void target.write(bytes),
    stop: () => target.close(),
  });
  try {
    const all = [conveyor, ...gates, ...(hold === undefined ? [] : [hold])];
    const isBorrowed = filter === undefined || filtersKeepNothing;
    await Promise.all([feed(target, all, show('o'), isBorrowed), feed(target.stderr, all, show('e'), isBorrowed)]);
    await hold?.settled();
    await conveyor.drained();
  } finally {
    conveyor.close();
  }
}
