/** What is known of systems, approvers and earlier decisions when somebody decides on a ticket. */
import { z } from 'zod';
import { execute, many, maybeOne, type Queryable, sql, type Transaction } from '../../foundation/index.ts';
import {
  APPROVAL_RULES,
  type Approver,
  type EarlierDecision,
  type PersonId,
  ROLES,
  type SystemId,
  type TicketId,
  type TouchedSystem,
} from '../../policy/index.ts';
import type { ApprovalDecision } from '../model.ts';
import { approvalDecision, personId, systemId } from '../schemas.ts';

/** Beyond so many rows the second line approves as well, unless the system's risk settings say otherwise. */
const SECOND_LINE_ROWS = 100_000;

const SystemRow = z
  .strictObject({
    id: systemId,
    approvers: z.number().nullable(),
    rows_named: z.boolean(),
    second_line_rows: z.coerce.number().nullable(),
    other_owners: z.array(personId),
    second_line: z.number(),
  })
  .transform(
    (row): TouchedSystem => ({
      id: row.id,
      quorum: row.approvers ?? 1,
      secondLineRows: row.rows_named ? row.second_line_rows : SECOND_LINE_ROWS,
      otherOwners: row.other_owners,
      secondLine: row.second_line,
    }),
  );

/** The systems with who could decide about them, now, when this person asks; in the order they are named. */
export function touchedSystems(
  db: Queryable,
  { systems, requester, now }: { systems: readonly SystemId[]; requester: PersonId; now: Date },
): Promise<TouchedSystem[]> {
  return many(
    db,
    sql(SystemRow)`
      WITH able AS (
        SELECT p.id, p.roles FROM persons p
        WHERE p.id <> ${requester} AND p.roles && ARRAY['owner', 'security_officer']
          AND p.manager_id IS DISTINCT FROM ${requester} AND p.deactivated_at IS NULL
          AND (p.contract_ends_at IS NULL OR p.contract_ends_at > ${now})
          AND NOT EXISTS (SELECT FROM person_locks l WHERE l.person_id = p.id))
      SELECT s.id, (s.risk ->> 'approvers')::integer AS approvers, coalesce(s.risk ? 'secondLineRows', false) AS rows_named,
        (s.risk ->> 'secondLineRows')::bigint AS second_line_rows,
        ARRAY(SELECT a.id::text FROM system_owners o JOIN able a ON a.id = o.person_id AND 'owner' = ANY (a.roles)
          WHERE o.system_id = s.id ORDER BY a.id) AS other_owners,
        (SELECT count(*) FROM able a WHERE 'security_officer' = ANY (a.roles))::integer AS second_line
      FROM systems s WHERE s.id = ANY (${[...systems]}::uuid[])
      ORDER BY array_position(${[...systems]}::uuid[], s.id)`,
  );
}

const ApproverRow = z
  .strictObject({
    id: personId,
    roles: z.array(z.enum(ROLES)),
    locked: z.boolean(),
    present: z.boolean(),
    manager_id: personId.nullable(),
    owns: z.array(systemId),
    substitutes_for: z.array(systemId),
  })
  .transform(
    ({ manager_id, substitutes_for, ...row }): Approver => ({
      ...row,
      managers: manager_id === null ? [] : [manager_id],
      substitutesFor: substitutes_for,
    }),
  );

export interface StandingAsked {
  readonly person: PersonId;
  readonly systems: readonly SystemId[];
  readonly requester: PersonId;
  /** When the ticket was asked for: a substitute who was chosen later was chosen for it. */
  readonly askedAt: Date;
  readonly now: Date;
}

/**
 * The approver as the database knows them now. They substitute for an owner who chose them before the ticket was asked
 * for, is not the requester, and is in role, in contract and not locked.
 */
