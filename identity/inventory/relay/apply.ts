/** By which keys a system itself comes to the relay, as the inventory says: what it does not name any more is taken away. */
import { newUuid, type Transaction } from '../../../foundation/index.ts';
import type { SystemId } from '../../../policy/index.ts';
import { parsePublicKey } from '../../keys/public-key.ts';
import type { Change } from '../queries.ts';
import type { Inventory } from '../schema.ts';
import { revokeOtherIdentities, updateProtectionClass, upsertRelayIdentity } from './queries.ts';

/** @throws {GatewayError} `key_invalid`. */
export async function applyRelaySide(
  tx: Transaction,
  at: Date,
  system: Inventory['systems'][number] & { readonly id: SystemId },
  note: (change: Change | undefined, entry: string) => void,
): Promise<void> {
  const { id, name, protectionClass, relay } = system;
  if ((await updateProtectionClass(tx, id, protectionClass)) > 0) note('changed', `protection class of ${name}`);
  for (const identity of relay) {
    const { algorithm, blob, fingerprint } = parsePublicKey(identity.publicKey);
    const publicKey = `${algorithm} ${blob.toString('base64')}`;
    const row = { id: newUuid(at), system: id, name: identity.name, publicKey, fingerprint };
    const change = await upsertRelayIdentity(tx, { ...row, sources: identity.sources, at });
    if (change !== undefined) note(change.added ? 'added' : 'changed', `relay identity ${identity.name} of ${name}`);
  }
  const kept = relay.map((identity) => identity.name);
  for (const gone of await revokeOtherIdentities(tx, { system: id, kept, at })) {
    note('revoked', `relay identity ${gone} of ${name}`);
  }
}
