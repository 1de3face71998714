/** A share of the generated matrix, chosen by a seed: the newest ssh through the gateway and without it, byte for byte. */
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { play } from '../../bench/fidelity/compare.ts';
import { matrix, title } from '../../bench/fidelity/matrix.ts';
import { placeNoise, TARGET_REKEYS } from '../../bench/fidelity/noise.ts';
import { seeded, share } from '../../bench/measure/random.ts';
import { World } from '../../bench/world/world.ts';
import { Cleanup } from '../../foundation/index.ts';
import { describeWithNewestOpenSsh } from '../support/openssh-newest.ts';
import { caseCount, seed } from '../support/share.ts';

const CASES_OF_A_RUN = 36;

describeWithNewestOpenSsh('the same command with and without the gateway', () => {
  const cleanup = new Cleanup();
  const random = seeded(seed());
  const all = matrix();
  const cases = share(all, caseCount(CASES_OF_A_RUN, all.length), random);
  let world: World;
  let files: Awaited<ReturnType<typeof placeNoise>>;
  jest.setTimeout(180_000);

  beforeAll(async () => {
    world = cleanup.use(await World.start({ targetLines: TARGET_REKEYS }));
    files = await placeNoise(world, seed());
  });
  afterAll(() => cleanup[Symbol.asyncDispose]());

  test.each(cases.map((one) => [title(one), one] as const))('is the same: %s', async (_title, one) => {
    const direct = await play(world, 'direct', one, files);
    expect(await play(world, 'gateway', one, files)).toEqual(direct);
  });

  test('shows what a server says before it is asked anything', async () => {
    const banner = `echo 220 ready; read -r line; echo "250 $line"`;
    const talk = (alias: string) => world.ssh(alias, [banner], { stdin: 'HELO\n' });
    const [direct, through] = [await talk('direct'), await talk('gateway')];
    expect(through.stdout.toString()).toBe('220 ready\n250 HELO\n');
    expect(through.stdout.equals(direct.stdout)).toBe(true);
  });
});
