import { enrolSshKey, generateSshKey, parsePublicKey } from '../../identity/index.ts';
import type { Name, World } from '../approvals/world.ts';

/** A new key that this person enrolled. */
export async function enrolledKeyOf(house: World, name: Name): Promise<{ fingerprint: string; blob: Buffer }> {
  const { publicKeyLine } = generateSshKey('test');
  const { fingerprint } = await enrolSshKey(house, house.people[name], { publicKey: publicKeyLine, label: 'test' });
  return { fingerprint, blob: parsePublicKey(publicKeyLine).blob };
}
