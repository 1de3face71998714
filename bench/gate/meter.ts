/**
 * Bulk reading that looks like ordinary work: where the meters stop it, and that they stop nothing else. The bytes are
 * those of real programs, cut as they come over SSH; the guard, the meter and the budget are the gateway's own.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createThrowawayMeter, meteredOutput } from './metered/output.ts';
import { customers, PERSONS } from './metered/customers.ts';
import { encodingsHere, readable } from './metered/encodings.ts';
import { ordinaryCommands } from './metered/ordinary-commands.ts';
import { round } from '../measure/statistics.ts';
import { bar, type BenchOptions, type Part } from '../model.ts';
import { run } from '../world/run.ts';

const BUDGET = 100;

export async function meter({ quick, say }: BenchOptions): Promise<Part> {
  const directory = await mkdtemp(join(tmpdir(), 'sekisho-meter-'));
  try {
    const file = join(directory, 'customers.csv');
    const text = customers(PERSONS);
    await writeFile(file, text);
    const ratios = await encoded(file);
    ratios['row by row'] = rowByRow(text) / BUDGET;
    const commands = quick ? 100 : 1_000;
    const frozen = await frozenOf(await ordinaryCommands(commands));
    const worst = Math.max(...Object.values(ratios));
    say(
      `of ${PERSONS} persons the worst way shows ${worst} x the budget; ${frozen} of ${commands} ordinary commands freeze`,
    );
    return {
      figures: { meter_ratio: ratios, meter_ordinary: { commands, frozen } },
      bars: [
        bar('meter/overrun', { value: worst, op: '<=', limit: 1.2, unit: 'x budget' }),
        bar('meter/frozen_ordinary', { value: frozen, op: '=', limit: 0, unit: 'commands' }),
      ],
    };
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** How many times the budget somebody can read out of what each encoding shows before it stops. */
async function encoded(file: string): Promise<Record<string, number>> {
  const ratios: Record<string, number> = {};
  for (const { name, whole } of await encodingsHere(file)) {
    const shown = meteredOutput(createThrowawayMeter({ command: BUDGET }), [whole]);
    ratios[name] = round(readable(name, shown, whole.length) / BUDGET, 2);
  }
  return ratios;
}

/** One command a line, all in one connection. @returns how many lines were shown. */
function rowByRow(text: string): number {
  const meter = createThrowawayMeter({ session: BUDGET });
  const lines = text.split(/(?<=\n)/);
  return lines.filter((line) => meteredOutput(meter, [Buffer.from(line)]).length === Buffer.byteLength(line)).length;
}

/** @returns how many commands of one connection did not show all of their output. */
async function frozenOf(commands: readonly string[]): Promise<number> {
  const meter = createThrowawayMeter({ command: BUDGET, session: BUDGET });
  let frozen = 0;
  for (const command of commands) {
    const { stdout, stderr } = await run('bash', ['-c', command]);
    const bytes = stdout.length + stderr.length;
    if (meteredOutput(meter, [stdout, Buffer.from(stderr)]).length < bytes) frozen += 1;
  }
  return frozen;
}
