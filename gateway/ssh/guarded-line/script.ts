import { LIMITS } from '../../../foundation/index.ts';
import type { ChannelWork } from '../model.ts';
import type { InputQueue } from './input-queue.ts';

const LINE_FEED = 0x0a;
/** The longest line, its CR LF, and one byte too many. */
const KEPT_BYTES_MAX = LIMITS.typedLineBytesMax + 3;

/** One line of standard input, recorded; undefined at its end. */
export async function readScriptLine(
  work: ChannelWork,
  input: InputQueue,
  signal: AbortSignal,
): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let length = 0;
  for (;;) {
    const typed = await input.next(signal);
    if (typed === undefined) return parts.length === 0 ? undefined : Buffer.concat(parts).toString('utf8');
    const { bytes: chunk } = typed;
    const at = chunk.indexOf(LINE_FEED);
    const end = at === -1 ? chunk.length : at + 1;
    input.giveBack({ bytes: chunk.subarray(end), recorded: false });
    await work.session.record('i', chunk.subarray(0, end));
    // A line nobody could judge is cut to more than the limit, so that the shell refuses it whole and says why.
    parts.push(chunk.subarray(0, Math.min(end, KEPT_BYTES_MAX - length)));
    length = Math.min(length + end, KEPT_BYTES_MAX);
    if (at !== -1)
      return Buffer.concat(parts)
        .toString('utf8')
        .replace(/\r?\n$/, '');
  }
}
