import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import { asError, type Log } from '../../foundation/index.ts';

interface Sending {
  readonly response: Response;
  readonly pieces: AsyncGenerator<string, void, undefined>;
  readonly log: Log;
  readonly session: string;
}

/** Sends text as it comes. What fails at its beginning is an answer of its own; later the answer is torn, never short. */
export async function sendPieces({ response, pieces, log, session }: Sending): Promise<void> {
  const first = await pieces.next();
  const resumed = async function* (): AsyncGenerator<string> {
    if (first.done === true) return;
    yield first.value;
    yield* pieces;
  };
  try {
    await pipeline(Readable.from(resumed(), { objectMode: true, highWaterMark: 16 }), response);
  } catch (thrown) {
    log.info({ event: 'http.recording_torn', session, err: asError(thrown) }, 'recording not sent to its end');
  }
}
