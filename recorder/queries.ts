import { z } from 'zod';
import { type Clock, execute, type Queryable, sql } from '../foundation/index.ts';
import { AUDIT_EVENTS, type AuditEvent } from './audit-events.ts';

/** Appends one audit event. Give it the transaction of the act it tells of. */
export async function appendAuditEvent(db: Queryable, clock: Clock, event: AuditEvent): Promise<void> {
  const body = AUDIT_EVENTS[event.type].parse(event.body);
  await execute(
    db,
    sql(z.never())`
      INSERT INTO audit_events (at, type, actor_id, session_id, ticket_id, body)
      VALUES (${clock.now()}, ${event.type}, ${event.actor}, ${event.session ?? null}, ${event.ticket ?? null}, ${JSON.stringify(body)})`,
  );
}
