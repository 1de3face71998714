/**
 * Makes who fails again and again wait, longer each time. It never refuses: whoever could lock a person out by failing
 * in their name would. One for each process, and each tells the others: a guess costs the same whichever process it
 * comes to. What is counted fades with time.
 */
import { type Clock, LIMITS, sourceNetwork } from '../../../foundation/index.ts';

/** What came of one attempt to sign in. */
export interface Attempt {
  /** An address or network, as `sourceNetwork` writes it. */
  readonly source: string;
  /** Whose known key was shown; null: a stranger's. */
  readonly person: string | null;
  readonly failed: boolean;
}

interface Failures {
  readonly score: number;
  readonly at: number;
}

export class Throttle {
  readonly #clock: Clock;
  readonly #tell: (attempt: Attempt) => void;
  readonly #sources = new Map<string, Failures>();
  readonly #people = new Map<string, Failures>();

  /** `tell`: called with each attempt that was seen here, for the other processes. */
  constructor(clock: Clock, tell: (attempt: Attempt) => void = () => undefined) {
    this.#clock = clock;
    this.#tell = tell;
  }

  /**
   * Milliseconds that an answer to this source has to wait. Where a known key was shown, its person's own failures from
   * this source count and not the source's: colleagues behind one address do not wait for a stranger's.
   */
  delayOf(sourceAddress: string, personId?: string): number {
    const source = sourceNetwork(sourceAddress);
    const failures = personId === undefined ? this.#sources.get(source) : this.#people.get(keyOf(source, personId));
    const score = Math.floor(this.#scoreNow(failures));
    const beyond = score - LIMITS.sshThrottleFreeFailures;
    if (beyond < 0) return 0;
    return Math.min(LIMITS.sshThrottleDelayMsMax, LIMITS.sshThrottleDelayMs * 2 ** Math.min(beyond, 30));
  }

  failed(sourceAddress: string, personId?: string): void {
    this.#see({ source: sourceNetwork(sourceAddress), person: personId ?? null, failed: true });
  }

  /** The person signed in from there; what the source's strangers did stays. */
  succeeded(sourceAddress: string, personId: string): void {
    this.#see({ source: sourceNetwork(sourceAddress), person: personId, failed: false });
  }

  /** Counts what another process saw. */
  learn({ source, person, failed }: Attempt): void {
    const failures = person === null ? this.#sources : this.#people;
    const key = keyOf(source, person);
    const score = this.#scoreNow(failures.get(key)) + 1;
    failures.delete(key);
    if (!failed) return;
    // The one that failed longest ago makes room: a map without a bound would be memory for the asking.
    const [oldest] = failures.size >= LIMITS.sshThrottleEntriesMax ? failures.keys() : [];
    if (oldest !== undefined) failures.delete(oldest);
    failures.set(key, { score, at: this.#now() });
  }

  #see(attempt: Attempt): void {
    this.learn(attempt);
    this.#tell(attempt);
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

function keyOf(source: string, person: string | null): string {
  return person === null ? source : `${person} ${source}`;
}
