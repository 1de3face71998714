import { z } from 'zod';
import {
  type Clock,
  execute,
  many,
  maybeOne,
  newUuid,
  type Queryable,
  sql,
  type Transaction,
} from '../../foundation/index.ts';
import type { PersonId, SessionId } from '../../policy/index.ts';
import { type StreamName, STREAMS } from '../../recorder/index.ts';

const id = <Id extends string>() => z.uuid().transform((text) => text as Id);
const stream = z.enum(STREAMS);
const digest = z.instanceof(Buffer);

const SessionFactsRow = z.strictObject({ person: id<PersonId>(), sealed: z.boolean(), held: z.boolean() });

/** Whose session it is and what stands against erasing it; locked against a decision or hold at the same time. */
export async function lockSessionFacts(tx: Transaction, session: SessionId) {
  await maybeOne(tx, sql(z.strictObject({ id: z.uuid() }))`SELECT id FROM sessions WHERE id = ${session} FOR UPDATE`);
  return await maybeOne(
    tx,
    sql(SessionFactsRow)`
      SELECT s.person_id AS person, EXISTS (SELECT FROM recordings r WHERE r.session_id = s.id) AS sealed,
        EXISTS (
          SELECT FROM legal_holds h WHERE h.session_id = s.id
            AND NOT EXISTS (SELECT FROM legal_hold_releases l WHERE l.hold_id = h.id)
        ) AS held
      FROM sessions s WHERE s.id = ${session}`,
  );
}

const HoldRow = z.strictObject({
  id: z.uuid(),
  session: id<SessionId>(),
  reason: z.string(),
  placedBy: id<PersonId>(),
  placedAt: z.date(),
});
export type LegalHold = z.infer<typeof HoldRow>;

/** The holds that stand, newest first; of one session or of all. */
export function listHolds(db: Queryable, session: SessionId | null = null): Promise<LegalHold[]> {
  return many(
    db,
    sql(HoldRow)`
      SELECT h.id, h.session_id AS session, h.reason, h.placed_by AS "placedBy", h.placed_at AS "placedAt"
      FROM legal_holds h
      WHERE (${session}::uuid IS NULL OR h.session_id = ${session}::uuid)
        AND NOT EXISTS (SELECT FROM legal_hold_releases r WHERE r.hold_id = h.id)
      ORDER BY h.placed_at DESC`,
  );
}

export interface Said {
  readonly by: PersonId;
  readonly reason: string;
}

export async function insertHold(tx: Transaction, clock: Clock, session: SessionId, { by, reason }: Said) {
  const now = clock.now();
  const hold = newUuid(now);
  await execute(
    tx,
    sql(z.never())`
      INSERT INTO legal_holds (id, session_id, reason, placed_by, placed_at)
      VALUES (${hold}, ${session}, ${reason}, ${by}, ${now})`,
  );
  return hold;
}

export async function insertRelease(tx: Transaction, clock: Clock, hold: string, { by, reason }: Said): Promise<void> {
  await execute(
    tx,
    sql(z.never())`
      INSERT INTO legal_hold_releases (hold_id, reason, released_by, released_at)
      VALUES (${hold}, ${reason}, ${by}, ${clock.now()})`,
  );
}

const ErasureRow = z.strictObject({
  id: z.uuid(),
  session: id<SessionId>(),
  stream,
  reason: z.string(),
  basis: z.string(),
  requestedBy: id<PersonId>(),
  requestedAt: z.date(),
  verdict: z.enum(['approved', 'rejected']).nullable(),
  decidedBy: id<PersonId>().nullable(),
  /** When the keys were destroyed; null until then. */
  erasedAt: z.date().nullable(),
});
/** Somebody's wish that the key of one stream be destroyed, and what became of it. */
export type Erasure = z.infer<typeof ErasureRow>;

export function listErasures(db: Queryable, filter: { readonly id?: string; readonly session?: string } = {}) {
  return many(
    db,
    sql(ErasureRow)`
      SELECT e.id, e.session_id AS session, e.stream, e.reason, e.basis, e.requested_by AS "requestedBy",
        e.requested_at AS "requestedAt", d.verdict, d.decided_by AS "decidedBy", a.done_at AS "erasedAt"
      FROM erasures e LEFT JOIN erasure_decisions d ON d.erasure_id = e.id LEFT JOIN key_acts a ON a.order_id = e.id
      WHERE (${filter.id ?? null}::uuid IS NULL OR e.id = ${filter.id ?? null}::uuid)
        AND (${filter.session ?? null}::uuid IS NULL OR e.session_id = ${filter.session ?? null}::uuid)
      ORDER BY e.requested_at DESC, e.id LIMIT 200`,
  );
}

