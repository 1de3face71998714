/** The provider says that somebody's session there is over (OpenID Connect Back-Channel Logout 1.0). */
import { GatewayError } from '../../foundation/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import type { IdentityDeps } from '../rows.ts';
import { deleteProviderSessions, endWhatProviderLetIn, insertProviderLogout } from './queries.ts';

/** A logout token whose signature, issuer, audience, times and events were checked. */
export interface ProviderLogout {
  readonly issuer: string;
  /** `jti`: one token ends something once. */
  readonly tokenId: string;
  readonly expiresAt: Date;
  /** At least one of the two is there. */
  readonly subject: string | null;
  readonly session: string | null;
}

/**
 * Ends the sign-ins at the console that this session of the provider made, the SSH connections they approved and the
 * certificates of `sekisho login` they approved; live sessions end within a second.
 * @throws {GatewayError} `request_invalid` for a token that was taken before.
 */
export async function endProviderSession(deps: IdentityDeps, logout: ProviderLogout): Promise<void> {
  const { issuer, tokenId, expiresAt, subject, session } = logout;
  const at = deps.clock.now();
  await deps.database.inTransaction(async (tx) => {
    if ((await insertProviderLogout(tx, { issuer, tokenId, expiresAt, now: at })) === 0) {
      throw new GatewayError('request_invalid', 'This logout token was taken before.');
    }
    const ended = await deleteProviderSessions(tx, { issuer, subject, session });
    const webSessions = ended.map(({ id }) => id);
    await endWhatProviderLetIn(tx, { issuer, subject, session, at });
    const persons = [...new Set(ended.map(({ personId }) => personId))];
    const body = { issuer, persons, webSessions };
    await appendAuditEvent(tx, deps.clock, { type: 'person.provider_logged_out', actor: null, body });
  });
}
