/**
 * Changing a secret on its target. The new one is kept before the target is told of it and the old one until the new one
 * is known to be right: whenever this breaks off, one of the two opens the account.
 */
import { randomBytes } from 'node:crypto';
import { type GatewayError, LIMITS, Secret } from '../../foundation/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import type { IdentityDeps } from '../rows.ts';
import {
  type DueRotation,
  lockSecret,
  markRotationFailed,
  selectDueRotations,
  updateNext,
  upsertSecret,
} from './queries.ts';
import type { SecretPlace } from './seal.ts';
import { opened, type SecretDeps } from './secrets.ts';

/** 24 random bytes as base64url: 192 bits, and of every class of characters that password rules ask for but signs. */
const NEW_SECRET_BYTES = 24;

export interface Rotation extends DueRotation {
  readonly current: Secret<string>;
  readonly next: Secret<string>;
}

const placeOf = ({ target, personId, account }: DueRotation): SecretPlace => ({
  ...{ targetId: target.id, personId, account },
});

export function dueRotations({ database, clock }: IdentityDeps): Promise<DueRotation[]> {
  const retryBefore = new Date(clock.now().getTime() - LIMITS.targetSecretRetryMinutes * 60_000);
  return selectDueRotations(database, { retryBefore, bound: LIMITS.targetSecretsAtOnce });
}

/** Keeps a new secret beside the one of now; that of an attempt that broke off is taken up again. */
export async function beginRotation(deps: SecretDeps, due: DueRotation): Promise<Rotation | undefined> {
  const place = placeOf(due);
  return deps.database.inTransaction(async (tx) => {
    const kept = await lockSecret(tx, place);
    if (kept === undefined) return undefined;
    const [current, begun] = opened(deps.secretSeal, kept, place);
    if (current === undefined) return undefined;
    if (begun !== undefined) return { ...due, current, next: begun };
    // `Aa1-` : some servers ask for one of each kind.
    const next = new Secret(`Aa1-${randomBytes(NEW_SECRET_BYTES).toString('base64url')}`);
    await updateNext(tx, place, deps.secretSeal.close(next, place));
    return { ...due, current, next };
  });
}

/** The target has taken the new secret. */
export async function finishRotation(deps: SecretDeps, rotation: Rotation): Promise<void> {
  const place = placeOf(rotation);
  await deps.database.inTransaction(async (tx) => {
    const kept = await lockSecret(tx, place);
    // An administrator set another meanwhile: theirs stands, and what the target has is theirs to know.
    if (kept?.next === undefined) return;
    const at = deps.clock.now();
    await upsertSecret(tx, { place, kept: kept.next, by: null, at });
    await appendAuditEvent(tx, deps.clock, {
      type: 'target_secret.rotated',
      actor: null,
      body: { target: place.targetId, person: place.personId, account: place.account },
    });
  });
}

/** It stays as it was, or nobody knows; it is tried again later. */
export async function failRotation(
  deps: IdentityDeps,
  rotation: DueRotation,
  { code, detail }: Pick<GatewayError, 'code'> & { readonly detail: string },
): Promise<void> {
  const place = placeOf(rotation);
  await deps.database.inTransaction(async (tx) => {
    await markRotationFailed(tx, place, deps.clock.now());
    await appendAuditEvent(tx, deps.clock, {
      type: 'target_secret.rotation_failed',
      actor: null,
      body: {
        ...{ target: place.targetId, person: place.personId, account: place.account },
        ...{ code, detail: detail.slice(0, 1_000) },
      },
    });
  });
}
