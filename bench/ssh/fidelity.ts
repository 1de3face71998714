/** The generated matrix: every case the same, byte for byte, with and without the gateway. */
import { play } from '../fidelity/compare.ts';
import { matrix, title } from '../fidelity/matrix.ts';
import { placeNoise, TARGET_REKEYS } from '../fidelity/noise.ts';
import { seeded, share } from '../measure/random.ts';
import { bar, type BenchOptions, type Part } from '../model.ts';
import { World } from '../world/world.ts';

const SEED = 20_261_123;

export async function fidelity({ quick, say }: BenchOptions): Promise<Part> {
  await using world = await World.start({ targetLines: TARGET_REKEYS });
  const files = await placeNoise(world, SEED);
  const all = matrix();
  const cases = quick ? share(all, 40, seeded(SEED)) : all;
  const differences: { case: string; direct: unknown; gateway: unknown }[] = [];
  for (const [at, one] of cases.entries()) {
    const [direct, gateway] = [await play(world, 'direct', one, files), await play(world, 'gateway', one, files)];
    if (JSON.stringify(direct) !== JSON.stringify(gateway)) differences.push({ case: title(one), direct, gateway });
    if (at % 50 === 49) say(`fidelity: ${at + 1} of ${cases.length}, ${differences.length} differ`);
  }
  for (const { case: name } of differences.slice(0, 20)) say(`fidelity: differs: ${name}`);
  const reason = quick ? `${cases.length} of ${all.length} cases` : undefined;
  return {
    figures: { fidelity_cases: cases.length, fidelity_differences: differences.slice(0, 20) },
    bars: [bar('fidelity', { value: differences.length, op: '=', limit: 0, unit: 'cases that differ' }, reason)],
  };
}
