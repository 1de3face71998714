/** Which targets are looked at, what is known of their accounts, and what was found. */
import { z } from 'zod';
import { execute, many, maybeOne, type Queryable, sql, type Transaction } from '../../foundation/index.ts';
import {
  ACCOUNT_FINDINGS,
  type AccountFinding,
  type PersonId,
  type Target,
  type TargetId,
} from '../../policy/index.ts';
import { TargetIdSchema, TargetRow } from '../rows.ts';

/** A target whose accounts are looked at. */
export interface InspectedTarget {
  readonly target: Target;
  readonly inspectAs: string;
}

const InspectedRow = z
  .strictObject({ target: TargetRow, inspect_as: z.string() })
  .transform(({ target, inspect_as }): InspectedTarget => ({ target, inspectAs: inspect_as }));

/** Those that are reached directly: a relay host would have to let this errand pass, too. */
export function inspectedTargets(db: Queryable): Promise<InspectedTarget[]> {
  return many(
    db,
    sql(InspectedRow)`
      SELECT jsonb_build_object('id', t.id, 'system_id', t.system_id, 'system_name', s.name, 'name', t.name,
          'host', t.host, 'port', t.port, 'host_key', t.host_key, 'host_ca', t.host_ca, 'mode', t.mode,
          'legacy_algorithms', t.legacy_algorithms, 'source_address', t.source_address) AS target,
        t.inspect_as
      FROM targets t JOIN systems s ON s.id = t.system_id
      WHERE t.inspect_as IS NOT NULL AND t.via_target_id IS NULL ORDER BY s.name, t.name`,
  );
}

const KnownRow = z
  .strictObject({
    name: z.string(),
    person: z.string(),
    left: z.boolean(),
    last_session_at: z.date().nullable(),
    since: z.date(),
  })
  .transform(({ last_session_at, ...row }) => ({ ...row, lastSessionAt: last_session_at }));

export function knownAccounts(db: Queryable, target: TargetId): Promise<z.output<typeof KnownRow>[]> {
  return many(
    db,
    sql(KnownRow)`
      SELECT a.account AS name, p.name AS person,
        p.deactivated_at IS NOT NULL OR coalesce(p.contract_closed = p.contract_ends_at, false) AS left,
        (SELECT max(o.opened_at) FROM sessions o WHERE o.target_id = a.target_id AND o.person_id = a.person_id)
          AS last_session_at,
        a.created_at AS since
      FROM target_accounts a JOIN persons p ON p.id = a.person_id WHERE a.target_id = ${target} ORDER BY a.account`,
  );
}

const Findings = z.array(z.strictObject({ kind: z.enum(ACCOUNT_FINDINGS), account: z.string(), about: z.string() }));

export interface NewAccountReport {
  readonly id: string;
  readonly target: TargetId;
  readonly at: Date;
  /** Why they could not be read; null: they were. */
  readonly code: string | null;
  readonly accounts: number;
  readonly findings: readonly AccountFinding[];
}

export async function insertAccountReport(tx: Transaction, report: NewAccountReport): Promise<void> {
  const { code } = report;
  await execute(
    tx,
    sql(z.never())`
      INSERT INTO account_reports (id, target_id, made_at, outcome, code, accounts, findings)
      VALUES (${report.id}, ${report.target}, ${report.at}, ${code === null ? 'read' : 'failed'}, ${code},
        ${report.accounts}, ${JSON.stringify(report.findings)}::jsonb)`,
  );
}

/** What was found the last time that they were read; undefined when they never were. */
export async function lastFindings(db: Queryable, target: TargetId): Promise<readonly AccountFinding[] | undefined> {
  const row = await maybeOne(
    db,
    sql(z.strictObject({ findings: Findings }))`
      SELECT findings FROM account_reports WHERE target_id = ${target} AND outcome = 'read'
      ORDER BY made_at DESC, id DESC LIMIT 1`,
  );
  return row?.findings;
}

/** Owners of the target's system and the second line. */
export function noticeFindings(
  tx: Transaction,
  { target, subject, now }: { target: TargetId; subject: string; now: Date },
): Promise<number> {
  return execute(
    tx,
    sql(z.never())`
      INSERT INTO notifications (id, person_id, kind, payload, created_at)
      SELECT gen_random_uuid(), p.id, 'accounts.found', jsonb_build_object('subject', ${subject}::text), ${now}
      FROM persons p WHERE p.deactivated_at IS NULL AND NOT EXISTS (SELECT FROM person_locks l WHERE l.person_id = p.id)
        AND ('security_officer' = ANY (p.roles) OR EXISTS (
          SELECT FROM system_owners o JOIN targets t ON t.system_id = o.system_id
          WHERE t.id = ${target} AND o.person_id = p.id))`,
  );
}

const ReportRow = z
  .strictObject({
    target_id: TargetIdSchema,
    target: z.string(),
    system: z.string(),
    inspect_as: z.string().nullable(),
    made_at: z.date().nullable(),
    code: z.string().nullable(),
    accounts: z.number().nullable(),
    findings: Findings.nullable(),
  })
  .transform(({ target_id, inspect_as, made_at, findings, accounts, ...row }) => ({
    ...row,
    ...{ targetId: target_id, inspectAs: inspect_as, madeAt: made_at, accounts: accounts ?? 0 },
    findings: findings ?? [],
  }));
export type AccountReport = z.output<typeof ReportRow>;

/** The newest report of each target that this person may see, most findings first; a target nobody looks at has none. */
export function selectAccountReports(
  db: Queryable,
  { viewer, everySystem }: { viewer: PersonId; everySystem: boolean },
): Promise<AccountReport[]> {
  return many(
    db,
    sql(ReportRow)`
      SELECT t.id AS target_id, t.name AS target, s.name AS system, t.inspect_as, r.made_at, r.code, r.accounts, r.findings
      FROM targets t JOIN systems s ON s.id = t.system_id
      LEFT JOIN LATERAL (SELECT * FROM account_reports x WHERE x.target_id = t.id ORDER BY x.made_at DESC, x.id DESC
        LIMIT 1) r ON true
      WHERE ${everySystem}::boolean OR EXISTS (
        SELECT FROM system_owners o WHERE o.system_id = s.id AND o.person_id = ${viewer})
      ORDER BY coalesce(jsonb_array_length(r.findings), 0) DESC, r.code IS NULL, s.name, t.name`,
  );
}
