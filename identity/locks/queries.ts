/** Locks as they stand. */
import { z } from 'zod';
import { execute, many, maybeOne, type Queryable, sql, type Transaction } from '../../foundation/index.ts';
import { LOCK_KINDS, type LockKind, type PersonId } from '../../policy/index.ts';
import { PersonIdSchema } from '../rows.ts';

/** One thing that can be locked, by its kind and what names it for good. */
export interface LockSubject {
  readonly kind: LockKind;
  readonly subject: string;
}

const KindRow = z.strictObject({ kind: z.enum(LOCK_KINDS) });

/** Which of these are locked, by kind. */
export async function standingKinds(db: Queryable, asked: readonly LockSubject[]): Promise<LockKind[]> {
  const rows = await many(
    db,
    sql(KindRow)`
      SELECT l.kind FROM locks l
      JOIN unnest(${asked.map(({ kind }) => kind)}::text[], ${asked.map(({ subject }) => subject)}::text[]) AS a (kind, subject)
        ON a.kind = l.kind AND a.subject = l.subject
      WHERE l.lifted_at IS NULL`,
  );
  return rows.map(({ kind }) => kind);
}

/** The addresses and networks that are locked. */
export async function lockedNetworks(db: Queryable): Promise<string[]> {
  const rows = await many(
    db,
    sql(z.strictObject({ subject: z.string() }))`
      SELECT subject FROM locks WHERE kind = 'device' AND lifted_at IS NULL`,
  );
  return rows.map(({ subject }) => subject);
}

export interface NewLock extends LockSubject {
  readonly id: string;
  readonly reason: string;
  /** Null: at the gateway's own command line. */
  readonly lockedBy: PersonId | null;
  readonly at: Date;
  readonly until: Date | null;
}

/** @returns 0 when a lock stands already. */
export function insertLock(tx: Transaction, lock: NewLock): Promise<number> {
  return execute(
    tx,
    sql(z.never())`
      INSERT INTO locks (id, kind, subject, person_id, reason, locked_by, locked_at, until)
      VALUES (${lock.id}, ${lock.kind}, ${lock.subject}, ${lock.kind === 'person' ? lock.subject : null}::uuid,
        ${lock.reason}, ${lock.lockedBy}, ${lock.at}, ${lock.until})
      ON CONFLICT (kind, subject) WHERE lifted_at IS NULL DO NOTHING`,
  );
}

/** `liftedBy` null: its time is over, or at the gateway's own command line. @returns 0 when it does not stand. */
export function markLifted(
  tx: Transaction,
  lift: { id: string; liftedBy: PersonId | null; at: Date },
): Promise<number> {
  return execute(
    tx,
    sql(z.never())`
      UPDATE locks SET lifted_by = ${lift.liftedBy}, lifted_at = ${lift.at} WHERE id = ${lift.id} AND lifted_at IS NULL`,
  );
}

/** A lock that stands, as lists show it. */
export interface StandingLock extends LockSubject {
  readonly id: string;
  /** What people call it: a name, a number, the subject itself. */
  readonly label: string;
  readonly reason: string;
  readonly lockedAt: Date;
  /** Null: at the gateway's own command line. */
  readonly lockedBy: { readonly id: PersonId; readonly name: string } | null;
  readonly until: Date | null;
  /** The viewer owns the system it belongs to. */
  readonly owned: boolean;
  /** It stands on the viewer: their person, company, key or ticket. */
  readonly own: boolean;
}

const StandingRow = z
  .strictObject({
    id: z.uuid(),
    kind: z.enum(LOCK_KINDS),
    subject: z.string(),
    label: z.string(),
    reason: z.string(),
    locked_at: z.date(),
    locked_by: PersonIdSchema.nullable(),
    locked_by_name: z.string().nullable(),
    until: z.date().nullable(),
    owned: z.boolean(),
    own: z.boolean(),
  })
  .transform(
    ({ locked_at, locked_by, locked_by_name, ...row }): StandingLock => ({
      ...row,
      lockedAt: locked_at,
      lockedBy: locked_by === null ? null : { id: locked_by, name: locked_by_name ?? '' },
    }),
  );

