/** What one person has taken out of one system, shared by all of their sessions here and, by the database, elsewhere. */
import type { Clock, Database } from '../../foundation/index.ts';
import {
  type Addition,
  type Amounts,
  both,
  countsWith,
  DistinctCounter,
  type MeterKind,
  NO_AMOUNTS,
  NOTHING_LEAVES,
  PERSON_WINDOWS,
  type PersonWindow,
  sumOf,
} from '../../policy/index.ts';
import {
  lockLifetime,
  type MeterKey,
  selectDays,
  type Stored,
  type StoredDay,
  updateLifetime,
  upsertDay,
} from './queries.ts';

export interface PersonMeterDeps {
  readonly database: Database;
  readonly clock: Clock;
}

const WINDOWS = ['day', 'days30', 'days90', 'days365', 'lifetime'] as const satisfies readonly PersonWindow[];
const DAY_MS = 86_400_000;

export type PersonCounts = Readonly<Record<PersonWindow, Readonly<Record<MeterKind, number>>>>;

/** One day's view of the windows; the next day begins a new one. */
interface View {
  /** `YYYY-MM-DD`, UTC. */
  readonly day: string;
  /** Persons of each window, of all processes as far as known, and of what is pending here. */
  readonly seen: Record<PersonWindow, DistinctCounter>;
  /** Of the days before this one. */
  readonly past: Record<PersonWindow, Amounts>;
  today: Amounts;
  lifetime: Amounts;
}

export class PersonMeter {
  readonly #deps: PersonMeterDeps;
  readonly #key: MeterKey;
  #view: View | undefined;
  /** What has left and is not in the database yet. */
  #pending: Addition = NOTHING_LEAVES;
  #last: Promise<unknown> = Promise.resolve();

  constructor(deps: PersonMeterDeps, key: MeterKey) {
    this.#deps = deps;
    this.#key = key;
  }

  get isLoaded(): boolean {
    return this.#view?.day === this.#today();
  }

  get pending(): Amounts & { readonly persons: readonly bigint[] } {
    return this.#pending;
  }

  /** Reads what has left so far. @throws {GatewayError} `database_unavailable`. */
  load(): Promise<void> {
    return this.#inTurn(() => this.#load());
  }

