/** Peers that mean harm, on both sides of a gateway in a process of its own: it lives, and others go on working. */
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { BEHAVIOURS } from '../../bench/hostile/as-target.ts';
import { CLIENT_ATTACKS } from '../../bench/hostile/hostile.ts';
import { Siege } from '../../bench/hostile/siege.ts';
import { Cleanup } from '../../foundation/index.ts';
import { describeWithNewestOpenSsh } from '../support/openssh-newest.ts';
import { caseCount, seed } from '../support/share.ts';

const GROWTH_KB_MAX = 100_000;
const ASYMMETRIC = new Set(['fuzz', 'raw']);

describeWithNewestOpenSsh('a gateway under attack', () => {
  const cleanup = new Cleanup();
  let siege: Siege;
  const asChen = { user: 'bench-recorded', seed: seed() };
  jest.setTimeout(7_200_000);

  beforeAll(async () => {
    siege = cleanup.use(await Siege.start(seed()));
    await siege.attack({ do: 'fuzz', ...asChen, count: 60, atOnce: 8 });
  });
  afterAll(() => cleanup[Symbol.asyncDispose]());

  const livesThrough = async (attack: Parameters<Siege['during']>[0]): Promise<void> => {
    const { attack: answer, lost, echoes, grownKilobytes } = await siege.during(attack);
    // An attack that never happened proves nothing.
    const failed = Object.values(answer.failures).reduce((sum, count) => sum + count, 0);
    expect({ failures: answer.failures, most: failed <= answer.done / 2 }).toMatchObject({ most: true });
    if (attack.do === 'visit') expect(answer.misbehaved).toBeGreaterThan(0);
    expect(lost).toBeUndefined();
    expect(echoes.length).toBeGreaterThanOrEqual(20);
    expect(grownKilobytes).toBeLessThan(GROWTH_KB_MAX);
    await siege.serves();
    expect(siege.escaped()).toEqual([]);
  };

  test('lives through clients that send bent messages in every state', async () => {
    await livesThrough({ do: 'fuzz', ...asChen, count: caseCount(400, 20_000), atOnce: 8 });
  });

  test.each(['fuzz', 'raw'] as const)('lives through a target that sends bent messages (%s)', async (behaviour) => {
    await livesThrough({ do: 'visit', behaviour, count: caseCount(25, 1_000), atOnce: 4 });
  });

  describe('by a client', () => {
    test.each(CLIENT_ATTACKS)('lives through %s', async (attack) => {
      await livesThrough({ do: 'attack', ...asChen, attack });
    });
  });

  describe('by a target', () => {
    test.each(BEHAVIOURS.filter((one) => !ASYMMETRIC.has(one)))('lives through %s', async (behaviour) => {
      await livesThrough({ do: 'visit', behaviour, count: 1, atOnce: 1 });
    });
  });
});
