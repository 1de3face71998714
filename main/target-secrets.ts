/** Secrets of target accounts that were used, or that somebody wants changed, become new ones on their targets. */
import { z } from 'zod';
import type { Config } from '../config/index.ts';
import {
  asError,
  type Cleanup,
  GatewayError,
  type JobKind,
  JobQueues,
  type QueueBackend,
} from '../foundation/index.ts';
import { type ErrandDeps, changeTargetSecret, DialFailure } from '../gateway/index.ts';
import { beginRotation, dueRotations, failRotation, finishRotation, type SecretDeps } from '../identity/index.ts';
import { addressesOf } from './addresses.ts';
import type { SshKeys } from './bastion.ts';

const ROTATE_SECRETS: JobKind<Record<string, never>> = { name: 'rotate-target-secrets', payload: z.strictObject({}) };
const INTERVAL_MS = 10_000;

type RotationDeps = SecretDeps & ErrandDeps;

/** @returns what has it done now, in the background. */
export async function startSecretRotation(
  given: Pick<RotationDeps, 'database' | 'clock' | 'log'> & {
    readonly queue: QueueBackend;
    readonly keys: Pick<SshKeys, 'secretSeal'>;
    readonly config: Pick<Config, 'mode' | 'targets'>;
  },
  cleanup: Cleanup,
): Promise<() => Promise<void>> {
  const { queue, keys, config, ...own } = given;
  const deps = { ...own, secretSeal: keys.secretSeal, addresses: addressesOf(config) };
  const queues = cleanup.use(new JobQueues(queue, deps.log));
  queues.work(ROTATE_SECRETS, () => rotateDue(deps), 1);
  await queues.every(ROTATE_SECRETS, {}, INTERVAL_MS);
  return () => queues.add(ROTATE_SECRETS, {});
}

/** One that does not change keeps no other waiting. */
async function rotateDue(deps: RotationDeps): Promise<void> {
  for (const due of await dueRotations(deps)) {
    try {
      const rotation = await beginRotation(deps, due);
      if (rotation === undefined) continue;
      await changeTargetSecret(deps, rotation);
      await finishRotation(deps, rotation);
    } catch (thrown) {
      if (!(thrown instanceof GatewayError) || thrown.code === 'database_unavailable') throw asError(thrown);
      const detail = thrown instanceof DialFailure ? thrown.detail : thrown.message;
      await failRotation(deps, due, { code: thrown.code, detail });
    }
  }
}
