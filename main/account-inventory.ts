/** Once a day, or when somebody asks: which accounts are there on each target that may be looked at. */
import { z } from 'zod';
import type { Config } from '../config/index.ts';
import {
  asError,
  type Cleanup,
  type Database,
  GatewayError,
  type JobKind,
  JobQueues,
  LIMITS,
  newUuid,
  type QueueBackend,
} from '../foundation/index.ts';
import { DialFailure, type LookDeps, readTargetAccounts } from '../gateway/index.ts';
import { type InspectedTarget, inspectedTargets, reportAccounts, reportUnread } from '../identity/index.ts';
import { addressesOf } from './addresses.ts';
import type { SshKeys } from './bastion.ts';

interface InventoryDeps extends LookDeps {
  readonly database: Database;
}

const COMPARE_ACCOUNTS: JobKind<Record<string, never>> = { name: 'compare-accounts', payload: z.strictObject({}) };
const HOUR_MS = 3_600_000;

/** @returns what asks for a look now; it is done in the background. */
export async function startAccountInventory(
  given: Pick<InventoryDeps, 'database' | 'clock' | 'log'> & {
    readonly queue: QueueBackend;
    readonly keys: Pick<SshKeys, 'authority'>;
    readonly config: Pick<Config, 'mode' | 'targets'>;
  },
  cleanup: Cleanup,
): Promise<() => Promise<void>> {
  const { queue, keys, config, ...own } = given;
  const deps = { ...own, authority: keys.authority, addresses: addressesOf(config) };
  const queues = cleanup.use(new JobQueues(queue, deps.log));
  queues.work(COMPARE_ACCOUNTS, () => compareAllAccounts(deps), 1);
  await queues.every(COMPARE_ACCOUNTS, {}, LIMITS.targetAccountsHours * HOUR_MS);
  return () => {
    // A queue that is away takes it when it is back; who asks is not kept waiting for that.
    queues.add(COMPARE_ACCOUNTS, {}).catch((thrown: unknown) => {
      deps.log.warn(
        { event: 'accounts.not_asked', err: asError(thrown) },
        'the accounts are looked at by schedule only',
      );
    });
    return Promise.resolve();
  };
}

/** Every target; one that cannot be read is reported so and keeps no other waiting. */
async function compareAllAccounts(deps: InventoryDeps): Promise<void> {
  const targets = await inspectedTargets(deps.database);
  for (let at = 0; at < targets.length; at += LIMITS.targetAccountsAtOnce) {
    await Promise.all(targets.slice(at, at + LIMITS.targetAccountsAtOnce).map((one) => look(deps, one)));
  }
}

async function look(deps: InventoryDeps, inspected: InspectedTarget): Promise<void> {
  const keyId = `accounts-${newUuid(deps.clock.now())}`;
  try {
    await reportAccounts(deps, inspected, await readTargetAccounts(deps, { ...inspected, keyId }));
  } catch (thrown) {
    if (!(thrown instanceof GatewayError) || thrown.code === 'database_unavailable') throw asError(thrown);
    const detail = thrown instanceof DialFailure ? thrown.detail : thrown.message;
    await reportUnread(deps, inspected, { code: thrown.code, detail });
  }
}
