/** The token by which the commands of a machine that signed in speak to the API: of one person, one key, some hours. */
import { randomBytes } from 'node:crypto';
import { GatewayError, LIMITS, newUuid, Secret, sha256, type Transaction } from '../../foundation/index.ts';
import type { Person } from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import { lockOnKey } from '../locks/standing.ts';
import { findPerson, standingOf } from '../persons/queries.ts';
import type { IdentityDeps } from '../rows.ts';
import type { WebPrincipal } from '../web-sessions/web-sessions.ts';
import { insertApiToken, noteApiTokenUsed, revokeApiTokenRow, selectApiToken } from './queries.ts';

const TOKEN_BYTES = 32;
/** Known by its beginning, so that scanners of repositories and logs find one that was left there. */
const TOKEN = /^sekisho_[A-Za-z0-9_-]{43}$/;
const HOUR_MS = 3_600_000;
/** How old the note of its last use may become. */
const NOTE_MS = 60_000;

export interface IssuedToken {
  readonly token: Secret<string>;
  readonly expiresAt: Date;
}

interface ApprovedLogin {
  readonly id: string;
  readonly person: Person;
  readonly fingerprint: string;
  readonly sourceAddress: string;
}

/** Makes the one token of an approved login, with its row and event. */
export async function issueApiToken(deps: IdentityDeps, tx: Transaction, login: ApprovedLogin): Promise<IssuedToken> {
  const issuedAt = deps.clock.now();
  const expiresAt = new Date(issuedAt.getTime() + LIMITS.loginCertificateHours * HOUR_MS);
  const token = `sekisho_${randomBytes(TOKEN_BYTES).toString('base64url')}`;
  const { id: loginId, person, fingerprint, sourceAddress } = login;
  const id = newUuid(issuedAt);
  await insertApiToken(tx, {
    ...{ id, loginId, tokenHash: sha256(token), personId: person.id, fingerprint, sourceAddress, issuedAt, expiresAt },
  });
  await appendAuditEvent(tx, deps.clock, {
    type: 'login.token_issued',
    actor: person.id,
    body: { login: loginId, token: id, fingerprint, sourceAddress, until: expiresAt.toISOString() },
  });
  return { token: new Secret(token), expiresAt };
}

/**
 * Who a token speaks for; undefined when it is unknown, over, or revoked with its login. No second factor is ever taken
 * from it: where one is asked, the console is the place.
 * @throws {GatewayError} `person_locked`, `person_deactivated`, `device_locked` (its key, or where it was asked from).
 */
export async function findTokenHolder(deps: IdentityDeps, token: string): Promise<WebPrincipal | undefined> {
  if (!TOKEN.test(token)) return undefined;
  const now = deps.clock.now();
  const found = await selectApiToken(deps.database, sha256(token), now);
  if (found === undefined) return undefined;
  const { id, personId, fingerprint, sourceAddress, issuedAt, expiresAt, lastUsedAt } = found;
  const person = await findPerson(deps.database, personId);
  if (person === undefined) return undefined;
  const standing = await standingOf(deps.database, personId);
  if (standing !== 'in_force') throw new GatewayError(`person_${standing}`);
  if ((await lockOnKey(deps.database, { fingerprint, sourceAddress })) !== undefined) {
    throw new GatewayError('device_locked');
  }
  if (lastUsedAt === null || now.getTime() - lastUsedAt.getTime() > NOTE_MS) {
    await noteApiTokenUsed(deps.database, id, now);
  }
  const session = { issuer: null, assurance: 'single', factorAt: null, sourceAddress } as const;
  return { person, signedInBy: 'oidc', session: { id, personId, createdAt: issuedAt, expiresAt, ...session } };
}

/** The machine gives its token back. @throws {GatewayError} `not_found` when it was revoked meanwhile. */
export async function revokeApiToken(deps: IdentityDeps, { person, session }: WebPrincipal): Promise<void> {
  await deps.database.inTransaction(async (tx) => {
    if ((await revokeApiTokenRow(tx, session.id, deps.clock.now())) === 0) throw new GatewayError('not_found');
    await appendAuditEvent(tx, deps.clock, {
      type: 'login.token_revoked',
      actor: person.id,
      body: { token: session.id },
    });
  });
}
