import { GatewayError, LIMITS } from '../foundation/index.ts';
import type { Principal, TicketId } from '../policy/index.ts';
import { type ApprovalsDeps, seesEveryTicket, type TicketView } from './model.ts';
import { countInbox as countWaiting, selectTickets, type TicketBox } from './views/queries.ts';

/** Tickets of one box, newest first, as far as this person may see them. */
export function listTickets(
  deps: ApprovalsDeps,
  principal: Principal,
  page: { readonly box: TicketBox; readonly limit: number; readonly before?: number | undefined },
): Promise<TicketView[]> {
  return selectTickets(deps.database, {
    ...viewerOf(principal),
    ...{ box: page.box, before: page.before },
    id: null,
    limit: Math.min(page.limit, LIMITS.ticketsListedMax),
    now: deps.clock.now(),
  });
}

/** How many tickets wait for this person's decision or review. */
export function countInbox({ database, clock }: ApprovalsDeps, principal: Principal): Promise<number> {
  const { viewer, secondLine } = viewerOf(principal);
  return countWaiting(database, viewer, { secondLine, now: clock.now() });
}

/** One ticket this person may see; an owner's substitute sees it while they are one. */
export async function findTicket(
  deps: ApprovalsDeps,
  principal: Principal,
  id: TicketId,
): Promise<TicketView | undefined> {
  const [ticket] = await selectTickets(deps.database, {
    ...viewerOf(principal),
    box: 'all',
    id,
    limit: 1,
    now: deps.clock.now(),
  });
  return ticket;
}

/** @throws {GatewayError} `not_found`, also when the ticket is there but not theirs to see. */
export async function viewTicket(deps: ApprovalsDeps, principal: Principal, id: TicketId): Promise<TicketView> {
  const ticket = await findTicket(deps, principal, id);
  if (ticket === undefined) throw new GatewayError('not_found');
  return ticket;
}

function viewerOf({ person }: Principal) {
  return {
    viewer: person.id,
    seesEvery: seesEveryTicket(person),
    secondLine: person.roles.includes('security_officer'),
  };
}
