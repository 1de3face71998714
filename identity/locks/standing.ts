/** Whether a lock stands on a key or on where somebody comes from. */
import { networkHolds, parseAddress, parseNetwork, type Queryable } from '../../foundation/index.ts';
import type { LockKind } from '../../policy/index.ts';
import { lockedNetworks, standingKinds } from './queries.ts';

/** Whether one of the locked networks holds one of the addresses. What cannot be read as an address may be any of them. */
export function isLockedPlace(networks: readonly string[], addresses: readonly string[]): boolean {
  const locked = networks.map(parseNetwork);
  return addresses.some((text) => {
    const address = parseAddress(text);
    return locked.some((network) => network === undefined || address === undefined || networkHolds(network, address));
  });
}

/** The lock on this key or on the address it is used from. */
export async function lockOnKey(
  db: Queryable,
  { fingerprint, sourceAddress }: { readonly fingerprint: string | null; readonly sourceAddress: string },
): Promise<LockKind | undefined> {
  const keys = fingerprint === null ? [] : await standingKinds(db, [{ kind: 'key', subject: fingerprint }]);
  if (keys.length > 0) return 'key';
  return isLockedPlace(await lockedNetworks(db), [sourceAddress]) ? 'device' : undefined;
}
