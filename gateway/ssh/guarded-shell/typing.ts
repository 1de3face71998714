/**
 * What the maintainer types, and when it goes on. From an Enter on it waits: for the prompt, or for the program that the
 * Enter started. A verdict travels the same way, so what was typed ahead stands aside while the hook reads one.
 */
import { LIMITS } from '../../../foundation/index.ts';

/**
 * `prompt`: the shell edits a line. `entered`: an Enter went on, and the shell has not asked yet. `asking`: it waits for
 * a verdict, or has not told yet that it has one. `running`: a program may read.
 */
type State = 'prompt' | 'entered' | 'asking' | 'running';

export interface TypingOptions {
  /** Sends to the shell; `recorded`: the recording has it already. */
  readonly send: (bytes: Buffer, recorded: boolean) => void;
  readonly later: (act: () => void, milliseconds: number) => () => void;
}

/**
 * What follows a verdict. `runs`: the command does. `refused`: it does not, but what it is part of may go on. `edits`:
 * nothing runs, and the shell shows its prompt: a ^C meanwhile could only lose that.
 */
export type Follows = 'runs' | 'refused' | 'edits';

interface Piece {
  readonly bytes: Buffer;
  readonly recorded: boolean;
}

const INTERRUPT = 0x03;
/** ^C, ^\ and ^Z reach a program at once, and what was typed ahead of them is dropped, as a terminal drops it. */
const SIGNALS = new Set([INTERRUPT, 0x1c, 0x1a]);
/** Enter, and readline's other keys that end a line: ^J, ^M and ^O. */
const ENTERS = new Set([0x0a, 0x0d, 0x0f]);
/** In a paste ^O is text. */
const PASTED_ENTERS = new Set([0x0a, 0x0d]);
const PASTE_BEGINS = Buffer.from('\x1b[200~');
const PASTE_ENDS = Buffer.from('\x1b[201~');
/** As much as a terminal keeps of one line. */
const SENT_BYTES_KEPT = 8 * 1024;

export class Typing {
  readonly #options: TypingOptions;
  readonly #stray = new Set<string>();
  #state: State = 'asking';
  #held: Piece[] = [];
  #sent: Buffer = Buffer.alloc(0);
  #isPasting = false;
  #matched = 0;
  #interrupted = false;
  #sentInterrupt = false;
  #isInterrupting = false;
  #stopInterrupting = (): void => undefined;
  #stopWaiting = (): void => undefined;
  #isThrough = false;

  constructor(options: TypingOptions) {
    this.#options = options;
  }

  get heldBytes(): number {
    return this.#held.reduce((sum, { bytes }) => sum + bytes.length, 0);
  }

  /** Whether a ^C went on since the last prompt. */
  get sentInterrupt(): boolean {
    return this.#sentInterrupt;
  }

  /** Whether ^C was typed since the last prompt or question; asking takes it back. */
  takeInterrupt(): boolean {
    const was = this.#interrupted;
    this.#interrupted = false;
    return was;
  }

  type(bytes: Buffer): void {
    this.#held.push({ bytes, recorded: false });
    if (this.#state === 'entered' || this.#state === 'asking') this.#holdInterrupt();
    else this.#go();
  }

  /** The shell shows a prompt, the first or a further one of the same line. */
  prompted(): void {
    this.#become('prompt');
    this.#sent = Buffer.alloc(0);
    this.#stray.clear();
    this.#interrupted = false;
    this.#sentInterrupt = false;
    this.#isInterrupting = false;
    this.#go();
  }

  /** A line that asks again at once after a ^C went on has lost it: bash drops one that no program died of. */
  asked(): void {
    this.#become('asking');
    this.#interrupted ||= this.#isInterrupting;
    this.#holdInterrupt();
  }

  /** What the gateway sends among what is typed, and must not come back as typed. */
  answered(verdict: string): void {
    this.#stray.add(verdict);
  }

  /** The shell has its verdict; `typed` is what it read before it. @returns verdicts of others it read with it. */
  heard(typed: Buffer, verdict: string, follows: Follows): readonly string[] {
    this.#stray.delete(verdict);
    const { rest, found } = withoutStray(typed, this.#stray);
    this.#takeBack(rest);
    if (follows === 'edits') {
      this.takeInterrupt(); // The line that it was meant for is gone.
      this.#waitForPrompt();
      return found;
    }
    this.#become('running');
    // It was typed when the verdict was on its way already.
    if (this.takeInterrupt() && follows === 'runs') this.#send({ bytes: Buffer.of(INTERRUPT), recorded: false });
    this.#go();
    return found;
  }

  close(): void {
    this.#stopInterrupting();
    this.#stopWaiting();
  }

  #become(state: State): void {
    this.#stopWaiting();
    this.#stopWaiting = () => undefined;
    this.#state = state;
    this.#isThrough = false;
  }

  #go(): void {
    if (this.#state === 'prompt') this.#editLine();
    else if (this.#isThrough) this.#sendAll();
    else if (this.#state === 'running') this.#waitForProgram();
  }

  /** A program that runs for a while is one that may read; one that is over at once leaves what is typed to the next. */
  #waitForProgram(): void {
    this.#sendSignals();
    this.#stopWaiting();
    this.#stopWaiting = this.#options.later(() => {
      this.#isThrough = true;
      this.#go();
    }, LIMITS.shellProgramMillis);
  }

