/**
 * The line editor of a guarded target: the maintainer edits here, and the target sees a line only whole and judged.
 * What was typed is recorded before a line is handed on, and everything drawn before it is shown.
 */
import { LIMITS } from '../../../../foundation/index.ts';
import type { InputQueue } from '../input-queue.ts';
import { type EditBuffer, EMPTY_BUFFER, insert } from './buffer.ts';
import { Canvas } from './canvas.ts';
import { EDITS } from './edits.ts';
import { History } from './history.ts';
import { type Key, type KeyName, KeyReader } from './keys.ts';

export interface Completion {
  /** Where the word begins that the candidates replace. */
  readonly from: number;
  /** Each as it would stand in the line. */
  readonly words: readonly string[];
}

export interface EditorSide {
  readonly columns: number;
  readonly show: (bytes: Uint8Array) => Promise<void>;
  readonly recordInput: (bytes: Uint8Array) => Promise<void>;
  /** Whether the text goes on in another line: an open quote, a loop without its `done`. */
  readonly isUnfinished: (text: string) => boolean;
  readonly complete: (text: string, at: number) => Promise<Completion | undefined>;
  /** What stands before a search for `wanted`. */
  readonly searchPrompt: (wanted: string) => string;
}

export type Read =
  | { readonly kind: 'line'; readonly text: string }
  /** Several lines came in one paste; nobody pressed Enter. */
  | { readonly kind: 'pasted'; readonly text: string }
  | { readonly kind: 'too_long'; readonly text: string };

export interface ReadOptions {
  readonly prompt: string;
  readonly input: InputQueue;
  readonly signal: AbortSignal;
  /** What ^T puts into an empty line. */
  readonly offer?: string | undefined;
}

type Done = Read | 'end' | 'edit' | undefined;

interface Search {
  readonly wanted: string;
  readonly skip: number;
  readonly before: EditBuffer;
}

export class LineEditor {
  readonly #side: EditorSide;
  readonly #keys = new KeyReader();
  readonly #history = new History();
  readonly #canvas: Canvas;
  #prompt = '';
  #offer: string | undefined;
  #buffer = EMPTY_BUFFER;
  #search: Search | undefined;
  #isReading = false;
  #isSkipping = false;
  #lastKey: KeyName | undefined;
  #recorded: Promise<void> = Promise.resolve();