/** What stands, newest first, as this person sees it; of one lock where its id is given. */
export function selectStanding(
  db: Queryable,
  {
    viewer,
    id = null,
    due = null,
    limit,
  }: { viewer: PersonId | null; id?: string | null; due?: Date | null; limit: number },
): Promise<StandingLock[]> {
  return many(
    db,
    sql(StandingRow)`
      SELECT l.id, l.kind, l.subject, l.reason, l.locked_at, l.locked_by, b.name AS locked_by_name, l.until,
        coalesce(p.name, g.name || '%' || gs.name, s.name, '#' || t.number, l.subject) AS label,
        EXISTS (SELECT FROM system_owners o WHERE o.person_id = ${viewer}::uuid AND (o.system_id IN (g.system_id, s.id)
          OR o.system_id IN (SELECT k.system_id FROM ticket_systems k WHERE k.ticket_id = t.id))) AS owned,
        coalesce(l.person_id = ${viewer}::uuid OR t.requester_id = ${viewer}::uuid
          OR (l.kind = 'company' AND l.subject = (SELECT company_key(v.employer) FROM persons v WHERE v.id = ${viewer}::uuid))
          OR (l.kind = 'key' AND (EXISTS (SELECT FROM ssh_keys y WHERE y.fingerprint = l.subject AND y.person_id = ${viewer}::uuid)
            OR EXISTS (SELECT FROM login_certificates c WHERE c.fingerprint = l.subject AND c.person_id = ${viewer}::uuid))),
          false) AS own
      FROM locks l
      LEFT JOIN persons b ON b.id = l.locked_by
      LEFT JOIN persons p ON p.id = l.person_id
      LEFT JOIN targets g ON l.kind = 'target' AND g.id::text = l.subject
      LEFT JOIN systems gs ON gs.id = g.system_id
      LEFT JOIN systems s ON l.kind = 'system' AND s.id::text = l.subject
      LEFT JOIN tickets t ON l.kind = 'ticket' AND t.id::text = l.subject
      WHERE l.lifted_at IS NULL AND (${id}::uuid IS NULL OR l.id = ${id}::uuid)
        AND (${due}::timestamptz IS NULL OR l.until <= ${due}::timestamptz)
      ORDER BY l.locked_at DESC, l.id LIMIT ${limit}`,
  );
}

/** What a person wrote, found: what names it for good, and how it is to the actor. */
export interface FoundSubject {
  readonly subject: string;
  readonly label: string;
  readonly owned: boolean;
  readonly own: boolean;
}

const FoundRow = z.strictObject({ subject: z.string(), label: z.string(), owned: z.boolean(), own: z.boolean() });

/**
 * Things of this kind that `written` names: ids or names; of a target `target%system` too, of a ticket its number. Two
 * at most: two are one too many.
 */
export function findSubjects(
  db: Queryable,
  { kind, written, actor }: { kind: LockKind; written: string; actor: PersonId | null },
): Promise<FoundSubject[]> {
  return many(
    db,
    sql(FoundRow)`
      SELECT * FROM (
        SELECT p.id::text AS subject, p.name AS label, false AS owned, p.id IS NOT DISTINCT FROM ${actor}::uuid AS own
        FROM persons p WHERE ${kind} = 'person' AND (p.id::text = ${written} OR lower(p.email) = lower(${written}))
        UNION ALL
        SELECT company_key(${written}), btrim(${written}), false, EXISTS (SELECT FROM persons p
          WHERE p.id = ${actor}::uuid AND company_key(p.employer) = company_key(${written}))
        WHERE ${kind} = 'company' AND EXISTS (SELECT FROM persons p WHERE company_key(p.employer) = company_key(${written}))
        UNION ALL
        SELECT k.fingerprint, k.fingerprint, false, bool_or(k.person_id IS NOT DISTINCT FROM ${actor}::uuid)
        FROM (SELECT fingerprint, person_id FROM ssh_keys UNION ALL SELECT fingerprint, person_id FROM login_certificates) k
        WHERE ${kind} = 'key' AND k.fingerprint = ${written} GROUP BY k.fingerprint
        UNION ALL
        SELECT t.id::text, t.name || '%' || s.name, EXISTS (SELECT FROM system_owners o
          WHERE o.system_id = s.id AND o.person_id = ${actor}::uuid), false
        FROM targets t JOIN systems s ON s.id = t.system_id
        WHERE ${kind} = 'target' AND ${written} IN (t.id::text, t.name, t.name || '%' || s.name)
        UNION ALL
        SELECT s.id::text, s.name, EXISTS (SELECT FROM system_owners o
          WHERE o.system_id = s.id AND o.person_id = ${actor}::uuid), false
        FROM systems s WHERE ${kind} = 'system' AND ${written} IN (s.id::text, s.name)
        UNION ALL
        SELECT t.id::text, '#' || t.number, EXISTS (SELECT FROM system_owners o JOIN ticket_systems k ON k.system_id = o.system_id
          WHERE k.ticket_id = t.id AND o.person_id = ${actor}::uuid), t.requester_id IS NOT DISTINCT FROM ${actor}::uuid
        FROM tickets t WHERE ${kind} = 'ticket' AND ${written} IN (t.id::text, t.number::text, '#' || t.number)
      ) found LIMIT 2`,
  );
}

/** Whether a lock stands on a ticket, on what it is about or on who asked for it. */
export async function lockOnTicket(db: Queryable, ticketId: string): Promise<LockKind | undefined> {
  const row = await maybeOne(
    db,
    sql(KindRow)`SELECT kind FROM ticket_locks WHERE ticket_id = ${ticketId} ORDER BY kind LIMIT 1`,
  );
  return row?.kind;
}
