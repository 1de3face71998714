/** A bash of the target that asks the gateway before each line and each simple command of it. */
import { randomBytes } from 'node:crypto';
import { asError, LIMITS } from '../../../foundation/index.ts';
import { appendAuditEvent } from '../../../recorder/index.ts';
import { opensByTicket } from '../../../policy/index.ts';
import { protectCopied } from '../copied.ts';
import { refuseAct } from '../gate.ts';
import { refine } from '../refine.ts';
import type { InputQueue } from '../guarded-line/input-queue.ts';
import type { ClientChannel } from '../library/index.ts';
import type { ChannelWork } from '../model.ts';
import { stored } from '../printable.ts';
import { writeTo } from '../stream-io.ts';
import { createFrameFilter, type Frame, type Question } from './frames.ts';
import { type Asked, isOneCommand, judgeQuestion } from './judge.ts';
import { Typing } from './typing.ts';

const NONCE_BYTES = 16;
const BELL = Buffer.of(0x07);
const END_OF_VERDICT = '\x1e';

/** `y`: it runs. `j`: the line runs without job control. `n`: the line ends here. */
type Letter = 'y' | 'j' | 'n';

export class GuardedBash {
  readonly nonce = randomBytes(NONCE_BYTES).toString('hex');
  readonly #work: ChannelWork;
  readonly #input: InputQueue;
  readonly #frames = createFrameFilter(this.nonce);
  readonly #typing: Typing;
  readonly #started: Promise<boolean>;
  #resolveStarted: (hasStarted: boolean) => void = () => undefined;
  readonly #ended = new AbortController();
  readonly #pending = new Map<string, string>();
  #channel: ClientChannel | undefined;
  #take: ((chunk: Buffer) => Promise<void>) | undefined;
  #sending: Promise<void> = Promise.resolve();
  #answering: Promise<void> = Promise.resolve();
  #hasStarted = false;
  #prompt = 0;
  #lines = 0;
  #linesAsked = 0;
  /** The prompt whose line may run, and the one whose line was refused. */
  #allowed = 0;
  #refused = 0;
  #marked = '';

