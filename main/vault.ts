/** The vault of this gateway: where its pieces lie, to whom the keys of parcels are wrapped, and what can open them. */
import { join } from 'node:path';
import type { Vault } from '../approvals/index.ts';
import type { Config } from '../config/index.ts';
import type { Clock } from '../foundation/index.ts';
import { loadOrMakeIdentities, recipientOf } from '../recorder/index.ts';
import { filePieces, type PieceStore, sealedVault } from '../relay/index.ts';
import { type DataDirectory, vaultOf } from './data-directory.ts';

interface VaultKeys {
  /** Public: who fills parcels gets these and nothing else. */
  readonly recipients: readonly string[];
  /** Of the relay, which inspects and hands over. */
  readonly identities: readonly string[];
}

/**
 * The relay's own identity, which the first start makes, and as escrow whoever recordings are sealed to.
 * @throws {GatewayError} `start_refused` when the identity cannot be used.
 */
async function loadVaultKeys(directory: Pick<DataDirectory, 'keys'>, config: Config): Promise<VaultKeys> {
  const identities = await loadOrMakeIdentities(join(directory.keys, 'vault_identity.age.txt'));
  const own = await Promise.all(identities.slice(0, 1).map((identity) => recipientOf(identity)));
  return { recipients: [...new Set([...own, ...config.recorder.recipients.screen])], identities };
}

/** For who fills parcels below `root`. */
export function openVault(root: string, clock: Clock, recipients: readonly string[]): Vault {
  return sealedVault({ store: filePieces(vaultOf(root)), clock, recipients });
}

/** The vault with what opens it: for the one process that has the relay. */
export async function openOwnVault(directory: DataDirectory, config: Config, clock: Clock) {
  const { identities, recipients: vaultRecipients } = await loadVaultKeys(directory, config);
  const store: PieceStore = filePieces(directory.vault);
  return { vault: openVault(directory.root, clock, vaultRecipients), vaultRecipients, store, identities };
}
