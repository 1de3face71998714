/** A shell of which the gateway owns the line: nothing reaches the target that was not judged whole. */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:os';
import { LIMITS } from '../../../foundation/index.ts';
import { type Judgement, judgeCommand, opensByTicket } from '../../../policy/index.ts';
import { REFUSED_STATUS, refuseAct, refuseTooLong } from '../gate.ts';
import { join } from '../join.ts';
import { writeTo } from '../stream-io.ts';
import type { InputQueue } from './input-queue.ts';
import { createMarkFilter } from './mark-filter.ts';
import { TypeAhead } from './type-ahead.ts';
import { EMPTY_STATE, INPUT_END, readReport, readUnread, type ShellState, wrapLine } from './wrapper.ts';
import type { ChannelWork, Exit } from '../model.ts';

const MARK_BYTES = 16;
const LEAVES = new Set(['exit', 'logout']);
const LEAVE = /^\s*(?:exit|logout)(?:\s+(\d{1,3}))?\s*;?\s*$/;

export class GuardedShell {
  readonly #work: ChannelWork;
  readonly #input: InputQueue;
  #state: ShellState = EMPTY_STATE;
  #baseline: ShellState = EMPTY_STATE;

  constructor(work: ChannelWork, input: InputQueue) {
    this.#work = work;
    this.#input = input;
  }

  get state(): ShellState {
    return this.#state;
  }

  /** Learns where the account's shell stands before its first line. */
  async open(): Promise<void> {
    await this.#execute(':', { withTerminal: false });
    this.#baseline = this.#state;
    this.#state = { ...this.#state, variables: new Map() };
  }

  /** Judges one line and runs it when it may. @returns the exit when the line leaves the shell. */
  async run(line: string): Promise<Exit | undefined> {
    if (line.trim() === '') return undefined;
    const { session } = this.#work;
    if (Buffer.byteLength(line) > LIMITS.typedLineBytesMax) {
      const refused = { text: line, bytesMax: LIMITS.typedLineBytesMax, sessionId: session.id };
      await refuseTooLong(this.#work, refused);
      this.#state = { ...this.#state, status: REFUSED_STATUS };
      return undefined;
    }
    const { mode } = session.authorization.target;
    const judgement = judgeCommand(line, { mode, assets: session.assets, cwd: this.#state.directory });
    await session.mark(line);
    const leaving = LEAVE.exec(line);
    if (leaving !== null) return { status: statusOf(leaving[1], this.#state.status) };
    if (judgement.verdict !== 'allow') {
      await this.#refuse(line, judgement);
      return undefined;
    }
    const { exit, reported } = await this.#execute(line, { withTerminal: true });
    const left = !reported && judgement.commands.some(([name]) => LEAVES.has(name ?? ''));
    return left ? exit : undefined;
  }

  async #refuse(text: string, judgement: Judgement): Promise<void> {
    const { deps, person, session } = this.#work;
    await refuseAct(this.#work, { text, judgement });
    if (opensByTicket(judgement.verdict)) {
      const { host, port } = deps.advertised;
      await person.say('gate.how_to_run', 'ticket_required', { host, port, target: session.authorization.target.name });
    }
    this.#state = { ...this.#state, status: REFUSED_STATUS };
  }

  async #execute(line: string, options: { withTerminal: boolean }): Promise<{ exit: Exit; reported: boolean }> {
    const { session, person, request, target } = this.#work;
    const connection = await target();
    const mark = randomBytes(MARK_BYTES).toString('hex');
    const filter = createMarkFilter(mark);
    const terminal = options.withTerminal ? request.terminal : undefined;
    const channel = await connection.exec(wrapLine(line, this.#state, mark), {
      terminal,
      environment: request.environment,
    });
    const typing = new TypeAhead(this.#input);
    try {
      const exit = await join({
        session,
        person,
        request,
        connection,
        target: channel,
        forwardInput:
          terminal === undefined
            ? () => Promise.resolve()
            : (take) => typing.forward(take, () => writeTo(channel, channel, INPUT_END)),
        filter: (stream, chunk) => {
          const pass = stream === 'o' ? filter.take(chunk) : chunk;
          if (filter.ended) typing.stop(); // What comes now is for the prompt.
          return { pass, stop: false };
        },
      });
      const rest = filter.rest();
      if (rest.length > 0) await person.show('o', rest);
      typing.stop();
      this.#learn(filter.report, exit);
      if (filter.report !== undefined) typing.takeBack(readUnread(filter.report));
      return { exit, reported: filter.report !== undefined };
    } finally {
      typing.stop();
    }
  }

  #learn(report: string | undefined, exit: Exit): void {
    if (report === undefined) this.#state = { ...this.#state, status: statusAfter(exit) };
    else this.#state = readReport(report, this.#state, this.#baseline);
  }
}

function statusOf(argument: string | undefined, last: number): number {
  return argument === undefined ? last : Number(argument) % 256;
}

/** As a shell counts it: 128 and the signal's number (POSIX XCU 2.8.2). */
function statusAfter(exit: Exit): number {
  if (exit.status !== undefined) return exit.status;
  const number: unknown = Reflect.get(constants.signals, `SIG${(exit.signal ?? '').replace(/^SIG/, '')}`);
  return typeof number === 'number' ? 128 + number : 255;
}
