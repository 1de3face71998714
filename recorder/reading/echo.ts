import { type Frame } from '../frames.ts';
import { decodeMeta } from '../recording.ts';

/** Bytes of output that are looked through for the echo of one line. */
const SHOWN_MAX = 64 * 1024;
/** Control sequences that keys send (ECMA-48, VT100): an arrow is typed and never shown. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const KEYS = /\u001b(\[[0-9;?]*[ -/]*[@-~]|O.|.)/gs;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const INVISIBLE = /[\u0000-\u001f\u007f]/g;

/** What was typed up to and with an Enter, and what was shown meanwhile. */
interface Line {
  readonly seqs: number[];
  /** Bytes as latin1, as in `shown`: an echo has the same ones. */
  typed: string;
  shown: string;
  /** Lines of one paste; each is shown whole, among what the one before it printed. */
  pasted: readonly string[];
  /** Its Enter was typed and no newline has answered it. */
  isEntered: boolean;
}

const newLine = (): Line => ({ seqs: [], typed: '', shown: '', pasted: [], isEntered: false });

/**
 * Which frames of type `i` were not shown as they were typed, by their `seq`: a password, but also what a full-screen
 * program takes as a command. The gateway sees what the terminal shows and not how it is set, so this is what can
 * honestly be said: every printable character of the line came back, in order, before the newline that answers its
 * Enter, or it did not. Output of something else at that moment can look like an echo; a recording that says by itself
 * when the echo was off (type `n`) is believed. Without a terminal nothing is ever echoed, and nothing is marked.
 */
export async function findUnechoed(frames: AsyncIterable<Frame>): Promise<ReadonlySet<number>> {
  const unechoed = new Set<number>();
  let line = newLine();
  let isOff = false;
  const settle = (): void => {
    if (!isEchoed(line)) for (const seq of line.seqs) unechoed.add(seq);
    line = newLine();
  };
  for await (const { type, seq, payload } of frames) {
    if (type === 'h' && decodeMeta(payload).columns === 0) return unechoed;
    if (type === 'n') isOff = payload.toString('utf8') === '{"echo":false}';
    if (type === 'i') {
      if (line.isEntered || line.pasted.length > 0) settle();
      if (isOff) unechoed.add(seq);
      takeTyped(line, seq, payload.toString('latin1'));
    }
    if (type === 'o' && line.seqs.length > 0 && takeShown(line, payload.toString('latin1'))) settle();
  }
  settle();
  return unechoed;
}

function takeTyped(line: Line, seq: number, text: string): void {
  line.seqs.push(seq);
  const pieces = text.split(/\r\n|\r|\n/).map((piece) => piece.replace(KEYS, '').replace(INVISIBLE, ''));
  line.typed += pieces.join('');
  if (pieces.length > 2) line.pasted = pieces.filter((piece) => piece !== '');
  line.isEntered = pieces.length === 2;
}

/** @returns whether the line was answered: what comes behind the newline is no echo any more. */
function takeShown(line: Line, text: string): boolean {
  const [before = '', ...behind] = line.isEntered ? text.split('\n') : [text];
  line.shown = (line.shown + before).slice(-SHOWN_MAX);
  return behind.length > 0;
}

function isEchoed({ typed, shown, pasted }: Line): boolean {
  if (pasted.length > 0) return pasted.every((piece) => shown.includes(piece));
  let at = 0;
  for (const character of typed) {
    at = shown.indexOf(character, at) + 1;
    if (at === 0) return false;
  }
  return true;
}
