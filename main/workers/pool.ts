/**
 * The workers of a gateway: as many as wanted, each new connection to the one with the fewest, a new one for each that
 * broke, and all of them replaced without ending a session when asked.
 */
import type { Socket } from 'node:net';
import { asError, type Clock, GatewayError, LIMITS, type Log, newUuid } from '../../foundation/index.ts';
import type { Place } from '../../gateway/index.ts';
import type { ExportIntents, LeafLog } from '../../recorder/index.ts';
import { type Start, STATUS_MS, type WitnessesTold } from './messages.ts';
import { type LostWorker, WorkerProcess } from './worker-process.ts';

/** What the next workers are started with. */
export type WorkerSettings = Omit<Start, 'slot' | 'workerId'>;

export interface WorkerPoolOptions {
  readonly count: number;
  readonly settings: WorkerSettings;
  readonly clock: Clock;
  readonly log: Log;
  readonly leafLog: LeafLog;
  readonly exports: ExportIntents;
  /** How far the witnesses are now. */
  readonly witnesses: () => Omit<WitnessesTold, 'type'>;
  /** Seals and closes what a worker that is gone left open. It is asked again when it fails. */
  readonly recover: (lost: LostWorker) => Promise<void>;
  /** Path of the program that a worker runs; the built one without. */
  readonly entry?: string;
}

const HOUR_MICROS = 3_600_000_000n;
const RESTART_MS = 250;
const RESTART_MS_MAX = 30_000;
const MINUTE_MS = 60_000;
const RECOVERY_MS = 5_000;

export class WorkerPool implements AsyncDisposable {
  readonly #options: WorkerPoolOptions;
  /** Every worker whose slot is not free: living, or gone and not recovered yet. */
  readonly #slots = new Map<number, WorkerProcess>();
  readonly #serving = new Set<WorkerProcess>();
  /** Told to end: what they end with is no loss. */
  readonly #leaving = new Set<WorkerProcess>();
  /** When the sessions of these must have ended, in microseconds of the clock. */
  readonly #drainUntil = new Map<WorkerProcess, bigint>();
  readonly #recoveries = new Set<Promise<void>>();
  readonly #restarts = new Set<NodeJS.Timeout>();
  #watch: NodeJS.Timeout | undefined;
  #telling: NodeJS.Timeout | undefined;
  /** To the workers, of the witnesses, last. */
  #told = '';
  #count: number;
  #settings: WorkerSettings;
  #starting = 0;
  #crashes: number[] = [];
  #reloading = false;
  #stopped = false;

  private constructor(options: WorkerPoolOptions) {
    this.#options = options;
    this.#count = options.count;
    this.#settings = options.settings;
    this.#keepWatching();
    this.#keepTelling();
  }

