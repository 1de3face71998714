/** A shell of which the gateway owns the line: nothing reaches the target that was not judged whole. */
import { LIMITS } from '../../../foundation/index.ts';
import { message, type MessageKey } from '../../../messages/index.ts';
import {
  type Dialogue,
  dialogueOf,
  type Judgement,
  judgeCommand,
  type RefusedActId,
  safeForm,
  type TargetPolicy,
  type VerdictName,
} from '../../../policy/index.ts';
import { appendAuditEvent } from '../../../recorder/index.ts';
import { protectCopied } from '../copied.ts';
import { REFUSED_STATUS, refuseInShell, refuseTooLong } from '../gate.ts';
import { refine } from '../refine.ts';
import { KEPT_SETTINGS, SECURED_PAGERS, WITHOUT_PAGERS } from '../pagers.ts';
import { Completer } from './completion.ts';
import { type Functions, functionsAfter, withFunctions } from './functions.ts';
import type { InputQueue } from './input-queue.ts';
import { LineRunner, OWN } from './runner.ts';
import type { ShellState } from './state.ts';
import { askForTicket, purposeOf } from './tickets.ts';
import type { ChannelWork, Exit } from '../model.ts';

/** Asks which of the programs are there by which others are replaced; the shell reports what it has anyway. */
const TOOLS = ['rvim', 'rview', 'rnano', 'less'];
const OPENING = `${OWN}TOOLS=$(type -P ${TOOLS.join(' ')})`;
const LEAVES = new Set(['exit', 'logout']);
const LEAVE = /^\s*(?:exit|logout)(?:\s+(\d{1,3}))?\s*;?\s*$/;
const JOBS = /^\s*(?:jobs|fg|bg|disown|suspend)\b[^;&|]*$/;
const ALIAS = /^\s*alias\s+\w+=/;
const BACKGROUND = /[^&]&\s*$/;

export type Ran =
  | { readonly end: 'left'; readonly exit: Exit }
  /** It ran, whatever came of it, or there was nothing to run. */
  | { readonly end: 'ran' }
  | { readonly end: 'refused' }
  /** It would open a dialogue, which is the gateway's to hold. Nothing of it ran. */
  | { readonly end: 'dialogue'; readonly dialogue: Dialogue };

const RAN: Ran = { end: 'ran' };
const REFUSED: Ran = { end: 'refused' };

export class GuardedShell {
  readonly completer: Completer;
  readonly #work: ChannelWork;
  readonly #runner: LineRunner;
  readonly #told = new Set<MessageKey>();
  #tools: ReadonlySet<string> = new Set();
  #functions: Functions = new Map();
  #refused: RefusedActId | undefined;

  constructor(work: ChannelWork, input: InputQueue) {
    this.#work = work;
    this.#runner = new LineRunner(work, input, WITHOUT_PAGERS);
    this.completer = new Completer({
      connect: () => work.target(),
      directory: () => this.state.directory,
      variables: () => this.#runner.variables,
      mayRun: (text) => this.#judge(text).verdict === 'allow',
    });
  }

  get state(): ShellState {
    return this.#runner.state;
  }

  /** Whether what was refused last can be asked for. */
  get hasOpenAct(): boolean {
    return this.#refused !== undefined;
  }

  async open(): Promise<void> {
    const found = await this.#runner.open({ text: OPENING, judgement: this.#judge(OPENING) });
    const paths = found.get(`${OWN}TOOLS`)?.value.split('\n') ?? [];
    this.#tools = new Set(TOOLS.filter((tool) => paths.some((path) => path.endsWith(`/${tool}`))));
    const pagers = this.#tools.has('less') ? SECURED_PAGERS : WITHOUT_PAGERS;
    this.#runner.useSettings(`${pagers}\n${KEPT_SETTINGS}`);
  }

  close(): void {
    this.#runner.close();
  }

  /** The verdicts of commands that would run one after the other, as things stand now. */
  verdictsOf(commands: readonly string[]): readonly VerdictName[] {
    let functions = this.#functions;
    return commands.map((command) => {
      const { verdict } = this.#formOf(command, functions).judgement;
      functions = functionsAfter(command, functions);
      return verdict;
    });
  }

  /** The status that `$?` has in the next line. */
  setStatus(status: number): void {
    this.#runner.setStatus(status);
  }

