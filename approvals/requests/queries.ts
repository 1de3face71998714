import { z } from 'zod';
import { execute, many, maybeOne, type Queryable, sql, type Transaction } from '../../foundation/index.ts';
import type { PersonId, SystemId, TargetId, TicketId, TicketKind } from '../../policy/index.ts';
import type { Window } from '../checks.ts';
import type { RefusedAct, TargetTitle } from '../model.ts';
import { count, systemId, targetId } from '../schemas.ts';
import type { Destination } from '../vault/model.ts';

const nothing = z.never();

/** What an export ticket has beside what every ticket has. */
export interface ExportPart {
  readonly act: RefusedAct;
  readonly client: string;
  readonly destination: Destination;
  readonly rowsMax: number;
  readonly bytesMax: number;
  readonly usesMax: number;
  /** Undefined: for the very act alone. */
  readonly actClass: string | undefined;
}

export interface NewTicket {
  readonly id: TicketId;
  readonly kind: TicketKind;
  readonly state: 'requested' | 'in_use';
  readonly requester: PersonId;
  /** 64 hex digits over what is asked for. */
  readonly actDigest: string;
  readonly purpose: string;
  readonly details: object;
  readonly window: Window;
  readonly secondLine: boolean;
  readonly export?: ExportPart;
  readonly review?: { readonly by: Date; readonly lockAt: Date };
  readonly now: Date;
}

export async function insertTicket(tx: Transaction, ticket: NewTicket): Promise<void> {
  const { window, review, now } = ticket;
  const part = columnsOf(ticket.export);
  await execute(
    tx,
    sql(nothing)`
      INSERT INTO tickets (id, kind, state, requester_id, target_id, refused_act_id, act_text, act_judgement, act_digest,
        purpose, client, destination, rows_max, bytes_max, scope, class_digest, uses_max, details, second_line,
        not_before, not_after, lasts_seconds, decide_by, review_by, lock_at, created_at, updated_at)
      VALUES (${ticket.id}, ${ticket.kind}, ${ticket.state}, ${ticket.requester}, ${part.target}, ${part.act},
        ${part.text}, ${part.judgement}, ${Buffer.from(ticket.actDigest, 'hex')}, ${ticket.purpose}, ${part.client},
        ${part.destination}, ${part.rowsMax}, ${part.bytesMax}, ${part.actClass === null ? 'act' : 'class'},
        ${part.actClass}, ${part.usesMax}, ${JSON.stringify(ticket.details)}, ${ticket.secondLine},
        ${window.notBefore}, ${window.notAfter}, ${window.lastsSeconds}, ${window.decideBy}, ${review?.by ?? null},
        ${review?.lockAt ?? null}, ${now}, ${now})`,
  );
}

/** The columns that only an export has. */
function columnsOf(part: ExportPart | undefined) {
  if (part === undefined) {
    const none = { target: null, act: null, text: null, judgement: null, destination: null, actClass: null };
    return { ...none, client: '', rowsMax: null, bytesMax: null, usesMax: 1 };
  }
  const { act, actClass, client, destination, rowsMax, bytesMax, usesMax } = part;
  return {
    ...{ client, destination, rowsMax, bytesMax, usesMax, target: act.target.id, act: act.id, text: act.text },
    judgement: JSON.stringify(act.judgement),
    actClass: actClass === undefined ? null : Buffer.from(actClass, 'hex'),
  };
}

export type Side = 'touched' | 'from' | 'to';

export async function insertSystems(
  tx: Transaction,
  ticket: TicketId,
  systems: readonly { readonly id: SystemId; readonly side: Side }[],
): Promise<void> {
  for (const { id, side } of systems) {
    await execute(
      tx,
      sql(nothing)`INSERT INTO ticket_systems (ticket_id, system_id, side) VALUES (${ticket}, ${id}, ${side})`,
    );
  }
}

export async function insertTargets(tx: Transaction, ticket: TicketId, targets: readonly TargetId[]): Promise<void> {
  await execute(
    tx,
    sql(nothing)`
      INSERT INTO ticket_targets (ticket_id, target_id) SELECT ${ticket}::uuid, unnest(${[...targets]}::uuid[])`,
  );
}

