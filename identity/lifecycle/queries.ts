/** What ends when somebody leaves. */
import { z } from 'zod';
import { execute, many, sql, type Transaction } from '../../foundation/index.ts';
import { type PersonId, TICKET_KINDS, TICKET_STATES, type TicketId, type TicketState } from '../../policy/index.ts';

const never = z.never();

/** @returns how many of each ended. */
export async function endAccess(tx: Transaction, person: PersonId, at: Date) {
  const signIns = await execute(tx, sql(never)`DELETE FROM web_sessions WHERE person_id = ${person}`);
  const certificates = await execute(
    tx,
    sql(never)`UPDATE login_certificates SET revoked_at = ${at} WHERE person_id = ${person} AND revoked_at IS NULL`,
  );
  await execute(
    tx,
    sql(never)`UPDATE api_tokens SET revoked_at = ${at} WHERE person_id = ${person} AND revoked_at IS NULL`,
  );
  const keys = await execute(
    tx,
    sql(never)`UPDATE ssh_keys SET revoked_at = ${at} WHERE person_id = ${person} AND revoked_at IS NULL`,
  );
  const grants = await execute(
    tx,
    sql(never)`UPDATE grants SET revoked_at = ${at} WHERE person_id = ${person} AND revoked_at IS NULL`,
  );
  const substitutes = await execute(
    tx,
    sql(never)`
      UPDATE substitutes SET revoked_at = ${at}
      WHERE (owner_id = ${person} OR substitute_id = ${person}) AND revoked_at IS NULL`,
  );
  return { signIns, certificates, keys, grants, substitutes };
}

const TicketRow = z.strictObject({
  id: z.custom<TicketId>((value) => z.uuid().safeParse(value).success),
  kind: z.enum(TICKET_KINDS),
  state: z.enum(TICKET_STATES),
});

/** The person's tickets that are not over, locked until the transaction ends. */
export function lockOpenTickets(tx: Transaction, person: PersonId): Promise<z.output<typeof TicketRow>[]> {
  return many(
    tx,
    sql(TicketRow)`
      SELECT id, kind, state FROM tickets
      WHERE requester_id = ${person} AND state IN ('requested', 'asked_back', 'approved', 'in_use') ORDER BY id FOR UPDATE`,
  );
}

export async function moveTicket(tx: Transaction, id: TicketId, to: TicketState, at: Date): Promise<void> {
  await execute(tx, sql(never)`UPDATE tickets SET state = ${to}, updated_at = ${at} WHERE id = ${id}`);
}
