/** Charges one program's output to the meters: what passes at once, what is stored first, and what may not pass. */
import { hasCode } from '../../../foundation/index.ts';
import { type Addition, type BudgetDecision, isLimited, NOTHING_LEAVES, Tally } from '../../../policy/index.ts';
import type { ChannelWork } from '../model.ts';
import type { Output, Piece, Plan } from './model.ts';
import { createRowsOf, planPiece, type RowsOf, sizesOf } from './plan.ts';
import { untilAborted } from './until-aborted.ts';

export interface ChargingOptions {
  /** The database does not answer: what cannot be counted waits. Called once for each time that lasts. */
  readonly onUnreadable: () => void;
}

const UNREADABLE_RETRY_MS = 1_000;

export class Charging {
  readonly #work: ChannelWork;
  readonly #options: ChargingOptions;
  readonly #rows: Readonly<Record<Output, RowsOf>> | undefined;
  #command = new Tally();

  constructor(work: ChannelWork, options: ChargingOptions) {
    this.#work = work;
    this.#options = options;
    const limited = isLimited('rows', work.meter.budget);
    this.#rows = limited ? { o: createRowsOf(), e: createRowsOf() } : undefined;
  }

  /** Whether nobody new may be shown any more, or nobody knows. */
  get isFull(): boolean {
    const { meter } = this.#work;
    return meter.isLimited && (!meter.isLoaded || meter.room('persons', this.#command) < 1);
  }

  /** What comes now is another command's. */
  begin(): void {
    this.#command = new Tally();
  }

  plan(piece: Piece): Plan {
    return planPiece(piece, { meter: this.#work.meter, command: this.#command, rows: this.#rows?.[piece.stream] });
  }

  /** By what is known here, without waiting for anybody: then it is counted. */
  passesAtOnce(piece: Piece): boolean {
    const { meter } = this.#work;
    if (!meter.isLimited) {
      meter.note(this.#command, sizesOf(piece.bytes, piece.bytes.length));
      return true;
    }
    // A row is counted once: where rows are limited all take the one way.
    if (!meter.isLoaded || this.#rows !== undefined) return false;
    const { passes, addition, decision } = this.plan(piece);
    const passesWhole = passes === piece.bytes.length && decision.kind === 'within';
    if (!passesWhole || meter.mustReserve(this.#command, addition)) return false;
    meter.note(this.#command, addition);
    return true;
  }

  /** Reads what has left before, where that is not known. Gives up when `signal` aborts. */
  async load(signal: AbortSignal): Promise<void> {
    const { meter } = this.#work;
    if (!meter.isLoaded) await this.#persist(() => meter.load(), signal);
  }

  /** @returns whether it may leave; when it may, it is counted, and stored where others have to know of it first. */
  async reserve(addition: Addition, signal: AbortSignal): Promise<BudgetDecision> {
    const { meter } = this.#work;
    if (meter.mustReserve(this.#command, addition)) {
      return (await this.#persist(() => meter.reserve(this.#command, addition), signal)) ?? { kind: 'within' };
    }
    if (addition !== NOTHING_LEAVES) meter.note(this.#command, addition);
    return { kind: 'within' };
  }

  /** The last of the output, in which somebody may be found who was shown already. @returns how much of it passes. */
  finish(piece: Piece): number {
    const { passes, addition } = this.plan(piece);
    const persons = piece.finds.flatMap(({ addition: found }) => found.persons);
    this.#work.meter.note(this.#command, { ...addition, persons: [...addition.persons, ...persons] });
    return passes;
  }

  /** Tries until it works or `signal` aborts: what cannot be counted does not leave. */
  async #persist<Result>(act: () => Promise<Result>, signal: AbortSignal): Promise<Result | undefined> {
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      try {
        return await act();
      } catch (thrown) {
        if (!hasCode(thrown, 'database_unavailable')) throw thrown;
        if (attempt === 1) this.#options.onUnreadable();
        await untilAborted(signal, UNREADABLE_RETRY_MS);
      }
    }
    return undefined;
  }
}
