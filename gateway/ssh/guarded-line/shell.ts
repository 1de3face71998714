/** A shell of which the gateway owns the line: nothing reaches the target that was not judged whole. */
import { LIMITS } from '../../../foundation/index.ts';
import { type Judgement, judgeCommand, opensByTicket } from '../../../policy/index.ts';
import { REFUSED_STATUS, refuseAct, refuseTooLong } from '../gate.ts';
import { WITHOUT_PAGERS } from '../pagers.ts';
import type { InputQueue } from './input-queue.ts';
import { LineRunner } from './runner.ts';
import type { ChannelWork, Exit } from '../model.ts';
import type { ShellState } from './state.ts';

/** Does nothing, so that the shell reports what it has anyway. */
const OPENING = ':';
const LEAVES = new Set(['exit', 'logout']);
const LEAVE = /^\s*(?:exit|logout)(?:\s+(\d{1,3}))?\s*;?\s*$/;

export class GuardedShell {
  readonly #work: ChannelWork;
  readonly #runner: LineRunner;

  constructor(work: ChannelWork, input: InputQueue) {
    this.#work = work;
    this.#runner = new LineRunner(work, input, WITHOUT_PAGERS);
  }

  get state(): ShellState {
    return this.#runner.state;
  }

  async open(): Promise<void> {
    await this.#runner.open({ text: OPENING, judgement: this.#judge(OPENING) });
  }

  close(): void {
    this.#runner.close();
  }

  /** Judges one line and runs it when it may. @returns the exit when the line leaves the shell. */
  async run(line: string): Promise<Exit | undefined> {
    if (line.trim() === '') return undefined;
    const { session, person } = this.#work;
    if (Buffer.byteLength(line) > LIMITS.typedLineBytesMax) {
      const refused = { text: line, bytesMax: LIMITS.typedLineBytesMax, sessionId: session.id };
      await refuseTooLong(this.#work, refused);
      this.#runner.setStatus(REFUSED_STATUS);
      return undefined;
    }
    const judgement = this.#judge(line);
    await session.mark(line);
    const leaving = LEAVE.exec(line);
    if (leaving !== null) return { status: statusOf(leaving[1], this.state.status) };
    if (judgement.verdict !== 'allow') {
      await this.#refuse(line, judgement);
      return undefined;
    }
    const outcome = await this.#runner.run({ text: line, judgement });
    if (!outcome.ran) {
      await person.say('line.directory_gone', 'directory_gone');
      return undefined;
    }
    const left = !outcome.reported && judgement.commands.some(([name]) => LEAVES.has(name ?? ''));
    return left ? outcome.exit : undefined;
  }

  #judge(line: string): Judgement {
    const { assets, authorization } = this.#work.session;
    const { directory } = this.state;
    const cwd = directory === '' ? {} : { cwd: directory };
    return judgeCommand(line, {
      mode: authorization.target.mode,
      assets,
      ...cwd,
      variables: this.#runner.variables,
    });
  }

  async #refuse(text: string, judgement: Judgement): Promise<void> {
    const { deps, person, session } = this.#work;
    await refuseAct(this.#work, { text, judgement });
    if (opensByTicket(judgement.verdict)) {
      const { host, port } = deps.advertised;
      await person.say('gate.how_to_run', 'ticket_required', { host, port, target: session.authorization.target.name });
    }
    this.#runner.setStatus(REFUSED_STATUS);
  }
}

function statusOf(argument: string | undefined, last: number): number {
  return argument === undefined ? last : Number(argument) % 256;
}
