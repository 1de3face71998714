/** What an answer takes out: rows, persons and bytes, charged to the budgets of every other channel. */
import {
  type Addition,
  both,
  type BudgetDecision,
  type ContentKind,
  createBodyReader,
  createPersonalDataMeter,
  isLimited,
  type Metered,
  NOTHING_LEAVES,
  Tally,
} from '../../../policy/index.ts';
import type { SessionMeter } from '../../metering/index.ts';

export class AnswerMeasure {
  readonly #meter: SessionMeter;
  readonly #reader: ReturnType<typeof createBodyReader>;
  readonly #persons: ReturnType<typeof createPersonalDataMeter> | undefined;
  /** One answer is what one command is over SSH. */
  readonly #command = new Tally();
  #pending: Addition = NOTHING_LEAVES;
  #rows = 0;

  constructor(meter: SessionMeter, kind: ContentKind) {
    this.#meter = meter;
    this.#reader = createBodyReader(kind);
    const looks = isLimited('persons', meter.budget) || isLimited('opaqueBytes', meter.budget);
    this.#persons = looks && kind !== 'asset' ? createPersonalDataMeter(meter.identifiers) : undefined;
  }

  /** Of what was read so far. */
  get rows(): number {
    return this.#rows;
  }

  /** Counts what was read where no budget can stop it. @returns false: it has to be charged. */
  noteFree(): boolean {
    if (this.#meter.isLimited) return false;
    this.#meter.note(this.#command, this.#pending);
    this.#pending = NOTHING_LEAVES;
    return true;
  }

  /** Reads what is about to leave; nothing of it is charged yet. */
  read(bytes: Buffer): void {
    const { rows, text } = this.#reader.take(bytes);
    this.#add(rows, bytes.length, this.#persons?.take(text));
  }

  /** The last of it: a line that nothing ended is one. */
  readEnd(): void {
    const { rows, text } = this.#reader.finish();
    const last = text.length === 0 ? undefined : this.#persons?.take(text);
    this.#add(rows, 0, last);
    this.#add(0, 0, this.#persons?.finish());
  }

  /**
   * Whether what was read may leave; then it is counted, and stored where other processes have to know of it first.
   * @throws {GatewayError} `database_unavailable`: then it may not.
   */
  async charge(): Promise<BudgetDecision> {
    const addition = this.#pending;
    if (this.#meter.isLimited) {
      if (!this.#meter.isLoaded) await this.#meter.load();
      const decided = this.#meter.decide(this.#command, addition);
      if (decided.kind !== 'within') return decided;
      if (this.#meter.mustReserve(this.#command, addition)) {
        const reserved = await this.#meter.reserve(this.#command, addition);
        if (reserved.kind === 'within') this.#pending = NOTHING_LEAVES;
        return reserved;
      }
    }
    this.#meter.note(this.#command, addition);
    this.#pending = NOTHING_LEAVES;
    return { kind: 'within' };
  }

  /** In the middle of an answer nobody can be asked whether they go on: only a hard limit stops it. */
  async chargeMidway(): Promise<BudgetDecision> {
    const decided = await this.charge();
    if (decided.kind !== 'soft') return decided;
    this.#meter.note(this.#command, this.#pending);
    this.#pending = NOTHING_LEAVES;
    return { kind: 'within' };
  }

  #add(rows: number, bytes: number, found: Metered | undefined): void {
    this.#rows += rows;
    const persons = found?.persons.map(({ person }) => person) ?? [];
    const opaque = found?.opaque ?? [];
    this.#pending = both(this.#pending, {
      ...{ persons, rows, bytes, files: 0 },
      estimatedPersons: opaque.reduce((sum, part) => sum + Math.ceil(part.persons), 0),
      opaqueBytes: opaque.reduce((sum, part) => sum + part.bytes, 0),
    });
  }
}
