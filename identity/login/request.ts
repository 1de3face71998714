/** A maintainer's command asks for a certificate; a browser will say whose it becomes. */
import { randomBytes } from 'node:crypto';
import { GatewayError, LIMITS, newUuid, Secret, sha256 } from '../../foundation/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import { parsePublicKey } from '../keys/public-key.ts';
import type { IdentityDeps } from '../rows.ts';
import { newCode, normalizeCode } from '../sign-ins/request.ts';
import { countPending, insertLogin, type LoginRecord, selectLoginByCode } from './queries.ts';

const CODE_ATTEMPTS = 4;
const TOKEN_BYTES = 32;

/** What the command is told at once. */
export interface RequestedLogin {
  readonly code: string;
  /** Known to the command alone: with it the answer is fetched, once. */
  readonly pollToken: Secret<string>;
  readonly expiresAt: Date;
}

/** What the browser shows of it. */
export type Login = Pick<LoginRecord, 'code' | 'state' | 'fingerprint' | 'sourceAddress' | 'expiresAt'>;

/**
 * Asks for a certificate on this key, `ssh-ed25519` alone. Nobody is known yet, so little is kept and few may wait.
 * @throws {GatewayError} `key_invalid`, `too_many_requests`.
 */
export async function requestLogin(
  deps: IdentityDeps,
  asked: { publicKey: string; sourceAddress: string },
): Promise<RequestedLogin> {
  const { algorithm, blob: publicKey, fingerprint } = parsePublicKey(asked.publicKey);
  if (algorithm !== 'ssh-ed25519') throw new GatewayError('key_invalid', 'A certificate is made for Ed25519 keys.');
  const { sourceAddress } = asked;
  const createdAt = deps.clock.now();
  const expiresAt = new Date(createdAt.getTime() + LIMITS.loginRequestSeconds * 1_000);
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  const id = newUuid(createdAt);
  const login = { id, pollTokenHash: sha256(token), publicKey, fingerprint, sourceAddress, createdAt, expiresAt };
  return deps.database.inTransaction(async (tx) => {
    const waiting = await countPending(tx, sourceAddress, createdAt);
    if (waiting.all >= LIMITS.loginsWaitingMax || waiting.here >= LIMITS.loginsWaitingPerSourceMax) {
      throw new GatewayError('too_many_requests');
    }
    for (let attempt = 0; attempt < CODE_ATTEMPTS; attempt += 1) {
      const code = newCode();
      if ((await insertLogin(tx, { ...login, code })) === 0) continue;
      await appendAuditEvent(tx, deps.clock, {
        type: 'login.requested',
        actor: null,
        body: { login: id, fingerprint, sourceAddress },
      });
      return { code, pollToken: new Secret(token), expiresAt };
    }
    throw new GatewayError('internal', 'No free code was found.');
  });
}

/** The request behind a code as somebody types it; undefined when unknown. */
export async function findLogin(deps: IdentityDeps, code: string): Promise<Login | undefined> {
  const record = await selectLoginByCode(deps.database, normalizeCode(code));
  if (record === undefined) return undefined;
  const { state, fingerprint, sourceAddress, expiresAt } = record;
  const overdue = state === 'pending' && expiresAt <= deps.clock.now();
  return { code: record.code, state: overdue ? 'expired' : state, fingerprint, sourceAddress, expiresAt };
}
