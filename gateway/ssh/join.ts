/** Joins the maintainer's channel and one of the target's, record first in every direction. */
import type { GatewaySession } from '../session.ts';
import type { ClientChannel } from './library/index.ts';
import type { PersonSide } from './person-side.ts';
import { PeerGone, pump, TargetLost, writeTo } from './stream-io.ts';
import type { TargetConnection } from './target/index.ts';
import type { ChannelRequest, Exit } from './model.ts';

export interface Joined {
  readonly session: GatewaySession;
  readonly person: PersonSide;
  readonly request: ChannelRequest;
  readonly connection: TargetConnection;
  /** A channel of that connection. */
  readonly target: ClientChannel;
  /** What becomes of output before it is shown: an export is counted and cut here. Undefined shows all of it. */
  readonly filter?: (stream: 'o' | 'e', chunk: Buffer) => { pass: Uint8Array; stop: boolean };
  /** Where the maintainer's input comes from; the channel itself unless somebody reads it already. */
  readonly forwardInput: (take: (chunk: Buffer) => Promise<void>) => Promise<void>;
}

/**
 * Resolves when the target's program has ended and all of its output was shown.
 * @throws {PeerGone} when the maintainer's side closes first; {TargetLost} when the target's connection breaks.
 */
export async function join(joined: Joined): Promise<Exit> {
  const { session, target, request } = joined;
  const exit = joined.connection.exitOf(target);
  const stop = (): void => target.close();
  session.signal.addEventListener('abort', stop, { once: true });
  const stopResizing = request.onResize(({ rows, columns, height, width }) => {
    target.setWindow(rows, columns, height, width);
  });
  const stopSignalling = request.onSignal((name) => target.signal(name));
  void sendInput(joined);
  try {
    await Promise.all([showOutput(joined, 'o'), showOutput(joined, 'e')]);
    const ended = await exit;
    if (ended.status === undefined && ended.signal === undefined && joined.connection.closed) throw new TargetLost();
    return ended;
  } finally {
    stopResizing();
    stopSignalling();
    session.signal.removeEventListener('abort', stop);
    target.close();
  }
}

async function sendInput({ session, target, forwardInput }: Joined): Promise<void> {
  try {
    await forwardInput(async (chunk) => {
      await session.record('i', chunk);
      await writeTo(target, target, chunk);
    });
    target.end();
  } catch (thrown) {
    // The program ended without reading on, which is its right; anything else is a failure of ours.
    if (!(thrown instanceof PeerGone)) session.end('recorder_failed');
  }
}

async function showOutput({ person, target, filter }: Joined, stream: 'o' | 'e'): Promise<void> {
  await pump(stream === 'o' ? target : target.stderr, async (chunk) => {
    const { pass, stop } = filter?.(stream, chunk) ?? { pass: chunk, stop: false };
    if (pass.length > 0) await person.show(stream, pass);
    if (stop) target.close();
  });
}
