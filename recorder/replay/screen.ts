/**
 * A terminal without a window that sees cleaned output as the person saw it, and tells of every line that was on it:
 * those that stayed, and those that were overwritten, cleared, on the alternate screen or shown for an instant only.
 */
import serializing from '@xterm/addon-serialize';
import headless from '@xterm/headless';
import { LIMITS } from '../../foundation/index.ts';
import { textRuns } from './clean-output.ts';

export interface ScreenLine {
  readonly at: number;
  readonly text: string;
  /** It scrolled away as it stood, or stood there at the end. */
  readonly stayed: boolean;
}

interface ScreenOptions {
  readonly columns: number;
  readonly rows: number;
  /** Without a terminal at the target nobody turned LF into CR LF. */
  readonly hasTerminal: boolean;
  readonly onLine: (line: ScreenLine) => void;
}

interface Pending {
  readonly at: number;
  readonly text: string;
}

interface Row {
  readonly y: number;
  readonly text: string;
  /** Its last part is still on the screen. */
  readonly visible: boolean;
  /** Characters of it that are not: that scrolled away, now or before. */
  readonly above: number;
}

/** Erases what scrolled away: each row is read once and the memory stays small. */
const FORGET_SCROLLED = '\u001b[3J';

export class Screen {
  readonly #terminal: InstanceType<typeof headless.Terminal>;
  readonly #serializer = new serializing.SerializeAddon();
  readonly #onLine: (line: ScreenLine) => void;
  /** Lines on the screen by the row they begin in. */
  #pending = new Map<number, Pending>();
  /** What is known of the normal screen while the alternate one is shown. */
  #behind: { readonly pending: Map<number, Pending>; readonly carried: Pending | undefined } | undefined;
  /** Text that scrolled away of a line whose rest is on the screen. */
  #carried: Pending | undefined;
  #run = '';
  readonly #recent = new Set<string>();

