/** A login bash of the target that hands each line over at Enter, and runs it when the gate says so. */
import { randomBytes } from 'node:crypto';
import { LIMITS } from '../../../foundation/index.ts';
import { message } from '../../../messages/index.ts';
import { protectCopied } from '../copied.ts';
import { refuseInShell, refuseTooLong } from '../gate.ts';
import { type Functions, functionsAfter } from '../guarded-line/functions.ts';
import type { InputQueue } from '../guarded-line/input-queue.ts';
import { createFrameFilter, type Frame, type Question } from '../guarded-shell/frames.ts';
import { ShellLink } from '../guarded-shell/link.ts';
import type { ChannelWork } from '../model.ts';
import type { Act } from '../output/index.ts';
import { shown } from '../printable.ts';
import { refine } from '../refine.ts';
import { type Read, readLine } from './judge.ts';
import { TypedKeys } from './keys.ts';
import { DROPPED, type Letter, type Verdict, worded } from './verdict.ts';

const NONCE_BYTES = 16;
const REDRAWS = 2;

export class LoginBash {
  readonly nonce = randomBytes(NONCE_BYTES).toString('hex');
  /** Names the keys that only the shell presses; whoever types it means to end a line past the gate. */
  readonly key = randomBytes(NONCE_BYTES).toString('hex');
  readonly link: ShellLink;
  readonly #work: ChannelWork;
  readonly #frames = createFrameFilter(this.nonce);
  readonly #keys = new TypedKeys();
  readonly #pending = new Map<string, string>();
  #typed: Buffer = Buffer.alloc(0);
  #functions: Functions = new Map();
  /** Rows that the shell took and goes on with, and the last one it was given. */
  #before = '';
  #row = '';
  #prompt = 0;
  #lines = 0;
  /** Rows that were given to the shell in all, and since its prompt. */
  #given = 0;
  #givenHere = 0;
  #last: Letter | undefined;
  #redraws = 0;
  #lineAct: Act | undefined;

  constructor(work: ChannelWork, input: InputQueue) {
    this.#work = work;
    this.link = new ShellLink(work, input, {
      typed: (bytes) => this.#watchKey(bytes),
      sent: (bytes) => this.#keys.take(bytes),
    });
  }

  get act(): Act | undefined {
    return this.#lineAct;
  }

  /** The shell's output without what it says to the gateway; nothing is shown before it asks. */
  filter(chunk: Buffer): Buffer {
    const { shown: output, frames } = this.#frames.take(chunk);
    for (const frame of frames) this.#receive(frame);
    return this.link.hasStarted ? output : output.subarray(0, 0);
  }

  rest(): Buffer {
    return this.link.hasStarted ? this.#frames.rest() : Buffer.alloc(0);
  }

  /** The one sequence that could end a line without a question is the shell's own. */
  #watchKey(bytes: Buffer): void {
    this.#typed = Buffer.concat([this.#typed, bytes]);
    if (this.#typed.includes(this.key)) this.link.lose('the key of the gate was typed');
    this.#typed = Buffer.from(this.#typed.subarray(-this.key.length));
  }

  #receive(frame: Frame): void {
    if (frame.kind === 'line') {
      this.link.typing.asked();
      this.link.inTurn(() => this.#answer(frame));
    } else if (frame.kind === 'heard') this.#heard(frame);
    else if (frame.kind === 'prompt') this.#prompted(frame);
    else if (frame.kind === 'continued') {
      this.#before = this.#before === '' ? this.#row : `${this.#before}\n${this.#row}`;
      this.#keys.clear();
      this.link.typing.prompted();
    } else this.link.lose(`a frame that nobody can read: ${frame.kind}`);
  }

