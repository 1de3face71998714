/** Secrets for targets that know no certificates: set by an administrator, used by the gateway, shown to nobody. */
import { GatewayError, LIMITS, type Secret } from '../../foundation/index.ts';
import type { Person, PersonId, SessionId, TargetId } from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import type { IdentityDeps } from '../rows.ts';
import {
  findPasswordAccount,
  type KeptSecret,
  lockSecret,
  markRotationAsked,
  markUsed,
  selectTargetSecrets,
  type TargetSecretEntry,
  upsertSecret,
} from './queries.ts';
import type { SealedSecret, SecretPlace, SecretSeal } from './seal.ts';

export interface SecretDeps extends IdentityDeps {
  readonly secretSeal: SecretSeal;
}

/** A line break would end the line on which passwd(1) and the prompts of a server read it. */
const UNUSABLE = /[\u0000-\u001f\u007f]/;

/** @throws {GatewayError} `not_permitted`. */
function requireAdministrator({ roles }: Person): void {
  if (!roles.includes('administrator')) throw new GatewayError('not_permitted');
}

/** @throws {GatewayError} `not_permitted`; `not_found` when the person has no account on a target entered by password. */
export async function setTargetSecret(
  deps: SecretDeps,
  administrator: Person,
  { targetId, personId, secret }: { targetId: TargetId; personId: PersonId; secret: Secret<string> },
): Promise<void> {
  requireAdministrator(administrator);
  const length = Buffer.byteLength(secret.expose());
  if (length === 0 || length > LIMITS.targetSecretBytesMax || UNUSABLE.test(secret.expose())) {
    throw new GatewayError('request_invalid', `secret: 1 to ${LIMITS.targetSecretBytesMax} bytes on one line.`);
  }
  // Who sets the secret of an account knows it, and so could use that account under its person's name.
  if (personId === administrator.id) throw new GatewayError('not_permitted');
  await deps.database.inTransaction(async (tx) => {
    const account = await findPasswordAccount(tx, { targetId, personId });
    if (account === undefined) throw new GatewayError('not_found');
    const place = { targetId, personId, account };
    const at = deps.clock.now();
    await upsertSecret(tx, { place, kept: deps.secretSeal.close(secret, place), by: administrator.id, at });
    await appendAuditEvent(tx, deps.clock, {
      type: 'target_secret.set',
      actor: administrator.id,
      body: { target: targetId, person: personId, account },
    });
  });
}

/** It is changed on the target once the person has no session there. @throws {GatewayError} `not_permitted`, `not_found`. */
export async function askSecretRotation(
  deps: IdentityDeps,
  administrator: Person,
  account: { targetId: TargetId; personId: PersonId },
): Promise<void> {
  requireAdministrator(administrator);
  await deps.database.inTransaction(async (tx) => {
    const asked = await markRotationAsked(tx, account, deps.clock.now());
    if (asked === 0) throw new GatewayError('not_found');
    await appendAuditEvent(tx, deps.clock, {
      type: 'target_secret.rotation_asked',
      actor: administrator.id,
      body: { target: account.targetId, person: account.personId },
    });
  });
}

/** @throws {GatewayError} `not_permitted`. */
export async function listTargetSecrets(
  { database }: Pick<IdentityDeps, 'database'>,
  person: Person,
): Promise<TargetSecretEntry[]> {
  requireAdministrator(person);
  return selectTargetSecrets(database);
}

/**
 * What the account signs in with, most likely first: two while the target is being told a new one. Empty when none is
 * kept. That it is used stands in the events before anybody has it.
 */
export async function useTargetSecret(
  deps: SecretDeps,
  place: SecretPlace,
  session: SessionId,
): Promise<readonly Secret<string>[]> {
  return deps.database.inTransaction(async (tx) => {
    const kept = await lockSecret(tx, place);
    if (kept === undefined || kept.account !== place.account) return [];
    await markUsed(tx, place, deps.clock.now());
    await appendAuditEvent(tx, deps.clock, {
      type: 'target_secret.used',
      actor: place.personId,
      session,
      body: { target: place.targetId, account: place.account },
    });
    return opened(deps.secretSeal, kept, place);
  });
}

export function opened(seal: SecretSeal, { current, next }: KeptSecret, place: SecretPlace): readonly Secret<string>[] {
  const kept: readonly (SealedSecret | undefined)[] = [current, next];
  return kept.flatMap((one) => (one === undefined ? [] : [seal.open(one, place)]));
}
