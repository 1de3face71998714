import { GatewayError, LIMITS } from '../../foundation/index.ts';
import type { Person, Principal } from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import { requireUnlocked } from '../persons/standing.ts';
import { lockPersonRow } from '../persons/queries.ts';
import type { IdentityDeps } from '../rows.ts';
import { isPrintable, parsePublicKey } from './public-key.ts';
import { insertSshKey, listSshKeys, revokeKey, type SshKey } from './queries.ts';
import { findKey } from './use.ts';

const LABEL_CHARACTERS_MAX = 200;
const DAY_MS = 86_400_000;
const FINGERPRINT = /^SHA256:[A-Za-z0-9+/]{43}$/;

/**
 * Enrols a public key for the signed-in person, for `LIMITS.sshKeyDays`. An empty label becomes the key's comment.
 * A key that was ever enrolled, by anybody, is taken: one key never means two people, nor a revoked one a new one.
 * @throws {GatewayError} `key_invalid`, `key_taken`, `person_locked`, `request_invalid` (label, or too many keys).
 */
export async function enrolSshKey(
  deps: IdentityDeps,
  principal: Principal,
  request: { publicKey: string; label: string },
): Promise<SshKey> {
  const { comment, ...key } = parsePublicKey(request.publicKey);
  const label = readLabel(request.label, comment);
  const personId = principal.person.id;
  const enrolledAt = deps.clock.now();
  const expiresAt = new Date(enrolledAt.getTime() + LIMITS.sshKeyDays * DAY_MS);
  await deps.database.inTransaction(async (tx) => {
    await lockPersonRow(tx, personId); // Keys of one person are counted one enrolment at a time.
    await requireUnlocked(tx, personId);
    if ((await listSshKeys(tx, personId)).length >= LIMITS.sshKeysPerPersonMax) {
      throw new GatewayError('request_invalid', `${LIMITS.sshKeysPerPersonMax} keys are enrolled; revoke one first.`);
    }
    const inserted = await insertSshKey(tx, { ...key, personId, label, enrolledAt, expiresAt });
    if (inserted === 0) throw new GatewayError('key_taken');
    await appendAuditEvent(tx, deps.clock, {
      type: 'ssh_key.enrolled',
      actor: personId,
      body: { fingerprint: key.fingerprint, algorithm: key.algorithm },
    });
  });
  const { fingerprint, algorithm } = key;
  return { fingerprint, algorithm, label, enrolledAt, expiresAt, lastUsedAt: null };
}

function readLabel(given: string, comment: string): string {
  const label = given.trim();
  if (!isPrintable(label) || label.length > LABEL_CHARACTERS_MAX) {
    throw new GatewayError('request_invalid', `A label has at most ${LABEL_CHARACTERS_MAX} printable characters.`);
  }
  return label === '' ? Array.from(comment).slice(0, LABEL_CHARACTERS_MAX).join('') : label;
}

/** Revokes a key of one's own, for good. @throws {GatewayError} `not_found` */
export async function revokeSshKey(deps: IdentityDeps, principal: Principal, fingerprint: string): Promise<void> {
  if (!FINGERPRINT.test(fingerprint)) throw new GatewayError('not_found');
  const personId = principal.person.id;
  await deps.database.inTransaction(async (tx) => {
    const revoked = await revokeKey(tx, { fingerprint, personId, at: deps.clock.now() });
    if (revoked === 0) throw new GatewayError('not_found');
    await appendAuditEvent(tx, deps.clock, { type: 'ssh_key.revoked', actor: personId, body: { fingerprint } });
  });
}

/** Whose key it is while it is in force; undefined when it is not enrolled, revoked or expired. */
export async function findPersonByKey(
  deps: IdentityDeps,
  blob: Buffer,
): Promise<{ person: Person; fingerprint: string } | undefined> {
  const key = await findKey(deps, blob, { sourceAddress: '', approvedSince: null });
  return key?.state === 'in_force' ? { person: key.person, fingerprint: key.fingerprint } : undefined;
}
