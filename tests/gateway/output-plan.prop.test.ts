/** What passes of output near a limit, whatever the pieces in which it comes. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createLog, Database, Secret, systemClock } from '../../foundation/index.ts';
import { Meters, type SessionMeter } from '../../gateway/metering/index.ts';
import type { Find, Piece } from '../../gateway/ssh/output/model.ts';
import { createRowsOf, planPiece, restOf } from '../../gateway/ssh/output/plan.ts';
import {
  type BudgetLimits,
  type ConnectionId,
  NOTHING_LEAVES,
  type PersonId,
  type SystemId,
  Tally,
} from '../../policy/index.ts';

const log = createLog('silent');
const database = new Database({ url: new Secret('postgresql://nowhere.invalid/none'), poolSize: 1, log });

function meterOf(limits: BudgetLimits, softRatio = 1): SessionMeter {
  const meters = new Meters({ database, clock: systemClock, log, key: Buffer.alloc(32) });
  const ids = { personId: 'p' as PersonId, systemId: 's' as SystemId, connectionId: 'c' as ConnectionId };
  return meters.open({ ...ids, budget: { limits, softRatio } }).meter;
}

/** Passes pieces until one does not pass whole. */
function pass(meter: SessionMeter, pieces: readonly Piece[]): Buffer {
  const command = new Tally();
  const rows = createRowsOf();
  const shown: Buffer[] = [];
  for (const piece of pieces) {
    const { passes, addition, decision } = planPiece(piece, { meter, command, rows });
    command.add(addition);
    shown.push(piece.bytes.subarray(0, passes));
    if (decision.kind !== 'within') break;
    expect(passes).toBe(piece.bytes.length);
  }
  return Buffer.concat(shown);
}

const piece = (bytes: Buffer, finds: readonly Find[] = []): Piece => ({ stream: 'o', bytes, finds });

function cutAt(text: Buffer, places: readonly number[]): Piece[] {
  const ends = [...new Set([...places.map((place) => place % (text.length + 1)), text.length])].sort((a, b) => a - b);
  return ends.map((end, at) => piece(text.subarray(ends[at - 1] ?? 0, end)));
}

const places = fc.array(fc.nat(), { maxLength: 12 });

describe('near a limit', () => {
  test('exactly so many bytes pass as the limit says, in whatever pieces they come', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(300), places, (bytes, limit, cuts) => {
        const shown = pass(meterOf({ bytes: { command: limit } }), cutAt(Buffer.from(bytes), cuts));
        expect(shown.length).toBe(Math.min(limit, bytes.length));
      }),
    );
  });

  test('exactly so many rows pass as the limit says, and not a byte of the next one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 60 }), places, (rows, limit, cuts) => {
        const text = Buffer.from(Array.from({ length: rows }, (_, at) => `x ${at}\n`).join(''));
        const shown = pass(meterOf({ rows: { session: null, command: limit } }), cutAt(text, cuts)).toString();
        expect(shown.split('\n').length - 1).toBe(Math.min(limit, rows));
        expect(shown === '' || shown.endsWith('\n')).toBe(true);
      }),
    );
  });

  test('nothing passes from the record on that would be one person too many', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(30), { maxLength: 60 }), fc.nat(20), (people, limit) => {
        const finds = people.map((person, at) => ({
          at: at * 10,
          addition: { ...NOTHING_LEAVES, persons: [BigInt(person)] },
        }));
        const bytes = Buffer.alloc(people.length * 10, 'x');
        const shown = pass(meterOf({ persons: { command: limit } }), [piece(bytes, finds)]);
        const seen = new Set(people.slice(0, shown.length / 10));
        expect(seen.size).toBeLessThanOrEqual(limit);
        const next = people[shown.length / 10];
        expect(next === undefined || new Set([...seen, next]).size > limit).toBe(true);
      }),
    );
  });

  test('before a soft limit of bytes is passed nothing of the piece is shown', () => {
    const meter = meterOf({ bytes: { command: 100 } }, 0.5);
    const planned = planPiece(piece(Buffer.alloc(60)), { meter, command: new Tally(), rows: undefined });
    expect(planned).toMatchObject({ passes: 0, decision: { kind: 'soft', which: { kind: 'bytes', count: 60 } } });
    meter.connection.confirmed = true;
    const again = planPiece(piece(Buffer.alloc(60)), { meter, command: new Tally(), rows: undefined });
    expect(again).toMatchObject({ passes: 60, decision: { kind: 'within' } });
  });

  test('the rest of a piece keeps what was found in it, at its place', () => {
    const find = (at: number): Find => ({ at, addition: NOTHING_LEAVES });
    const rest = restOf(piece(Buffer.from('abcdef'), [find(0), find(2), find(5)]), 2);
    expect(rest.bytes.toString()).toBe('cdef');
    expect(rest.finds.map(({ at }) => at)).toEqual([0, 3]);
  });
});