  async #answer(question: Question): Promise<void> {
    const { letter, row } = await this.#decide(question);
    await this.link.moving();
    this.#last = letter;
    this.#redraws = 0;
    this.#keys.clear();
    if (letter === 'y' || letter === 's') {
      this.#given += 1;
      this.#row = row ?? question.text ?? '';
      this.#givenHere += this.#row.split('\n').length; // What was pasted in one piece runs as several lines.
    }
    const verdict = worded(question.number, { letter, row });
    this.#pending.set(question.number, verdict);
    this.link.typing.answered(verdict);
    await this.link.write(verdict);
  }

  async #decide(question: Question): Promise<Verdict> {
    const { session } = this.#work;
    const isHere = this.link.hasStarted && question.prompt === this.#prompt;
    if (this.link.typing.takeInterrupt() || !isHere) return DROPPED;
    const { text = '' } = question;
    const bytesMax = LIMITS.commandBytesMax;
    if (Buffer.byteLength(`${this.#before}\n${text}`) > bytesMax) {
      await refuseTooLong(this.#work, { text, bytesMax, sessionId: session.id });
      return DROPPED;
    }
    if (text.trim() === '' && this.#before === '') return { letter: 'y' };
    const standing = {
      ...{ policy: session.policy, functions: this.#functions },
      ...{ before: this.#before, keys: this.#keys.line },
    };
    return this.#act(readLine(question, standing), question);
  }

  async #act(read: Read, question: Question): Promise<Verdict> {
    const { person, session } = this.#work;
    if (read.kind === 'goes_on') return { letter: 'c' };
    if (read.kind === 'unreadable') {
      await this.link.tell('shell_unreadable', `prompt ${question.prompt}`);
      await person.say('shell.unreadable', 'act_refused');
      return DROPPED;
    }
    const { text, row, changed } = read;
    await session.mark(text);
    const judgement = await refine(this.#work, read.judgement);
    if (judgement.verdict !== 'allow') {
      await this.#refuse({ text, judgement });
      return DROPPED;
    }
    await protectCopied(this.#work, judgement);
    this.#lineAct = { text, judgement };
    this.#functions = functionsAfter(row, this.#functions);
    if (row === question.text) return { letter: 'y' };
    await person.sayText(message(person.locale, 'line.form', { forms: changed.join(', ') }));
    return { letter: 's', row };
  }

  /** The line's own row was cleared by the shell when it asked: it is shown again above the reason. */
  async #refuse(asked: Pick<Extract<Read, { kind: 'judged' }>, 'text' | 'judgement'>): Promise<void> {
    await this.#work.person.sayText(`> ${shown(asked.text)}`);
    await refuseInShell(this.#work, asked);
  }

  #heard({ number, typed }: Extract<Frame, { kind: 'heard' }>): void {
    const verdict = this.#pending.get(number);
    this.#pending.delete(number);
    if (verdict === undefined) return;
    const others = this.link.typing.heard(typed, verdict, this.#last === 'y' || this.#last === 's' ? 'runs' : 'edits');
    for (const other of others) this.link.inTurn(() => this.link.write(other));
  }

  /**
   * A prompt behind more lines than were given to the shell, or of a shell whose keys are not the gate's any more, is one
   * at which a line can run unasked.
   */
  #prompted({ prompt, hooks, whole, lines }: Extract<Frame, { kind: 'prompt' }>): void {
    if (this.link.hasStarted && prompt === this.#prompt) {
      this.#redrawn();
      return;
    }
    const ran = this.link.hasStarted ? lines - this.#lines : 0;
    if (!whole || hooks > this.#given || prompt < this.#prompt || ran > this.#givenHere) {
      this.link.lose(
        `prompt ${prompt}: ${hooks} rows of ${this.#given}, ${ran} lines of ${this.#givenHere}, whole: ${whole}`,
      );
      return;
    }
    this.#prompt = prompt;
    this.#lines = lines;
    this.#given = hooks; // A ^C on its way may have kept the shell from a verdict: it dropped the line by itself.
    this.#givenHere = 0;
    this.#before = '';
    this.#last = undefined;
    this.link.start();
    this.#pending.clear();
    this.#keys.clear();
    this.link.typing.prompted();
  }

  /**
   * The prompt again. After a line that was dropped or goes on it comes twice, from the question and from the key behind
   * it, and is then edited on; at other times the window changed, or ^L.
   */
  #redrawn(): void {
    if (this.#pending.size > 0 || (this.#last !== 'n' && this.#last !== 'c')) return;
    this.#redraws += 1;
    if (this.#redraws < REDRAWS) return;
    this.#last = undefined;
    this.link.typing.prompted();
  }
}
