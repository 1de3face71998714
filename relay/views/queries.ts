import { z } from 'zod';
import { many, maybeOne, type Queryable, sql } from '../../foundation/index.ts';
import { type Difference, DIFFERENCE_KINDS, type PersonId } from '../../policy/index.ts';
import { count, parcelState } from '../journey/queries.ts';

const side = z.strictObject({ name: z.string(), titleEn: z.string(), titleJa: z.string() });
const instant = z.date().transform((date) => date.toISOString());

const ListedRow = z
  .strictObject({
    number: count,
    state: parcelState,
    ticket_id: z.uuid(),
    ticket_number: count,
    from_system: side.nullable(),
    to_system: side.nullable(),
    files: count.nullable(),
    bytes: count.nullable(),
    row_count: count.nullable(),
    people_count: count.nullable(),
    keep_until: instant,
  })
  .transform((row) => ({
    number: row.number,
    state: row.state,
    ticket: { id: row.ticket_id, number: row.ticket_number },
    from: row.from_system,
    to: row.to_system,
    files: row.files ?? 0,
    bytes: row.bytes ?? 0,
    rows: row.row_count,
    people: row.people_count,
    keepUntil: row.keep_until,
  }));
export type ListedParcel = z.output<typeof ListedRow>;

export interface Looking {
  readonly person: PersonId;
  /** Auditors and security officers: every parcel. */
  readonly seesAll: boolean;
}

/**
 * Newest first, before `before`. Owners see what came from or goes to their systems, also by a transfer that only names
 * the parcel; everybody sees what they asked for. The page is cut before anything is joined to it.
 */
export function listParcels(
  db: Queryable,
  { person, seesAll, before, limit }: Looking & { readonly before: number | null; readonly limit: number },
): Promise<ListedParcel[]> {
  return many(
    db,
    sql(ListedRow)`
      WITH page AS (
        SELECT p.id, p.number, p.ticket_id FROM parcels p
        WHERE (${before}::bigint IS NULL OR p.number < ${before}::bigint)
          AND (${seesAll} OR EXISTS (SELECT FROM tickets t WHERE t.id = p.ticket_id AND t.requester_id = ${person})
            OR EXISTS (SELECT FROM ticket_systems s JOIN system_owners o ON o.system_id = s.system_id
              WHERE s.ticket_id = p.ticket_id AND o.person_id = ${person})
            OR EXISTS (SELECT FROM tickets n WHERE n.kind = 'transfer' AND (n.details ->> 'parcel')::bigint = p.number
              AND n.state NOT IN ('rejected', 'withdrawn') AND (n.requester_id = ${person}
                OR EXISTS (SELECT FROM ticket_systems s JOIN system_owners o ON o.system_id = s.system_id
                  WHERE s.ticket_id = n.id AND o.person_id = ${person}))))
        ORDER BY p.number DESC LIMIT ${limit})
      SELECT p.number, j.state, t.id AS ticket_id, t.number AS ticket_number,
        (SELECT jsonb_build_object('name', s.name, 'titleEn', s.title_en, 'titleJa', s.title_ja) FROM ticket_systems x
          JOIN systems s ON s.id = x.system_id WHERE x.ticket_id = t.id AND x.side IN ('from', 'touched') LIMIT 1)
          AS from_system,
        coalesce(
          (SELECT jsonb_build_object('name', s.name, 'titleEn', s.title_en, 'titleJa', s.title_ja) FROM ticket_systems x
            JOIN systems s ON s.id = x.system_id WHERE x.ticket_id = t.id AND x.side = 'to' LIMIT 1),
          (SELECT jsonb_build_object('name', s.name, 'titleEn', s.title_en, 'titleJa', s.title_ja) FROM tickets n
            JOIN ticket_systems x ON x.ticket_id = n.id AND x.side = 'to' JOIN systems s ON s.id = x.system_id
            WHERE n.kind = 'transfer' AND (n.details ->> 'parcel')::bigint = p.number
              AND n.state IN ('approved', 'in_use', 'used') ORDER BY n.number DESC LIMIT 1)) AS to_system,
        e.files, e.bytes, j.row_count, j.people_count, j.keep_until
      FROM page p JOIN tickets t ON t.id = p.ticket_id JOIN parcel_journeys j ON j.parcel_id = p.id
        LEFT JOIN parcel_ends e ON e.parcel_id = p.id
      ORDER BY p.number DESC`,
  );
}

const FILES_SHOWN = 200;

const OneRow = z
  .strictObject({
    id: z.uuid(),
    requester: z.string(),
    differences: z.array(z.strictObject({ kind: z.enum(DIFFERENCE_KINDS), promised: z.string(), found: z.string() })),
    types: z.array(z.string()).nullable(),
    scanner: z.string().nullable(),
    may_decide: z.boolean(),
    may_download: z.boolean(),
    shown: z.array(z.strictObject({ path: z.string(), bytes: count, sha256: z.string() })),
    moves: z.array(z.strictObject({ type: z.string(), at: z.string(), by: z.string().nullable() })),
  })
  .transform(({ may_decide, may_download, shown, ...row }) => ({
    ...{ ...row, mayDecide: may_decide, mayDownload: may_download, shownFiles: shown },
  }));

