/** Tickets that wait too long climb a ladder: a reminder, the substitutes, the second line. */
import type { Transaction } from '../../foundation/index.ts';
import type { TicketId } from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import type { BusinessCalendar } from '../calendar/business-hours.ts';
import type { ApprovalsDeps } from '../model.ts';
import { publish } from '../outbox.ts';
import { type Ladder, type LadderStep, nextStep, receiversOf } from './next-step.ts';
import { insertReminder, lockWaiting, type WaitingTicket } from './queries.ts';

export interface FlowSettings {
  readonly calendar: BusinessCalendar;
  readonly ladder: Ladder;
  /** Of systems that have one of their own, by name; of a ticket of several systems the hastiest counts. */
  readonly ladders: ReadonlyMap<string, Ladder>;
}

export type ReminderDeps = ApprovalsDeps & { readonly flow: FlowSettings };

const BATCH_ROWS = 200;

/** Takes every rung that is due, each once however often and at how many places this runs. @returns how many. */
export async function remindWaiting(deps: ReminderDeps): Promise<number> {
  let told = 0;
  let after: TicketId | null = null;
  for (;;) {
    const from: TicketId | null = after;
    const batch: Batch = await deps.database.inTransaction((tx) => remindBatch(tx, deps, from));
    told += batch.told;
    if (batch.last === undefined) return told;
    after = batch.last;
  }
}

interface Batch {
  readonly told: number;
  readonly last: TicketId | undefined;
}

async function remindBatch(tx: Transaction, deps: ReminderDeps, after: TicketId | null): Promise<Batch> {
  const tickets = await lockWaiting(tx, after, deps.clock.now(), BATCH_ROWS);
  let told = 0;
  for (const ticket of tickets) told += await climb(tx, deps, ticket);
  return { told, last: tickets.at(-1)?.id };
}

async function climb(tx: Transaction, { clock, flow }: ReminderDeps, ticket: WaitingTicket): Promise<number> {
  const { id, phase, since, state, systems } = ticket;
  const now = clock.now();
  const told: LadderStep[] = [...ticket.told];
  const { calendar } = flow;
  for (;;) {
    const next = nextStep({ phase, since, now, told, calendar, ladder: hastiest(flow, systems) });
    if (next === undefined) return told.length - ticket.told.length;
    told.push(next.step);
    if (!(await insertReminder(tx, ticket, next.step, now))) continue;
    const body = { phase, step: next.step, since: since.toISOString() };
    await appendAuditEvent(tx, clock, { type: 'ticket.reminded', actor: null, ticket: id, body });
    await publish(tx, clock, 'ticket.waiting', { ticket: id, state, to: receiversOf(phase, next.step) });
  }
}

function hastiest({ ladder, ladders }: FlowSettings, systems: readonly string[]): Ladder {
  const all = systems.map((name) => ladders.get(name) ?? ladder);
  const least = (step: LadderStep): number | null => {
    const minutes = all.flatMap((one) => (one[step] === null ? [] : [one[step]]));
    return minutes.length === 0 ? null : Math.min(...minutes);
  };
  return { remind: least('remind'), substitutes: least('substitutes'), second_line: least('second_line') };
}
