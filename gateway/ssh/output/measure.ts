/** The guard and the meter of one stream: what of it may be shown on a terminal, and what it takes out. */
import {
  createPersonalDataMeter,
  createTerminalGuard,
  type DroppedKind,
  isLimited,
  type Metered,
  type MeterOptions,
  NOTHING_LEAVES,
  type PersonalDataMeter,
  type TerminalGuard,
  type TransferOffer,
} from '../../../policy/index.ts';
import type { ChannelWork } from '../model.ts';
import type { Find, Output, Piece } from './model.ts';

export interface DroppedCount {
  bytes: number;
  sequences: number;
}

export interface MeasureOptions {
  readonly stream: Output;
  readonly hasTerminal: boolean;
  /** By what persons are found; undefined where nobody looks for them. */
  readonly identifiers: MeterOptions | undefined;
  readonly dropped: Map<DroppedKind, DroppedCount>;
  readonly onOffer: (offer: TransferOffer) => void;
  /** Nobody new may be shown any more: then an unfinished line is read before it passes, and not at its end. */
  readonly isFull?: () => boolean;
}

/** Of an unfinished line so much is read again with each piece of it. */
const LINE_BYTES_MAX = 4 * 1024;
const LINE_FEED = 0x0a;
const NOTHING = Buffer.alloc(0);

export class StreamMeasure {
  readonly #options: MeasureOptions;
  readonly #guard: TerminalGuard | undefined;
  #persons: PersonalDataMeter | undefined;
  #line: Buffer = NOTHING;

  constructor(options: MeasureOptions) {
    this.#options = options;
    const { hasTerminal, identifiers } = options;
    // Without a terminal bytes stay exact; where somebody meters, what a terminal would have obeyed is counted still.
    this.#guard = hasTerminal || identifiers !== undefined ? createTerminalGuard() : undefined;
    this.#persons = identifiers === undefined ? undefined : createPersonalDataMeter(identifiers);
  }

  take(chunk: Buffer): Piece {
    const piece = this.#piece(this.#guarded(chunk), (bytes) => this.#persons?.take(bytes));
    const { identifiers } = this.#options;
    if (identifiers === undefined) return piece;
    const at = this.#keepLine(piece.bytes);
    if (this.#options.isFull?.() !== true) return piece;
    const found = findsOf(readLine(identifiers, this.#line)).map(({ addition }) => ({ at, addition }));
    return { ...piece, finds: [...piece.finds, ...found] };
  }

  /**
   * What was taken was discarded: whoever is in it was shown to nobody, and is found again when they come again. Else
   * what a limit held back would pass uncounted the second time.
   */
  forget(): void {
    const { identifiers } = this.#options;
    this.#persons = identifiers === undefined ? undefined : createPersonalDataMeter(identifiers);
  }

  /** What was held back for its end, and what an unfinished last line tells. */
  finish(): Piece {
    const rest = this.#guard?.finish();
    this.#count(rest);
    const bytes = this.#options.hasTerminal ? (rest?.pass ?? NOTHING) : NOTHING;
    return this.#piece(bytes, () => {
      const last = this.#persons?.take(bytes);
      const end = this.#persons?.finish();
      return {
        persons: [...(last?.persons ?? []), ...(end?.persons ?? [])],
        opaque: [...(last?.opaque ?? []), ...(end?.opaque ?? [])],
      };
    });
  }

  /**
   * Keeps what of the last line there is. Somebody who ends no line would otherwise be shown before they are found, one
   * in each command for ever. @returns where in `bytes` it begins; 0 where it began before.
   */
  #keepLine(bytes: Buffer): number {
    const at = bytes.lastIndexOf(LINE_FEED) + 1;
    const before = at === 0 ? this.#line : NOTHING;
    this.#line = Buffer.concat([before, bytes.subarray(at)]).subarray(-LINE_BYTES_MAX);
    return at;
  }

  #guarded(chunk: Buffer): Buffer {
    const guarded = this.#guard?.take(chunk);
    this.#count(guarded);
    if (guarded === undefined || !this.#options.hasTerminal) return chunk;
    if (guarded.cancel !== undefined) this.#options.onOffer(guarded.cancel);
    return guarded.pass;
  }

  #count(guarded: ReturnType<TerminalGuard['take']> | undefined): void {
    for (const { kind, bytes } of guarded?.dropped ?? []) {
      const known = this.#options.dropped.get(kind) ?? { bytes: 0, sequences: 0 };
      known.bytes += bytes;
      known.sequences += 1;
      this.#options.dropped.set(kind, known);
    }
  }

  #piece(bytes: Buffer, meter: (bytes: Buffer) => Metered | undefined): Piece {
    return { stream: this.#options.stream, bytes, finds: findsOf(meter(bytes)) };
  }
}

function readLine(identifiers: MeterOptions, line: Buffer): Metered {
  const meter = createPersonalDataMeter(identifiers);
  const { persons } = meter.take(line);
  return { persons: [...persons, ...meter.finish().persons], opaque: [] };
}

/** One for each stream. `isCharged` is false where a ticket is the budget: then nobody is looked for. */
export function measuresOf(
  { meter, person }: Pick<ChannelWork, 'meter' | 'person'>,
  { isCharged, ...options }: Pick<MeasureOptions, 'dropped' | 'onOffer' | 'isFull'> & { readonly isCharged: boolean },
): Readonly<Record<Output, StreamMeasure>> {
  const looks = isLimited('persons', meter.budget) || isLimited('opaqueBytes', meter.budget);
  const identifiers = looks && isCharged ? meter.identifiers : undefined;
  const of = (stream: Output): StreamMeasure =>
    new StreamMeasure({ ...options, stream, hasTerminal: person.hasTerminal, identifiers });
  return { o: of('o'), e: of('e') };
}

function findsOf(metered: Metered | undefined): readonly Find[] {
  if (metered === undefined) return [];
  const persons = metered.persons.map(({ at, person }) => ({ at, addition: { ...NOTHING_LEAVES, persons: [person] } }));
  const opaque = metered.opaque.map(({ at, bytes, persons: taken }) => ({
    at,
    addition: { ...NOTHING_LEAVES, estimatedPersons: Math.ceil(taken), opaqueBytes: bytes },
  }));
  return opaque.length === 0 ? persons : [...persons, ...opaque].sort((left, right) => left.at - right.at);
}
