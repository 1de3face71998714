/** The meters one session is under: of its command, its connection and its person. */
import {
  type Addition,
  both,
  type Budget,
  type BudgetDecision,
  type Counts,
  decideBudget,
  isLimited,
  METER_KINDS,
  type MeterKind,
  type MeterOptions,
  NOTHING_LEAVES,
  roomFor,
  Tally,
} from '../../policy/index.ts';
import type { PersonMeter } from './person-meter.ts';

export interface Asking {
  readonly url: string;
  readonly code: string;
  readonly answer: Promise<boolean>;
}

/** Of one SSH connection on one system: all of its channels share it. */
export interface ConnectionMeter {
  readonly tally: Tally;
  /** The person has confirmed in the browser that they go on. */
  confirmed: boolean;
  /** The question whether they do, while it waits. */
  asking: Asking | undefined;
  /** What the person is told once only. */
  readonly told: Set<string>;
}

/** What may be unstored at most of a limited kind before it is stored first: a sixteenth of the room there is. */
const UNSTORED_SHARE = 16;

export interface SessionMeterOptions {
  readonly budget: Budget;
  /** By what persons are found, and the key of their hashes. */
  readonly identifiers: Required<MeterOptions>;
  readonly connection: ConnectionMeter;
  readonly person: PersonMeter;
  /** Stores what is pending within a moment. */
  readonly storeSoon: () => void;
}

export class SessionMeter {
  readonly budget: Budget;
  readonly identifiers: Required<MeterOptions>;
  readonly connection: ConnectionMeter;
  /** Whether anything is limited: then persons are looked for, and what cannot be counted does not leave. */
  readonly isLimited: boolean;
  readonly #person: PersonMeter;
  readonly #storeSoon: () => void;

  constructor({ budget, identifiers, connection, person, storeSoon }: SessionMeterOptions) {
    this.budget = budget;
    this.identifiers = identifiers;
    this.connection = connection;
    this.isLimited = METER_KINDS.some((kind) => isLimited(kind, budget));
    this.#person = person;
    this.#storeSoon = storeSoon;
  }

  /** Whether the person's windows are known; otherwise `reserve` reads them. */
  get isLoaded(): boolean {
    return this.#person.isLoaded;
  }

  load(): Promise<void> {
    return this.#person.load();
  }

  counts(command: Tally, addition: Addition = NOTHING_LEAVES): Counts {
    const ofCommand = command.with(addition);
    const ofSession = this.connection.tally.with(addition);
    const ofPerson = this.#person.counts(addition);
    const windows = (kind: MeterKind) => ({
      command: ofCommand[kind],
      session: ofSession[kind],
      day: ofPerson.day[kind],
      days30: ofPerson.days30[kind],
      days90: ofPerson.days90[kind],
      days365: ofPerson.days365[kind],
      lifetime: ofPerson.lifetime[kind],
    });
    return {
      persons: windows('persons'),
      rows: windows('rows'),
      bytes: windows('bytes'),
      opaqueBytes: windows('opaqueBytes'),
      files: windows('files'),
    };
  }

  /** By what is known here. */
  decide(command: Tally, addition: Addition): BudgetDecision {
    const { confirmed } = this.connection;
    const before = this.counts(command);
    return decideBudget({ before, counts: this.counts(command, addition), budget: this.budget, confirmed });
  }

  room(kind: MeterKind, command: Tally): number {
    return isLimited(kind, this.budget) ? roomFor(kind, this.counts(command), this.budget) : Number.POSITIVE_INFINITY;
  }

  /**
   * Whether it has to be stored before it leaves: new persons always; of other limited kinds so much that other
   * processes would let too much go by not knowing of it.
   */
  mustReserve(command: Tally, addition: Addition): boolean {
    if (!this.isLimited) return false;
    if (isLimited('persons', this.budget)) {
      const { persons: after } = this.counts(command, addition);
      const { persons: before } = this.counts(command);
      if (after.lifetime > before.lifetime || after.day > before.day) return true;
    }
    const unstored = both(this.#person.pending, addition);
    return (['rows', 'bytes', 'opaqueBytes', 'files'] as const).some(
      (kind) => isLimited(kind, this.budget) && unstored[kind] * UNSTORED_SHARE > this.room(kind, command),
    );
  }

  /** It leaves. */
  note(command: Tally, addition: Addition): void {
    command.add(addition);
    this.connection.tally.add(addition);
    this.#person.note(addition);
    this.#storeSoon();
  }

  /**
   * It leaves when it is within the budget, with all that other processes have let go, and is stored before this
   * returns. @returns what was decided. @throws {GatewayError} `database_unavailable`: then it does not leave.
   */
  async reserve(command: Tally, addition: Addition): Promise<BudgetDecision> {
    let decision: BudgetDecision = { kind: 'within' };
    const may = (): boolean => {
      decision = this.decide(command, addition);
      return decision.kind === 'within';
    };
    if (await this.#person.charge(addition, may)) {
      command.add(addition);
      this.connection.tally.add(addition);
    }
    return decision;
  }
}
