/** Enrolled keys at the door: whose a key is, and the one statement that takes note of its use. */
import type { Clock, Database } from '../../foundation/index.ts';
import type { PersonId } from '../../policy/index.ts';
import { type AuditEvent, auditBody } from '../../recorder/index.ts';
import { isLockedPlace } from '../locks/standing.ts';
import type { SecurityKeyUse } from './proof.ts';
import { fingerprintOf } from './public-key.ts';
import { type KeyRecord, type KeyUseOutcome, recordKeyUse, selectKey, updateCounter } from './queries.ts';

/** Why a key that was accepted a moment ago is not any more. */
export type KeyUseRefusal = Exclude<KeyUseOutcome, 'noted'>;

interface KeyDeps {
  readonly database: Database;
  readonly clock: Clock;
}

/** Where a key is used, and since when an earlier approval in the browser counts; null: none does. */
export interface KeyPlace {
  readonly sourceAddress: string;
  readonly approvedSince: Date | null;
}

/**
 * Whose key an SSH client showed, in whatever state; undefined when nobody ever enrolled it. One query, the same for a
 * key that is known and one that is not: the time it takes tells nothing.
 */
export async function findKey(deps: KeyDeps, blob: Buffer, place: KeyPlace): Promise<KeyRecord | undefined> {
  const asked = { ...place, fingerprint: fingerprintOf(blob), blob, now: deps.clock.now() };
  const found = await selectKey(deps.database, asked);
  if (found === undefined) return undefined;
  const { key, lockedNetworks } = found;
  // Nothing signs in from a place that is locked, whosever key it is.
  return isLockedPlace(lockedNetworks, [place.sourceAddress]) ? { ...key, state: 'revoked' } : key;
}

export interface KeyUse {
  readonly fingerprint: string;
  readonly personId: PersonId;
  /** Null: a plain key, or a use whose counter was noted already. */
  readonly securityKey: SecurityKeyUse | null;
  /** The approval in the browser that this sign-in rests on, if any, and since when it would count. */
  readonly approval: { readonly id: string; readonly since: Date | null } | null;
  readonly event: AuditEvent;
}

/**
 * Notes the use of a key whose signature was good, with its audit event, in one statement that also checks anew that
 * the key is in force, that its counter went on, and that the approval still counts. Undefined, or why nothing was noted.
 */
export async function noteKeyUse(deps: KeyDeps, use: KeyUse): Promise<KeyUseRefusal | undefined> {
  const now = deps.clock.now();
  const { fingerprint, personId, approval } = use;
  const counter = use.securityKey?.counter ?? null;
  const { type, actor } = use.event;
  const event = { type, actor, body: auditBody(use.event) };
  const outcome = await recordKeyUse(deps.database, { fingerprint, personId, counter, approval, event, now });
  return outcome === 'noted' ? undefined : outcome;
}

/**
 * Notes the counter alone, when the sign-in goes on to a second factor.
 * @returns whether it went on. A counter that stood still or went back is a second authenticator with the same key.
 */
export async function noteCounter(deps: KeyDeps, fingerprint: string, use: SecurityKeyUse): Promise<boolean> {
  return (await updateCounter(deps.database, fingerprint, use.counter)) === 1;
}