  /** Keys that do more than edit; `edit` where this time they do only that. */
  readonly #acts: ReadonlyMap<KeyName, () => Done | Promise<Done>> = new Map<KeyName, () => Done | Promise<Done>>([
    ['enter', () => this.#enter()],
    ['interrupt', () => this.#interrupt()],
    ['end_of_input', () => this.#end()],
    ['complete', () => this.#complete()],
    ['search', () => this.#find({ wanted: '', skip: 0, before: this.#buffer })],
    ['up', () => this.#recall(this.#history.older(this.#buffer.text))],
    ['down', () => this.#recall(this.#history.newer())],
    ['redraw', () => this.#clear()],
    ['transpose', () => this.#offerOr()],
  ]);

  constructor(side: EditorSide) {
    this.#side = side;
    this.#canvas = new Canvas(side.columns, side.show);
  }

  resize(columns: number): void {
    this.#canvas.resize(columns);
    if (!this.#isReading) return;
    this.#redraw();
    this.#flush().catch(() => undefined); // The person or the recorder is gone: the session ends for it.
  }

  /** What was typed or pasted until an Enter; undefined at ^D on an empty line, at the end of input, or at an abort. */
  async read({ prompt, input, signal, offer }: ReadOptions): Promise<Read | undefined> {
    this.#prompt = prompt;
    this.#offer = offer;
    this.#isReading = true;
    this.#canvas.begin();
    this.#start();
    try {
      for (;;) {
        const key = this.#keys.next();
        const done = key === undefined ? undefined : await this.#press(key);
        if (done !== undefined) {
          input.giveBack({ bytes: this.#keys.takeRest(), recorded: true });
          this.#history.rewind();
          return done === 'end' ? undefined : done;
        }
        if (key !== undefined) continue;
        await this.#flush();
        const typed = await input.next(signal);
        if (typed === undefined) return undefined;
        if (!typed.recorded) this.#recorded = this.#side.recordInput(typed.bytes);
        this.#keys.feed(typed.bytes);
      }
    } finally {
      this.#isReading = false;
      await this.#flush();
    }
  }

  /** Keeps a line for the arrows and the search. */
  remember(line: string): void {
    this.#history.add(line);
  }

  #start(text = ''): void {
    this.#buffer = { ...this.#buffer, text, at: text.length };
    this.#search = undefined;
    this.#isSkipping = false;
    this.#redraw();
  }

  async #press(key: Key): Promise<Read | 'end' | undefined> {
    if (this.#isSkipping) return this.#skip(key);
    if (key.kind === 'paste') return this.#paste(key);
    let done: Read | 'end' | undefined;
    if (key.kind === 'name') done = await this.#named(key.name);
    else this.#type(key.text);
    this.#lastKey = key.kind === 'name' ? key.name : undefined;
    return done;
  }

  #type(text: string): void {
    if (this.#search === undefined) this.#change(insert(this.#buffer, text));
    else this.#find({ ...this.#search, wanted: this.#search.wanted + text, skip: 0 });
  }

  async #named(name: KeyName): Promise<Read | 'end' | undefined> {
    if (this.#search !== undefined && this.#searched(name, this.#search)) return undefined;
    const act = this.#acts.get(name);
    const done = act === undefined ? 'edit' : await act();
    if (done !== 'edit') return done;
    const edit = EDITS.get(name);
    if (edit === undefined) this.#canvas.bell();
    else this.#change(edit(this.#buffer));
    return undefined;
  }

  #interrupt(): undefined {
    this.#canvas.leave('^C');
    this.#history.rewind();
    this.#canvas.begin();
    this.#start();
  }

  #end(): Done {
    if (this.#buffer.text !== '') return 'edit';
    this.#canvas.leave();
    return 'end';
  }

  #clear(): undefined {
    this.#canvas.clear();
    this.#redraw();
  }

  #offerOr(): Done {
    if (this.#buffer.text !== '' || this.#offer === undefined) return 'edit';
    this.#change(insert(this.#buffer, this.#offer));
    return undefined;
  }

  #enter(): Done {
    const { text } = this.#buffer;
    if (this.#side.isUnfinished(text)) {
      this.#change(insert({ ...this.#buffer, at: text.length }, '\n'));
      return undefined;
    }
    this.#canvas.leave();
    return { kind: 'line', text };
  }

  #change(buffer: EditBuffer): void {
    this.#buffer = buffer;
    if (isTooLong(buffer.text)) this.#isSkipping = true;
    this.#redraw();
  }

  #recall(line: string | undefined): undefined {
    if (line === undefined) this.#canvas.bell();
    else this.#change({ ...this.#buffer, text: line, at: line.length });
  }

  #paste({ text, isCut }: Key & { kind: 'paste' }): Read | undefined {
    const plain = text.replace(/\r\n?/g, '\n').replace(/\n$/, '');
    const buffer = insert(this.#buffer, plain);
    if (isCut || Buffer.byteLength(buffer.text) > LIMITS.commandBytesMax) {
      this.#canvas.leave();
      return { kind: 'too_long', text: plain };
    }
    this.#search = undefined;
    if (!plain.includes('\n')) {
      this.#change(buffer);
      return undefined;
    }
    this.#canvas.leave();
    return { kind: 'pasted', text: buffer.text };
  }

  /**
   * Takes the rest of a line that is too long already, up to its Enter or ^C: its tail, run alone, would be another
   * command than the one that was typed.
   */
  #skip(key: Key): Read | undefined {
    const ends = key.kind === 'name' && (key.name === 'enter' || key.name === 'interrupt');
    if (!ends) return undefined;
    this.#canvas.leave();
    return { kind: 'too_long', text: this.#buffer.text };
  }

  /** @returns whether the key belonged to the search alone. */
  #searched(name: KeyName, search: Search): boolean {
    if (name === 'search') this.#find({ ...search, skip: search.skip + 1 });
    else if (name === 'backspace') this.#find({ ...search, wanted: search.wanted.slice(0, -1), skip: 0 });
    else {
      this.#search = undefined;
      if (name !== 'cancel' && name !== 'interrupt') return false; // The key goes on with what was found.
      this.#change(search.before);
    }
    return true;
  }

  #find(search: Search): undefined {
    const found = this.#history.search(search.wanted, search.skip);
    if (found === undefined && search.wanted !== '') this.#canvas.bell();
    this.#search = found === undefined && search.skip > 0 ? { ...search, skip: search.skip - 1 } : search;
    if (found !== undefined) this.#buffer = { ...this.#buffer, text: found, at: found.length };
    this.#redraw();
  }

  async #complete(): Promise<undefined> {
    await this.#flush();
    const { text, at } = this.#buffer;
    const found = await this.#side.complete(text, at);
    if (found === undefined || found.words.length === 0) {
      this.#canvas.bell();
      return;
    }
    const common = commonBeginning(found.words);
    if (common.length > at - found.from) {
      const buffer = { ...this.#buffer, text: text.slice(0, found.from) + text.slice(at), at: found.from };
      this.#change(insert(buffer, common));
    } else if (this.#lastKey === 'complete') {
      this.#canvas.list(found.words);
      this.#redraw();
    } else this.#canvas.bell();
  }

  #redraw(): void {
    const { text, at } = this.#buffer;
    const prompt = this.#search === undefined ? this.#prompt : this.#side.searchPrompt(this.#search.wanted);
    this.#canvas.redraw({ prompt, text, at });
  }

  /** Shows what was drawn; what was typed before it is on the disk then. */
  async #flush(): Promise<void> {
    await Promise.all([this.#recorded, this.#canvas.flush()]);
  }
}

function isTooLong(text: string): boolean {
  const longest = Math.max(...text.split('\n').map((line) => Buffer.byteLength(line)));
  return longest > LIMITS.typedLineBytesMax || Buffer.byteLength(text) > LIMITS.commandBytesMax;
}

function commonBeginning(words: readonly string[]): string {
  const [first = '', ...others] = words;
  let length = first.length;
  for (const word of others) while (!word.startsWith(first.slice(0, length))) length -= 1;
  return first.slice(0, length);
}
