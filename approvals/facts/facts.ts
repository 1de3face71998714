import type { Queryable } from '../../foundation/index.ts';
import {
  type ApprovalFacts,
  approvalNeeds,
  type ApprovalNeed,
  type Approver,
  type Judgement,
  missingNeeds,
  type NeedFacts,
  type PersonId,
  type SystemId,
  type TicketKind,
} from '../../policy/index.ts';
import type { Ticket } from '../queries.ts';
import { approverStanding, dataClassesOf, earlierDecisions, systemsOfTicket, touchedSystems } from './queries.ts';

/** What decides whose yes a ticket needs, read now. */
export async function needFacts(
  db: Queryable,
  asked: {
    readonly kind: TicketKind;
    readonly systems: readonly SystemId[];
    readonly requester: PersonId;
    readonly judgement: Judgement | null;
    readonly rows: number | null;
    readonly now: Date;
  },
): Promise<NeedFacts> {
  const { kind, systems, judgement, rows } = asked;
  const names = [...new Set(judgement?.findings.flatMap(({ assets }) => assets) ?? [])];
  return {
    kind,
    rows,
    systems: await touchedSystems(db, asked),
    dataClasses: await dataClassesOf(db, { systems, names }),
  };
}

export type FactsOfDecision = Omit<ApprovalFacts, 'askedDigest'>;

/** Everything a decision of this person rests on, read now; undefined where there is no such person. */
export async function decisionFacts(
  db: Queryable,
  ticket: Ticket,
  person: PersonId,
  now: Date,
): Promise<FactsOfDecision | undefined> {
  const systems = await systemsOfTicket(db, ticket.id);
  const { requester } = ticket;
  const approver = await approverStanding(db, { person, systems, requester, askedAt: ticket.createdAt, now });
  if (approver === undefined) return undefined;
  return {
    ...(await needsOf(db, ticket, systems, now)),
    state: ticket.state,
    requester,
    approver,
    earlier: await earlierDecisions(db, ticket.id),
    actDigest: ticket.actDigest,
    decideBy: ticket.decideBy,
    now,
  };
}

/** Whose yes is still missing, in the order of the systems. */
export async function stillMissing(db: Queryable, ticket: Ticket, now: Date): Promise<readonly ApprovalNeed[]> {
  const facts = await needsOf(db, ticket, await systemsOfTicket(db, ticket.id), now);
  return missingNeeds(approvalNeeds(facts), await earlierDecisions(db, ticket.id));
}

/** Whether this person answers for a system the ticket touches. */
export function answersFor({ present, owns, substitutesFor }: Approver): boolean {
  return present && owns.length + substitutesFor.length > 0;
}

function needsOf(db: Queryable, ticket: Ticket, systems: readonly SystemId[], now: Date): Promise<NeedFacts> {
  const { kind, requester, judgement, rowsAsked } = ticket;
  // What was asked, not what an owner lowered it to: nobody takes the second line's look away by a smaller number.
  const rows = kind === 'export' ? rowsAsked : null;
  return needFacts(db, { kind, systems, requester, judgement, rows, now });
}
