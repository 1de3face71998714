/**
 * Makes every audit event a leaf of the log, in the order of their numbers: one that is changed or removed later is then
 * missed by its leaf.
 *
 * Numbers are given before their transactions commit, so a missing one may still come. It is waited for until every
 * transaction that could have taken it has ended; should one come later all the same, it gets its leaf then.
 */
import { type Clock, type Database, LIMITS } from '../../foundation/index.ts';
import type { LeafLog } from '../log/leaf-log.ts';
import { eventsAfter, eventsOf, type StoredAuditEvent, transactionHorizon } from '../queries.ts';
import { eventLeaf } from './event-leaf.ts';
import type { EventTrace } from './event-trace.ts';

export interface EventAnchorOptions {
  readonly database: Database;
  readonly leafLog: Pick<LeafLog, 'append'>;
  readonly clock: Clock;
  /** Of the salts, 32 bytes. */
  readonly saltKey: Uint8Array;
  readonly trace: EventTrace;
}

/** A missing number, and who was still at work when it was missed. */
interface Missed {
  readonly n: number;
  readonly micros: bigint;
  /** The transactions before this one have to end. */
  readonly before: bigint;
}

/** A transaction that is idle for longer must not keep every later event out of the log. */
const HOLE_PATIENCE = 60n * 1_000_000n;

export class EventAnchor {
  readonly #options: EventAnchorOptions;
  #missed: Missed | undefined;
  /** Numbers that were passed over, and until when they are looked for: of this run by the clock, of earlier ones once. */
  readonly #late = new Map<number, bigint>();

  constructor(options: EventAnchorOptions) {
    this.#options = options;
    for (const hole of options.trace.holes) this.#late.set(hole, 0n);
  }

  /** @returns how many events got their leaf. @throws `database_unavailable`, `recording_unavailable`: call it again. */
  async step(): Promise<number> {
    const late = await this.#anchorLate();
    let anchored = 0;
    for (;;) {
      const count = await this.#anchorNext();
      anchored += count;
      if (count < LIMITS.anchorRowsMax) return late + anchored;
    }
  }

  async #anchorNext(): Promise<number> {
    const { database, trace } = this.#options;
    // Before the rows are read: whoever had not ended by then is not in them.
    const horizon = await transactionHorizon(database);
    const rows = await eventsAfter(database, trace.last, LIMITS.anchorRowsMax);
    const ready: StoredAuditEvent[] = [];
    let next = trace.last + 1;
    for (const row of rows) {
      if (row.seq > next && !this.#isSettled(next, horizon.oldest)) {
        if (this.#missed?.n !== next) await this.#miss(next);
        break;
      }
      ready.push(row);
      next = row.seq + 1;
    }
    await this.#anchor(ready);
    return ready.length;
  }

  #isSettled(n: number, oldest: bigint): boolean {
    const missed = this.#missed;
    if (missed?.n !== n) return false;
    const waited = this.#options.clock.micros() - missed.micros;
    if (waited < BigInt(LIMITS.anchorHoleMillis) * 1_000n) return false;
    return oldest >= missed.before || waited > HOLE_PATIENCE;
  }

  async #miss(n: number): Promise<void> {
    const { newest } = await transactionHorizon(this.#options.database);
    this.#missed = { n, micros: this.#options.clock.micros(), before: newest };
  }

  async #anchor(events: readonly StoredAuditEvent[]): Promise<void> {
    const { leafLog, saltKey, clock, trace } = this.#options;
    const until = clock.micros() + BigInt(LIMITS.anchorHoleSeconds) * 1_000_000n;
    const before = trace.last;
    await Promise.all(events.map((event) => leafLog.append(eventLeaf(event, saltKey, clock))));
    for (const { seq } of events) {
      trace.note(seq);
      this.#late.delete(seq);
    }
    for (const hole of trace.holes) if (hole > before && !this.#late.has(hole)) this.#late.set(hole, until);
  }

  /** Numbers that were given up: most were rolled back and never come. */
  async #anchorLate(): Promise<number> {
    const { database, clock, trace } = this.#options;
    if (this.#late.size === 0) return 0;
    const now = clock.micros();
    const numbers = [...this.#late.keys()].slice(0, LIMITS.anchorRowsMax);
    const found = await eventsOf(database, numbers);
    await this.#anchor(found);
    for (const n of numbers) {
      if ((this.#late.get(n) ?? now) >= now) continue;
      this.#late.delete(n);
      trace.forget(n);
    }
    return found.length;
  }
}