export interface ParcelView extends ListedParcel {
  readonly requester: string;
  readonly differences: readonly Difference[];
  readonly types: readonly string[] | null;
  readonly scanner: string | null;
  /** Whether this person owns one of its systems and asked for nothing of it. */
  readonly mayDecide: boolean;
  /** Whether its ticket says that this person takes it over the console, once it is released. */
  readonly mayDownload: boolean;
  /** The first 200. */
  readonly shownFiles: readonly { readonly path: string; readonly bytes: number; readonly sha256: string }[];
  /** Its events, oldest first. */
  readonly moves: readonly { readonly type: string; readonly at: string; readonly by: string | null }[];
}

/** Undefined where there is none, or none that this person sees. */
export async function findParcel(
  db: Queryable,
  { number, ...looking }: Looking & { readonly number: number },
): Promise<ParcelView | undefined> {
  const [listed] = await listParcels(db, { ...looking, before: number + 1, limit: 1 });
  if (listed?.number !== number) return undefined;
  const { person } = looking;
  const more = await maybeOne(
    db,
    sql(OneRow)`
      SELECT p.id, w.name AS requester, j.differences, j.types, j.scanner,
        (t.requester_id <> ${person} AND NOT EXISTS (SELECT FROM tickets n WHERE n.kind = 'transfer'
            AND n.state IN ('approved', 'in_use') AND (n.details ->> 'parcel')::bigint = p.number
            AND n.requester_id = ${person})
          AND EXISTS (SELECT FROM tickets n JOIN ticket_systems s ON s.ticket_id = n.id
            JOIN system_owners o ON o.system_id = s.system_id AND o.person_id = ${person}
          WHERE n.id = t.id OR (n.kind = 'transfer' AND n.state IN ('approved', 'in_use')
            AND (n.details ->> 'parcel')::bigint = p.number))) AS may_decide,
        (t.destination = 'page' AND t.requester_id = ${person}) IS TRUE AS may_download,
        (SELECT coalesce(jsonb_agg(jsonb_build_object('path', f.path, 'bytes', f.bytes,
            'sha256', encode(f.sha256, 'hex')) ORDER BY f.number), '[]'::jsonb)
          FROM (SELECT * FROM parcel_files WHERE parcel_id = p.id ORDER BY number LIMIT ${FILES_SHOWN}) f) AS shown,
        (SELECT coalesce(jsonb_agg(jsonb_build_object('type', a.type, 'at', a.at, 'by', b.name) ORDER BY a.seq), '[]'::jsonb)
          FROM audit_events a LEFT JOIN persons b ON b.id = a.actor_id
          WHERE a.ticket_id IN (SELECT t.id UNION ALL SELECT n.id FROM tickets n
              WHERE n.kind = 'transfer' AND (n.details ->> 'parcel')::bigint = p.number)
            AND a.type LIKE 'parcel.%' AND (a.body ->> 'parcel')::bigint = p.number) AS moves
      FROM parcels p JOIN tickets t ON t.id = p.ticket_id JOIN persons w ON w.id = t.requester_id
        JOIN parcel_journeys j ON j.parcel_id = p.id
      WHERE p.number = ${number}`,
  );
  if (more === undefined) return undefined;
  const { id: _, ...view } = more;
  return { ...listed, ...view };
}

const RouteRow = z
  .strictObject({
    from_system: side,
    to_system: side,
    parcels: count,
    bytes: count,
    people: count,
    since: instant,
    last: instant,
    ticket_number: count,
  })
  .transform(({ from_system, to_system, ticket_number, ...row }) => ({
    ...row,
    from: from_system,
    to: to_system,
    /** The newest. */
    ticketNumber: ticket_number,
  }));
export type Route = z.output<typeof RouteRow>;

/** Which systems gave to which, how much, since when, and by which ticket last. */
export function listRoutes(db: Queryable, { person, seesAll }: Looking): Promise<Route[]> {
  return many(
    db,
    sql(RouteRow)`
      SELECT jsonb_build_object('name', a.name, 'titleEn', a.title_en, 'titleJa', a.title_ja) AS from_system,
        jsonb_build_object('name', b.name, 'titleEn', b.title_en, 'titleJa', b.title_ja) AS to_system,
        count(*) AS parcels, sum(e.bytes) AS bytes, sum(coalesce(j.people_count, 0)) AS people,
        min(k.ended_at) AS since, max(k.ended_at) AS last, max(t.number) AS ticket_number
      FROM parcel_pickups k JOIN parcel_ends e ON e.parcel_id = k.parcel_id
        JOIN parcel_journeys j ON j.parcel_id = k.parcel_id JOIN tickets t ON t.id = k.ticket_id
        JOIN ticket_systems x ON x.ticket_id = t.id AND x.side = 'from' JOIN systems a ON a.id = x.system_id
        JOIN ticket_systems y ON y.ticket_id = t.id AND y.side = 'to' JOIN systems b ON b.id = y.system_id
      WHERE k.outcome = 'whole' AND (${seesAll} OR EXISTS (SELECT FROM system_owners o
        WHERE o.person_id = ${person} AND o.system_id IN (a.id, b.id)))
      GROUP BY a.id, b.id ORDER BY a.name, b.name`,
  );
}
