import { chown, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { seeded } from '../measure/random.ts';
import type { World } from '../world/world.ts';
import { NOISE_BYTES } from './matrix.ts';

/** The same bytes here and in the account's home: of every value, so that no layer may read them as text. */
export async function placeNoise(world: World, seed: number): Promise<{ remote: string; local: Buffer }> {
  const local = seeded(seed).bytes(NOISE_BYTES);
  const remote = join(world.account.home, 'noise.bin');
  await writeFile(remote, local);
  const { uid, gid } = await stat(world.account.home);
  await chown(remote, uid, gid);
  return { remote, local };
}

/** The target's sshd begins new keys by itself in the middle of the larger cases. */
export const TARGET_REKEYS = ['RekeyLimit 2M'];
