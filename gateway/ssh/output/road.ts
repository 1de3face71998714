/**
 * The one way of a program's output to the person: what a terminal may obey, what leaves by it, and whether that much
 * may. What may not pass now is held back here, in order, while input goes on.
 */
import { asError, hasCode, LIMITS } from '../../../foundation/index.ts';
import {
  type BudgetDecision,
  CANCEL,
  type DroppedKind,
  isLimited,
  NOTHING_LEAVES,
  type Passed,
  Tally,
  type TransferOffer,
} from '../../../policy/index.ts';
import { createDelivery, type Delivery, type Redeemed } from '../delivery.ts';
import type { Filtered, OutputHold, OutputWays } from '../join.ts';
import type { ChannelWork } from '../model.ts';
import { confirmInBrowser } from './confirm.ts';
import { redeemAtLimit, refuseByBudget } from './exceed.ts';
import { createMask, type Mask } from './mask.ts';
import { type DroppedCount, StreamMeasure } from './measure.ts';
import type { Act, Output, Piece } from './model.ts';
import { createRowsOf, planPiece, restOf, type RowsOf } from './plan.ts';
import { type Speech, speechOf, tellOf } from './speech.ts';
import { untilAborted } from './until-aborted.ts';

export interface RoadOptions {
  readonly act: Act;
  /** By the ticket whose one use this is: then the ticket is the budget. */
  readonly delivery?: Delivery | undefined;
  /** A shell of many commands: each Enter begins another one. */
  readonly isShell?: boolean | undefined;
}

/**
 * `open`: what is within the budget passes. `working`: something waits to be stored, confirmed or decided. `frozen`: a
 * hard limit; only the person, or a ticket, moves it. `discarding`: what still comes of this program goes nowhere.
 */
type State = 'open' | 'working' | 'frozen' | 'discarding';

const UNREADABLE_RETRY_MS = 1_000;
/** ^C, ^\ and ^Z: the person is done with this program. */
const ENDS = new Set([0x03, 0x1c, 0x1a]);
const ENTER = new Set([0x0d, 0x0a]);

export class OutputRoad implements OutputHold {
  readonly failed = false;
  readonly #work: ChannelWork;
  readonly #options: RoadOptions;
  readonly #streams: Readonly<Record<Output, StreamMeasure>>;
  readonly #rows: Readonly<Record<Output, RowsOf>> | undefined;
  readonly #mask: Mask;
  readonly #speech: Speech;
  readonly #dropped = new Map<DroppedKind, DroppedCount>();
  readonly #listeners = new Set<() => void>();
  #ways: OutputWays | undefined;
  #command = new Tally();
  #state: State = 'open';
  #queue: Piece[] = [];
  #refused = 0;
  #isStopped = false;
  /** Something waits for longer than the database takes: a key of the person ends it. */
  #isHeld = false;
  #hasEnded = false;
  /** Aborted when the person ends what waits. */
  #waiting = new AbortController();
  #redeemed: { readonly ticket: Redeemed; readonly delivery: Delivery } | undefined;

