/** How fast output passes the guard of escape sequences and the meter of persons, one core, in pieces as they come. */
import { createPersonalDataMeter, createTerminalGuard } from '../../policy/index.ts';
import { seeded } from '../measure/random.ts';
import { median, round, summary } from '../measure/statistics.ts';
import { bar, type BenchOptions, type Part } from '../model.ts';

const MEGABYTE = 1_000_000;
const PIECE_BYTES = 32 * 1024;
const SEED = 20_261_123;

/** Kinds of output, each as text that is repeated: what a terminal is shown all day. */
function texts(): Readonly<Record<string, Buffer>> {
  const random = seeded(SEED);
  const word = (): string => Buffer.from(random.bytes(4)).toString('hex');
  const lines = (make: (at: number) => string): Buffer =>
    Buffer.from(Array.from({ length: 4_000 }, (_, at) => make(at)).join(''));
  return {
    log: lines((at) => `2026-11-23T04:05:06.${at} host app[${at}]: ${word()} ${word()} ${word()} done in ${at} ms\r\n`),
    japanese: lines((at) => `${at} 山田太郎 東京都千代田区丸の内${at}丁目 受付済み ${word()}\r\n`),
    coloured: lines((at) => `\u001b[32m+${word()}\u001b[0m \u001b[1;31m-${word()}\u001b[m ${at}\u001b[K\r\n`),
    screen: lines((at) => `\u001b[${(at % 50) + 1};1H\u001b[7m${word()}\u001b[27m ${word()}\u001b[K`),
    binary: Buffer.concat(Array.from({ length: 64 }, () => random.bytes(4_096))),
  };
}

/** A day of work: mostly plain lines, some in Japanese, one in eight with colours, a screen now and then. */
function mixed({ log, japanese, coloured, screen }: Readonly<Record<string, Buffer>>): Buffer {
  const parts = [log, log, log, japanese, japanese, log, coloured, screen].map((text, at) =>
    (text ?? Buffer.alloc(0)).subarray(0, at === 7 ? 20_000 : 120_000),
  );
  return Buffer.concat(parts);
}

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
  const kinds = texts();
  const measured = Object.entries({ ...kinds, mixed: mixed(kinds) }).map(([kind, text]) => {
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
