/** What an approver should know beside the request: who asks, what was asked before, and where to look twice. */
import { isOffHours, isPlain, type RevealedRun, revealText, riskOf, type RiskScore } from '../../policy/index.ts';
import { EMERGENCY_DEFAULTS } from '../emergency/start.ts';
import type { ApprovalsDeps, TicketView } from '../model.ts';
import { type PersonHistory, personHistory, type SimilarTicket, similarTickets } from './queries.ts';

const SIMILAR_ROWS = 10;
const DAY_MS = 86_400_000;

export interface TicketInsight {
  readonly risk: RiskScore;
  readonly history: PersonHistory;
  /** Of the same act or class, newest first. */
  readonly similar: readonly SimilarTicket[];
  /** The texts of the request with every character that is not what it seems. */
  readonly revealed: { readonly act: readonly RevealedRun[]; readonly purpose: readonly RevealedRun[] };
}

/** For somebody who may see the ticket; what it tells is no more than they could look up. */
export async function ticketInsight(
  deps: ApprovalsDeps,

  ticket: TicketView,
): Promise<TicketInsight> {
  const { database, clock } = deps;
  const history = await personHistory(database, ticket.requester.id, ticket.id);
  const act = textOf(ticket);
  const business = (deps.emergency ?? EMERGENCY_DEFAULTS).review;
  const ends = history.contractEndsAt;
  const risk = riskOf({
    kind: ticket.kind,
    dataClasses: ticket.kind === 'export' ? ticket.assets.map(({ dataClass }) => dataClass) : [],
    rows: ticket.kind === 'export' ? ticket.rowsMax : null,
    destination: ticket.kind === 'export' ? ticket.destination : null,
    clientInformed: ticket.kind === 'export' ? ticket.clientInformed : null,
    scope: ticket.kind === 'export' ? ticket.scope : 'act',
    uses: ticket.kind === 'export' ? ticket.usesMax : 1,
    odd: !(isPlain(act) && isPlain(ticket.purpose, { prose: true })),
    history,
    offHours: isOffHours(ticket.notBefore, business),
    contractEndsInDays: ends === null ? null : Math.floor((ends.getTime() - clock.now().getTime()) / DAY_MS),
  });
  return {
    risk,
    history,
    similar: await similarTickets(database, ticket.id, SIMILAR_ROWS),
    revealed: { act: revealText(act), purpose: revealText(ticket.purpose, { prose: true }) },
  };
}

function textOf(ticket: TicketView): string {
  switch (ticket.kind) {
    case 'export':
      return ticket.actText;
    case 'access':
      return ticket.workPlan;
    case 'transfer':
      return ticket.description;
    case 'emergency':
      return '';
  }
}