  constructor(work: ChannelWork, input: InputQueue) {
    this.#work = work;
    this.#input = input;
    this.#started = new Promise((resolve) => {
      this.#resolveStarted = resolve;
    });
    this.#typing = new Typing({
      send: (bytes, recorded) => this.#send(bytes, recorded),
      later: (act, milliseconds) => {
        const timer = setTimeout(act, milliseconds);
        return () => clearTimeout(timer);
      },
    });
  }

  /** Resolves with whether the shell has shown its first prompt, hook and all. */
  get started(): Promise<boolean> {
    return this.#started;
  }

  get hasStarted(): boolean {
    return this.#hasStarted;
  }

  attach(channel: ClientChannel): void {
    this.#channel = channel;
  }

  /** The shell's output without what it says to the gateway; nothing is shown before the hook is in place. */
  filter(chunk: Buffer): Buffer {
    const { shown, frames } = this.#frames.take(chunk);
    for (const frame of frames) this.#receive(frame);
    return this.#hasStarted ? shown : shown.subarray(0, 0);
  }

  rest(): Buffer {
    return this.#hasStarted ? this.#frames.rest() : Buffer.alloc(0);
  }

  /** Hands on what is typed until the session or the shell ends. */
  async forward(take: (chunk: Buffer) => Promise<void>): Promise<void> {
    this.#take = take;
    if (!(await this.started)) return;
    const signal = AbortSignal.any([this.#ended.signal, this.#work.session.signal]);
    for (;;) {
      const typed = await this.#input.next(signal);
      if (typed === undefined) break;
      const room = Math.max(LIMITS.shellTypedBytesMax - this.#typing.heldBytes, 0);
      this.#typing.type(typed.bytes.subarray(0, room));
      if (typed.bytes.length > room) await this.#work.person.show('o', BELL); // As a terminal does when it is full.
      await this.#sending;
    }
    await this.#sending;
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  }

  close(): void {
    this.#resolveStarted(false);
    this.#typing.close();
    this.#ended.abort();
  }

  #receive(frame: Frame): void {
    switch (frame.kind) {
      case 'line':
      case 'command':
        if (frame.kind === 'line') this.#linesAsked += 1;
        this.#typing.asked();
        this.#inTurn(() => this.#answer(frame));
        return;
      case 'heard':
        this.#heard(frame);
        return;
      case 'prompt':
        this.#prompted(frame);
        return;
      case 'continued':
        this.#typing.prompted();
        return;
      case 'unasked':
        this.#inTurn(() => this.#work.person.say('shell.unasked', 'act_refused'));
        return;
      case 'unreadable':
        this.#lose('a frame that nobody can read');
        return;
    }
  }

  /** One after the other: what is told about one command stands before the next is answered. */
  #inTurn(act: () => Promise<void>): void {
    this.#answering = this.#answering.then(act).catch((thrown: unknown) => {
      // No verdict without its evidence: the shell refuses by itself, and the session ends.
      this.#work.deps.log.warn({ event: 'shell.unanswered', err: asError(thrown) }, 'a question was not answered');
      this.#work.session.end('internal');
    });
  }

  async #answer(question: Question): Promise<void> {
    const letter = await this.#decide(question);
    const { attendance } = this.#work.session;
    while (attendance.held !== undefined) await attendance.held;
    if (letter === 'n') this.#refused = question.prompt;
    else if (question.kind === 'line') this.#allowed = question.prompt;
    const verdict = `${question.number}${letter}${END_OF_VERDICT}`;
    this.#pending.set(question.number, verdict);
    this.#typing.answered(verdict);
    await this.#write(verdict);
  }

  async #decide(question: Question): Promise<Letter> {
    const { session } = this.#work;
    const isLine = question.kind === 'line';
    const isOfLine = question.prompt === this.#prompt && (isLine || this.#allowed === question.prompt);
    if (this.#typing.takeInterrupt() || !isOfLine || this.#refused === question.prompt) return 'n';
    const judged = judgeQuestion(question, session.policy);
    if (judged === undefined) {
      await this.#tell('shell_unreadable', `prompt ${question.prompt}`);
      await this.#work.person.say('shell.unreadable', 'act_refused');
      return 'n';
    }
    const asked = { ...judged, judgement: await refine(this.#work, judged.judgement) };
    if (asked.text !== this.#marked) await session.mark(asked.text);
    this.#marked = asked.text;
    if (asked.judgement.verdict === 'allow') {
      await protectCopied(this.#work, asked.judgement);
      return isLine && !isOneCommand(asked, question) ? 'j' : 'y';
    }
    await this.#refuse(asked);
    return 'n';
  }

  async #refuse(asked: Asked): Promise<void> {
    const { session, person, deps } = this.#work;
    const { host, port } = deps.advertised;
    await refuseAct(this.#work, asked);
    if (!opensByTicket(asked.judgement.verdict)) return;
    await person.say('gate.how_to_run', 'ticket_required', { host, port, target: session.authorization.target.name });
  }

  #heard({ number, typed }: Extract<Frame, { kind: 'heard' }>): void {
    const verdict = this.#pending.get(number);
    this.#pending.delete(number);
    if (verdict === undefined) return;
    const others = this.#typing.heard(typed, verdict, !verdict.endsWith(`n${END_OF_VERDICT}`));
    for (const other of others) this.#inTurn(() => this.#write(other));
  }

  /**
   * A prompt that comes without a question about its line, or before which the hook did not run, is one of a shell that
   * no longer asks. After a ^C nobody can tell: it may have ended the line before it was asked about.
   */
  #prompted({ prompt, hooks, whole, lines }: Extract<Frame, { kind: 'prompt' }>): void {
    if (this.#hasStarted && prompt === this.#prompt) return; // Drawn again: the window changed, or ^L.
    const unasked = this.#typing.sentInterrupt || !this.#hasStarted ? 0 : lines - this.#lines - this.#linesAsked;
    if (!whole || hooks !== prompt - 1 || prompt < this.#prompt || unasked !== 0) {
      this.#lose(`prompt ${prompt}: ${hooks} hooks, ${unasked} lines not asked about, whole: ${whole}`);
      return;
    }
    this.#prompt = prompt;
    this.#lines = lines;
    this.#linesAsked = 0;
    this.#hasStarted = true;
    this.#resolveStarted(true);
    this.#pending.clear();
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
    const send = (): Promise<void> => (recorded ? this.#write(bytes) : (this.#take?.(bytes) ?? Promise.resolve()));
    this.#sending = this.#sending.then(send).catch(() => undefined); // Gone, or not recordable: the session ends for it.
  }

  async #write(bytes: Uint8Array | string): Promise<void> {
    const channel = this.#channel;
    if (channel === undefined || this.#ended.signal.aborted) return;
    await writeTo(channel, channel, Buffer.from(bytes)).catch(() => undefined); // The shell is gone: so is its question.
  }
}
