/** Hands a body on to the browser: recorded before it is shown, and no faster than the browser takes it. */
import { LIMITS } from '../../../foundation/index.ts';
import type { BrowserResponse } from '../model.ts';
import type { ExchangeRecord } from '../record/exchange-record.ts';

export class AnswerWriter {
  readonly #response: BrowserResponse;
  readonly #record: ExchangeRecord;
  readonly #isText: boolean;
  readonly #signal: AbortSignal;
  readonly #waiting: { readonly durable: Promise<void>; readonly bytes: Buffer }[] = [];
  #waitingBytes = 0;

  constructor(response: BrowserResponse, record: ExchangeRecord, options: { isText: boolean; signal: AbortSignal }) {
    this.#response = response;
    this.#record = record;
    this.#isText = options.isText;
    this.#signal = options.signal;
  }

  async write(bytes: Buffer): Promise<void> {
    const durable = this.#record.answer(bytes, this.#isText);
    durable.catch(() => undefined); // It is waited for below, in its turn.
    this.#waiting.push({ durable, bytes });
    this.#waitingBytes += bytes.length;
    while (this.#waitingBytes >= LIMITS.siteBytesInFlightMax) await this.#next();
  }

  /** Everything that was written is with the browser, as far as it takes it. */
  async flush(): Promise<void> {
    while (this.#waiting.length > 0) await this.#next();
  }

  async #next(): Promise<void> {
    const first = this.#waiting.shift();
    if (first === undefined) return;
    this.#waitingBytes -= first.bytes.length;
    await first.durable;
    this.#signal.throwIfAborted();
    if (!this.#response.write(first.bytes)) await drained(this.#response, this.#signal);
  }
}

function drained(response: BrowserResponse, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      response.off('drain', end);
      response.off('close', end);
      signal.removeEventListener('abort', end);
      resolve();
    };
    response.on('drain', end);
    response.on('close', end);
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted || response.destroyed === true) end();
  });
}
