/** The keys by which the invented systems come to the relay: made once, and their private halves lie where the tour finds them. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateSshKey } from '../identity/index.ts';
import { RELAYED } from './inventory.ts';

type Relayed = (typeof RELAYED)[number];

/** Where the key of a system lies below the directory of the demonstration. */
export function relayKeyPath(directory: string, system: Relayed): string {
  return join(directory, 'relay', `${system}_ed25519`);
}

/** @returns the public halves, `ssh-ed25519 AAAA…`. */
export async function loadRelayKeys(directory: string): Promise<Record<Relayed, string>> {
  await mkdir(join(directory, 'relay'), { recursive: true, mode: 0o700 });
  const [crm, billing] = await Promise.all(RELAYED.map((system) => loadKey(relayKeyPath(directory, system))));
  if (crm === undefined || billing === undefined) throw new Error('there are two systems');
  return { crm, billing };
}

async function loadKey(path: string): Promise<string> {
  const known = await readFile(`${path}.pub`, 'utf8').catch(() => undefined);
  if (known !== undefined) return known.trim();
  const { privateKey, publicKeyLine } = generateSshKey('relay');
  const line = publicKeyLine.split(' ').slice(0, 2).join(' ');
  await writeFile(path, privateKey, { mode: 0o600 });
  await writeFile(`${path}.pub`, `${line}\n`); // Last: with it both are there.
  return line;
}
