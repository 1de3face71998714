/** The gateway's guard, meter and budget without a gateway: of one process and one connection, stored nowhere. */
import { createLog, Database, Secret, systemClock } from '../../../foundation/index.ts';
import { Meters, type SessionMeter } from '../../../gateway/metering/index.ts';
import { StreamMeasure } from '../../../gateway/ssh/output/measure.ts';
import { planPiece } from '../../../gateway/ssh/output/plan.ts';
import { type ConnectionId, type PersonId, type SystemId, Tally } from '../../../policy/index.ts';

/** What one read of an SSH channel brings at most. */
const PIECE_BYTES = 32 * 1024;

/** A meter with a limit of persons, and of unreadable bytes as shipped. */
export function createThrowawayMeter(persons: { readonly command?: number; readonly session?: number }): SessionMeter {
  const log = createLog('silent');
  // Nobody is there: what is metered here is stored nowhere, and what was before is not known.
  const database = new Database({ url: new Secret('postgresql://nowhere.invalid/none'), poolSize: 1, log });
  const meters = new Meters({ database, clock: systemClock, log, key: Buffer.alloc(32, 7) });
  const limits = { persons, opaqueBytes: { command: 64 * 1024, session: 256 * 1024 } };
  return meters.open({
    ...{ personId: 'bench' as PersonId, systemId: 'bench' as SystemId, connectionId: 'bench' as ConnectionId },
    budget: { limits, softRatio: 1 },
  }).meter;
}

/** What of a command's output is shown before a limit stops it. */
export function meteredOutput(meter: SessionMeter, output: readonly Buffer[]): Buffer {
  const command = new Tally();
  const shown: Buffer[] = [];
  for (const [at, stream] of output.entries()) {
    const options = {
      stream: at === 0 ? 'o' : 'e',
      hasTerminal: false,
      dropped: new Map(),
      onOffer: () => undefined,
    } as const;
    const measure = new StreamMeasure({ ...options, identifiers: meter.identifiers });
    for (let from = 0; from < stream.length; from += PIECE_BYTES) {
      const piece = measure.take(stream.subarray(from, from + PIECE_BYTES));
      const { passes, addition, decision } = planPiece(piece, { meter, command, rows: undefined });
      command.add(addition);
      meter.connection.tally.add(addition);
      shown.push(piece.bytes.subarray(0, passes));
      if (decision.kind !== 'within') return Buffer.concat(shown);
    }
    for (const { addition } of measure.finish().finds) {
      command.add(addition);
      meter.connection.tally.add(addition);
    }
  }
  return Buffer.concat(shown);
}
