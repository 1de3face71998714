/** Runs judged lines on the target, each in a bash of its own that waits for it already. */
import { constants } from 'node:os';
import { type Act, joinOnRoad } from '../output/index.ts';
import { TargetLost, writeTo } from '../stream-io.ts';
import type { Terminal } from '../target/index.ts';
import type { InputQueue } from './input-queue.ts';
import { EMPTY_STATE, knownVariables, readReport, type Report, type ShellState, type Variable } from './state.ts';
import { TypeAhead } from './type-ahead.ts';
import { startWaiting, type Waiting } from './waiting.ts';
import { asTyped, INPUT_END } from './wrapper.ts';
import type { ChannelWork, Exit } from '../model.ts';

/** Shells that may end while they wait, before the target counts as lost. */
const SHELLS_MAX = 3;

/** Variables of the opening line itself; the shells behind it do not have them. */
export const OWN = 'SEKISHO_';

type Outcome =
  /** `reported` is false when the line ended its shell: `exit`, `exec`, a signal. */
  | { readonly ran: true; readonly exit: Exit; readonly reported: boolean; readonly restored: boolean }
  /** The directory the line was judged for is not there any more: nothing ran, and the next line begins at home. */
  | { readonly ran: false };

export class LineRunner {
  readonly #work: ChannelWork;
  readonly #input: InputQueue;
  #settings: string;
  #state: ShellState = EMPTY_STATE;
  #baseline: ReadonlyMap<string, Variable> = new Map();
  #next: Promise<Waiting | undefined> | undefined;

  /** `settings` is the text of assignments that every line begins with. */
  constructor(work: ChannelWork, input: InputQueue, settings: string) {
    this.#work = work;
    this.#input = input;
    this.#settings = settings;
  }

  get state(): ShellState {
    return this.#state;
  }

  /** What the judge may count on. */
  get variables(): ReadonlyMap<string, string> {
    return knownVariables(this.#state, this.#baseline);
  }

  /** Learns where the account's shell stands before its first line. @returns the variables it leaves. */
  async open(act: Act): Promise<ReadonlyMap<string, Variable>> {
    this.prepare();
    const waiting = await this.#start(undefined);
    if (waiting === undefined) throw new TargetLost();
    const { report } = await this.#runIn(waiting, act);
    const all = report?.all ?? new Map<string, Variable>();
    this.#baseline = new Map([...all].filter(([name]) => !name.startsWith(OWN)));
    this.#state = { ...this.#state, status: 0, variables: new Map() };
    return all;
  }

  /** What every line begins with from now on. */
  useSettings(settings: string): void {
    this.#settings = settings;
  }

  /** Starts the shell of the next line, so that the line need not wait for it. */
  prepare(): void {
    // What fails here is tried again when the line is there, and told then.
    this.#next ??= this.#start(this.#work.request.terminal).catch(() => undefined);
  }

  /** The status that `$?` has in the next line. */
  setStatus(status: number): void {
    this.#state = { ...this.#state, status };
  }

  /** Runs a line whose judgement allowed it. @throws {TargetLost}, {PeerGone}. */
  async run(act: Act): Promise<Outcome> {
    const { exit, report, isLost, restored } = await this.#runIn(await this.#take(), act);
    if (!isLost) return { ran: true, exit, reported: report !== undefined, restored };
    this.#state = { ...this.#state, directory: '', status: 1 };
    return { ran: false };
  }

  close(): void {
    const next = this.#next;
    this.#next = undefined;
    void next?.then((waiting) => waiting?.channel.close());
  }

  async #start(terminal: Terminal | undefined): Promise<Waiting | undefined> {
    const { request, target } = this.#work;
    return startWaiting(await target(), { terminal, environment: request.environment });
  }

  /** The waiting shell, in the window as it is now. */
  async #take(): Promise<Waiting> {
    for (let attempt = 1; attempt <= SHELLS_MAX; attempt += 1) {
      this.prepare();
      const waiting = await this.#next;
      this.#next = undefined;
      if (waiting?.channel.writable !== true) continue;
      const { terminal } = this.#work.request;
      if (terminal !== undefined && terminal !== waiting.window) {
        waiting.channel.setWindow(terminal.rows, terminal.columns, terminal.height, terminal.width);
      }
      return waiting;
    }
    throw new TargetLost();
  }

  async #runIn(
    { channel, filter, window }: Waiting,
    act: Act,
  ): Promise<{ exit: Exit; report: Report | undefined; isLost: boolean; restored: boolean }> {
    const { target } = this.#work;
    const connection = await target();
    const typing = new TypeAhead(this.#input);
    const begun = withResolvers();
    channel.write(asTyped(act.text, this.#state, this.#settings));
    try {
      const { exit } = await joinOnRoad(this.#work, {
        connection,
        target: channel,
        act,
        forwardInput:
          window === undefined
            ? () => Promise.resolve()
            : async (take) => {
                await begun.promise;
                await typing.forward(take, () => writeTo(channel, channel, INPUT_END));
              },
        filter: (stream, chunk) => {
          const pass = stream === 'o' ? filter.take(chunk) : chunk;
          if (filter.said('begun')) begun.resolve();
          if (filter.said('ended')) {
            typing.stop(); // What comes now is for the prompt.
            this.prepare(); // Not before: it would take the processor from the line itself.
          }
          return { pass, stop: false };
        },
        rest: () => filter.rest(),
        typedLate: (take, signal) => this.#input.watch(take, signal),
      });
      const report = this.#learn(filter.report, exit);
      if (report !== undefined) {
        typing.stop();
        typing.takeBack(report.unread);
      }
      return { exit, report, isLost: filter.said('lost'), restored: filter.said('restored') };
    } finally {
      typing.stop();
      begun.resolve();
      this.prepare();
    }
  }

  #learn(said: string | undefined, exit: Exit): Report | undefined {
    if (said === undefined) {
      this.#state = { ...this.#state, status: statusAfter(exit) };
      return undefined;
    }
    const report = readReport(said, this.#state, this.#baseline);
    this.#state = report.state;
    return report;
  }
}

function withResolvers(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** As a shell counts it: 128 and the signal's number (POSIX XCU 2.8.2). */
function statusAfter(exit: Exit): number {
  if (exit.status !== undefined) return exit.status;
  const number: unknown = Reflect.get(constants.signals, `SIG${(exit.signal ?? '').replace(/^SIG/, '')}`);
  return typeof number === 'number' ? 128 + number : 255;
}