export function approverStanding(
  db: Queryable,
  { person, systems, requester, askedAt, now }: StandingAsked,
): Promise<Approver | undefined> {
  return maybeOne(
    db,
    sql(ApproverRow)`
      SELECT p.id, p.roles, EXISTS (SELECT FROM person_locks l WHERE l.person_id = p.id) AS locked,
        (p.deactivated_at IS NULL AND (p.contract_ends_at IS NULL OR p.contract_ends_at > ${now})) AS present,
        p.manager_id,
        ARRAY(SELECT o.system_id::text FROM system_owners o
          WHERE o.person_id = p.id AND o.system_id = ANY (${[...systems]}::uuid[]) ORDER BY 1) AS owns,
        ARRAY(SELECT DISTINCT o.system_id::text FROM substitutes u
          JOIN persons w ON w.id = u.owner_id
          JOIN system_owners o ON o.person_id = u.owner_id AND o.system_id = ANY (${[...systems]}::uuid[])
          WHERE u.substitute_id = p.id AND u.revoked_at IS NULL AND u.starts_at <= ${now} AND u.ends_at > ${now}
            AND u.created_at <= ${askedAt} AND u.owner_id <> ${requester} AND 'owner' = ANY (w.roles)
            AND w.deactivated_at IS NULL AND (w.contract_ends_at IS NULL OR w.contract_ends_at > ${now})
            AND NOT EXISTS (SELECT FROM person_locks l WHERE l.person_id = w.id)
          ORDER BY 1) AS substitutes_for
      FROM persons p WHERE p.id = ${person}`,
  );
}

const SideRow = z.strictObject({ system_id: systemId });

/** The systems of a ticket, where a transfer begins first. */
export async function systemsOfTicket(db: Queryable, ticket: TicketId): Promise<SystemId[]> {
  const rows = await many(
    db,
    sql(SideRow)`
      SELECT system_id FROM ticket_systems WHERE ticket_id = ${ticket} ORDER BY side = 'to', system_id`,
  );
  return rows.map((row) => row.system_id);
}

const DecisionRow = z
  .strictObject({
    approver_id: personId,
    decision: approvalDecision,
    capacity: z.enum(['owner', 'second_line']),
    systems: z.array(systemId),
  })
  .transform(({ approver_id, capacity, ...row }): EarlierDecision => ({ ...row, approver: approver_id, as: capacity }));

export function earlierDecisions(db: Queryable, ticket: TicketId): Promise<EarlierDecision[]> {
  return many(
    db,
    sql(DecisionRow)`
      SELECT approver_id, decision, capacity, systems FROM approvals WHERE ticket_id = ${ticket} ORDER BY decided_at, id`,
  );
}

const ClassRow = z.strictObject({ data_class: z.string() });

/** The classes of protected things of a system that a judgement names. */
export async function dataClassesOf(
  db: Queryable,
  { systems, names }: { systems: readonly SystemId[]; names: readonly string[] },
): Promise<string[]> {
  if (names.length === 0) return [];
  const rows = await many(
    db,
    sql(ClassRow)`
      SELECT DISTINCT data_class FROM protected_assets
      WHERE system_id = ANY (${[...systems]}::uuid[]) AND name = ANY (${[...names]}::text[]) ORDER BY 1`,
  );
  return rows.map((row) => row.data_class);
}

export interface NewApproval extends EarlierDecision {
  readonly id: string;
  readonly ticket: TicketId;
  readonly decision: ApprovalDecision;
  readonly reason: string;
  readonly actDigest: string;
  /** What it was decided on. */
  readonly facts: object;
  readonly now: Date;
}

export async function insertApproval(tx: Transaction, approval: NewApproval): Promise<void> {
  await execute(
    tx,
    sql(z.never())`
      INSERT INTO approvals (id, ticket_id, approver_id, decision, reason, act_digest, decided_at, capacity, systems,
        facts, rules)
      VALUES (${approval.id}, ${approval.ticket}, ${approval.approver}, ${approval.decision}, ${approval.reason},
        ${Buffer.from(approval.actDigest, 'hex')}, ${approval.now}, ${approval.as}, ${[...approval.systems]}::uuid[],
        ${JSON.stringify(approval.facts)}, ${APPROVAL_RULES})`,
  );
}

/** Whether this person is a named owner of the system and still under contract. */
export async function ownsSystem(db: Queryable, person: PersonId, system: SystemId, now: Date): Promise<boolean> {
  const row = await maybeOne(
    db,
    sql(z.strictObject({ yes: z.boolean() }))`SELECT EXISTS (
      SELECT FROM system_owners o JOIN persons p ON p.id = o.person_id
      WHERE o.system_id = ${system} AND o.person_id = ${person} AND p.deactivated_at IS NULL
        AND (p.contract_ends_at IS NULL OR p.contract_ends_at > ${now})) AS yes`,
  );
  return row?.yes === true;
}