  async refuseLong(text: string): Promise<void> {
    const bytesMax = text.includes('\n') ? LIMITS.commandBytesMax : LIMITS.typedLineBytesMax;
    await refuseTooLong(this.#work, { text, bytesMax, sessionId: this.#work.session.id });
    this.#runner.setStatus(REFUSED_STATUS);
  }

  /** Judges one line and runs it when it may. */
  async run(line: string): Promise<Ran> {
    if (line.trim() === '') return RAN;
    const { session } = this.#work;
    const longest = Math.max(...line.split('\n').map((one) => Buffer.byteLength(one)));
    if (longest > LIMITS.typedLineBytesMax || Buffer.byteLength(line) > LIMITS.commandBytesMax) {
      await this.refuseLong(line);
      return REFUSED;
    }
    await session.mark(line);
    const purpose = this.#refused === undefined ? undefined : purposeOf(line);
    if (purpose !== undefined && this.#refused !== undefined) {
      if (await askForTicket(this.#work, this.#refused, purpose)) this.#refused = undefined;
      return RAN;
    }
    const { text, judgement: judged, changed } = this.#formOf(line);
    const judgement = await refine(this.#work, judged);
    const leaving = LEAVE.exec(line);
    if (leaving !== null) return { end: 'left', exit: { status: statusOf(leaving[1], this.state.status) } };
    const { policy } = session;
    const dialogue = dialogueOf(text, judgement, policy) ?? dialogueOf(line, judgement, policy);
    if (judgement.verdict !== 'allow' && dialogue === undefined) {
      await this.#refuse(text, judgement);
      return REFUSED;
    }
    this.#refused = undefined;
    if (dialogue !== undefined) return { end: 'dialogue', dialogue };
    if (await this.#explain(line)) return RAN;
    if (changed.length > 0) await this.#sayForm(changed);
    return this.#runJudged(line, { text, judgement });
  }

  async #runJudged(line: string, act: { readonly text: string; readonly judgement: Judgement }): Promise<Ran> {
    await protectCopied(this.#work, act.judgement);
    const outcome = await this.#runner.run(act);
    this.completer.forget();
    if (!outcome.ran) {
      await this.#work.person.say('line.directory_gone', 'directory_gone');
      return RAN;
    }
    if (outcome.restored) await this.#tellRestored();
    this.#functions = functionsAfter(line, this.#functions);
    const left = !outcome.reported && act.judgement.commands.some(([name]) => LEAVES.has(name ?? ''));
    return left ? { end: 'left', exit: outcome.exit } : RAN;
  }

  /** What a person expects of a shell and this one does not have. @returns whether that was all there was to do. */
  async #explain(line: string): Promise<boolean> {
    if (JOBS.test(line)) {
      await this.#work.person.say('line.no_jobs', 'no_job_control');
      this.#runner.setStatus(1);
      return true;
    }
    if (ALIAS.test(line)) await this.#tellOnce('line.no_alias', 'no_alias');
    if (BACKGROUND.test(line)) await this.#tellOnce('line.background', 'ends_with_line');
    return false;
  }

  async #tellOnce(key: MessageKey, code: string): Promise<void> {
    if (this.#told.has(key)) return;
    this.#told.add(key);
    await this.#work.person.say(key, code);
  }

  /** What would be sent for a line, and its judgement. What is refused is refused as it was typed. */
  #formOf(
    line: string,
    functions = this.#functions,
  ): { readonly text: string; readonly judgement: Judgement; readonly changed: readonly string[] } {
    const typed = withFunctions(line, functions);
    const { text, changed } = safeForm(typed, this.#tools);
    const judgement = this.#judge(text);
    if (text === typed || judgement.verdict === 'allow') return { text, judgement, changed };
    const asTyped = this.#judge(typed);
    return asTyped.verdict === 'allow'
      ? { text, judgement, changed }
      : { text: typed, judgement: asTyped, changed: [] };
  }

  async #sayForm(changed: readonly string[]): Promise<void> {
    const { person } = this.#work;
    if (person.hasTerminal) await person.sayText(message(person.locale, 'line.form', { forms: changed.join(', ') }));
  }

  async #tellRestored(): Promise<void> {
    const { deps, caller, person, session } = this.#work;
    await appendAuditEvent(deps.database, deps.clock, {
      type: 'channel.refused',
      actor: session.authorization.person.id,
      session: session.id,
      body: {
        ...{ connection: caller.connectionId, loginName: caller.loginName },
        ...{ kind: 'startup_file', detail: 'a line changed a file that a shell or sshd reads by itself' },
      },
    });
    await person.say('line.startup_restored', 'startup_file_restored');
  }

  #judge(line: string): Judgement {
    const { directory } = this.state;
    const policy: TargetPolicy = {
      ...this.#work.session.policy,
      ...(directory === '' ? {} : { cwd: directory }),
      variables: this.#runner.variables,
    };
    return judgeCommand(line, policy);
  }

  async #refuse(text: string, judgement: Judgement): Promise<void> {
    this.#refused = await refuseInShell(this.#work, { text, judgement });
    this.#runner.setStatus(REFUSED_STATUS);
    if (this.#refused !== undefined && this.#work.person.hasTerminal)
      await this.#tellOnce('line.ticket.hint', 'ticket_required');
  }
}

function statusOf(argument: string | undefined, last: number): number {
  return argument === undefined ? last : Number(argument) % 256;
}
