/** What a watcher of a session that goes on is given: the screen as it stands, then what comes, cleaned as in a replay. */
import { GatewayError, LIMITS } from '../../foundation/index.ts';
import type { Marker, ReplayFrame } from './model.ts';
import type { Screen } from './screen.ts';
import { Walk, type WalkSink, type WalkStart } from './walk.ts';

/** Times are milliseconds since the first frame. `reset`: the screen as it stands, in cleaned output. */
export type LiveEvent =
  | {
      readonly kind: 'reset';
      readonly startedAt: number;
      readonly cols: number;
      readonly rows: number;
      readonly init: string;
    }
  | { readonly kind: 'event'; readonly at: number; readonly code: 'o' | 'r'; readonly data: string }
  | { readonly kind: 'marker'; readonly marker: Marker };

/**
 * One list of events for each batch of frames; an empty batch may bring what was held back.
 * @throws {GatewayError} `recording_corrupt`, and what `batches` throws.
 */
export async function* liveEvents(
  batches: AsyncIterable<readonly ReplayFrame[]>,
): AsyncGenerator<readonly LiveEvent[], void, undefined> {
  const sink = new LiveSink();
  let walk: Walk | undefined;
  for await (const batch of batches) {
    const isFirst = walk === undefined;
    for (const frame of batch) {
      if ((walk === undefined) !== (frame.type === 'h')) {
        throw new GatewayError('recording_corrupt', 'The header frame is missing.');
      }
      if (walk === undefined) walk = new Walk(frame, sink);
      else await walk.take(frame);
    }
    await walk?.flush();
    yield isFirst ? await sink.standing() : sink.taken();
  }
}

class LiveSink implements WalkSink {
  #start: WalkStart | undefined;
  #screen: Screen | undefined;
  #events: LiveEvent[] = [];

  start(start: WalkStart, screen: Screen): void {
    this.#start = start;
    this.#screen = screen;
  }

  event(at: number, code: 'o' | 'r', data: string): void {
    this.#events.push({ kind: 'event', at, code, data });
  }

  output(): void {
    // How dense it is is told of the whole alone.
  }

  marker(marker: Marker): void {
    this.#events.push({ kind: 'marker', marker });
  }

  line(): void {
    // What is read off the screen is for the transcript of the whole.
  }

  taken(): readonly LiveEvent[] {
    return this.#events.splice(0);
  }

  /** Instead of all that was shown so far, the screen it led to; of the markers the latest. */
  async standing(): Promise<readonly LiveEvent[]> {
    const markers = this.taken().filter(({ kind }) => kind === 'marker');
    const snapshot = await this.#screen?.snapshot();
    if (snapshot === undefined || this.#start === undefined) return [];
    return [{ kind: 'reset', startedAt: this.#start.startedAt, ...snapshot }, ...markers.slice(-LIMITS.liveMarkersMax)];
  }
}
