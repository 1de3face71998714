/** Session keys made and wrapped ahead, so that nobody who connects waits for it. */
import { createSessionKeys, forgetSessionKeys, type Recipients, type SessionKeys } from './session-keys.ts';

/** What the writing side of the recorder needs of keys. */
export interface SessionKeySource {
  /** Keys that no other session has; whoever took them forgets them. */
  take(): Promise<SessionKeys>;
}

/**
 * Keeps up to `size` wrapped key pairs ready, all in memory. It refills itself one pair after another while nobody waits
 * for one, so that a burst of sign-ins costs what it costs and no more at once.
 */
export class SessionKeyPool implements SessionKeySource, Disposable {
  readonly #recipients: Recipients;
  readonly #size: number;
  readonly #ready: SessionKeys[] = [];
  #refilling = false;
  #closed = false;

  constructor(recipients: Recipients, size: number) {
    this.#recipients = recipients;
    this.#size = size;
    this.#refill();
  }

  async take(): Promise<SessionKeys> {
    const keys = this.#ready.pop() ?? (await createSessionKeys(this.#recipients));
    this.#refill();
    return keys;
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    for (const keys of this.#ready.splice(0)) forgetSessionKeys(keys);
  }

  #refill(): void {
    if (this.#refilling) return;
    this.#refilling = true;
    void this.#fill();
  }

  async #fill(): Promise<void> {
    try {
      while (this.#wants()) {
        await new Promise((resolve) => setImmediate(resolve)); // What is being forwarded goes first.
        const keys = await createSessionKeys(this.#recipients);
        if (this.#wants()) this.#ready.push(keys);
        else forgetSessionKeys(keys);
      }
    } catch {
      // Wrapping fails for recipients that are none, which the configuration refuses: then `take` says so itself.
    } finally {
      this.#refilling = false;
    }
  }

  #wants(): boolean {
    return !this.#closed && this.#ready.length < this.#size;
  }
}
