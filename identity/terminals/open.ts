import { GatewayError } from '../../foundation/index.ts';
import type { ConnectionId, PersonId } from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import type { IdentityDeps } from '../rows.ts';
import type { WebSession } from '../web-sessions/queries.ts';
import { insertTerminalConnection } from './queries.ts';

/**
 * Ties a terminal's connection to the sign-in at the console that opens it: in whatever way that one ends, the
 * terminal's session ends within the second.
 * @throws {GatewayError} `not_authenticated` when the sign-in is over already.
 */
export async function openTerminalConnection(
  deps: IdentityDeps,
  { id: webSessionId }: WebSession,
  opened: { connectionId: ConnectionId; personId: PersonId; loginName: string; sourceAddress: string },
): Promise<void> {
  const { connectionId, personId, loginName, sourceAddress } = opened;
  await deps.database.inTransaction(async (tx) => {
    const inserted = await insertTerminalConnection(tx, { connectionId, webSessionId, at: deps.clock.now() });
    if (inserted === 0) throw new GatewayError('not_authenticated');
    await appendAuditEvent(tx, deps.clock, {
      type: 'terminal.opened',
      actor: personId,
      body: { connection: connectionId, webSession: webSessionId, loginName, sourceAddress },
    });
  });
}
