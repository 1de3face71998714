/** How long a session may go without a key pressed, and how long at all; the person is told before either strikes. */
import type { Clock } from '../../foundation/index.ts';

export interface TimeLimits {
  /** 0: never. Counts for sessions with a terminal, where somebody is meant to be typing. */
  readonly idleMinutes: number;
  readonly hoursMax: number;
}

export const DEFAULT_TIME_LIMITS: TimeLimits = { idleMinutes: 30, hoursMax: 12 };

export interface TimeKeeperOptions {
  readonly clock: Clock;
  readonly limits: TimeLimits;
  readonly hasTerminal: boolean;
  /** Called when something is about to strike, `seconds` before. */
  readonly warn: (what: TimeReason, seconds: number) => void;
  readonly strike: (what: TimeReason) => void;
}

export type TimeReason = 'idle' | 'too_long';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** A longer delay than a timer can hold fires at once. */
const TIMER_MS_MAX = 2 ** 31 - 1;

interface Deadline {
  readonly what: TimeReason;
  readonly at: () => number;
  readonly warnMs: number;
  /** The moment that was warned of; another one is warned of anew. */
  warnedOf: number | undefined;
}

/** One timer a session. A key pressed only notes the moment: the timer finds it when it comes. */
export class TimeKeeper {
  readonly #options: TimeKeeperOptions;
  readonly #deadlines: Deadline[] = [];
  #lastInput: number;
  #timer: NodeJS.Timeout | undefined;
  #held = false;

  constructor(options: TimeKeeperOptions) {
    const { limits, hasTerminal } = options;
    this.#options = options;
    const opened = this.#now();
    this.#lastInput = opened;
    const longestMs = limits.hoursMax * HOUR_MS;
    this.#add('too_long', longestMs, () => opened + longestMs);
    const idleMs = limits.idleMinutes * MINUTE_MS;
    if (hasTerminal && idleMs > 0) this.#add('idle', idleMs, () => this.#lastInput + idleMs);
    this.#arm();
  }

  /** When the person last typed, in Unix milliseconds. */
  get lastInput(): number {
    return this.#lastInput;
  }

  noteInput(): void {
    this.#lastInput = this.#now();
  }

  /** Whoever is paused cannot type: being idle does not count, and counts anew afterwards. */
  hold(held: boolean): void {
    this.#held = held;
    this.#lastInput = this.#now();
    this.#arm();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#deadlines.length = 0;
  }

  #add(what: TimeReason, lengthMs: number, at: () => number): void {
    this.#deadlines.push({ what, at, warnMs: Math.min(MINUTE_MS, lengthMs / 2), warnedOf: undefined });
  }

  #now(): number {
    return this.#options.clock.now().getTime();
  }

  #arm(): void {
    clearTimeout(this.#timer);
    const now = this.#now();
    const next = this.#watched().map((deadline) => {
      const at = deadline.at();
      return deadline.warnedOf === at ? at : at - deadline.warnMs;
    });
    if (next.length === 0) return;
    const delay = Math.min(Math.max(Math.min(...next) - now, 0), TIMER_MS_MAX);
    this.#timer = setTimeout(() => this.#due(), delay).unref();
  }

  #due(): void {
    const now = this.#now();
    for (const deadline of this.#watched()) {
      const at = deadline.at();
      if (at <= now) {
        this.stop();
        this.#options.strike(deadline.what);
        return;
      }
      if (at - deadline.warnMs <= now && deadline.warnedOf !== at) {
        deadline.warnedOf = at;
        this.#options.warn(deadline.what, Math.ceil((at - now) / 1_000));
      }
    }
    this.#arm();
  }

  #watched(): Deadline[] {
    return this.#deadlines.filter(({ what }) => what !== 'idle' || !this.#held);
  }
}
