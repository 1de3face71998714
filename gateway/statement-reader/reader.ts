/** Asks the parsers what a statement names, with a limit on its size and on the time it may take. */
import { Worker } from 'node:worker_threads';
import { LIMITS } from '../../foundation/index.ts';
import { statementsIn } from '../../policy/index.ts';
import { type StatementReading, WorkerAnswer } from './model.ts';

const ENTRY = new URL('./worker.js', import.meta.url);
const ENTRY_OF_SOURCES = new URL('../../dist/gateway/statement-reader/worker.js', import.meta.url);
const HEAP_MEGABYTES = 128;

export interface ReaderOptions {
  /** Milliseconds one statement may take. */
  readonly milliseconds?: number;
}

interface Asked {
  readonly sql: string;
  readonly answer: (reading: StatementReading) => void;
}

/** One thread, one statement at a time. A thread that was ended is started anew for the next statement. */
export class StatementReader implements AsyncDisposable {
  readonly #milliseconds: number;
  readonly #waiting: Asked[] = [];
  #worker: Worker | undefined;
  #asked: Asked | undefined;
  #limit: NodeJS.Timeout | undefined;
  #isReady = false;
  #number = 0;
  #isClosed = false;

  constructor({ milliseconds = LIMITS.statementReadMs }: ReaderOptions = {}) {
    this.#milliseconds = milliseconds;
  }

  /** Never rejects: what could not be read says so, and the caller judges without it. */
  read(sql: string): Promise<StatementReading> {
    if (Buffer.byteLength(sql) > LIMITS.statementReadBytesMax)
      return Promise.resolve({ read: false, why: 'too_large' });
    if (this.#isClosed || this.#waiting.length >= LIMITS.statementReadsWaitingMax)
      return Promise.resolve({ read: false, why: 'busy' });
    return new Promise((answer) => {
      this.#waiting.push({ sql, answer });
      this.#next();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#limit);
    for (const { answer } of [...this.#waiting.splice(0), ...(this.#asked === undefined ? [] : [this.#asked])])
      answer({ read: false, why: 'busy' });
    this.#asked = undefined;
    await this.#worker?.terminate();
  }

  #next(): void {
    if (this.#asked !== undefined) return;
    this.#asked = this.#waiting.shift();
    if (this.#asked === undefined) return;
    // Loading the parsers counts too: a thread that never comes up may not hold a statement for ever.
    this.#limit = setTimeout(() => this.#give({ read: false, why: 'timed_out' }), this.#milliseconds + this.#startMs());
    this.#worker ??= this.#start();
    if (this.#isReady) this.#ask();
  }

  #startMs(): number {
    return this.#isReady ? 0 : LIMITS.statementReaderStartMs;
  }

  #start(): Worker {
    const entry = import.meta.url.includes('/dist/') ? ENTRY : ENTRY_OF_SOURCES;
    const worker = new Worker(entry, {
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MEGABYTES },
      env: {},
      execArgv: [],
    });
    worker.unref();
    worker.on('message', (message: unknown) => this.#hear(worker, message));
    worker.on('error', () => this.#lost(worker));
    worker.on('exit', () => this.#lost(worker));
    return worker;
  }

  #ask(): void {
    if (this.#asked === undefined) return;
    this.#number += 1;
    const { sql } = this.#asked;
    // One part more than may be read tells that there are too many.
    const parts = statementsIn(sql).slice(0, LIMITS.statementPartsMax + 1);
    this.#worker?.postMessage({ id: this.#number, sql, parts });
  }

  #hear(worker: Worker, message: unknown): void {
    if (worker !== this.#worker) return;
    const parsed = WorkerAnswer.safeParse(message);
    if (!parsed.success) {
      this.#give({ read: false, why: 'failed' });
      return;
    }
    const { id, readings, gaveUp } = parsed.data;
    if (id === 0) {
      this.#isReady = true;
      this.#ask();
    } else if (id === this.#number) this.#give({ read: true, readings, gaveUp });
  }

  #lost(worker: Worker): void {
    if (worker !== this.#worker) return;
    this.#give({ read: false, why: 'failed' });
  }

  #give(reading: StatementReading): void {
    clearTimeout(this.#limit);
    const asked = this.#asked;
    this.#asked = undefined;
    if (!reading.read) {
      // Whatever it is doing, it does it no longer.
      const worker = this.#worker;
      // One that had come up is replaced before the next statement waits for it.
      this.#worker = this.#isReady && !this.#isClosed ? this.#start() : undefined;
      this.#isReady = false;
      void worker?.terminate();
    }
    asked?.answer(reading);
    if (!this.#isClosed) this.#next();
  }
}