  /** Hands on what is typed, up to and with the key that ends the line. */
  #editLine(): void {
    for (let piece = this.#held.shift(); piece !== undefined; piece = this.#held.shift()) {
      const end = this.#endOfLine(piece.bytes);
      if (end === undefined) {
        this.#send(piece);
        continue;
      }
      const rest = piece.bytes.subarray(end);
      if (rest.length > 0) this.#held.unshift({ ...piece, bytes: rest });
      if (this.#isPasting) this.#endPasted({ ...piece, bytes: piece.bytes.subarray(0, end) });
      else this.#send({ ...piece, bytes: piece.bytes.subarray(0, end) });
      this.#isInterrupting = false; // A ^C at a prompt took back the line before this one, and shows no prompt anew.
      this.#waitForPrompt(); // Some Enters end no line (in a search, behind ^V): then no question comes.
      return;
    }
  }

  /** Where neither a question nor a prompt comes, the shell edits on. */
  #waitForPrompt(): void {
    this.#become('entered');
    this.#stopWaiting = this.#options.later(() => {
      this.#become('prompt');
      this.#go();
    }, LIMITS.shellEnterMillis);
  }

  /**
   * A line of a bracketed paste is a line of its own: the shell would take all of them behind one prompt, and could not
   * be seen to ask for each.
   */
  #endPasted({ bytes, recorded }: Piece): void {
    this.#send({ bytes: bytes.subarray(0, -1), recorded });
    this.#send({ bytes: PASTE_ENDS, recorded: true });
    this.#send({ bytes: bytes.subarray(-1), recorded });
    this.#held.unshift({ bytes: PASTE_BEGINS, recorded: true });
    this.#isPasting = false;
  }

  /** Behind the first Enter, pasted or typed. */
  #endOfLine(bytes: Buffer): number | undefined {
    for (const [at, byte] of bytes.entries()) {
      const wanted = this.#isPasting ? PASTE_ENDS : PASTE_BEGINS;
      this.#matched = byte === wanted[this.#matched] ? this.#matched + 1 : byte === wanted[0] ? 1 : 0;
      if (this.#matched === wanted.length) {
        this.#isPasting = !this.#isPasting;
        this.#matched = 0;
      } else if (this.#isPasting ? PASTED_ENTERS.has(byte) : ENTERS.has(byte)) return at + 1;
    }
    return undefined;
  }

  #sendSignals(): void {
    const all = this.#joined();
    const at = all.findLastIndex((byte) => SIGNALS.has(byte));
    if (at === -1) return;
    this.#held = at + 1 < all.length ? [{ bytes: all.subarray(at + 1), recorded: false }] : [];
    this.#send({ bytes: all.subarray(at, at + 1), recorded: false });
  }

  /** A ^C while the shell asks is answered with a refusal, which ends the line as the ^C would. */
  #holdInterrupt(): void {
    const all = this.#joined();
    const at = all.lastIndexOf(INTERRUPT);
    if (at === -1) return;
    this.#interrupted = true;
    this.#held = at + 1 < all.length ? [{ bytes: all.subarray(at + 1), recorded: false }] : [];
  }

  #joined(): Buffer {
    return Buffer.concat(this.#held.map(({ bytes }) => bytes));
  }

  #sendAll(): void {
    for (let piece = this.#held.shift(); piece !== undefined; piece = this.#held.shift()) this.#send(piece);
  }

  #send({ bytes, recorded }: Piece): void {
    if (bytes.length === 0) return;
    if (bytes.includes(INTERRUPT)) this.#noteInterrupt();
    this.#sent = Buffer.concat([this.#sent, bytes]).subarray(-SENT_BYTES_KEPT);
    this.#options.send(bytes, recorded);
  }

  #noteInterrupt(): void {
    this.#sentInterrupt = true;
    this.#isInterrupting = true;
    this.#stopInterrupting();
    this.#stopInterrupting = this.#options.later(() => {
      this.#isInterrupting = false;
    }, LIMITS.shellEnterMillis);
  }

  /** Only what was sent last can come back: a target that tells anything else would type in the maintainer's name. */
  #takeBack(typed: Buffer): void {
    if (typed.length === 0 || typed.length > this.#sent.length) return;
    const last = this.#sent.subarray(this.#sent.length - typed.length);
    if (!asTerminalReads(last).equals(asTerminalReads(typed))) return;
    this.#sent = this.#sent.subarray(0, this.#sent.length - typed.length);
    this.#held.unshift({ bytes: last, recorded: true });
  }
}

/** Takes the verdicts out that a process read and that were not for it. */
function withoutStray(typed: Buffer, stray: ReadonlySet<string>): { rest: Buffer; found: string[] } {
  let text = typed.toString('latin1');
  const found = [...stray].filter((verdict) => text.includes(verdict));
  for (const verdict of found) text = text.replace(verdict, '');
  return { rest: Buffer.from(text, 'latin1'), found };
}

/** A terminal turns Enter's CR into LF on the way to a program (ICRNL, termios(3)). */
function asTerminalReads(bytes: Buffer): Buffer {
  return Buffer.from(bytes.map((byte) => (byte === 0x0d ? 0x0a : byte)));
}
