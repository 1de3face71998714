import { z } from 'zod';
import { execute, maybeOne, type Queryable, sql, type Transaction } from '../../foundation/index.ts';
import {
  type Judgement,
  type PersonId,
  type RefusedActId,
  SESSION_KINDS,
  type SessionId,
  type SystemId,
  type TargetId,
} from '../../policy/index.ts';
import type { RefusedAct } from '../model.ts';
import { assets, judgement, refusedActId, sessionId, systemId, targetId } from '../schemas.ts';

export interface NewRefusedAct {
  readonly sessionId: SessionId;
  readonly personId: PersonId;
  readonly targetId: TargetId;
  /** The command or line as it was given. */
  readonly text: string;
  readonly judgement: Judgement;
}

export async function insertRefusedAct(
  tx: Transaction,
  act: NewRefusedAct & { readonly id: RefusedActId; readonly refusedAt: Date },
): Promise<void> {
  await execute(
    tx,
    sql(z.never())`
      INSERT INTO refused_acts (id, session_id, person_id, target_id, text, judgement, digest, refused_at)
      VALUES (${act.id}, ${act.sessionId}, ${act.personId}, ${act.targetId}, ${act.text},
        ${JSON.stringify(act.judgement)}, ${Buffer.from(act.judgement.digest, 'hex')}, ${act.refusedAt})`,
  );
}

const RefusedActRow = z
  .strictObject({
    id: refusedActId,
    session_id: sessionId,
    session_kind: z.enum(SESSION_KINDS),
    target_id: targetId,
    target_name: z.string(),
    title_en: z.string(),
    title_ja: z.string(),
    text: z.string(),
    judgement,
    refused_at: z.date(),
    assets,
  })
  .transform((row) => ({
    id: row.id,
    sessionId: row.session_id,
    sessionKind: row.session_kind,
    target: { id: row.target_id, name: row.target_name, systemTitleEn: row.title_en, systemTitleJa: row.title_ja },
    text: row.text,
    judgement: row.judgement,
    refusedAt: row.refused_at,
    assets: row.assets,
  }));

/** The act, when it is this person's. */
export function selectRefusedAct(
  db: Queryable,
  id: RefusedActId,
  person: PersonId,
): Promise<Omit<RefusedAct, 'suggested'> | undefined> {
  return maybeOne(
    db,
    sql(RefusedActRow)`
      SELECT a.id, a.session_id, w.kind AS session_kind, a.target_id, t.name AS target_name, s.title_en, s.title_ja, a.text, a.judgement,
        a.refused_at,
        COALESCE((SELECT json_agg(json_build_object('kind', p.kind, 'name', p.name, 'dataClass', p.data_class,
            'recordCount', p.record_count) ORDER BY p.kind, p.name)
          FROM protected_assets p WHERE p.system_id = s.id AND EXISTS (
            SELECT FROM jsonb_array_elements(a.judgement -> 'findings') f WHERE f -> 'assets' ? p.name)), '[]') AS assets
      FROM refused_acts a JOIN targets t ON t.id = a.target_id JOIN systems s ON s.id = t.system_id
        JOIN sessions w ON w.id = a.session_id
      WHERE a.id = ${id} AND a.person_id = ${person}`,
  );
}

/** The system of a target, as a list of one; empty where there is no such target. */
export async function systemOfTarget(db: Queryable, target: TargetId): Promise<SystemId[]> {
  const row = await maybeOne(
    db,
    sql(z.strictObject({ system_id: systemId }))`SELECT system_id FROM targets WHERE id = ${target}`,
  );
  return row === undefined ? [] : [row.system_id];
}
