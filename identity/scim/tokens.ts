/** Bearer tokens by which a provider's SCIM client is known; the database has their hashes alone. */
import { randomBytes } from 'node:crypto';
import { GatewayError, LIMITS, newUuid, Secret, sha256 } from '../../foundation/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import type { IdentityDeps } from '../rows.ts';
import { insertToken, revokeTokenRow, type ScimToken, selectTokens, useToken } from './queries.ts';

/** So that a leaked one is recognised for what it is. */
const PREFIX = 'sekisho_scim_';
const TOKEN = /^sekisho_scim_[A-Za-z0-9_-]{43}$/;
const DAY_MS = 86_400_000;

/** @returns the token, which is shown once and never again. */
export async function createScimToken(
  deps: IdentityDeps,
  { issuer, label }: { issuer: string; label: string },
): Promise<{ id: string; token: Secret<string>; expiresAt: Date }> {
  const createdAt = deps.clock.now();
  const token = `${PREFIX}${randomBytes(32).toString('base64url')}`;
  const id = newUuid(createdAt);
  const expiresAt = new Date(createdAt.getTime() + LIMITS.scimTokenDays * DAY_MS);
  await deps.database.inTransaction(async (tx) => {
    await insertToken(tx, { id, hash: sha256(token), issuer, label, createdAt, expiresAt });
    await appendAuditEvent(tx, deps.clock, {
      type: 'scim.token_made',
      actor: null,
      body: { token: id, issuer, label },
    });
  });
  return { id, token: new Secret(token), expiresAt };
}

/** Looked up by its hash, so that the time it takes tells nothing of a token that exists. */
export async function findScimClient(deps: IdentityDeps, token: string): Promise<ScimToken | undefined> {
  return TOKEN.test(token) ? useToken(deps.database, sha256(token), deps.clock.now()) : undefined;
}

export const listScimTokens = ({ database }: IdentityDeps): Promise<ScimToken[]> => selectTokens(database);

/** @throws {GatewayError} `not_found` when there is none in force of this id. */
export async function revokeScimToken(deps: IdentityDeps, id: string): Promise<void> {
  await deps.database.inTransaction(async (tx) => {
    if ((await revokeTokenRow(tx, id, deps.clock.now())) === 0) throw new GatewayError('not_found');
    await appendAuditEvent(tx, deps.clock, { type: 'scim.token_revoked', actor: null, body: { token: id } });
  });
}
