/** An approval for less than was asked: fewer rows, bytes or uses, or a shorter time. Never for more. */
import { GatewayError } from '../foundation/index.ts';
import type { AllowedLimits, NarrowerLimits } from './model.ts';
import type { Ticket } from './queries.ts';

/**
 * What the ticket allows afterwards; undefined where nothing is lowered. A limit above the one that stands is refused, not
 * cut: the approver saw another ticket than this one.
 * @throws {GatewayError} `request_invalid` naming the field.
 */
export function narrowed(ticket: Ticket, limits: NarrowerLimits | undefined, now: Date): AllowedLimits | undefined {
  if (limits === undefined || Object.values(limits).every((value) => value === undefined)) return undefined;
  if (ticket.kind !== 'export') throw new GatewayError('request_invalid', 'limits: of an export alone.');
  const { budget } = ticket;
  const rowsMax = lowered('rowsMax', limits.rowsMax, budget.rowsMax);
  const bytesMax = lowered('bytesMax', limits.bytesMax, budget.bytesMax);
  const usesMax = lowered('usesMax', limits.usesMax, budget.usesMax);
  const time = shortened(ticket, limits, now);
  const same = rowsMax === budget.rowsMax && bytesMax === budget.bytesMax && usesMax === budget.usesMax;
  const sameTime = time.lastsSeconds === ticket.lastsSeconds && time.notAfter.getTime() === ticket.notAfter.getTime();
  return same && sameTime ? undefined : { rowsMax, bytesMax, usesMax, ...time };
}

function lowered(field: string, asked: number | undefined, standing: number): number {
  const value = asked ?? standing;
  if (!Number.isSafeInteger(value) || value < 1 || value > standing) {
    throw new GatewayError('request_invalid', `${field}: a whole number from 1 to ${standing}.`);
  }
  return value;
}

function shortened(ticket: Ticket, { notAfter, lastsSeconds }: NarrowerLimits, now: Date) {
  if (ticket.lastsSeconds !== null) {
    if (notAfter !== undefined) throw new GatewayError('request_invalid', 'notAfter: the time runs from the approval.');
    return { notAfter: ticket.notAfter, lastsSeconds: lowered('lastsSeconds', lastsSeconds, ticket.lastsSeconds) };
  }
  if (lastsSeconds !== undefined) throw new GatewayError('request_invalid', 'lastsSeconds: the window was chosen.');
  const end = notAfter ?? ticket.notAfter;
  if (!(end <= ticket.notAfter && end > ticket.notBefore && end > now)) {
    throw new GatewayError('request_invalid', 'notAfter: within the window that was asked for, and not over yet.');
  }
  return { notAfter: end, lastsSeconds: null };
}