  /** What each window would count with `addition`; `load` comes before. Without it only what left here is known. */
  counts(addition: Addition): PersonCounts {
    // A view has seen the persons that are pending: of a large table they would be told apart again with each piece.
    const all =
      this.#view === undefined
        ? both(this.#pending, addition)
        : { ...sumOf(this.#pending, addition), persons: addition.persons };
    const view = this.#view ?? emptyView('');
    const of = (window: PersonWindow) => countsWith(view.seen[window], amountsOf(view, window), all);
    return {
      day: of('day'),
      days30: of('days30'),
      days90: of('days90'),
      days365: of('days365'),
      lifetime: of('lifetime'),
    };
  }

  /** It leaves now, and is stored with the next charge or `flush`. */
  note(addition: Addition): void {
    this.#pending = both(this.#pending, addition);
    this.#see(addition.persons);
  }

  /**
   * Stores that `addition` leaves, before it does, when `may` says so by the counts of that moment: nobody else can
   * change them meanwhile. @returns whether it may. @throws {GatewayError} `database_unavailable`: nothing was stored.
   */
  charge(addition: Addition, may: () => boolean): Promise<boolean> {
    return this.#inTurn(async () => {
      if (!this.isLoaded) await this.#load();
      const pending = this.#pending;
      const isCharged = await this.#store(both(pending, addition), may);
      if (!isCharged) return false;
      this.#forget(pending);
      this.#see(addition.persons);
      return true;
    });
  }

  /** Stores what is pending. @throws {GatewayError} `database_unavailable`: it stays pending. */
  flush(): Promise<void> {
    return this.#inTurn(async () => {
      const pending = this.#pending;
      if (pending === NOTHING_LEAVES) return;
      if (!this.isLoaded) await this.#load();
      await this.#store(pending, () => true);
      this.#forget(pending);
    });
  }

  async #load(): Promise<void> {
    const day = this.#today();
    const since = dayOf(new Date(this.#deps.clock.now().getTime() - 364 * DAY_MS));
    const [days, lifetime] = await this.#deps.database.inTransaction(async (tx) => {
      const locked = await lockLifetime(tx, this.#key);
      return [await selectDays(tx, this.#key, since), locked] as const;
    });
    const view = emptyView(day);
    for (const stored of days) if (stored.day < day) addPast(view, stored);
    this.#view = view;
    this.#take(
      view,
      lifetime,
      days.find((stored) => stored.day === day),
    );
    this.#see(this.#pending.persons);
  }

  /** One at a time: of two, the second sees what the first has stored. */
  async #store(addition: Addition, may: () => boolean): Promise<boolean> {
    const view = this.#view;
    if (view === undefined) return false;
    const key = this.#key;
    return this.#deps.database.inTransaction(async (tx) => {
      const lifetime = await lockLifetime(tx, key);
      const today = (await selectDays(tx, key, view.day)).find(({ day }) => day === view.day);
      this.#take(view, lifetime, today);
      if (!may()) return false;
      const newLifetime = grown(lifetime, addition);
      const newDay = { day: view.day, ...grown(today ?? emptyStored(), addition) };
      await updateLifetime(tx, key, newLifetime);
      await upsertDay(tx, key, newDay);
      return true;
    });
  }

  /** What others have stored meanwhile is known from here on. */
  #take(view: View, lifetime: Stored, today: StoredDay | undefined): void {
    view.lifetime = lifetime;
    view.today = today ?? NO_AMOUNTS;
    view.seen.lifetime.merge(lifetime.persons);
    if (today !== undefined) for (const window of WINDOWS) view.seen[window].merge(today.persons);
  }

  #see(persons: readonly bigint[]): void {
    const view = this.#view;
    if (view === undefined) return;
    for (const window of WINDOWS) for (const person of persons) view.seen[window].add(person);
  }

  /** `stored` was pending and is not any more; what came meanwhile still is. */
  #forget(stored: Addition): void {
    if (this.#view !== undefined) {
      this.#view.today = sumOf(this.#view.today, stored);
      this.#view.lifetime = sumOf(this.#view.lifetime, stored);
    }
    const left = this.#pending;
    this.#pending =
      left === stored
        ? NOTHING_LEAVES
        : {
            persons: left.persons.slice(stored.persons.length),
            estimatedPersons: left.estimatedPersons - stored.estimatedPersons,
            rows: left.rows - stored.rows,
            bytes: left.bytes - stored.bytes,
            opaqueBytes: left.opaqueBytes - stored.opaqueBytes,
            files: left.files - stored.files,
          };
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  #today(): string {
    return dayOf(this.#deps.clock.now());
  }
}

function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10);
}

function emptyView(day: string): View {
  const counter = (): DistinctCounter => new DistinctCounter();
  return {
    day,
    seen: { day: counter(), days30: counter(), days90: counter(), days365: counter(), lifetime: counter() },
    past: { day: NO_AMOUNTS, days30: NO_AMOUNTS, days90: NO_AMOUNTS, days365: NO_AMOUNTS, lifetime: NO_AMOUNTS },
    today: NO_AMOUNTS,
    lifetime: NO_AMOUNTS,
  };
}

function emptyStored(): Stored {
  return { persons: new DistinctCounter(), ...NO_AMOUNTS };
}

function amountsOf(view: View, window: PersonWindow): Amounts {
  return window === 'lifetime' ? view.lifetime : sumOf(view.past[window], view.today);
}

/** A window of N days is this day and the N - 1 before it. */
function addPast(view: View, stored: StoredDay): void {
  const daysAgo = Math.round((Date.parse(view.day) - Date.parse(stored.day)) / DAY_MS);
  for (const window of WINDOWS) {
    const reach = PERSON_WINDOWS[window];
    if (reach === null || daysAgo >= reach) continue;
    view.seen[window].merge(stored.persons);
    view.past[window] = sumOf(view.past[window], stored);
  }
}

function grown(stored: Stored, addition: Addition): Stored {
  const persons = new DistinctCounter();
  persons.merge(stored.persons);
  for (const person of addition.persons) persons.add(person);
  return { ...sumOf(stored, addition), persons };
}