  constructor({ columns, rows, hasTerminal, onLine }: ScreenOptions) {
    this.#terminal = new headless.Terminal({
      ...fitting(columns, rows),
      scrollback: LIMITS.replayPieceCharactersMax + LIMITS.replayRowsMax,
      convertEol: !hasTerminal,
      allowProposedApi: true,
    });
    this.#terminal.loadAddon(this.#serializer);
    this.#onLine = onLine;
  }

  /** `cleaned`: whole sequences, at most `LIMITS.replayPieceCharactersMax`. Its lines are told of later. */
  write(cleaned: string, at: number): void {
    this.#terminal.write(cleaned, () => this.#look(cleaned, at));
    this.#terminal.write(FORGET_SCROLLED);
  }

  /** Resolves when all that was written is on the screen. */
  drained(): Promise<void> {
    return new Promise((resolve) => this.#terminal.write('', resolve));
  }

  async resize(columns: number, rows: number, at: number): Promise<void> {
    await this.drained();
    const fit = fitting(columns, rows);
    this.#terminal.resize(fit.cols, fit.rows);
    // Lines were wrapped anew: what is on the screen is the same text in other rows.
    this.#pending = new Map();
    this.write('', at);
    await this.drained();
  }

  async snapshot(): Promise<{ cols: number; rows: number; init: string }> {
    await this.drained();
    const { cols, rows } = this.#terminal;
    return { cols, rows, init: this.#serializer.serialize({ scrollback: 0 }) };
  }

  /** The line in which the cursor stands, up to the cursor and whole. */
  async cursorLine(): Promise<{ before: string; whole: string }> {
    await this.drained();
    const buffer = this.#terminal.buffer.active;
    let start = buffer.cursorY + buffer.baseY;
    let before = buffer.getLine(start)?.translateToString(false, 0, buffer.cursorX) ?? '';
    let whole = buffer.getLine(start)?.translateToString(true) ?? '';
    for (; start > 0 && buffer.getLine(start)?.isWrapped === true; start--) {
      const above = buffer.getLine(start - 1)?.translateToString(false) ?? '';
      before = above + before;
      whole = above + whole;
    }
    return { before, whole };
  }

  async finish(at: number): Promise<void> {
    this.write('', at);
    await this.drained();
    if (this.#behind !== undefined) this.#leaveAlternate();
    const rows = [...this.#pending].sort(([one], [other]) => one - other);
    for (const [, line] of rows) this.#stay(line);
    this.#terminal.dispose();
  }

  #look(cleaned: string, at: number): void {
    const { type } = this.#terminal.buffer.active;
    if (type === 'alternate' && this.#behind === undefined) {
      this.#behind = { pending: this.#pending, carried: this.#carried };
      this.#pending = new Map();
      this.#carried = undefined;
    }
    if (type === 'normal' && this.#behind !== undefined) this.#leaveAlternate();
    const rows = this.#rows();
    this.#compare(rows, at);
    this.#tellFleeting(cleaned, rows, at);
  }

  #leaveAlternate(): void {
    for (const line of this.#pending.values()) this.#pass(line);
    this.#pending = this.#behind?.pending ?? new Map<number, Pending>();
    this.#carried = this.#behind?.carried;
    this.#behind = undefined;
  }

  /** Lines as they are read: a row that was wrapped goes on the one before. */
  #rows(): Row[] {
    const buffer = this.#terminal.buffer.active;
    const scrolled = buffer.baseY;
    const found: Row[] = [];
    const end = Math.min(buffer.length, scrolled + this.#terminal.rows);
    for (let y = 0; y < end; ) {
      let text = y === 0 ? this.#carriedInto(buffer.getLine(0)?.isWrapped === true) : '';
      let above = text.length;
      let last = y;
      for (; ; last++) {
        const wraps = last + 1 < end && buffer.getLine(last + 1)?.isWrapped === true;
        text += buffer.getLine(last)?.translateToString(!wraps) ?? '';
        if (last < scrolled) above = text.length;
        if (!wraps) break;
      }
      found.push({ y, text, visible: last >= scrolled, above });
      y = last + 1;
    }
    return found;
  }

  /** What the first row goes on with; when it goes on with nothing, that line ended where it was cut. */
  #carriedInto(goesOn: boolean): string {
    if (this.#carried === undefined) return '';
    if (goesOn) return this.#carried.text;
    this.#stay(this.#carried);
    this.#carried = undefined;
    return '';
  }

  #compare(rows: readonly Row[], at: number): void {
    const scrolled = this.#terminal.buffer.active.baseY;
    const before = this.#pending;
    const carried = this.#carried;
    this.#pending = new Map();
    this.#carried = undefined;
    for (const { y, text, visible, above } of rows) {
      const old = y === 0 && carried !== undefined ? carried : before.get(y);
      before.delete(y);
      const isSame = old !== undefined && text.startsWith(old.text);
      if (old !== undefined && !isSame) this.#pass(old);
      const now = { at: isSame ? old.at : at, text };
      if (!visible) this.#stay(now);
      else if (above === 0) this.#keep(y - scrolled, now);
      else this.#carry(now, above);
    }
    for (const left of before.values()) this.#pass(left);
  }

  #keep(row: number, line: Pending): void {
    if (line.text !== '') this.#pending.set(row, line);
  }

  /** The first `cut` characters of a line scrolled away; a line without end is told of in parts that overlap. */
  #carry(line: Pending, cut: number): void {
    this.#carried = { at: line.at, text: line.text.slice(0, cut) };
    this.#pending.set(0, line);
    if (this.#carried.text.length <= LIMITS.transcriptLineCharactersMax) return;
    this.#stay(this.#carried);
    const kept = LIMITS.searchQueryCharactersMax;
    this.#carried = { at: line.at, text: this.#carried.text.slice(-kept) };
    this.#pending.set(0, { at: line.at, text: line.text.slice(cut - kept) });
  }

  /** What was printed and is not on the screen any more, though no look fell between. */
  #tellFleeting(cleaned: string, rows: readonly Row[], at: number): void {
    if (cleaned === '') return;
    const runs = textRuns(cleaned);
    runs[0] = this.#run + (runs[0] ?? '');
    this.#run = (runs.at(-1) ?? '').slice(-LIMITS.transcriptLineCharactersMax);
    const lines = new Set(rows.map(({ text }) => text));
    let all: string | undefined;
    for (const run of runs) {
      const text = run.trim();
      if (text.length < 2 || lines.has(text)) continue;
      all ??= [...lines].join('\n');
      if (!all.includes(text)) this.#pass({ at, text });
    }
  }

  #stay({ at, text }: Pending): void {
    if (text.trim() !== '') this.#onLine({ at, text: text.trimEnd(), stayed: true });
  }

  /** Once each: a screen that is drawn again and again says nothing new. */
  #pass({ at, text }: Pending): void {
    const known = text.trim();
    if (known.length < 2 || this.#recent.has(known)) return;
    this.#recent.add(known);
    if (this.#recent.size > LIMITS.transcriptRecentLinesMax) {
      const [oldest] = this.#recent;
      if (oldest !== undefined) this.#recent.delete(oldest);
    }
    this.#onLine({ at, text, stayed: false });
  }
}

/** Stops a client that asks for a terminal of 65,535 x 65,535 cells from costing the reader gigabytes. */
export function fitting(columns: number, rows: number): { cols: number; rows: number } {
  const fit = (cells: number, usual: number, most: number): number =>
    cells > 0 ? Math.min(Math.max(cells, 2), most) : usual;
  return { cols: fit(columns, 80, LIMITS.replayColumnsMax), rows: fit(rows, 24, LIMITS.replayRowsMax) };
}