/** How many tickets of this person still wait for a decision. */
export async function countRequested(db: Queryable, requester: PersonId): Promise<number> {
  const row = await maybeOne(
    db,
    sql(z.strictObject({ open: count }))`
      SELECT count(*) AS open FROM tickets WHERE requester_id = ${requester} AND state IN ('requested', 'asked_back')`,
  );
  return row?.open ?? 0;
}

const TargetRow = z
  .strictObject({
    id: targetId,
    name: z.string(),
    system_id: systemId,
    system_name: z.string(),
    title_en: z.string(),
    title_ja: z.string(),
    required: z.boolean(),
    granted: z.boolean(),
  })
  .transform(
    (row): AskableTarget => ({
      id: row.id,
      name: row.name,
      system: row.system_id,
      systemName: row.system_name,
      systemTitleEn: row.title_en,
      systemTitleJa: row.title_ja,
      required: row.required,
      granted: row.granted,
    }),
  );

/** A target a person has an account on. */
export interface AskableTarget extends TargetTitle {
  readonly system: SystemId;
  readonly systemName: string;
  /** Its system lets nobody in without an access ticket. */
  readonly required: boolean;
  /** There is a grant in force: work may be asked for; without one only an emergency opens it. */
  readonly granted: boolean;
}

export function askableTargets(db: Queryable, person: PersonId, now: Date): Promise<AskableTarget[]> {
  return many(
    db,
    sql(TargetRow)`
      SELECT t.id, t.name, t.system_id, s.name AS system_name, s.title_en, s.title_ja,
        coalesce(s.risk ->> 'tickets' = 'required', false) AS required,
        EXISTS (SELECT FROM grants g WHERE g.target_id = t.id AND g.person_id = a.person_id AND g.revoked_at IS NULL
          AND g.expires_at > ${now}) AS granted
      FROM target_accounts a JOIN targets t ON t.id = a.target_id JOIN systems s ON s.id = t.system_id
      WHERE a.person_id = ${person} ORDER BY s.name, t.name`,
  );
}

/** The shortest time in which one of these systems asks for a work report; null: none does. */
export async function reportHoursOf(db: Queryable, systems: readonly SystemId[]): Promise<number | null> {
  const row = await maybeOne(
    db,
    sql(z.strictObject({ hours: z.number().nullable() }))`
      SELECT min((risk ->> 'workReportHours')::int) AS hours FROM systems WHERE id = ANY (${[...systems]}::uuid[])`,
  );
  return row?.hours ?? null;
}

const SystemRow = z
  .strictObject({ id: systemId, name: z.string(), title_en: z.string(), title_ja: z.string(), works: z.boolean() })
  .transform((row) => ({ id: row.id, name: row.name, titleEn: row.title_en, titleJa: row.title_ja, works: row.works }));
/** `works`: the person has an account on one of its targets, or owns it. */
export type AskableSystem = z.output<typeof SystemRow>;

export function askableSystems(db: Queryable, person: PersonId): Promise<AskableSystem[]> {
  return many(
    db,
    sql(SystemRow)`
      SELECT s.id, s.name, s.title_en, s.title_ja,
        (EXISTS (SELECT FROM target_accounts a JOIN targets t ON t.id = a.target_id
            WHERE a.person_id = ${person} AND t.system_id = s.id)
          OR EXISTS (SELECT FROM system_owners o WHERE o.system_id = s.id AND o.person_id = ${person})) AS works
      FROM systems s ORDER BY s.name`,
  );
}

/** Whether a sealed parcel of this number came out of the system. */
export async function isParcelOf(db: Queryable, parcel: number, system: SystemId): Promise<boolean> {
  const row = await maybeOne(
    db,
    sql(z.unknown())`
      SELECT 1 FROM parcels v JOIN parcel_ends e ON e.parcel_id = v.id AND e.outcome = 'sealed'
        JOIN ticket_systems s ON s.ticket_id = v.ticket_id AND s.system_id = ${system}
      WHERE v.number = ${parcel}`,
  );
  return row !== undefined;
}
