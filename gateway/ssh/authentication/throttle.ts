/**
 * Makes who fails again and again wait, longer each time. It never refuses: whoever could lock a person out by failing
 * in their name would. One for each process; what is counted fades with time.
 */
import { type Clock, LIMITS, sourceNetwork } from '../../../foundation/index.ts';

interface Failures {
  readonly score: number;
  readonly at: number;
}

export class Throttle {
  readonly #clock: Clock;
  readonly #sources = new Map<string, Failures>();
  readonly #people = new Map<string, Failures>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Milliseconds that an answer to this source has to wait. Where a known key was shown, its person's own failures from
   * this source count and not the source's: colleagues behind one address do not wait for a stranger's.
   */
  delayOf(sourceAddress: string, personId?: string): number {
    const [failures, key] = this.#of(sourceAddress, personId);
    const score = Math.floor(this.#scoreNow(failures.get(key)));
    const beyond = score - LIMITS.sshThrottleFreeFailures;
    if (beyond < 0) return 0;
    return Math.min(LIMITS.sshThrottleDelayMsMax, LIMITS.sshThrottleDelayMs * 2 ** Math.min(beyond, 30));
  }

  failed(sourceAddress: string, personId?: string): void {
    const [failures, key] = this.#of(sourceAddress, personId);
    const score = this.#scoreNow(failures.get(key)) + 1;
    failures.delete(key);
    // The one that failed longest ago makes room: a map without a bound would be memory for the asking.
    const [oldest] = failures.size >= LIMITS.sshThrottleEntriesMax ? failures.keys() : [];
    if (oldest !== undefined) failures.delete(oldest);
    failures.set(key, { score, at: this.#now() });
  }

  /** The person signed in from there; what the source's strangers did stays. */
  succeeded(sourceAddress: string, personId: string): void {
    const [failures, key] = this.#of(sourceAddress, personId);
    failures.delete(key);
  }

  #of(sourceAddress: string, personId: string | undefined): readonly [Map<string, Failures>, string] {
    const source = sourceNetwork(sourceAddress);
    return personId === undefined ? [this.#sources, source] : [this.#people, `${personId} ${source}`];
  }

  #scoreNow(failures: Failures | undefined): number {
    if (failures === undefined) return 0;
    const elapsed = Math.max(0, this.#now() - failures.at);
    return failures.score * 0.5 ** (elapsed / (LIMITS.sshThrottleHalfLifeSeconds * 1_000));
  }

  #now(): number {
    return Number(this.#clock.micros() / 1_000n);
  }
}
