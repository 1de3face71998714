/** How much of a piece may pass, by what is known here now. */
import { type Addition, both, createRowCounter, NOTHING_LEAVES, type Tally } from '../../../policy/index.ts';
import type { SessionMeter } from '../../metering/index.ts';
import { countLines } from './line-count.ts';
import type { Piece, Plan } from './model.ts';

export interface Planning {
  readonly meter: SessionMeter;
  readonly command: Tally;
  /** Of the piece's stream; undefined where rows have no limit: then lines are counted. */
  readonly rows: RowsOf | undefined;
}

/** Reads `length` bytes at most. @returns how many may pass before row `room` + 1 would begin, and the rows in them. */
export type RowsOf = (
  bytes: Buffer,
  length: number,
  room: number,
) => { readonly passes: number; readonly rows: number };

/** The rows of one stream. A row is counted once: what was read and did not pass must not be read again. */
export function createRowsOf(): RowsOf {
  let max = 0;
  const counter = createRowCounter(() => max);
  return (bytes, length, room) => {
    const before = counter.rows;
    max = before + room;
    const passes = counter.count(bytes, length);
    return { passes, rows: counter.rows - before };
  };
}

/** Cuts the piece before the first thing that would leave the budget: of persons a record, of rows and bytes exactly. */
export function planPiece(piece: Piece, planning: Planning): Plan {
  const byFinds = cutAtFinds(piece, planning);
  // Near a limit of rows or bytes the person is asked before any of the piece passes.
  const sizes = sizesOf(piece.bytes, byFinds.passes);
  const sized = planning.meter.decide(planning.command, both(byFinds.addition, sizes));
  if (sized.kind === 'soft') return { passes: 0, addition: NOTHING_LEAVES, decision: sized };
  return withSizes(piece, byFinds, planning);
}

/** Its first `length` bytes, and the lines in them: rows, where these have no limit. */
export function sizesOf(bytes: Buffer, length: number): Addition {
  return { ...NOTHING_LEAVES, rows: countLines(bytes, length), bytes: length };
}

/** The piece behind its first `passed` bytes. */
export function restOf({ stream, bytes, finds }: Piece, passed: number): Piece {
  const later = finds.filter(({ at }) => at >= passed);
  return {
    stream,
    bytes: bytes.subarray(passed),
    finds: later.map(({ at, addition }) => ({ at: at - passed, addition })),
  };
}

function cutAtFinds({ bytes, finds }: Piece, { meter, command }: Planning): Plan {
  let addition = NOTHING_LEAVES;
  const all = finds.reduce((sum, find) => both(sum, find.addition), NOTHING_LEAVES);
  const decision = meter.decide(command, all);
  if (decision.kind === 'within') return { passes: bytes.length, addition: all, decision };
  for (const find of finds) {
    const more = both(addition, find.addition);
    const decided = meter.decide(command, more);
    if (decided.kind !== 'within') return { passes: find.at, addition, decision: decided };
    addition = more;
  }
  return { passes: bytes.length, addition, decision: { kind: 'within' } };
}

/** With the rows and bytes of what passes, and cut once more where these have no room. */
function withSizes(piece: Piece, plan: Plan, { meter, command, rows }: Planning): Plan {
  const room = Math.min(plan.passes, meter.room('bytes', command));
  const { passes, rows: counted } = rows?.(piece.bytes, room, meter.room('rows', command)) ?? {
    passes: room,
    rows: countLines(piece.bytes, room),
  };
  const found = passes === plan.passes ? plan.addition : foundBefore(piece, passes);
  const addition = both(found, { ...NOTHING_LEAVES, rows: counted, bytes: passes });
  if (passes === plan.passes) return { ...plan, addition };
  const more = both(addition, { ...NOTHING_LEAVES, ...(passes < room ? { rows: 1 } : { bytes: 1 }) });
  return { passes, addition, decision: meter.decide(command, more) };
}

function foundBefore({ finds }: Piece, passes: number): Addition {
  return finds.filter(({ at }) => at < passes).reduce((sum, find) => both(sum, find.addition), NOTHING_LEAVES);
}
