import { z } from 'zod';
import { execute, many, maybeOne, type Queryable, sql, type Transaction } from '../../foundation/index.ts';
import type { PersonId, RefusedActId, SystemId, TargetId } from '../../policy/index.ts';
import { personId, refusedActId, systemId } from '../schemas.ts';

const PROGRAM_STATES = ['candidate', 'accepted', 'declined'] as const;
export type ProgramState = (typeof PROGRAM_STATES)[number];

export interface NewAsk {
  readonly id: string;
  readonly targetId: TargetId;
  readonly personId: PersonId;
  readonly refusedActId: RefusedActId;
  readonly name: string;
  readonly at: Date;
}

/** The program of this name on the target's system, made a candidate when it is new there. */
export async function upsertProgram(tx: Transaction, ask: NewAsk): Promise<{ id: string; isNew: boolean }> {
  const row = await maybeOne(
    tx,
    sql(z.strictObject({ id: z.uuid(), is_new: z.boolean() }))`
      WITH made AS (
        INSERT INTO programs (id, system_id, name, state, created_at)
        SELECT ${ask.id}, t.system_id, ${ask.name}, 'candidate', ${ask.at} FROM targets t WHERE t.id = ${ask.targetId}
        ON CONFLICT (system_id, name) DO NOTHING RETURNING id)
      SELECT id, true AS is_new FROM made
      UNION ALL
      SELECT p.id, false FROM programs p JOIN targets t ON t.system_id = p.system_id
      WHERE t.id = ${ask.targetId} AND p.name = ${ask.name}
      LIMIT 1`,
  );
  return row === undefined ? { id: ask.id, isNew: false } : { id: row.id, isNew: row.is_new };
}

export async function upsertAsker(tx: Transaction, programId: string, ask: NewAsk): Promise<void> {
  await execute(
    tx,
    sql(z.never())`
      INSERT INTO program_askers (program_id, person_id, refused_act_id, times, asked_at)
      VALUES (${programId}, ${ask.personId}, ${ask.refusedActId}, 1, ${ask.at})
      ON CONFLICT (program_id, person_id) DO UPDATE
        SET refused_act_id = EXCLUDED.refused_act_id, times = program_askers.times + 1, asked_at = EXCLUDED.asked_at`,
  );
}

const LockedRow = z
  .strictObject({
    id: z.uuid(),
    system_id: systemId,
    name: z.string(),
    state: z.enum(PROGRAM_STATES),
    asked: z.boolean(),
  })
  .transform(({ system_id, ...row }) => ({ ...row, systemId: system_id }));

/** The program, locked until the transaction ends; `asked`: this person asked for it. */
export function lockProgram(
  tx: Transaction,
  id: string,
  person: PersonId,
): Promise<{ id: string; systemId: SystemId; name: string; state: ProgramState; asked: boolean } | undefined> {
  return maybeOne(
    tx,
    sql(LockedRow)`
      SELECT p.id, p.system_id, p.name, p.state,
        EXISTS (SELECT FROM program_askers a WHERE a.program_id = p.id AND a.person_id = ${person}) AS asked
      FROM programs p WHERE p.id = ${id} FOR UPDATE`,
  );
}

export async function writeDecision(
  tx: Transaction,
  id: string,
  decided: { state: ProgramState; by: PersonId; reason: string; at: Date },
): Promise<void> {
  await execute(
    tx,
    sql(z.never())`
      UPDATE programs SET state = ${decided.state}, decided_by = ${decided.by}, decided_at = ${decided.at},
        reason = ${decided.reason} WHERE id = ${id}`,
  );
}

const instant = z.iso.datetime({ offset: true, local: true }).transform((text) => new Date(text));
const ProgramRow = z
  .strictObject({
    id: z.uuid(),
    name: z.string(),
    state: z.enum(PROGRAM_STATES),
    reason: z.string().nullable(),
    decided_at: z.date().nullable(),
    decided_by: z.string().nullable(),
    system_name: z.string(),
    title_en: z.string(),
    title_ja: z.string(),
    owned: z.boolean(),
    askers: z.array(
      z.strictObject({
        id: personId,
        name: z.string(),
        times: z.number().int(),
        askedAt: instant,
        text: z.string(),
        refusedActId,
      }),
    ),
  })
  .transform(({ decided_at, decided_by, system_name, title_en, title_ja, ...row }) => ({
    ...row,
    decidedAt: decided_at,
    decidedBy: decided_by,
    system: { name: system_name, titleEn: title_en, titleJa: title_ja },
  }));
export type ProgramView = z.infer<typeof ProgramRow>;

/** Programs of every system, or of those the person owns; candidates first, then the latest. */
export function selectPrograms(
  db: Queryable,
  { person, everySystem, limit }: { person: PersonId; everySystem: boolean; limit: number },
): Promise<ProgramView[]> {
  return many(
    db,
    sql(ProgramRow)`
      SELECT p.id, p.name, p.state, p.reason, p.decided_at, d.name AS decided_by, s.name AS system_name, s.title_en,
        s.title_ja, o.person_id IS NOT NULL AS owned,
        COALESCE((SELECT json_agg(json_build_object('id', a.person_id, 'name', w.name, 'times', a.times,
            'askedAt', a.asked_at, 'text', r.text, 'refusedActId', r.id) ORDER BY a.asked_at DESC)
          FROM program_askers a JOIN persons w ON w.id = a.person_id JOIN refused_acts r ON r.id = a.refused_act_id
          WHERE a.program_id = p.id), '[]') AS askers
      FROM programs p JOIN systems s ON s.id = p.system_id LEFT JOIN persons d ON d.id = p.decided_by
        LEFT JOIN system_owners o ON o.system_id = s.id AND o.person_id = ${person}
      WHERE ${everySystem} OR o.person_id IS NOT NULL
      ORDER BY p.state <> 'candidate', COALESCE(p.decided_at, p.created_at) DESC LIMIT ${limit}`,
  );
}
