/**
 * The one way of a program's output to the person: what a terminal may obey, what leaves by it, and whether that much
 * may. What may not pass now is held back here, in order, while input goes on.
 */
import { asError, LIMITS } from '../../../foundation/index.ts';
import { type BudgetDecision, CANCEL, type DroppedKind, type TransferOffer } from '../../../policy/index.ts';
import type { Delivery } from '../../exports/delivery.ts';
import type { Filtered, OutputHold, OutputWays } from '../join.ts';
import type { ChannelWork } from '../model.ts';
import { decideAtLimit, type InUse, ticketWhileHeld } from './at-limit.ts';
import { Charging } from './charging.ts';
import { LineUses } from './line-uses.ts';
import { createMask, type Mask } from './mask.ts';
import { type DroppedCount, measuresOf, type StreamMeasure } from './measure.ts';
import type { Act, Output, Passed, Piece, RoadOptions, RoadState } from './model.ts';
import { HeldPieces } from './queue.ts';
import { type Speech, speechOf, tellOf } from './speech.ts';

const ENDS = new Set([0x03, 0x1c, 0x1a]); // ^C, ^\ and ^Z: the person is done with this program.
const ENTER = new Set([0x0d, 0x0a]);

export class OutputRoad implements OutputHold {
  readonly failed = false;
  readonly dropped = new Map<DroppedKind, DroppedCount>();
  readonly #work: ChannelWork;
  readonly #options: RoadOptions;
  readonly #streams: Readonly<Record<Output, StreamMeasure>>;
  readonly #charging: Charging;
  readonly #mask: Mask;
  readonly #speech: Speech;
  readonly #listeners = new Set<() => void>();
  #ways: OutputWays | undefined;
  #state: RoadState = 'open';
  readonly #queue = new HeldPieces();
  #refused = 0;
  #isStopped = false;
  #isEmptying = false;
  /** Something waits for longer than the database takes: a key of the person ends it. */
  #isHeld = false;
  /** Aborted when the person ends what waits. */
  #waiting = new AbortController();
  readonly #uses: LineUses;

