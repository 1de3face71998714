/** What joins the gateway to a shell that asks: what is typed goes in by it, and a shell that no longer asks is cut off. */
import { asError, LIMITS } from '../../../foundation/index.ts';
import { appendAuditEvent } from '../../../recorder/index.ts';
import type { InputQueue } from '../guarded-line/input-queue.ts';
import type { ClientChannel } from '../library/index.ts';
import type { ChannelWork } from '../model.ts';
import { stored } from '../printable.ts';
import { writeTo } from '../stream-io.ts';
import { Typing } from './typing.ts';

const BELL = Buffer.of(0x07);

export interface LinkOptions {
  /** Sees what is typed before it is handed on. */
  readonly typed?: (bytes: Buffer) => void;
  /** Sees what goes to the shell. */
  readonly sent?: (bytes: Buffer) => void;
  /** A password may be asked for before the shell starts. */
  readonly takesPassword?: boolean | undefined;
}

export class ShellLink {
  readonly typing: Typing;
  readonly #work: ChannelWork;
  readonly #input: InputQueue;
  readonly #options: LinkOptions;
  readonly #ended = new AbortController();
  readonly #begun = new AbortController();
  readonly #started: Promise<boolean>;
  #resolveStarted: (hasStarted: boolean) => void = () => undefined;
  #hasStarted = false;
  #channel: ClientChannel | undefined;
  #take: ((chunk: Buffer) => Promise<void>) | undefined;
  #sending: Promise<void> = Promise.resolve();
  #answering: Promise<void> = Promise.resolve();

  constructor(work: ChannelWork, input: InputQueue, options: LinkOptions = {}) {
    this.#work = work;
    this.#input = input;
    this.#options = options;
    this.#started = new Promise((resolve) => {
      this.#resolveStarted = resolve;
    });
    this.typing = new Typing({
      send: (bytes, recorded) => this.#send(bytes, recorded),
      later: (act, milliseconds) => {
        const timer = setTimeout(act, milliseconds);
        return () => clearTimeout(timer);
      },
    });
  }

  /** Whether the shell has shown a prompt at which it asks. */
  get hasStarted(): boolean {
    return this.#hasStarted;
  }

  start(): void {
    this.#hasStarted = true;
    this.#begun.abort();
    this.#resolveStarted(true);
  }

  attach(channel: ClientChannel): void {
    this.#channel = channel;
  }

  /** Hands on what is typed until the session or the shell ends. */
  async forward(take: (chunk: Buffer) => Promise<void>): Promise<void> {
    this.#take = take;
    if (this.#options.takesPassword === true) await this.#forwardPassword(take);
    if (!(await this.#started)) return;
    const signal = AbortSignal.any([this.#ended.signal, this.#work.session.signal]);
    for (;;) {
      const typed = await this.#input.next(signal);
      if (typed === undefined) break;
      this.#options.typed?.(typed.bytes);
      const room = Math.max(LIMITS.shellTypedBytesMax - this.typing.heldBytes, 0);
      this.typing.type(typed.bytes.subarray(0, room));
      if (typed.bytes.length > room) await this.#work.person.show('o', BELL); // As a terminal does when it is full.
      await this.#sending;
    }
    await this.#sending;
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  }

  /** A few lines only: whatever stands there instead of the shell must not become one that nobody asks. */
  async #forwardPassword(take: (chunk: Buffer) => Promise<void>): Promise<void> {
    const until = AbortSignal.any([this.#begun.signal, this.#ended.signal, this.#work.session.signal]);
    let bytesLeft: number = LIMITS.earlyTypedBytesMax;
    let linesLeft: number = LIMITS.earlyTypedLinesMax;
    while (linesLeft > 0 && bytesLeft > 0) {
      const typed = await this.#input.next(until);
      if (typed === undefined) return;
      const at = typed.bytes.findIndex((byte) => byte === 0x0d || byte === 0x0a);
      const end = Math.min(at === -1 ? typed.bytes.length : at + 1, bytesLeft);
      this.#input.giveBack({ ...typed, bytes: typed.bytes.subarray(end) });
      bytesLeft -= end;
      if (at !== -1) linesLeft -= 1;
      await take(typed.bytes.subarray(0, end));
    }
  }

  /** The shell has ended: shows what is still typed to `take`. */
  watch(take: (bytes: Buffer) => void, signal: AbortSignal): Promise<void> {
    this.#ended.abort();
    return this.#input.watch(take, signal);
  }

  close(): void {
    this.#resolveStarted(false);
    this.typing.close();
    this.#ended.abort();
  }

  /** One after the other: what is told about one command stands before the next is answered. */
  inTurn(act: () => Promise<void>): void {
    this.#answering = this.#answering.then(act).catch((thrown: unknown) => {
      // No verdict without its evidence: the shell refuses by itself, and the session ends.
      this.#work.deps.log.warn({ event: 'shell.unanswered', err: asError(thrown) }, 'a question was not answered');
      this.#work.session.end('internal');
    });
  }

  /** While a session is paused nothing of it runs, so no verdict goes in. */
  async moving(): Promise<void> {
    const { attendance } = this.#work.session;
    while (attendance.held !== undefined) await attendance.held;
  }

  /** The shell may no longer ask: nothing more goes in or out. */
  lose(detail: string): void {
    if (this.#ended.signal.aborted) return;
    this.#ended.abort();
    this.inTurn(async () => {
      await this.tell('hook_lost', detail);
      await this.#work.person.say('shell.lost', 'hook_lost');
      this.#work.session.conclude('gate_refused');
      this.#channel?.close();
    });
  }

  async tell(kind: string, detail: string): Promise<void> {
    const { deps, caller, session } = this.#work;
    await appendAuditEvent(deps.database, deps.clock, {
      type: 'channel.refused',
      actor: session.authorization.person.id,
      session: session.id,
      body: { connection: caller.connectionId, loginName: caller.loginName, kind, detail: stored(detail) },
    });
  }

  async write(bytes: Uint8Array | string): Promise<void> {
    const channel = this.#channel;
    if (channel === undefined || this.#ended.signal.aborted) return;
    await writeTo(channel, channel, Buffer.from(bytes)).catch(() => undefined); // The shell is gone: so is its question.
  }

  #send(bytes: Buffer, recorded: boolean): void {
    if (this.#ended.signal.aborted) return;
    this.#options.sent?.(bytes);
    const send = (): Promise<void> => (recorded ? this.write(bytes) : (this.#take?.(bytes) ?? Promise.resolve()));
    this.#sending = this.#sending.then(send).catch(() => undefined); // Gone, or not recordable: the session ends for it.
  }
}