  constructor(work: ChannelWork, options: RoadOptions) {
    this.#work = work;
    this.#options = options;
    const { meter, person } = work;
    const looks = isLimited('persons', meter.budget) || isLimited('opaqueBytes', meter.budget);
    const measure = (stream: Output): StreamMeasure =>
      new StreamMeasure({
        stream,
        hasTerminal: person.hasTerminal,
        key: looks && options.delivery === undefined ? meter.key : undefined,
        dropped: this.#dropped,
        onOffer: (offer) => this.#cancel(offer),
      });
    this.#streams = { o: measure('o'), e: measure('e') };
    this.#rows = isLimited('rows', meter.budget) ? { o: createRowsOf(), e: createRowsOf() } : undefined;
    const put = (stream: Output, bytes: Buffer): void => this.#ways?.put(stream, bytes);
    this.#mask = createMask({ kinds: options.delivery === undefined ? work.session.risk.redact : [], put });
    this.#speech = speechOf(person, put);
    work.session.signal.addEventListener('abort', this.#onSessionEnd, { once: true });
  }

  get isFull(): boolean {
    if (this.#state === 'discarding' || this.#queue.length === 0) return false;
    // While a limit holds it back the program's end must still be seen; what waits for the database waits a moment only.
    return !this.#isHeld || this.#queue.reduce((sum, { bytes }) => sum + bytes.length, 0) > LIMITS.outputHeldBytesMax;
  }

  /** Whether the gateway ended the program for a limit. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Bytes that were held back and discarded. */
  get refusedBytes(): number {
    return this.#refused;
  }

  /** What became the budget at a limit, and what left on it. */
  get redeemed(): { readonly ticket: Redeemed; readonly delivery: Delivery } | undefined {
    return this.#redeemed;
  }

  get dropped(): ReadonlyMap<DroppedKind, DroppedCount> {
    return this.#dropped;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  open(ways: OutputWays): void {
    this.#ways = ways;
  }

  /** What of a chunk may be shown now. Nothing is lost: what may not waits in here, or is counted as refused. */
  filter(stream: Output, chunk: Buffer): Filtered {
    if (this.#state === 'discarding') {
      this.#refused += chunk.length;
      return { pass: NOTHING, stop: this.#isStopped };
    }
    return this.#pass(this.#streams[stream].take(chunk));
  }

  /** Looks at what the person types, on its way to the program. */
  noteInput(chunk: Uint8Array): void {
    if (this.#isHeld && chunk.some((byte) => ENDS.has(byte))) this.discard();
    if (!chunk.some((byte) => ENTER.has(byte))) return;
    // What goes on after it was interrupted (a client at its prompt) is metered on; only one command's output is lost.
    if (this.#state === 'discarding' && this.#work.person.hasTerminal && !this.#isStopped) this.#become('open');
    if (this.#state === 'open' && this.#options.isShell === true) this.#command = new Tally();
  }

  /** The person sent the program a signal: what waits is given up, as by a key. */
  interrupt(): void {
    if (this.#isHeld) this.discard();
  }

  /** What is held back, and what still comes of this program, is shown to nobody. */
  discard(): void {
    if (this.#state === 'open') return;
    this.#refused += this.#queue.reduce((sum, { bytes }) => sum + bytes.length, 0);
    this.#queue = [];
    this.#isHeld = false;
    this.#waiting.abort();
    this.#waiting = new AbortController();
    this.#become('discarding');
  }

  async settled(): Promise<void> {
    this.#hasEnded = true;
    if (this.#state === 'frozen') this.discard(); // Nothing runs any more that the person could end.
    while (this.#state === 'working') await this.#change();
    this.#mask.flush();
  }

  /** After the last byte: what was held back for its end. `late` is output that came only now. @returns what to show. */
  finish(late: Buffer = NOTHING): Buffer {
    this.#work.session.signal.removeEventListener('abort', this.#onSessionEnd);
    const shown = [this.#finishStream(this.#streams.o.take(late)), this.#finishStream(this.#streams.o.finish())];
    this.#finishStream(this.#streams.e.finish());
    shown.push(this.#mask.finish());
    return Buffer.concat(shown);
  }

  /** What it takes out is counted, and it passes when the program was not stopped before. */
  #finishStream(piece: Piece): Buffer {
    if (this.#state === 'discarding' || piece.bytes.length + piece.finds.length === 0) {
      this.#refused += piece.bytes.length;
      return NOTHING;
    }
    const delivery = this.#options.delivery ?? this.#redeemed?.delivery;
    if (delivery !== undefined) return toBuffer(delivery.filter(piece.stream, piece.bytes).pass);
    const { passes, addition } = this.#plan(piece);
    const all = piece.finds.reduce((sum, { addition: found }) => [...sum, ...found.persons], [...addition.persons]);
    this.#work.meter.note(this.#command, { ...addition, persons: all });
    this.#refused += piece.bytes.length - passes;
    return this.#mask.take(piece.stream, piece.bytes.subarray(0, passes));
  }

  #pass(piece: Piece): Filtered {
    const delivery = this.#options.delivery;
    if (delivery !== undefined) return delivery.filter(piece.stream, piece.bytes);
    if (this.#state !== 'open') {
      this.#queue.push(piece);
      return { pass: NOTHING, stop: false };
    }
    if (this.#passesAtOnce(piece)) return { pass: this.#mask.take(piece.stream, piece.bytes), stop: false };
    this.#queue.push(piece);
    this.#become('working');
    void this.#empty();
    return { pass: NOTHING, stop: false };
  }

  /** By what is known here, without waiting for anybody. */
  #passesAtOnce(piece: Piece): boolean {
    const { meter } = this.#work;
    if (!meter.isLimited) {
      meter.note(this.#command, this.#plan(piece).addition);
      return true;
    }
    if (this.#redeemed !== undefined || !meter.isLoaded) return false;
    if (this.#rows !== undefined) return false; // A row is counted once: where rows are limited all take the one way.
    const { passes, addition, decision } = this.#plan(piece);
    const passesWhole = passes === piece.bytes.length && decision.kind === 'within';
    if (!passesWhole || meter.mustReserve(this.#command, addition)) return false;
    meter.note(this.#command, addition);
    return true;
  }

  #plan(piece: Piece): ReturnType<typeof planPiece> {
    return planPiece(piece, { meter: this.#work.meter, command: this.#command, rows: this.#rows?.[piece.stream] });
  }

  /** Passes what waits, in order, until nothing does. */
  async #empty(): Promise<void> {
    try {
      for (let piece = this.#queue[0]; piece !== undefined; piece = this.#queue[0]) await this.#advance(piece);
      if (this.#state === 'working') this.#become('open');
    } catch (thrown) {
      const err = asError(thrown);
      this.#work.deps.log.error(
        { event: 'output.undecided', sessionId: this.#work.session.id, err },
        'output discarded',
      );
      this.#speech.say('meter.unreadable', 'meter_unreadable');
      this.#stop();
    }
  }

  async #advance(piece: Piece): Promise<void> {
    if (this.#redeemed !== undefined) {
      this.#deliver(piece, this.#redeemed.delivery);
      return;
    }
    const { meter } = this.#work;
    if (!meter.isLoaded) await this.#persist(() => meter.load());
    if (this.#queue[0] !== piece) return; // Discarded meanwhile.
    const { passes, addition, decision } = this.#plan(piece);
    const reserved = await this.#reserve(addition);
    if (this.#queue[0] !== piece) return;
    if (reserved.kind !== 'within') {
      await this.#wait(reserved); // Another process was faster.
      return;
    }
    this.#hand(piece.stream, piece.bytes.subarray(0, passes));
    const rest = restOf(piece, passes);
    if (rest.bytes.length === 0) this.#queue.shift();
    else this.#queue[0] = rest;
    if (decision.kind !== 'within') await this.#wait(decision);
    this.#changed();
  }

  /** @returns whether it may leave; when it may, it is counted. Waits while that cannot be stored. */
  async #reserve(addition: ReturnType<typeof planPiece>['addition']): Promise<BudgetDecision> {
    const { meter } = this.#work;
    if (!meter.mustReserve(this.#command, addition)) {
      if (addition !== NOTHING_LEAVES) meter.note(this.#command, addition);
      return { kind: 'within' };
    }
    return (await this.#persist(() => meter.reserve(this.#command, addition))) ?? { kind: 'within' };
  }

  /** Tries until it works or the output is discarded: what cannot be counted does not leave. */
  async #persist<Result>(act: () => Promise<Result>): Promise<Result | undefined> {
    const { signal } = this.#waiting;
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      try {
        const result = await act();
        this.#isHeld = false;
        return result;
      } catch (thrown) {
        if (!hasCode(thrown, 'database_unavailable')) throw thrown;
        if (attempt === 1) this.#speech.say('meter.unreadable', 'meter_unreadable');
        this.#isHeld = true;
        await untilAborted(signal, UNREADABLE_RETRY_MS);
      }
    }
    return undefined;
  }

  async #wait(decision: Exclude<BudgetDecision, { kind: 'within' }>): Promise<void> {
    const { signal } = this.#waiting;
    this.#isHeld = true;
    this.#changed();
    if (decision.kind === 'soft') {
      const isConfirmed = await confirmInBrowser(this.#work, this.#speech, { which: decision.which, signal });
      if (isConfirmed || signal.aborted) {
        this.#isHeld = false;
        return;
      }
    }
    await this.#freeze(decision.which, signal);
    this.#isHeld = false;
  }

  async #freeze(which: Passed, signal: AbortSignal): Promise<void> {
    const { act } = this.#options;
    const found = await redeemAtLimit(this.#work, act, which);
    if (found.redeemed) {
      this.#redeemed = { ticket: found, delivery: createDelivery(found) };
      const { number, rowsMax: rows, bytesMax: bytes } = found;
      this.#speech.say('export.begun', 'ticket_in_use', { number, rows, bytes });
      return;
    }
    await refuseByBudget(this.#work, this.#speech, { act, which, ticket: found });
    if (signal.aborted) return;
    if (!this.#work.person.hasTerminal) {
      this.#stop();
      return;
    }
    this.#speech.say('meter.interrupt', 'budget_exceeded');
    this.#become('frozen');
    if (this.#hasEnded) this.discard();
    else await untilAborted(signal);
  }

  /** Nobody could end the program by a key. */
  #stop(): void {
    this.#isStopped = true;
    this.#become('working');
    this.discard();
    this.#ways?.stop();
  }

  #deliver({ stream, bytes }: Piece, delivery: Delivery): void {
    const { pass, stop } = delivery.filter(stream, bytes);
    this.#queue.shift();
    this.#mask.flush();
    this.#ways?.put(stream, pass);
    if (stop) this.#stop();
    else this.#changed();
  }

  #hand(stream: Output, bytes: Buffer): void {
    const shown = this.#mask.take(stream, bytes);
    if (shown.length > 0) this.#ways?.put(stream, shown);
  }

  #cancel(offer: TransferOffer): void {
    this.#ways?.write(CANCEL[offer]);
    this.#speech.say('output.transfer_cancelled', 'transfer_cancelled', { kind: offer });
    void tellOf(this.#work, { type: 'output.transfer_cancelled', body: { kind: offer } });
  }

  readonly #onSessionEnd = (): void => {
    this.discard(); // What waits never passes; what nothing held back is on its way already.
  };

  #become(state: State): void {
    this.#state = state;
    this.#changed();
  }

  #changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      const stop = this.onChange(() => {
        stop();
        resolve();
      });
    });
  }
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const NOTHING = Buffer.alloc(0);
