import { GatewayError, LIMITS, type Queryable } from '../foundation/index.ts';
import type { Principal, TicketId } from '../policy/index.ts';
import { type ApprovalsDeps, seesEveryTicket, type TicketView } from './model.ts';
import { selectTickets, type TicketBox } from './views/queries.ts';

/** Tickets of one box, newest first, as far as this person may see them. */
export function listTickets(
  deps: ApprovalsDeps,
  principal: Principal,
  page: { readonly box: TicketBox; readonly limit: number },
): Promise<TicketView[]> {
  return selectTickets(deps.database, {
    viewer: principal.person.id,
    seesEvery: seesEveryTicket(principal.person),
    box: page.box,
    id: null,
    limit: Math.min(page.limit, LIMITS.pageRowsMax),
    now: deps.clock.now(),
  });
}

/** One ticket this person may see. */
export async function findTicket(db: Queryable, principal: Principal, id: TicketId): Promise<TicketView | undefined> {
  const [ticket] = await selectTickets(db, {
    viewer: principal.person.id,
    seesEvery: seesEveryTicket(principal.person),
    box: 'all',
    id,
    limit: 1,
    now: new Date(0), // Only the inbox asks for the time.
  });
  return ticket;
}

/** @throws {GatewayError} `not_found`, also when the ticket is there but not theirs to see. */
export async function viewTicket(db: Queryable, principal: Principal, id: TicketId): Promise<TicketView> {
  const ticket = await findTicket(db, principal, id);
  if (ticket === undefined) throw new GatewayError('not_found');
  return ticket;
}
