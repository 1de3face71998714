import { GatewayError } from '../../foundation/index.ts';
import type { Frame } from '../frames.ts';

/**
 * The streams of one session as one, by number. With `total`, all of its streams are there: then every number from 0 on
 * is, and there are that many.
 * @throws {GatewayError} `recording_corrupt` at a number that is missing or twice there, and where time runs backwards.
 */
export async function* mergeFrames(
  streams: readonly AsyncIterator<Frame, void, undefined>[],
  total: number | undefined,
): AsyncGenerator<Frame, void, undefined> {
  try {
    yield* merge(streams, total);
  } finally {
    for (const stream of streams) await stream.return?.();
  }
}

async function* merge(
  streams: readonly AsyncIterator<Frame, void, undefined>[],
  total: number | undefined,
): AsyncGenerator<Frame, void, undefined> {
  const heads: (Frame | undefined)[] = [];
  for (const stream of streams) heads.push(await nextOf(stream));
  let seq = 0;
  let micros = 0n;
  for (let at = lowest(heads); at !== -1; at = lowest(heads)) {
    const frame = heads[at];
    const stream = streams[at];
    if (frame === undefined || stream === undefined) break;
    if (total === undefined ? frame.seq < seq : frame.seq !== seq) {
      throw new GatewayError('recording_corrupt', `Frame ${seq} of the recording is missing or stands twice.`);
    }
    if (frame.micros < micros) {
      throw new GatewayError('recording_corrupt', `Time runs backwards at frame ${frame.seq} of the recording.`);
    }
    if ((frame.type === 'h') !== (frame.seq === 0)) {
      throw new GatewayError('recording_corrupt', `Frame ${frame.seq} of the recording has a type it cannot have.`);
    }
    seq = frame.seq + 1;
    micros = frame.micros;
    yield frame;
    heads[at] = await nextOf(stream);
  }
  if (total !== undefined && seq !== total) {
    throw new GatewayError('recording_corrupt', `The recording ends before frame ${seq} of ${total}.`);
  }
}

async function nextOf(stream: AsyncIterator<Frame, void, undefined>): Promise<Frame | undefined> {
  const { value, done } = await stream.next();
  return done === true ? undefined : value;
}

/** Which head comes next; -1 when all are read. */
function lowest(heads: readonly (Frame | undefined)[]): number {
  let best = -1;
  let seq = Number.POSITIVE_INFINITY;
  for (const [at, head] of heads.entries()) {
    if (head === undefined || head.seq >= seq) continue;
    best = at;
    seq = head.seq;
  }
  return best;
}
