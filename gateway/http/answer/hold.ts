/** Keeps the beginning of a body back until it can be judged: all of it, as much as is held, or what came in time. */
import { LIMITS } from '../../../foundation/index.ts';

export interface Held {
  readonly head: Buffer;
  /** The whole body is in `head`. */
  readonly isWhole: boolean;
  /** What follows it, in order. */
  readonly rest: () => AsyncGenerator<Buffer, void, undefined>;
  /** The body is not wanted any more. */
  readonly drop: () => void;
}

export async function holdBody(
  body: AsyncIterable<Buffer>,
  { isStream }: { readonly isStream: boolean },
): Promise<Held> {
  const iterator = body[Symbol.asyncIterator]();
  const chunks: Buffer[] = [];
  let bytes = 0;
  let pending: Promise<IteratorResult<Buffer>> | undefined;
  let late = false;
  let timer: NodeJS.Timeout | undefined;
  const time = new Promise<'late'>((resolve) => {
    // From the first byte on: a site that thinks for long shows nothing meanwhile.
    timer = setTimeout(() => resolve('late'), isStream ? 0 : LIMITS.siteHeldMs).unref();
  });
  const held = (isWhole: boolean): Held => ({
    head: Buffer.concat(chunks),
    isWhole,
    rest: () => following(iterator, pending),
    drop: () => void iterator.return?.().catch(() => undefined),
  });
  try {
    while (bytes < LIMITS.siteHeldBytesMax && !late) {
      pending ??= iterator.next();
      pending.catch(() => undefined); // Whoever reads on sees it.
      const next = bytes === 0 && !isStream ? await pending : await Promise.race([pending, time]);
      if (next === 'late') {
        late = true;
        continue;
      }
      pending = undefined;
      if (next.done === true) return held(true);
      chunks.push(next.value);
      bytes += next.value.length;
    }
    return held(false);
  } finally {
    clearTimeout(timer);
  }
}

async function* following(
  iterator: AsyncIterator<Buffer>,
  pending: Promise<IteratorResult<Buffer>> | undefined,
): AsyncGenerator<Buffer, void, undefined> {
  try {
    for (let next = await (pending ?? iterator.next()); next.done !== true; next = await iterator.next())
      yield next.value;
  } finally {
    await iterator.return?.();
  }
}
