/** What time and crashes do to tickets. */
import { createHash } from 'node:crypto';
import { hasCode, type Transaction } from '../foundation/index.ts';
import { createMeter, nextTicketState, type SessionId } from '../policy/index.ts';
import { appendAuditEvent, openRecordingReader, type RecordingSource } from '../recorder/index.ts';
import type { ApprovalsDeps } from './model.ts';
import { publish } from './outbox.ts';
import { lockOverdueTickets, moveTicket, type Ticket } from './queries.ts';
import { completeRedemption } from './redeem.ts';
import { interruptedRedemptions, type RedemptionResult } from './uses/queries.ts';

const BATCH_ROWS = 100;

/** Ends what nobody decided or used in time, and what was in use for a time that is over. @returns how many tickets. */
export async function expireTickets(deps: ApprovalsDeps): Promise<number> {
  let expired = 0;
  for (;;) {
    const batch = await deps.database.inTransaction((tx) => expireBatch(tx, deps));
    expired += batch;
    if (batch < BATCH_ROWS) return expired;
  }
}

async function expireBatch(tx: Transaction, { clock }: ApprovalsDeps): Promise<number> {
  const now = clock.now();
  const tickets = await lockOverdueTickets(tx, now, BATCH_ROWS);
  for (const ticket of tickets) await endByTime(tx, { clock }, ticket, now);
  return tickets.length;
}

/** Work ends with its window, an emergency falls due for its review, and what was not used or decided expires. */
async function endByTime(
  tx: Transaction,
  { clock }: Pick<ApprovalsDeps, 'clock'>,
  { id, kind, state }: Ticket,
  now: Date,
): Promise<void> {
  const to = nextTicketState(kind, state, kind === 'access' && state === 'in_use' ? 'complete' : 'expire');
  await moveTicket(tx, id, { from: state, to }, now);
  const about = { actor: null, ticket: id };
  await appendAuditEvent(
    tx,
    clock,
    kind === 'emergency'
      ? { type: 'emergency.ended', ...about, body: { by: 'time' } }
      : { type: 'ticket.expired', ...about, body: { from: state } },
  );
  await publish(tx, clock, 'ticket.decided', { ticket: id, state: to });
}

/**
 * Ends the use of tickets whose session has closed without saying what left (a crash): `aborted`, `interrupted`.
 * With `recordings` the output recorded since the use began is counted: no less than what left, for nothing leaves
 * before it is recorded. Run it at start, after the sessions of dead gateways are closed.
 * @returns how many tickets.
 */
export async function recoverRedemptions(
  deps: ApprovalsDeps & { readonly recordings?: RecordingSource },
): Promise<number> {
  let recovered = 0;
  for (const { ticket, session, redeemedAt } of await interruptedRedemptions(deps.database)) {
    try {
      const left = await measure(deps.recordings, session, redeemedAt);
      await completeRedemption(deps, ticket, { outcome: 'interrupted', ...left, exitStatus: null });
      recovered += 1;
    } catch (thrown) {
      // The object storage does not answer: the next look counts it.
      if (hasCode(thrown, 'storage_unavailable')) continue;
      // Another process ended it between our look and now: that is what was wanted.
      if (!hasCode(thrown, 'transition_forbidden') && !hasCode(thrown, 'ticket_conflict')) throw thrown;
    }
  }
  return recovered;
}

type Left = Pick<RedemptionResult, 'rows' | 'bytes' | 'sha256'>;

async function measure(recordings: RecordingSource | undefined, session: SessionId, since: Date): Promise<Left> {
  const unlimited = { rowsMax: Number.MAX_SAFE_INTEGER, bytesMax: Number.MAX_SAFE_INTEGER };
  // As in the session: standard error leaves as well, and each stream counts its own rows.
  const meters = { o: createMeter(unlimited), e: createMeter(unlimited) };
  const hash = createHash('sha256');
  const sinceMicros = BigInt(since.getTime()) * 1_000n;
  try {
    if (recordings !== undefined) {
      for await (const { type, micros, payload } of openRecordingReader(recordings).frames(session)) {
        if ((type !== 'o' && type !== 'e') || micros < sinceMicros) continue;
        meters[type].take(payload);
        hash.update(payload);
      }
    }
  } catch (thrown) {
    if (hasCode(thrown, 'recording_locked')) return bound(recordings, session, sinceMicros);
    // A torn recording ends where it is torn; what was read until there was recorded, and verify names the place.
    if (!hasCode(thrown, 'recording_corrupt') && !hasCode(thrown, 'not_found')) throw thrown;
  }
  const { o, e } = meters;
  o.finish();
  e.finish();
  return { rows: o.rows + e.rows, bytes: o.bytes + e.bytes, sha256: hash.digest() };
}

/** What cannot be read here is counted as the most that it can have been; of its contents there is no hash. */
async function bound(recordings: RecordingSource | undefined, session: SessionId, sinceMicros: bigint): Promise<Left> {
  const bytes =
    recordings === undefined ? 0 : await openRecordingReader(recordings).shownBytesMax(session, sinceMicros);
  return { rows: bytes, bytes, sha256: createHash('sha256').digest() };
}