export async function insertErasure(
  tx: Transaction,
  clock: Clock,
  asked: Said & { readonly session: SessionId; readonly stream: StreamName; readonly basis: string },
): Promise<string> {
  const now = clock.now();
  const erasure = newUuid(now);
  const { session, stream: of, reason, basis, by } = asked;
  await execute(
    tx,
    sql(z.never())`
      INSERT INTO erasures (id, session_id, stream, reason, basis, requested_by, requested_at)
      VALUES (${erasure}, ${session}, ${of}, ${reason}, ${basis}, ${by}, ${now})`,
  );
  return erasure;
}

export async function insertErasureDecision(
  tx: Transaction,
  clock: Clock,
  { erasure, verdict, by }: { erasure: string; verdict: 'approved' | 'rejected'; by: PersonId },
): Promise<void> {
  await execute(
    tx,
    sql(z.never())`
      INSERT INTO erasure_decisions (erasure_id, verdict, decided_by, decided_at)
      VALUES (${erasure}, ${verdict}, ${by}, ${clock.now()})`,
  );
}

export async function insertRewrap(
  tx: Transaction,
  clock: Clock,
  order: { session: SessionId; stream: StreamName; from: Buffer; to: Buffer; by: PersonId },
): Promise<void> {
  const now = clock.now();
  await execute(
    tx,
    sql(z.never())`
      INSERT INTO rewraps (id, session_id, stream, from_sha256, to_sha256, ordered_by, ordered_at)
      VALUES (${newUuid(now)}, ${order.session}, ${order.stream}, ${order.from}, ${order.to}, ${order.by}, ${now})`,
  );
}

const KeyOrderRow = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('erase'),
    id: z.uuid(),
    session: id<SessionId>(),
    stream,
    reason: z.string(),
    basis: z.string(),
    requestedBy: id<PersonId>(),
    decidedBy: id<PersonId>(),
  }),
  z.strictObject({
    kind: z.literal('rewrap'),
    id: z.uuid(),
    session: id<SessionId>(),
    stream,
    from: digest,
    to: digest,
    orderedBy: id<PersonId>(),
  }),
]);
/** What two people, or the holder of an identity, want done to the key of a stream. */
export type KeyOrder = z.infer<typeof KeyOrderRow>;

/** What is not done yet, oldest first. A hold that came after the second yes still stops the erasure. */
export async function waitingOrders(db: Queryable): Promise<KeyOrder[]> {
  const erasures = await many(
    db,
    sql(KeyOrderRow)`
      SELECT 'erase' AS kind, e.id, e.session_id AS session, e.stream, e.reason, e.basis,
        e.requested_by AS "requestedBy", d.decided_by AS "decidedBy"
      FROM erasures e JOIN erasure_decisions d ON d.erasure_id = e.id AND d.verdict = 'approved'
      WHERE NOT EXISTS (SELECT FROM key_acts a WHERE a.order_id = e.id)
        AND NOT EXISTS (
          SELECT FROM legal_holds h WHERE h.session_id = e.session_id
            AND NOT EXISTS (SELECT FROM legal_hold_releases r WHERE r.hold_id = h.id)
        )
      ORDER BY d.decided_at, e.id LIMIT 100`,
  );
  const rewraps = await many(
    db,
    sql(KeyOrderRow)`
      SELECT 'rewrap' AS kind, w.id, w.session_id AS session, w.stream, w.from_sha256 AS "from", w.to_sha256 AS "to",
        w.ordered_by AS "orderedBy"
      FROM rewraps w WHERE NOT EXISTS (SELECT FROM key_acts a WHERE a.order_id = w.id)
      ORDER BY w.ordered_at, w.id LIMIT 100`,
  );
  return [...erasures, ...rewraps];
}

/** @param leaf index of the leaf that tells of it; null: nothing was left to do it to. */
export async function insertKeyAct(tx: Transaction, clock: Clock, order: string, leaf: number | null): Promise<void> {
  await execute(
    tx,
    sql(z.never())`
      INSERT INTO key_acts (order_id, outcome, leaf, done_at)
      VALUES (${order}, ${leaf === null ? 'void' : 'done'}, ${leaf}, ${clock.now()})`,
  );
}
