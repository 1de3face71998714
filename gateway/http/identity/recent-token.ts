/** The token of one visit: signed anew every few seconds, so that a page of many parts does not cost as many signatures. */
import { type Clock, LIMITS } from '../../../foundation/index.ts';

/** What is kept lives on for most of its minute wherever it is used. */
export class RecentToken {
  #made: { readonly at: number; readonly token: string } | undefined;

  of(clock: Clock, make: () => string): string {
    const now = clock.now().getTime();
    const age = this.#made === undefined ? Number.POSITIVE_INFINITY : now - this.#made.at;
    // A clock that was set back makes a new one, too.
    if (this.#made !== undefined && age >= 0 && age < LIMITS.siteTokenKeptMs) return this.#made.token;
    this.#made = { at: now, token: make() };
    return this.#made.token;
  }
}
