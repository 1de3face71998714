import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { sha256 } from '../../foundation/index.ts';
import { MIGRATIONS_DIRECTORY } from '../support/paths.ts';

/**
 * SHA-256 of every migration. A database somewhere has run each of them: change the schema with a new file and add its
 * digest here. Only a migration that no release has carried may change, and its digest with it.
 */
const LANDED: Readonly<Record<string, string>> = {
  '0001_first_road.sql': '12448f3123ebbe9a2a186e790c81e6810a304697e9c553676d4c6d06c17641e8',
  '0002_ways.sql': '7d69d1c4cb7c3cf068e8470956689e3d2ee2261ae2d40bc67939c5465b28133f',
  '0003_authentication.sql': 'f5adf0a3c66c057de5cfccecfdccdb436ba8b55b49576ae8447f228abed95e06',
  '0004_login_certificates.sql': 'b687a2118b0750507432fa4a18df2a05aa15d8a2129f1717216202f91ec5ae68',
  '0005_live_control.sql': 'c9ba0c920e74b7d55a2786f63cea59d3db184a0e38a7402420f54bb38d6f6e3a',
  '0007_workers.sql': 'e5aef9df0e1959b99c86f783c8d433876ad8a17e4ba40418aa64d8a84f993448',
  '0008_narrow_grants.sql': '228b1c97adc6ffd9604ea52c2c5a5f47787db493fc859fb3d90a723b38c69bb3',
  '0009_session_modes.sql': '68a9b2355722d81d44eb94fabdc7cd5738bd96fc95b0d43edd45a0280c706f0f',
  '0010_budgets.sql': '23c43d6dc67c940dc91d9b39bf3a00fceaedcef5f38ac14fc5ec8625e8d7fc43',
  '0011_programs_and_copies.sql': '397464ebe987497ed60d0b97bc692c8b21ed524abec53481376ee7ceb02ae554',
  '0012_vault.sql': '6a773be521a44e19c9a7846ea31b0c1986322000974bcb6b8aef6837f79e042f',
  '0013_recorder.sql': '5020e9cce29f183b5a074bae0a94b3059d108ebbe01c3bd4bd1dda15f74fa9eb',
  '0014_identity.sql': '7f61ab6cd2c084e449636ee2512757ac4b06806998a19b6d9cd2d726896d044e',
  '0015_tickets.sql': '7d5d2064805fabdd18ca91806deab518f5fa8dba0b5703fd44743d316767cd69',
  '0016_lifecycle.sql': 'f894629dddc3c2c685ab5a3f0bda2112582aeb90a2fd4c5dcc1e1822aaf192ed',
  '0017_flow.sql': '814b73a747b5a2d2c91e8b08950acac94ae6a19b704ef992c0cb691672d5dc4a',
  '0018_deliveries.sql': '6eedf9cf748aade00db1e15dedef4d851c66432984317d4b1351c0833ffd601a',
  '0023_relay.sql': 'db0bd81e40925729862d0dd804cee784ff92be6415eec90f0b92be2def6541b5',
  '0020_console.sql': 'a5c5936f62d94e518a201e621f96e0a4e0e0ed07f62abc738fbcd5ed67441677',
  '0019_contracts.sql': 'd8ea2ca37f1744dc87ded8b49f56e8fbda20ed7021098ff705d0642cf9e3d7b2',
  '0028_target_secrets.sql': '23300fb33c4bcdf051bb5acd82c298b05824b0ce2c7d686da5d073b695273490',
  '0026_target_accounts.sql': 'df04f84be0598616475043ad989b395580df93ea80686dddd0dc75eb9c70adb8',
  '0021_terminals.sql': '03d827913683b44c30a5ff30d6f256a64e7f173fe27f051e433dd77585194681',
  '0031_administration.sql': 'c98f20f475fc35fe2578cd622c8943449c2c842dbbf293d588dc0ee37f5eba4e',
  '0022_web_targets.sql': '8e7a4ec5b85f2048d5cdcda845f6f963b9e08f451fb83b795409f1a6536b73a8',
  '0033_transfers_of_parcels.sql': 'a6fc9b1f4b6c64f6ed10f40a9d9bf4eb7ce1326164c475ad3df67eb8bbf89317',
  '0035_narrower_approvals.sql': 'b9829f6db3abb1345ae4ae972be676bcae29c34d486a55db0053da6671f72772',
  '0030_idempotency.sql': '05d2b6cf935adaa616a3ddb785b283ac13e28a9597e67b0f4215e95effecb28d',
  '0032_api_tokens.sql': '3209299d04feb2dcb7c2576cdcd1461c42b21a6066a724abc4efc818a1376e9e',
  '0036_downloads.sql': '0d0686b05aaf8847f64d2a73b4d59da46ae103174f6b4bc59f3896938103c8aa',
};

test('a migration that has landed is never edited or removed', async () => {
  const names = (await readdir(MIGRATIONS_DIRECTORY)).sort();
  const found = await Promise.all(
    names.map(
      async (name) => [name, sha256(await readFile(join(MIGRATIONS_DIRECTORY, name))).toString('hex')] as const,
    ),
  );
  expect(Object.fromEntries(found)).toEqual(LANDED);
});
