/** One live session as those outside it reach it: held, let go, spoken to, and ended when its time is over. */
import type { Clock } from '../../foundation/index.ts';
import { type MessageKey, message } from '../../messages/index.ts';
import type { Locale } from '../../policy/index.ts';
import { Flow, type Speaker } from './flow.ts';
import { DEFAULT_TIME_LIMITS, TimeKeeper, type TimeLimits, type TimeReason } from './time-limits.ts';

export interface AttendanceOptions {
  readonly clock: Clock;
  readonly limits: TimeLimits | undefined;
  readonly locale: Locale;
  readonly hasTerminal: boolean;
  /** A marker in the recording. */
  readonly mark: (label: string) => Promise<void>;
  readonly end: (reason: TimeReason) => void;
}

const WARNINGS = { idle: 'session.ends_soon.idle', too_long: 'session.ends_soon.too_long' } as const;

export class Attendance {
  readonly #options: AttendanceOptions;
  readonly #flow = new Flow();
  readonly #time: TimeKeeper;

  constructor(options: AttendanceOptions) {
    const { clock, limits = DEFAULT_TIME_LIMITS, hasTerminal, end } = options;
    this.#options = options;
    this.#time = new TimeKeeper({
      ...{ clock, limits, hasTerminal },
      warn: (what, seconds) => this.tell(WARNINGS[what], `session_ends_soon_${what}`, { seconds }),
      strike: end,
    });
  }

  /** See `Flow.held`: undefined while bytes may move. */
  get held(): Promise<void> | undefined {
    return this.#flow.held;
  }

  get paused(): boolean {
    return this.#flow.held !== undefined;
  }

  /** When the person last typed, in Unix milliseconds. */
  get lastInput(): number {
    return this.#time.lastInput;
  }

  noteInput(): void {
    this.#time.noteInput();
  }

  /** From here on nothing moves in either direction, until `resume` or the end. A second pause changes nothing. */
  pause(reason: string): void {
    if (!this.#flow.hold()) return;
    this.#time.hold(true);
    this.#mark(`sekisho: paused: ${reason}`);
    this.tell('session.paused', 'session_paused', { reason });
  }

  resume(): void {
    if (!this.paused) return;
    this.#mark('sekisho: resumed');
    this.tell('session.resumed', 'session_resumed');
    this.#time.hold(false);
    this.#flow.release();
  }

  /** One line of the gateway on the person's terminal, in their language, recorded; shown also while paused. */
  tell(key: MessageKey, code: string, values: Readonly<Record<string, string | number>> = {}): void {
    const { locale } = this.#options;
    this.#flow.say(message(locale, 'line', { text: message(locale, key, values), code }));
  }

  /** How lines reach the person; those told before wait for it. */
  speakBy(speaker: Speaker): void {
    this.#flow.speakBy(speaker);
  }

  /** The session has ended: no timer strikes any more, and what waited never moves. */
  stop(): void {
    this.#time.stop();
    this.#flow.end();
  }

  #mark(label: string): void {
    this.#options.mark(label).catch(() => undefined); // The recorder failed: the session is ending for it.
  }
}
