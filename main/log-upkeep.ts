/** What goes on beside the signed log: events become leaves, exports get their result, and a sign of life each minute. */
import { recordExportResults } from '../approvals/index.ts';
import { asError, type Cleanup, type Clock, type Database, hasCode, LIMITS, type Log } from '../foundation/index.ts';
import { EventAnchor, type EventTrace, type ExportLedger, type LeafLog } from '../recorder/index.ts';

export interface LogUpkeepDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly leafLog: LeafLog;
  readonly ledger: ExportLedger;
  /** What the log held at the start. */
  readonly trace: EventTrace;
  readonly saltKey: Buffer;
  /** 0: none. */
  readonly heartbeatSeconds: number;
}

/** Goes on until `cleanup`, which waits until what was written before stands in the log. */
export function startLogUpkeep(deps: LogUpkeepDeps, cleanup: Cleanup): void {
  const upkeep = new LogUpkeep(deps);
  upkeep.start();
  cleanup.defer(() => upkeep.stop());
}

class LogUpkeep {
  readonly #deps: LogUpkeepDeps;
  readonly #anchor: EventAnchor;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #isStopped = false;
  #isFailing = false;
  /** Microseconds of the clock. */
  #beat: bigint;

  constructor(deps: LogUpkeepDeps) {
    this.#deps = deps;
    this.#anchor = new EventAnchor(deps);
    this.#beat = deps.clock.micros();
  }

  start(): void {
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => {
      this.#running = this.#turn().finally(() => this.start());
    }, LIMITS.anchorMillis);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#running;
    await this.#turn();
  }

  /** Whatever fails is tried again at the next turn: nothing of it is kept in memory alone. */
  async #turn(): Promise<void> {
    const { log, ledger } = this.#deps;
    try {
      if (ledger.open.length > 0) await recordExportResults(this.#deps);
      await this.#anchor.step();
      if (!this.#isStopped) await this.#heartbeat();
      this.#isFailing = false;
    } catch (thrown) {
      const err = asError(thrown);
      // A log that has failed ends the whole gateway; that is told elsewhere.
      const isTold = this.#isFailing || hasCode(thrown, 'recording_unavailable');
      if (!isTold) log.warn({ event: 'log.upkeep_failed', err }, 'events and results wait for their leaves');
      this.#isFailing = true;
    }
  }

  async #heartbeat(): Promise<void> {
    const { clock, heartbeatSeconds, leafLog } = this.#deps;
    const now = clock.micros();
    if (heartbeatSeconds === 0 || now - this.#beat < BigInt(heartbeatSeconds) * 1_000_000n) return;
    this.#beat = now;
    await leafLog.append({ v: 2, type: 'heartbeat', at: clock.now().toISOString() });
  }
}
