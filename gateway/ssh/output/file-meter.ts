/** Charges contents of files that leave to the meters a terminal's output is under. */
import { type BudgetDecision, isLimited, NOTHING_LEAVES, type Passed, Tally } from '../../../policy/index.ts';
import type { ChannelWork } from '../model.ts';
import type { Gate } from '../stream-io.ts';
import { confirmInBrowser } from './confirm.ts';
import { refuseByBudget } from './exceed.ts';
import { StreamMeasure } from './measure.ts';
import type { Act } from './model.ts';
import type { Speech } from './speech.ts';

/** A limit was reached in the middle of a file: nothing more of it passes. */
export class BudgetPassed extends Error {
  override readonly name = 'BudgetPassed';
  readonly which: Passed;

  constructor(which: Passed) {
    super('A limit of what may leave is reached.');
    this.which = which;
  }
}

/** Keeps and tells, as a program's output would be, that a file was cut. */
export async function tellPassed(work: ChannelWork, act: Act, which: Passed): Promise<void> {
  const said: Promise<void>[] = [];
  const speech = speechTo(work, said);
  await refuseByBudget(work, speech, { act, which, ticket: { redeemed: false, reason: 'no_ticket' } });
  await Promise.all(said);
}

function speechTo({ person }: ChannelWork, said: Promise<void>[]): Speech {
  return {
    say(key, code, values) {
      said.push(person.say(key, code, values).catch(() => undefined)); // Nobody is there any more.
    },
  };
}

/** Full while the person is asked whether they go on. */
export interface FileMeter extends Gate {
  /** Before `bytes` of `file` pass. @throws {BudgetPassed}: then they must not. */
  take(file: object, bytes: Buffer): void;
}

/** Text is looked into for persons; a file whose beginning holds a NUL is none (as grep and git tell them apart). */
const SAMPLE_BYTES = 8_000;

export function createFileMeter(work: ChannelWork): FileMeter {
  return new ContentMeter(work);
}

class ContentMeter implements FileMeter {
  readonly failed = false;
  readonly #work: ChannelWork;
  readonly #command = new Tally();
  readonly #looks: boolean;
  readonly #measures = new WeakMap<object, StreamMeasure | 'opaque'>();
  readonly #listeners = new Set<() => void>();
  #isAsking = false;
  /** The soft limit that the person did not confirm. */
  #unconfirmed: Passed | undefined;

  constructor(work: ChannelWork) {
    this.#work = work;
    this.#looks = isLimited('persons', work.meter.budget);
  }

  get isFull(): boolean {
    return this.#isAsking;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  take(file: object, bytes: Buffer): void {
    // Who did not confirm gets nothing more of it, whatever is in the rest.
    if (this.#unconfirmed !== undefined) throw new BudgetPassed(this.#unconfirmed);
    const measure = this.#looks ? this.#measureOf(file, bytes) : 'opaque';
    const persons = measure === 'opaque' ? [] : measure.take(bytes).finds.flatMap(({ addition }) => addition.persons);
    const addition = { ...NOTHING_LEAVES, bytes: bytes.length, persons };
    const { meter } = this.#work;
    if (meter.isLimited) {
      const decision: BudgetDecision = meter.decide(this.#command, addition);
      if (decision.kind === 'hard') throw new BudgetPassed(decision.which);
      // What is on its way already passes; behind it nothing is read until the person has answered.
      if (decision.kind === 'soft') this.#nears(decision.which);
    }
    meter.note(this.#command, addition);
  }

  #measureOf(file: object, bytes: Buffer): StreamMeasure | 'opaque' {
    const known = this.#measures.get(file);
    if (known !== undefined) return known;
    const isText = !bytes.subarray(0, SAMPLE_BYTES).includes(0);
    const options = { stream: 'o', hasTerminal: false, dropped: new Map(), onOffer: () => undefined } as const;
    const made = isText ? new StreamMeasure({ ...options, identifiers: this.#work.meter.identifiers }) : 'opaque';
    this.#measures.set(file, made);
    return made;
  }

  #nears(which: Passed): void {
    if (this.#isAsking) return;
    this.#isAsking = true;
    void this.#ask(which);
  }

  /** What cannot be asked is not confirmed. */
  async #ask(which: Passed): Promise<void> {
    const { caller, session } = this.#work;
    const signal = AbortSignal.any([session.signal, caller.closed]);
    const speech = speechTo(this.#work, []);
    const isConfirmed = await confirmInBrowser(this.#work, speech, { which, signal }).catch(() => false);
    if (!isConfirmed) this.#unconfirmed = which;
    this.#isAsking = false;
    for (const listener of [...this.#listeners]) listener();
  }
}
