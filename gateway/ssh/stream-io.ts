import type { Readable, Writable } from 'node:stream';

/** The other side of a stream went away while something was still to be written. */
export class PeerGone extends Error {
  override readonly name = 'PeerGone';
}

/** The target's connection broke while its program ran: how the program ended is not known. */
export class TargetLost extends Error {
  override readonly name = 'TargetLost';
}

/**
 * Writes `chunk` and resolves when the stream took it: awaiting this before reading on is the back-pressure.
 *
 * `channel` is the channel the stream belongs to: the library never calls back for a write on a closed channel,
 * so its 'close' must end the wait.
 * @throws {PeerGone} when the channel closes first.
 */
export function writeTo(stream: Writable, channel: Readable, chunk: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    if (!stream.writable) {
      reject(new PeerGone());
      return;
    }
    const gone = (): void => reject(new PeerGone());
    channel.once('close', gone);
    stream.write(chunk, (error) => {
      channel.off('close', gone);
      if (error === undefined || error === null) resolve();
      else reject(new PeerGone(error.message));
    });
  });
}

/**
 * Hands each chunk to `take` and reads on when it is done. Returns at the end of the stream, without destroying it:
 * the channel's other direction is still in use.
 */
export async function pump(from: Readable, take: (chunk: Buffer) => Promise<void>): Promise<void> {
  for await (const chunk of from.iterator({ destroyOnReturn: false })) {
    await take(chunk as Buffer);
  }
}