  /** @throws {GatewayError} `start_refused` unless every worker serves. */
  static async start(options: WorkerPoolOptions): Promise<WorkerPool> {
    const pool = new WorkerPool(options);
    try {
      for (const worker of await pool.#startAll(options.count, options.settings)) pool.#serving.add(worker);
      return pool;
    } catch (thrown) {
      await pool[Symbol.asyncDispose]();
      throw thrown;
    }
  }

  #keepTelling(): void {
    this.#telling = setTimeout(() => {
      this.#tellWitnesses();
      if (!this.#stopped) this.#keepTelling();
    }, LIMITS.anchorMillis);
    this.#telling.unref();
  }

  #keepWatching(): void {
    this.#watch = setTimeout(() => {
      this.#endSilent();
      this.#endLate();
      if (!this.#stopped) this.#keepWatching();
    }, STATUS_MS);
    this.#watch.unref();
  }

  get wanted(): number {
    return this.#count;
  }
  get serving(): number {
    return this.#serving.size;
  }

  #witnesses(): WitnessesTold {
    return { type: 'witnesses', ...this.#options.witnesses() };
  }

  /** Tells every worker how far the witnesses are, when that is not what it was told last. */
  #tellWitnesses(): void {
    const now = this.#witnesses();
    const [told, changed] = [this.#told, JSON.stringify(now)];
    if (told === changed) return;
    this.#told = changed;
    for (const worker of this.#slots.values()) worker.tell(now);
  }

  /** The worker with the fewest connections of those that take one more. */
  get idlest(): WorkerProcess | undefined {
    const open = [...this.#serving].filter(({ connections }) => connections < LIMITS.sshConnectionsMax);
    return open.sort((one, other) => one.connections - other.connections)[0];
  }

  serve(socket: Socket, place: Place, head?: Buffer): void {
    const worker = this.idlest;
    if (worker === undefined || socket.destroyed) {
      if (worker === undefined) this.#options.log.warn({ event: 'ssh.no_worker' }, 'no worker takes a connection');
      socket.destroy();
      place.left();
      return;
    }
    worker.serve(socket, place, head);
  }

  /**
   * Starts as many new workers as `settings` want and gives them every new connection; those there were go on with the
   * sessions they have, to their end. Nothing changes unless all of the new ones serve.
   * @throws {GatewayError} `start_refused`.
   */
  async reload(count: number, settings: WorkerSettings): Promise<void> {
    if (this.#reloading || this.#stopped) throw new GatewayError('start_refused', 'The workers are being replaced.');
    if (this.#slots.size + count > LIMITS.sshWorkersMax)
      throw new GatewayError('start_refused', 'Too many earlier workers still finish their sessions.');
    this.#reloading = true;
    try {
      const fresh = await this.#startAll(count, settings);
      const old = [...this.#serving];
      this.#count = count;
      this.#settings = settings;
      for (const worker of fresh) this.#serving.add(worker);
      for (const worker of old) this.#drain(worker);
    } finally {
      this.#reloading = false;
      // Some may have broken off meanwhile.
      for (let at = this.#serving.size + this.#starting; at < this.#count; at += 1) void this.#startMissing();
    }
  }

  /** Ends the sessions of all, told and sealed, and then the workers. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#watch);
    clearTimeout(this.#telling);
    for (const timer of this.#restarts) clearTimeout(timer);
    const workers = [...this.#slots.values()];
    for (const worker of workers) {
      this.#leaving.add(worker);
      worker.stop();
    }
    const late = setTimeout(() => workers.forEach((worker) => worker.kill()), LIMITS.workerStopSeconds * 1_000);
    await Promise.allSettled(workers.map(({ gone }) => gone));
    clearTimeout(late);
    await Promise.allSettled(this.#recoveries);
  }

  async #startAll(count: number, settings: WorkerSettings): Promise<WorkerProcess[]> {
    const workers = Array.from({ length: count }, () => this.#spawn(settings));
    this.#starting += count;
    try {
      await Promise.all(workers.map(({ ready }) => ready));
      return workers;
    } catch (thrown) {
      for (const worker of workers) {
        this.#leaving.add(worker);
        worker.stop();
      }
      throw thrown;
    } finally {
      this.#starting -= count;
    }
  }

  #spawn(settings: WorkerSettings): WorkerProcess {
    let slot = 1;
    while (this.#slots.has(slot)) slot += 1;
    const { clock, entry, exports, leafLog, log } = this.#options;
    const start = { ...settings, slot, workerId: newUuid(clock.now()) };
    const witnesses = this.#witnesses();
    const worker: WorkerProcess = new WorkerProcess({
      ...{ start, leafLog, exports, witnesses, log, entry },
      onStatus: (bytes) => this.#checkSize(worker, bytes),
      // Whoever guesses gets a connection to each worker in turn: what one saw, all count.
      onAttempt: (attempt) => [...this.#slots.values()].forEach((one) => one !== worker && one.tell(attempt)),
    });
    this.#slots.set(slot, worker);
    void worker.gone.then((cause) => this.#ended(worker, cause));
    return worker;
  }

  #ended(worker: WorkerProcess, cause: string): void {
    const served = this.#serving.delete(worker);
    this.#drainUntil.delete(worker);
    const { id, slot } = worker;
    const inOrder = this.#leaving.delete(worker) && cause === 'exit status 0';
    if (!inOrder) this.#options.log.error({ event: 'worker.lost', slot, worker: id, cause }, 'a worker is gone');
    const recovery = this.#recover({ id, slot, cause: inOrder ? undefined : cause });
    this.#recoveries.add(recovery);
    void recovery.finally(() => this.#recoveries.delete(recovery));
    if (served) this.#restart();
  }

  /**
   * Its slot stays taken until what it left is sealed: a new worker there would find sessions that are not its own. One
   * that ended in order leaves something only when a recording could not be sealed or the database was away.
   */
  async #recover(lost: LostWorker): Promise<void> {
    const { slot } = lost;
    for (;;) {
      try {
        await this.#options.recover(lost);
        this.#slots.delete(slot);
        return;
      } catch (thrown) {
        const err = asError(thrown);
        this.#options.log.error({ event: 'worker.recovery_failed', slot, err }, 'what a worker left is not sealed yet');
      }
      if (this.#stopped) return; // The next start seals it.
      await new Promise((resolve) => setTimeout(resolve, RECOVERY_MS).unref());
    }
  }

  /** After a delay that grows with each crash of the last minute: one that fails at once must not eat the machine. */
  #restart(): void {
    if (this.#stopped) return;
    const now = Number(this.#options.clock.micros() / 1000n);
    this.#crashes = [...this.#crashes.filter((at) => now - at < MINUTE_MS), now];
    const crashes = this.#crashes.length;
    const grown = Math.min(RESTART_MS * 2 ** (crashes - 1), RESTART_MS_MAX);
    const delay = crashes > LIMITS.workerRestartsPerMinuteMax ? MINUTE_MS : grown;
    const timer = setTimeout(() => {
      this.#restarts.delete(timer);
      void this.#startMissing();
    }, delay);
    this.#restarts.add(timer);
  }

  async #startMissing(): Promise<void> {
    if (this.#stopped || this.#reloading || this.#serving.size + this.#starting >= this.#count) return;
    try {
      // While the database is away no slot comes free: every attempt would leave one more behind.
      if (this.#slots.size >= LIMITS.sshWorkersMax) throw new GatewayError('start_refused', 'No slot is free.');
      for (const worker of await this.#startAll(1, this.#settings)) this.#serving.add(worker);
    } catch (thrown) {
      this.#options.log.error({ event: 'worker.start_failed', err: asError(thrown) }, 'a worker does not start');
      this.#restart();
    }
  }

  #drain(worker: WorkerProcess): void {
    this.#serving.delete(worker);
    this.#leaving.add(worker);
    this.#drainUntil.set(worker, this.#options.clock.micros() + BigInt(LIMITS.workerDrainHours) * HOUR_MICROS);
    worker.drain();
  }

  #checkSize(worker: WorkerProcess, residentBytes: number): void {
    if (residentBytes <= LIMITS.workerResidentBytesMax || !this.#serving.has(worker)) return;
    // One that drains keeps its slot until its sessions have ended. Without a slot for another it goes on serving.
    if (this.#slots.size >= LIMITS.sshWorkersMax) return;
    const { slot } = worker;
    this.#options.log.warn({ event: 'worker.too_large', slot, residentBytes }, 'a worker is replaced');
    this.#drain(worker);
    void this.#startMissing();
  }

  #endSilent(): void {
    for (const worker of this.#slots.values()) {
      worker.silentTurns += 1; // In turns and not in time: after a pause of the whole machine everybody has a turn.
      if (worker.silentTurns * STATUS_MS > LIMITS.workerSilenceSeconds * 1_000) worker.kill();
    }
  }

  /** A session without end may not keep a release alive that was replaced for a reason. */
  #endLate(): void {
    const now = this.#options.clock.micros();
    for (const [worker, until] of this.#drainUntil) {
      if (now < until) continue;
      this.#drainUntil.delete(worker);
      worker.stop();
    }
  }
}
