/** How fast output passes the guard of escape sequences and the meter of persons, one core, in pieces as they come. */
import { createPersonalDataMeter, createTerminalGuard } from '../../policy/index.ts';
import { median, round, summary } from '../measure/statistics.ts';
import { bar, type BenchOptions, type Part } from '../model.ts';
import { mixedText, outputTexts, SHARES } from './output-texts.ts';

const MEGABYTE = 1_000_000;
const PIECE_BYTES = 32 * 1024;
function pieces(text: Buffer, bytes: number): Buffer[] {
  const all: Buffer[] = [];
  for (let length = 0; length < bytes; ) {
    for (let at = 0; at < text.length; at += PIECE_BYTES) {
      const piece = text.subarray(at, at + PIECE_BYTES);
      all.push(piece);
      length += piece.length;
    }
  }
  return all;
}

/** Megabytes a second through the guard alone, or through guard and meter as output goes. */
function rate(all: readonly Buffer[], withMeter: boolean): number {
  const guard = createTerminalGuard();
  const meter = withMeter ? createPersonalDataMeter({ key: Buffer.alloc(32, 7) }) : undefined;
  let bytes = 0;
  const start = performance.now();
  for (const piece of all) {
    const { pass } = guard.take(piece);
    meter?.take(pass);
    bytes += piece.length;
  }
  meter?.finish();
  guard.finish();
  return bytes / MEGABYTE / ((performance.now() - start) / 1_000);
}

export function outputGuard({ quick, runs, say }: BenchOptions): Promise<Part> {
  const kinds = outputTexts();
  const measured = Object.entries({ ...kinds, mixed: mixedText(kinds) }).map(([kind, text]) => {
    const all = pieces(text, (quick ? 4 : 32) * MEGABYTE);
    const series = [false, true].map((withMeter) => {
      rate(all, withMeter); // Compiled by now.
      return Array.from({ length: Math.max(1, runs) }, () => rate(all, withMeter));
    });
    const [guard = [], road = []] = series;
    say(`output, ${kind}: guard ${round(median(guard), 1)} MB/s, with the meter ${round(median(road), 1)} MB/s`);
    return { kind, guard, road };
  });
  const road = measured.find(({ kind }) => kind === 'mixed')?.road ?? [];
  return Promise.resolve({
    figures: {
      output_guard_mix_per_cent: SHARES,
      output_guard_mb_per_s: Object.fromEntries(
        measured.map(({ kind, guard, road: both }) => [kind, { guard: summary(guard), with_meter: summary(both) }]),
      ),
    },
    bars: [
      bar(
        'output_guard/rate',
        { value: round(median(road), 1), op: '>=', limit: 50, unit: 'MB/s' },
        'guard and meter over mixed text; each kind is among the figures',
      ),
    ],
  });
}
