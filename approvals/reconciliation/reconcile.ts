/** 突合: what was asked and what was done are compared once a ticket is over, and who answers hears of a deviation. */
import { LIMITS, type Transaction } from '../../foundation/index.ts';
import type { Principal, TicketId } from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import { type ApprovalsDeps, seesEveryTicket } from '../model.ts';
import { publish } from '../outbox.ts';
import { reconcile } from './compare.ts';
import {
  insertReport,
  lockUncompared,
  type ReconciliationReport,
  readAsked,
  readDone,
  selectReports,
} from './queries.ts';
import {
  type Day,
  sessionsWithoutTicket,
  ticketsWithoutSession,
  type UnmatchedSession,
  type UnmatchedTicket,
} from './unmatched/queries.ts';

const BATCH_ROWS = 50;

/** Compares what is over and was not compared yet; running it again, or at two places at once, adds nothing. */
export async function reconcileTickets(deps: ApprovalsDeps): Promise<number> {
  let compared = 0;
  for (;;) {
    const batch = await deps.database.inTransaction(async (tx) => {
      const ids = await lockUncompared(tx, deps.clock.now(), BATCH_ROWS);
      for (const id of ids) await reconcileOne(tx, deps, id);
      return ids.length;
    });
    compared += batch;
    if (batch < BATCH_ROWS) return compared;
  }
}

async function reconcileOne(tx: Transaction, { clock }: ApprovalsDeps, ticket: TicketId): Promise<void> {
  const now = clock.now();
  const [asked, done] = [await readAsked(tx, ticket), await readDone(tx, ticket, now)];
  if (asked === undefined || done === undefined) return;
  const report = reconcile(asked, done);
  if (!(await insertReport(tx, ticket, report, now))) return;
  const named = (verdict: string): string[] =>
    report.lines.filter((line) => line.verdict === verdict).map(({ what }) => what);
  await appendAuditEvent(tx, clock, {
    type: 'ticket.reconciled',
    actor: null,
    ticket,
    body: { verdict: report.verdict, deviations: named('deviation'), unexplained: named('unexplained') },
  });
  if (report.verdict === 'deviation') await publish(tx, clock, 'ticket.deviates', { ticket, state: asked.state });
}

/** Reports of tickets this person may see, deviations first. */
export function listReconciliations(
  deps: ApprovalsDeps,
  principal: Principal,
  ticket: TicketId | null = null,
): Promise<ReconciliationReport[]> {
  return selectReports(deps.database, { ...viewerOf(deps, principal), ticket });
}

export interface Unmatched {
  readonly sessions: readonly UnmatchedSession[];
  readonly tickets: readonly UnmatchedTicket[];
}

/** The queue of one day, as far as this person answers for it or watches over everything. */
export async function listUnmatched(deps: ApprovalsDeps, principal: Principal, day: Day): Promise<Unmatched> {
  const viewer = viewerOf(deps, principal);
  const sessions = await sessionsWithoutTicket(deps.database, day, viewer);
  return { sessions, tickets: await ticketsWithoutSession(deps.database, day, viewer) };
}

function viewerOf({ clock }: ApprovalsDeps, { person }: Principal) {
  return { viewer: person.id, seesEvery: seesEveryTicket(person), now: clock.now(), limit: LIMITS.pageRowsMax };
}
