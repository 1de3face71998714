/** A login bash of the target that hands each line over at Enter, and runs it when the gate says so. */
import { randomBytes } from 'node:crypto';
import { asError, LIMITS } from '../../../foundation/index.ts';
import { message } from '../../../messages/index.ts';
import { opensByTicket } from '../../../policy/index.ts';
import { appendAuditEvent } from '../../../recorder/index.ts';
import { protectCopied } from '../copied.ts';
import { refuseAct, refuseTooLong } from '../gate.ts';
import { type Functions, functionsAfter } from '../guarded-line/functions.ts';
import type { InputQueue } from '../guarded-line/input-queue.ts';
import { createFrameFilter, type Frame, type Question } from '../guarded-shell/frames.ts';
import { Typing } from '../guarded-shell/typing.ts';
import type { ClientChannel } from '../library/index.ts';
import type { ChannelWork } from '../model.ts';
import { shown, stored } from '../printable.ts';
import { writeTo } from '../stream-io.ts';
import { refine } from '../refine.ts';
import { type Read, readLine } from './judge.ts';
import { TypedKeys } from './keys.ts';
import { DROPPED, type Letter, type Verdict, withResolvers, worded } from './verdict.ts';

const NONCE_BYTES = 16;
const BELL = Buffer.of(0x07);
const REDRAWS = 2;

export class LoginBash {
  readonly nonce = randomBytes(NONCE_BYTES).toString('hex');
  /** Names the keys that only the shell presses; whoever types it means to end a line past the gate. */
  readonly key = randomBytes(NONCE_BYTES).toString('hex');
  readonly #work: ChannelWork;
  readonly #input: InputQueue;
  readonly #frames = createFrameFilter(this.nonce);
  readonly #typing: Typing;
  readonly #keys = new TypedKeys();
  readonly #started = withResolvers();
  readonly #ended = new AbortController();
  readonly #pending = new Map<string, string>();
  #channel: ClientChannel | undefined;
  #take: ((chunk: Buffer) => Promise<void>) | undefined;
  #sending: Promise<void> = Promise.resolve();
  #answering: Promise<void> = Promise.resolve();
  #typed: Buffer = Buffer.alloc(0);
  #functions: Functions = new Map();
  /** Rows that the shell took and goes on with, and the last one it was given. */
  #before = '';
  #row = '';
  #hasStarted = false;
  #prompt = 0;
  #lines = 0;
  /** Rows that were given to the shell in all, and since its prompt. */
  #given = 0;
  #givenHere = 0;
  #last: Letter | undefined;
  #redraws = 0;

