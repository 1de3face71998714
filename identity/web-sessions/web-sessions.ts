import { randomBytes } from 'node:crypto';
import { GatewayError, LIMITS, Secret, sha256 } from '../../foundation/index.ts';
import type { Person, Principal } from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import { requireUnlocked } from '../persons/locks.ts';
import { findPerson, isLocked } from '../persons/queries.ts';
import type { IdentityDeps } from '../rows.ts';
import { deleteExpiredWebSessions, deleteWebSession, insertWebSession, selectWebSession } from './queries.ts';

const TOKEN_BYTES = 32;
const TOKEN = /^[A-Za-z0-9_-]{43}$/;
const HOUR_MS = 3_600_000;

/**
 * Begins a web sign-in after a callback that succeeded. The token is known to the browser alone; the database has its
 * SHA-256, so that a copy of the database signs nobody in.
 * @throws {GatewayError} `person_locked`
 */
export async function openWebSession(
  deps: IdentityDeps,
  signIn: { person: Person; issuer: string; idToken: string | null; sourceAddress: string },
): Promise<{ token: Secret<string>; expiresAt: Date }> {
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  const createdAt = deps.clock.now();
  const expiresAt = new Date(createdAt.getTime() + LIMITS.webSessionHours * HOUR_MS);
  await deps.database.inTransaction(async (tx) => {
    const { id: personId } = await requireUnlocked(tx, signIn.person.id);
    await deleteExpiredWebSessions(tx, createdAt);
    await insertWebSession(tx, { tokenHash: sha256(token), personId, idToken: signIn.idToken, createdAt, expiresAt });
    await appendAuditEvent(tx, deps.clock, {
      type: 'person.signed_in',
      actor: personId,
      body: { issuer: signIn.issuer, sourceAddress: signIn.sourceAddress },
    });
  });
  return { token: new Secret(token), expiresAt };
}

/**
 * Who the token signs in; undefined when it is unknown or expired. Looked up by its hash, so that the time it takes
 * tells nothing of a token that exists.
 * @throws {GatewayError} `person_locked`
 */
export async function findWebSession(deps: IdentityDeps, token: string): Promise<Principal | undefined> {
  if (!TOKEN.test(token)) return undefined;
  const session = await selectWebSession(deps.database, sha256(token), deps.clock.now());
  if (session === undefined) return undefined;
  const person = await findPerson(deps.database, session.personId);
  if (person === undefined) return undefined;
  if (await isLocked(deps.database, person.id)) throw new GatewayError('person_locked');
  return { person, signedInBy: 'oidc' };
}

/** Ends a web sign-in; a locked person may always leave. @returns what the identity provider needs to sign out too. */
export async function closeWebSession(
  deps: IdentityDeps,
  token: string,
): Promise<{ idToken: string | null } | undefined> {
  if (!TOKEN.test(token)) return undefined;
  return deps.database.inTransaction(async (tx) => {
    const session = await deleteWebSession(tx, sha256(token));
    if (session === undefined) return undefined;
    await appendAuditEvent(tx, deps.clock, { type: 'person.signed_out', actor: session.personId, body: {} });
    return { idToken: session.idToken };
  });
}
