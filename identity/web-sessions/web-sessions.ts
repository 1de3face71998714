import { randomBytes } from 'node:crypto';
import { GatewayError, LIMITS, newUuid, type Queryable, Secret, sha256 } from '../../foundation/index.ts';
import type { Person, Principal } from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import { lockOnKey } from '../locks/standing.ts';
import { requireUnlocked } from '../persons/standing.ts';
import { findPerson, standingOf } from '../persons/queries.ts';
import type { IdentityDeps } from '../rows.ts';
import { endSiteSignIns } from '../sites/queries.ts';
import {
  type Assurance,
  deleteExpiredWebSessions,
  deleteWebSession,
  deleteWebSessionsOf,
  endWhatSignInsLetIn,
  insertWebSession,
  selectWebSession,
  selectWebSessions,
  type WebSession,
} from './queries.ts';

const TOKEN_BYTES = 32;
const TOKEN = /^[A-Za-z0-9_-]{43}$/;
const HOUR_MS = 3_600_000;

/** Who makes a request of the console, and by which sign-in. */
export interface WebPrincipal extends Principal {
  readonly session: WebSession;
}

export interface NewWebSession {
  readonly person: Person;
  readonly issuer: string;
  readonly idToken: string | null;
  readonly sourceAddress: string;
  /** The provider's name for its own session (`sid`); it ends the sign-in by it. */
  readonly providerSession?: string | null;
  readonly assurance?: Assurance;
  /** When the provider asked for a second factor; null: it did not. */
  readonly factorAt?: Date | null;
}

/**
 * Begins a web sign-in after a callback that succeeded. The token is known to the browser alone; the database has its
 * SHA-256, so that a copy of the database signs nobody in.
 * @throws {GatewayError} `person_locked`, `person_deactivated`, `device_locked`
 */
export async function openWebSession(
  deps: IdentityDeps,
  signIn: NewWebSession,
): Promise<{ token: Secret<string>; expiresAt: Date }> {
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  const createdAt = deps.clock.now();
  const expiresAt = new Date(createdAt.getTime() + LIMITS.webSessionHours * HOUR_MS);
  const { issuer, idToken, sourceAddress, providerSession = null, assurance = 'single', factorAt = null } = signIn;
  await deps.database.inTransaction(async (tx) => {
    const { id: personId } = await requireUnlocked(tx, signIn.person.id);
    await requireOpenPlace(tx, sourceAddress);
    await deleteExpiredWebSessions(tx, createdAt);
    await insertWebSession(tx, {
      ...{ id: newUuid(createdAt), tokenHash: sha256(token), personId, idToken, createdAt, expiresAt },
      ...{ issuer, sourceAddress, providerSession, assurance, factorAt },
    });
    await appendAuditEvent(tx, deps.clock, {
      type: 'person.signed_in',
      actor: personId,
      body: { issuer, sourceAddress, assurance },
    });
  });
  return { token: new Secret(token), expiresAt };
}

/**
 * Who the token signs in; undefined when it is unknown or expired. Looked up by its hash, so that the time it takes
 * tells nothing of a token that exists.
 * @throws {GatewayError} `person_locked`, `person_deactivated`
 */
export async function findWebSession(deps: IdentityDeps, token: string): Promise<WebPrincipal | undefined> {
  if (!TOKEN.test(token)) return undefined;
  const found = await selectWebSession(deps.database, sha256(token), deps.clock.now());
  if (found === undefined) return undefined;
  const { idToken: _, ...session } = found;
  const person = await findPerson(deps.database, session.personId);
  if (person === undefined) return undefined;
  const standing = await standingOf(deps.database, person.id);
  if (standing !== 'in_force') throw new GatewayError(`person_${standing}`);
  await requireOpenPlace(deps.database, session.sourceAddress);
  return { person, signedInBy: 'oidc', session };
}

/** @throws {GatewayError} `device_locked` */
async function requireOpenPlace(db: Queryable, sourceAddress: string): Promise<void> {
  const lock = await lockOnKey(db, { fingerprint: null, sourceAddress });
  if (lock !== undefined) throw new GatewayError('device_locked');
}

/** Ends a web sign-in; a locked person may always leave. @returns what the identity provider needs to sign out too. */
export async function closeWebSession(
  deps: IdentityDeps,
  token: string,
): Promise<{ idToken: string | null; issuer: string | null } | undefined> {
  if (!TOKEN.test(token)) return undefined;
  return deps.database.inTransaction(async (tx) => {
    const session = await deleteWebSession(tx, sha256(token));
    if (session === undefined) return undefined;
    await endSiteSignIns(tx, { webSessionId: session.id }, deps.clock.now());
    await appendAuditEvent(tx, deps.clock, { type: 'person.signed_out', actor: session.personId, body: {} });
    return { idToken: session.idToken, issuer: session.issuer };
  });
}

/** One's own sign-ins at the console, newest first. */
export async function listWebSessions(deps: IdentityDeps, { person }: Principal): Promise<WebSession[]> {
  const found = await selectWebSessions(deps.database, person.id, deps.clock.now());
  return found.map(({ idToken: _, ...session }) => session);
}

/**
 * Ends one of one's own sign-ins; or all of them, this one too, with the SSH connections and certificates they approved.
 * @throws {GatewayError} `not_found` when the one is not theirs.
 */
export async function endWebSessions(deps: IdentityDeps, { person }: Principal, id: string | null): Promise<void> {
  await deps.database.inTransaction(async (tx) => {
    const ended = await deleteWebSessionsOf(tx, person.id, id);
    if (id !== null && ended.length === 0) throw new GatewayError('not_found');
    const body = { webSessions: ended.map((session) => session.id) };
    for (const one of body.webSessions) await endSiteSignIns(tx, { webSessionId: one }, deps.clock.now());
    if (id === null) await endWhatSignInsLetIn(tx, body.webSessions, deps.clock.now());
    await appendAuditEvent(tx, deps.clock, { type: 'person.sign_ins_ended', actor: person.id, body });
  });
}