  constructor(work: ChannelWork, options: RoadOptions) {
    this.#work = work;
    this.#options = options;
    this.#uses = new LineUses(work);
    const put = (stream: Output, bytes: Buffer): void => this.#ways?.put(stream, bytes);
    const { dropped } = this;
    const onOffer = (offer: TransferOffer): void => this.#cancel(offer);
    const isCharged = options.delivery === undefined;
    this.#streams = measuresOf(work, { dropped, onOffer, isCharged, isFull: () => this.#charging.isFull });
    this.#mask = createMask({
      kinds: isCharged ? work.session.risk.redact : [],
      rules: work.meter.identifiers.rules,
      put,
    });
    this.#speech = speechOf(work.person, put);
    this.#charging = new Charging(work, {
      onUnreadable: () => {
        this.#speech.say('meter.unreadable', 'meter_unreadable');
        this.#isHeld = true;
      },
    });
    work.session.signal.addEventListener('abort', this.#onSessionEnd, { once: true });
  }

  get isFull(): boolean {
    if (this.#state === 'discarding' || this.#queue.first === undefined) return false;
    // While a limit holds it back the program's end must still be seen; what waits for the database waits a moment only.
    return !this.#isHeld || this.#queue.bytes > LIMITS.outputHeldBytesMax;
  }

  /** Whether the gateway ended the program for a limit. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Bytes that were held back and discarded. */
  get refusedBytes(): number {
    return this.#refused;
  }

  /** The ticket that became the budget at a limit. */
  get inUse(): InUse | undefined {
    return this.#uses.current;
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
    const piece = this.#streams[stream].take(chunk);
    if (this.#options.delivery !== undefined) return this.#options.delivery.filter(stream, piece.bytes);
    const isFree = this.#state === 'open' && this.#uses.current === undefined;
    if (isFree && this.#charging.passesAtOnce(piece)) {
      return { pass: this.#mask.take(stream, piece.bytes), stop: false };
    }
    this.#queue.add(piece);
    if (this.#state === 'open') {
      this.#become('working');
      void this.#empty();
    }
    return { pass: NOTHING, stop: false };
  }

  /** Looks at what the person types, on its way to the program. */
  noteInput(chunk: Uint8Array): void {
    if (this.#isHeld && chunk.some((byte) => ENDS.has(byte))) this.discard();
    if (!chunk.some((byte) => ENTER.has(byte))) return;
    // What goes on after it was interrupted (a client at its prompt) is metered on; only one command's output is lost.
    if (this.#state === 'discarding' && this.#work.person.hasTerminal && !this.#isStopped) this.#become('open');
    if (this.#state !== 'open' || this.#options.isShell !== true) return;
    this.#charging.begin();
    this.#uses.end();
  }

  /** The person sent the program a signal: what waits is given up, as by a key. */
  interrupt(): void {
    if (this.#isHeld) this.discard();
  }

  /** What is held back, and what still comes of this program, is shown to nobody. */
  discard(): void {
    if (this.#state === 'open') return;
    this.#refused += this.#queue.drop();
    this.#isHeld = false;
    for (const stream of Object.values(this.#streams)) stream.forget();
    this.#waiting.abort();
    this.#waiting = new AbortController();
    this.#become('discarding');
  }

  async settled(): Promise<void> {
    const over = new AbortController();
    let reading: Promise<void> | undefined;
    while (this.#state === 'working' || this.#state === 'frozen') {
      if (this.#isHeld) reading ??= this.#readKeys(over.signal);
      await this.#change();
    }
    over.abort();
    this.#mask.flush();
    await this.#uses.ended();
  }

  /** Nobody else reads any more what would give up what waits. Where nothing more can be typed, it is given up. */
  async #readKeys(signal: AbortSignal): Promise<void> {
    await this.#options.typedLate?.((chunk) => this.noteInput(chunk), signal).catch(() => undefined);
    while (!signal.aborted && this.#state !== 'frozen') await this.#change();
    if (!signal.aborted) this.discard();
  }

  /** After the last byte: what was held back for its end. `late` is output that came only now. @returns what to show. */
  finish(late: Buffer = NOTHING): Buffer {
    this.#work.session.signal.removeEventListener('abort', this.#onSessionEnd);
    const shown = [this.#finishStream(this.#streams.o.take(late)), this.#finishStream(this.#streams.o.finish())];
    this.#finishStream(this.#streams.e.finish());
    shown.push(this.#mask.finish());
    return Buffer.concat(shown);
  }

  #finishStream(piece: Piece): Buffer {
    if (piece.bytes.length + piece.finds.length === 0) return NOTHING;
    const delivery = this.#options.delivery ?? this.inUse?.delivery;
    if (delivery !== undefined) return Buffer.from(delivery.filter(piece.stream, piece.bytes).pass);
    const passes = this.#state === 'discarding' ? 0 : this.#charging.finish(piece);
    this.#refused += piece.bytes.length - passes;
    return this.#mask.take(piece.stream, piece.bytes.subarray(0, passes));
  }

  /** Passes what waits, in order, until nothing does. */
  async #empty(): Promise<void> {
    if (this.#isEmptying) return; // It goes on with what came meanwhile.
    this.#isEmptying = true;
    try {
      for (let { first } = this.#queue; first !== undefined; first = this.#queue.first) await this.#advance(first);
      if (this.#state === 'working') this.#become('open');
    } catch (thrown) {
      const { deps, session } = this.#work;
      deps.log.error({ event: 'output.undecided', sessionId: session.id, err: asError(thrown) }, 'output discarded');
      this.#speech.say('meter.unreadable', 'meter_unreadable');
      this.#stop();
    } finally {
      this.#isEmptying = false;
    }
  }

  async #advance(piece: Piece): Promise<void> {
    if (this.inUse !== undefined) {
      this.#deliver(piece, this.inUse.delivery);
      return;
    }
    const { signal } = this.#waiting;
    await this.#charging.load(signal);
    if (signal.aborted) return;
    const { passes, addition, decision } = this.#charging.plan(piece);
    const reserved = await this.#charging.reserve(addition, signal);
    if (this.#queue.first !== piece) return; // Discarded meanwhile.
    this.#isHeld = false;
    if (reserved.kind !== 'within') {
      await this.#wait(reserved, signal); // Another process was faster.
      return;
    }
    this.#hand(piece, passes);
    if (decision.kind !== 'within') await this.#wait(decision, signal);
    this.#changed();
  }

  #hand(piece: Piece, passes: number): void {
    const shown = this.#mask.take(piece.stream, piece.bytes.subarray(0, passes));
    if (shown.length > 0) this.#ways?.put(piece.stream, shown);
    this.#queue.pass(passes);
  }

  async #wait(decision: Exclude<BudgetDecision, { kind: 'within' }>, signal: AbortSignal): Promise<void> {
    this.#isHeld = true;
    this.#changed(); // Which also has its keys read.
    const act = this.#options.lineAct?.() ?? this.#options.act;
    const decided = await decideAtLimit(this.#work, this.#speech, { act, decision, signal });
    if (decided.kind === 'in_use') this.#uses.current = decided.use;
    if (decided.kind === 'refused' && !signal.aborted) await this.#freeze({ act, which: decision.which, signal });
    this.#isHeld = false;
  }

  async #freeze(held: { act: Act; which: Passed; signal: AbortSignal }): Promise<void> {
    if (!this.#work.person.hasTerminal) {
      this.#stop();
      return;
    }
    this.#become('frozen');
    this.#speech.say('meter.interrupt', 'budget_exceeded');
    this.#uses.current = await ticketWhileHeld(this.#work, this.#speech, held);
    if (this.inUse !== undefined) this.#become('working');
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
    // In a shell the ticket ends and the meters go on: what it did not cover waits at the limit again.
    const isOver = stop && this.#options.isShell === true;
    this.#queue.pass(isOver ? pass.length : bytes.length);
    this.#mask.flush();
    this.#ways?.put(stream, pass);
    if (isOver) this.#uses.end();
    else if (stop) this.#stop();
    else this.#changed();
  }

  #cancel(offer: TransferOffer): void {
    this.#ways?.write(CANCEL[offer]);
    this.#speech.say('output.transfer_cancelled', 'transfer_cancelled', { kind: offer });
    void tellOf(this.#work, { type: 'output.transfer_cancelled', body: { kind: offer } });
  }

  readonly #onSessionEnd = (): void => {
    this.discard(); // What waits never passes; what nothing held back is on its way already.
  };

  #become(state: RoadState): void {
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

const NOTHING = Buffer.alloc(0);