  constructor(work: ChannelWork, input: InputQueue) {
    this.#work = work;
    this.#input = input;
    this.#typing = new Typing({
      send: (bytes, recorded) => this.#send(bytes, recorded),
      later: (act, milliseconds) => {
        const timer = setTimeout(act, milliseconds);
        return () => clearTimeout(timer);
      },
    });
  }

  get hasStarted(): boolean {
    return this.#hasStarted;
  }

  attach(channel: ClientChannel): void {
    this.#channel = channel;
  }

  /** The shell's output without what it says to the gateway; nothing is shown before it asks. */
  filter(chunk: Buffer): Buffer {
    const { shown: output, frames } = this.#frames.take(chunk);
    for (const frame of frames) this.#receive(frame);
    return this.#hasStarted ? output : output.subarray(0, 0);
  }

  rest(): Buffer {
    return this.#hasStarted ? this.#frames.rest() : Buffer.alloc(0);
  }

  /** Hands on what is typed until the session or the shell ends. */
  async forward(take: (chunk: Buffer) => Promise<void>): Promise<void> {
    this.#take = take;
    await this.#started.promise;
    const signal = AbortSignal.any([this.#ended.signal, this.#work.session.signal]);
    while (this.#hasStarted) {
      const typed = await this.#input.next(signal);
      if (typed === undefined) break;
      this.#watchKey(typed.bytes);
      const room = Math.max(LIMITS.shellTypedBytesMax - this.#typing.heldBytes, 0);
      this.#typing.type(typed.bytes.subarray(0, room));
      if (typed.bytes.length > room) await this.#work.person.show('o', BELL); // As a terminal does when it is full.
      await this.#sending;
    }
    await this.#sending;
    if (this.#hasStarted && !signal.aborted) {
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    }
  }

  close(): void {
    this.#started.resolve();
    this.#typing.close();
    this.#ended.abort();
  }

  /** The one sequence that could end a line without a question is the shell's own. */
  #watchKey(bytes: Buffer): void {
    this.#typed = Buffer.concat([this.#typed, bytes]);
    if (this.#typed.includes(this.key)) this.#lose('the key of the gate was typed');
    this.#typed = Buffer.from(this.#typed.subarray(-this.key.length));
  }

  #receive(frame: Frame): void {
    if (frame.kind === 'line') {
      this.#typing.asked();
      this.#inTurn(() => this.#answer(frame));
    } else if (frame.kind === 'heard') this.#heard(frame);
    else if (frame.kind === 'prompt') this.#prompted(frame);
    else if (frame.kind === 'continued') {
      this.#before = this.#before === '' ? this.#row : `${this.#before}\n${this.#row}`;
      this.#keys.clear();
      this.#typing.prompted();
    } else this.#lose(`a frame that nobody can read: ${frame.kind}`);
  }

  #inTurn(act: () => Promise<void>): void {
    this.#answering = this.#answering.then(act).catch((thrown: unknown) => {
      // No verdict without its evidence: the shell drops the line by itself, and the session ends.
      this.#work.deps.log.warn({ event: 'shell.unanswered', err: asError(thrown) }, 'a line was not answered');
      this.#work.session.end('internal');
    });
  }

  async #answer(question: Question): Promise<void> {
    const { letter, row } = await this.#decide(question);
    const { attendance } = this.#work.session;
    while (attendance.held !== undefined) await attendance.held;
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
    this.#typing.answered(verdict);
    await this.#write(verdict);
  }

  async #decide(question: Question): Promise<Verdict> {
    const { session } = this.#work;
    const isHere = this.#hasStarted && question.prompt === this.#prompt;
    if (this.#typing.takeInterrupt() || !isHere) return DROPPED;
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
      await this.#tell('shell_unreadable', `prompt ${question.prompt}`);
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
    this.#functions = functionsAfter(row, this.#functions);
    if (row === question.text) return { letter: 'y' };
    await person.sayText(message(person.locale, 'line.form', { forms: changed.join(', ') }));
    return { letter: 's', row };
  }

  /** The line's own row was cleared by the shell when it asked: it is shown again above the reason. */
  async #refuse(asked: Pick<Extract<Read, { kind: 'judged' }>, 'text' | 'judgement'>): Promise<void> {
    const { session, person, deps } = this.#work;
    const { host, port } = deps.advertised;
    await person.sayText(`> ${shown(asked.text)}`);
    await refuseAct(this.#work, asked);
    if (!opensByTicket(asked.judgement.verdict)) return;
    await person.say('gate.how_to_run', 'ticket_required', { host, port, target: session.authorization.target.name });
  }

  #heard({ number, typed }: Extract<Frame, { kind: 'heard' }>): void {
    const verdict = this.#pending.get(number);
    this.#pending.delete(number);
    if (verdict === undefined) return;
    const others = this.#typing.heard(typed, verdict, this.#last === 'y' || this.#last === 's');
    for (const other of others) this.#inTurn(() => this.#write(other));
  }

  /**
   * A prompt behind more lines than were given to the shell, or of a shell whose keys are not the gate's any more, is one
   * at which a line can run unasked.
   */
  #prompted({ prompt, hooks, whole, lines }: Extract<Frame, { kind: 'prompt' }>): void {
    if (this.#hasStarted && prompt === this.#prompt) {
      this.#redrawn();
      return;
    }
    const ran = this.#hasStarted ? lines - this.#lines : 0;
    if (!whole || hooks > this.#given || prompt < this.#prompt || ran > this.#givenHere) {
      this.#lose(
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
    this.#hasStarted = true;
    this.#started.resolve();
    this.#pending.clear();
    this.#keys.clear();
    this.#typing.prompted();
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
    this.#typing.prompted();
  }

  /** The shell may no longer ask: nothing more goes in or out. */
  #lose(detail: string): void {
    if (this.#ended.signal.aborted) return;
    this.#ended.abort();
    this.#inTurn(async () => {
      await this.#tell('hook_lost', detail);
      await this.#work.person.say('shell.lost', 'hook_lost');
      this.#work.session.conclude('gate_refused');
      this.#channel?.close();
    });
  }

  async #tell(kind: string, detail: string): Promise<void> {
    const { deps, caller, session } = this.#work;
    await appendAuditEvent(deps.database, deps.clock, {
      type: 'channel.refused',
      actor: session.authorization.person.id,
      session: session.id,
      body: { connection: caller.connectionId, loginName: caller.loginName, kind, detail: stored(detail) },
    });
  }

  #send(bytes: Buffer, recorded: boolean): void {
    if (this.#ended.signal.aborted) return;
    this.#keys.take(bytes);
    const send = (): Promise<void> => (recorded ? this.#write(bytes) : (this.#take?.(bytes) ?? Promise.resolve()));
    this.#sending = this.#sending.then(send).catch(() => undefined); // Gone, or not recordable: the session ends for it.
  }

  async #write(bytes: Uint8Array | string): Promise<void> {
    const channel = this.#channel;
    if (channel === undefined || this.#ended.signal.aborted) return;
    await writeTo(channel, channel, Buffer.from(bytes)).catch(() => undefined); // The shell is gone: so is its question.
  }
}
