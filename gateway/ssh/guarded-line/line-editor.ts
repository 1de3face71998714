/**
 * The line editor of a guarded target: the maintainer edits here, and the target sees a line only whole and judged.
 * Node's readline does the editing (history, Japanese widths, the usual keys).
 */
import { createInterface, type Interface } from 'node:readline';
import { PassThrough, Writable } from 'node:stream';
import { LIMITS } from '../../../foundation/index.ts';
import type { InputQueue } from './input-queue.ts';

export interface EditorSide {
  readonly columns: number;
  readonly rows: number;
  readonly show: (bytes: Uint8Array) => Promise<void>;
  /** Called with everything typed, before the editor acts on it. */
  readonly recordInput: (bytes: Uint8Array) => Promise<void>;
}

const HISTORY_LINES_MAX = 500;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const INTERRUPT = 0x03;
const LINE_ENDS = new Set([LINE_FEED, CARRIAGE_RETURN, INTERRUPT]);

export class LineEditor {
  readonly #side: EditorSide;
  readonly #keys = new PassThrough();
  readonly #screen: Screen;
  readonly #readline: Interface;
  readonly #lines: string[] = [];
  #closed = false;
  #afterReturn = false;

  constructor(side: EditorSide) {
    this.#side = side;
    this.#screen = new Screen(side);
    this.#readline = createInterface({
      input: this.#keys,
      output: this.#screen,
      terminal: true,
      historySize: HISTORY_LINES_MAX,
    });
    this.#readline.on('line', (line) => {
      this.#lines.push(line);
    });
    this.#readline.on('close', () => {
      this.#closed = true;
    });
    this.#readline.on('SIGINT', () => this.#interrupt());
    // Without a listener ^Z would stop the gateway itself.
    this.#readline.on('SIGTSTP', () => undefined);
  }

  resize(columns: number, rows: number): void {
    this.#screen.columns = columns;
    this.#screen.rows = rows;
    this.#screen.emit('resize');
  }

  /** One line as it was when Enter was pressed; undefined at ^D on an empty line, at the end of input, or at an abort. */
  async readLine(prompt: string, input: InputQueue, signal: AbortSignal): Promise<string | undefined> {
    this.#lines.length = 0;
    this.#readline.setPrompt(prompt);
    this.#readline.prompt();
    while (this.#lines.length === 0 && !this.#closed) {
      const typed = await input.next(signal);
      if (typed === undefined) break;
      const { now, later } = this.#upToReturn(typed.bytes);
      input.giveBack({ bytes: later, recorded: typed.recorded });
      if (!typed.recorded) await this.#side.recordInput(now);
      this.#keys.emit('data', now);
      const [entered] = this.#lines;
      const isTooLong = Buffer.byteLength(this.#readline.line) > LIMITS.typedLineBytesMax;
      if (entered === undefined && isTooLong) return this.#skipLine(input, signal);
    }
    await this.#screen.shown();
    return this.#lines[0];
  }

  close(): void {
    this.#readline.close();
  }

  /**
   * Takes the rest of a line that is too long already, up to its Enter or ^C: its tail, run alone, would be another
   * command than the one that was typed. @returns what came so far, which is too long to be run.
   */
  async #skipLine(input: InputQueue, signal: AbortSignal): Promise<string> {
    const { line } = this.#readline;
    this.#eraseLine();
    this.#screen.write('\r\n');
    for (let at = -1; at === -1; ) {
      const typed = await input.next(signal);
      if (typed === undefined) break;
      const { bytes, recorded } = typed;
      at = bytes.findIndex((byte) => LINE_ENDS.has(byte));
      const end = at === -1 ? bytes.length : at + 1;
      input.giveBack({ bytes: bytes.subarray(end), recorded });
      if (!recorded) await this.#side.recordInput(bytes.subarray(0, end));
      this.#afterReturn = bytes[at] === CARRIAGE_RETURN;
    }
    await this.#screen.shown();
    return line;
  }

  /** Splits behind the first Enter, so that what was pasted behind it waits for its own prompt. */
  #upToReturn(chunk: Buffer): { now: Buffer; later: Buffer } {
    const skip = this.#afterReturn && chunk[0] === LINE_FEED ? 1 : 0; // The second half of a CR LF.
    const at = chunk.findIndex((byte, index) => index >= skip && (byte === LINE_FEED || byte === CARRIAGE_RETURN));
    this.#afterReturn = at !== -1 && chunk[at] === CARRIAGE_RETURN;
    const end = at === -1 ? chunk.length : at + 1;
    return { now: chunk.subarray(skip, end), later: chunk.subarray(end) };
  }

  #interrupt(): void {
    this.#screen.write('^C\r\n');
    this.#eraseLine();
    this.#readline.prompt();
  }

  #eraseLine(): void {
    this.#readline.write(null, { ctrl: true, name: 'e' });
    this.#readline.write(null, { ctrl: true, name: 'u' });
  }
}

/** What readline writes to: a terminal of the maintainer's size whose every byte is recorded, then shown. */
class Screen extends Writable {
  columns: number;
  rows: number;
  readonly isTTY = true;
  readonly #show: EditorSide['show'];
  #last: Promise<void> = Promise.resolve();

  constructor({ columns, rows, show }: EditorSide) {
    super({ decodeStrings: true });
    this.columns = columns;
    this.rows = rows;
    this.#show = show;
    this.on('error', () => undefined); // The person went away or the recorder failed: the session ends for it.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#last = this.#show(chunk);
    this.#last.then(
      () => done(),
      (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
    );
  }

  /** Resolves when everything written so far was shown. @throws what showing it threw. */
  async shown(): Promise<void> {
    if (this.writableLength > 0) {
      await new Promise<void>((resolve) => {
        const ended = (): void => resolve();
        this.write('', ended);
      });
    }
    await this.#last;
  }
}
