/** A bash of the target that asks the gateway before each line and each simple command of it. */
import { randomBytes } from 'node:crypto';
import { protectCopied } from '../copied.ts';
import { refuseInShell } from '../gate.ts';
import { refine } from '../refine.ts';
import type { InputQueue } from '../guarded-line/input-queue.ts';
import type { ChannelWork } from '../model.ts';
import type { Act } from '../output/index.ts';
import { createFrameFilter, type Frame, type Question } from './frames.ts';
import { isOneCommand, judgeQuestion } from './judge.ts';
import { ShellLink } from './link.ts';

const NONCE_BYTES = 16;
const END_OF_VERDICT = '\x1e';

/** `y`: it runs. `j`: the line runs without job control. `n`: the line ends here. */
type Letter = 'y' | 'j' | 'n';

export class GuardedBash {
  readonly nonce = randomBytes(NONCE_BYTES).toString('hex');
  readonly link: ShellLink;
  readonly #work: ChannelWork;
  readonly #frames = createFrameFilter(this.nonce);
  readonly #pending = new Map<string, string>();
  readonly #isNested: boolean;
  #prompt = 0;
  #lines = 0;
  #linesAsked = 0;
  /** The prompt whose line may run, and the one whose line was refused. */
  #allowed = 0;
  #refused = 0;
  #marked = '';
  #act: Act | undefined;

  /** `isNested`: another program starts it, which may say something and ask for a password first. */
  constructor(work: ChannelWork, input: InputQueue, { isNested = false }: { readonly isNested?: boolean } = {}) {
    this.#work = work;
    this.#isNested = isNested;
    this.link = new ShellLink(work, input, { takesPassword: isNested });
  }

  get act(): Act | undefined {
    return this.#act;
  }

  /** The shell's output without what it says to the gateway; nothing is shown before the hook is in place. */
  filter(chunk: Buffer): Buffer {
    const { shown, frames } = this.#frames.take(chunk);
    for (const frame of frames) this.#receive(frame);
    return this.link.hasStarted || this.#isNested ? shown : shown.subarray(0, 0);
  }

  rest(): Buffer {
    return this.link.hasStarted || this.#isNested ? this.#frames.rest() : Buffer.alloc(0);
  }

  #receive(frame: Frame): void {
    switch (frame.kind) {
      case 'line':
      case 'command':
        if (frame.kind === 'line') this.#linesAsked += 1;
        this.link.typing.asked();
        this.link.inTurn(() => this.#answer(frame));
        return;
      case 'heard':
        this.#heard(frame);
        return;
      case 'prompt':
        this.#prompted(frame);
        return;
      case 'continued':
        this.link.typing.prompted();
        return;
      case 'unasked':
        this.link.inTurn(() => this.#work.person.say('shell.unasked', 'act_refused'));
        return;
      case 'unreadable':
        this.link.lose('a frame that nobody can read');
        return;
    }
  }

  async #answer(question: Question): Promise<void> {
    const letter = await this.#decide(question);
    await this.link.moving();
    if (letter === 'n') this.#refused = question.prompt;
    else if (question.kind === 'line') this.#allowed = question.prompt;
    const verdict = `${question.number}${letter}${END_OF_VERDICT}`;
    this.#pending.set(question.number, verdict);
    this.link.typing.answered(verdict);
    await this.link.write(verdict);
  }

  async #decide(question: Question): Promise<Letter> {
    const { session } = this.#work;
    const isLine = question.kind === 'line';
    const isOfLine = question.prompt === this.#prompt && (isLine || this.#allowed === question.prompt);
    if (this.link.typing.takeInterrupt() || !isOfLine || this.#refused === question.prompt) return 'n';
    const judged = judgeQuestion(question, session.policy);
    if (judged === undefined) {
      await this.link.tell('shell_unreadable', `prompt ${question.prompt}`);
      await this.#work.person.say('shell.unreadable', 'act_refused');
      return 'n';
    }
    const asked = { ...judged, judgement: await refine(this.#work, judged.judgement) };
    if (asked.text !== this.#marked) await session.mark(asked.text);
    this.#marked = asked.text;
    if (asked.judgement.verdict === 'allow') {
      await protectCopied(this.#work, asked.judgement);
      if (isLine) this.#act = asked;
      return isLine && !isOneCommand(asked, question) ? 'j' : 'y';
    }
    await refuseInShell(this.#work, asked);
    return 'n';
  }

  #heard({ number, typed }: Extract<Frame, { kind: 'heard' }>): void {
    const verdict = this.#pending.get(number);
    this.#pending.delete(number);
    if (verdict === undefined) return;
    const others = this.link.typing.heard(typed, verdict, verdict.endsWith(`n${END_OF_VERDICT}`) ? 'refused' : 'runs');
    for (const other of others) this.link.inTurn(() => this.link.write(other));
  }

  /**
   * A prompt that comes without a question about its line, or before which the hook did not run, is one of a shell that
   * no longer asks. After a ^C nobody can tell: it may have ended the line before it was asked about.
   */
  #prompted({ prompt, hooks, whole, lines }: Extract<Frame, { kind: 'prompt' }>): void {
    if (this.link.hasStarted && prompt === this.#prompt) return; // Drawn again: the window changed, or ^L.
    const unasked =
      this.link.typing.sentInterrupt || !this.link.hasStarted ? 0 : lines - this.#lines - this.#linesAsked;
    if (!whole || hooks !== prompt - 1 || prompt < this.#prompt || unasked !== 0) {
      this.link.lose(`prompt ${prompt}: ${hooks} hooks, ${unasked} lines not asked about, whole: ${whole}`);
      return;
    }
    this.#prompt = prompt;
    this.#lines = lines;
    this.#linesAsked = 0;
    this.link.start();
    this.#pending.clear();
    this.link.typing.prompted();
  }
}
