/** Charges contents of files that leave to the meters a terminal's output is under. */
import { type BudgetDecision, isLimited, NOTHING_LEAVES, type Passed, Tally } from '../../../policy/index.ts';
import type { ChannelWork } from '../model.ts';
import { refuseByBudget } from './exceed.ts';
import { StreamMeasure } from './measure.ts';
import type { Act } from './model.ts';
import type { Speech } from './speech.ts';

/** A limit was reached in the middle of a file: nothing more of it passes. */
export class BudgetPassed extends Error {
  override readonly name = 'BudgetPassed';
  readonly which: Passed;

  constructor(which: Passed) {
    super('A limit of what may leave is reached.');
    this.which = which;
  }
}

/** Keeps and tells, as a program's output would be, that a file was cut. */
export async function tellPassed(work: ChannelWork, act: Act, which: Passed): Promise<void> {
  const said: Promise<void>[] = [];
  const say: Speech['say'] = (key, code, values) => {
    said.push(work.person.say(key, code, values));
  };
  await refuseByBudget(work, { say }, { act, which, ticket: { redeemed: false, reason: 'no_ticket' } });
  await Promise.all(said);
}

export interface FileMeter {
  /** Before `bytes` of `file` pass. @throws {BudgetPassed}: then they must not. */
  take(file: object, bytes: Buffer): void;
}

/** Text is looked into for persons; a file whose beginning holds a NUL is none (as grep and git tell them apart). */
const SAMPLE_BYTES = 8_000;

export function createFileMeter({ meter }: Pick<ChannelWork, 'meter'>): FileMeter {
  const command = new Tally();
  const looks = isLimited('persons', meter.budget);
  const measures = new WeakMap<object, StreamMeasure | 'opaque'>();
  const measureOf = (file: object, bytes: Buffer): StreamMeasure | 'opaque' => {
    const known = measures.get(file);
    if (known !== undefined) return known;
    const isText = !bytes.subarray(0, SAMPLE_BYTES).includes(0);
    const options = { stream: 'o', hasTerminal: false, dropped: new Map(), onOffer: () => undefined } as const;
    const made = isText ? new StreamMeasure({ ...options, key: meter.key }) : 'opaque';
    measures.set(file, made);
    return made;
  };
  const charge = (addition: typeof NOTHING_LEAVES): void => {
    if (meter.isLimited) {
      const decision: BudgetDecision = meter.decide(command, addition);
      // Nobody can be asked in the middle of a file: a soft limit is for what a person reads.
      if (decision.kind === 'hard') throw new BudgetPassed(decision.which);
    }
    meter.note(command, addition);
  };
  return {
    take(file, bytes) {
      const measure = looks ? measureOf(file, bytes) : 'opaque';
      const persons = measure === 'opaque' ? [] : measure.take(bytes).finds.flatMap(({ addition }) => addition.persons);
      charge({ ...NOTHING_LEAVES, bytes: bytes.length, persons });
    },
  };
}
