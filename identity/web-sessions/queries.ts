import { z } from 'zod';
import { execute, many, maybeOne, type Queryable, sql, type Transaction } from '../../foundation/index.ts';
import type { PersonId } from '../../policy/index.ts';
import { PersonIdSchema } from '../rows.ts';

/** How sure the identity provider was: `multi` when it asked for more than one factor. */
export type Assurance = 'single' | 'multi';

/** One sign-in at the console. */
export interface WebSession {
  readonly id: string;
  readonly personId: PersonId;
  /** The provider's name for itself; null for a sign-in of an earlier release. */
  readonly issuer: string | null;
  readonly assurance: Assurance;
  /** When its person last showed a second factor, to the provider or here; null: never. */
  readonly factorAt: Date | null;
  readonly sourceAddress: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

interface WebSessionRecord extends WebSession {
  readonly idToken: string | null;
}

export async function insertWebSession(
  tx: Transaction,
  session: WebSessionRecord & { readonly tokenHash: Buffer; readonly providerSession: string | null },
): Promise<void> {
  await execute(
    tx,
    sql(z.never())`
      INSERT INTO web_sessions (id, token_hash, person_id, id_token_hint, issuer, provider_session, assurance, factor_at,
        source_address, created_at, expires_at)
      VALUES (${session.id}, ${session.tokenHash}, ${session.personId}, ${session.idToken}, ${session.issuer},
        ${session.providerSession}, ${session.assurance}, ${session.factorAt}, ${session.sourceAddress},
        ${session.createdAt}, ${session.expiresAt})`,
  );
}

export async function deleteExpiredWebSessions(tx: Transaction, now: Date): Promise<void> {
  await execute(tx, sql(z.never())`DELETE FROM web_sessions WHERE expires_at <= ${now}`);
}

const WebSessionRow = z
  .strictObject({
    id: z.uuid(),
    person_id: PersonIdSchema,
    issuer: z.string().nullable(),
    assurance: z.enum(['single', 'multi']),
    factor_at: z.date().nullable(),
    source_address: z.string(),
    created_at: z.date(),
    expires_at: z.date(),
    id_token_hint: z.string().nullable(),
  })
  .transform(
    (row): WebSessionRecord => ({
      id: row.id,
      personId: row.person_id,
      issuer: row.issuer,
      assurance: row.assurance,
      factorAt: row.factor_at,
      sourceAddress: row.source_address,
      createdAt: row.created_at,
      expiresAt: row.expires_at,
      idToken: row.id_token_hint,
    }),
  );

export function selectWebSession(db: Queryable, tokenHash: Buffer, now: Date) {
  return maybeOne(
    db,
    sql(WebSessionRow)`
      SELECT id, person_id, issuer, assurance, factor_at, source_address, created_at, expires_at, id_token_hint
      FROM web_sessions WHERE token_hash = ${tokenHash} AND expires_at > ${now}`,
  );
}

export function selectWebSessions(db: Queryable, personId: PersonId, now: Date) {
  return many(
    db,
    sql(WebSessionRow)`
      SELECT id, person_id, issuer, assurance, factor_at, source_address, created_at, expires_at, id_token_hint
      FROM web_sessions WHERE person_id = ${personId} AND expires_at > ${now} ORDER BY created_at DESC`,
  );
}

export async function markFactorShown(tx: Transaction, id: string, at: Date): Promise<void> {
  await execute(tx, sql(z.never())`UPDATE web_sessions SET factor_at = ${at} WHERE id = ${id}`);
}

export function deleteWebSession(tx: Transaction, tokenHash: Buffer) {
  return maybeOne(
    tx,
    sql(WebSessionRow)`
      DELETE FROM web_sessions WHERE token_hash = ${tokenHash}
      RETURNING id, person_id, issuer, assurance, factor_at, source_address, created_at, expires_at, id_token_hint`,
  );
}

const Ended = z
  .strictObject({ id: z.uuid(), person_id: PersonIdSchema })
  .transform(({ id, person_id }) => ({ id, personId: person_id }));

/** Ends sign-ins of one person: one of them, or all. */
export function deleteWebSessionsOf(tx: Transaction, personId: PersonId, id: string | null = null) {
  return many(
    tx,
    sql(Ended)`
      DELETE FROM web_sessions WHERE person_id = ${personId} AND (${id}::uuid IS NULL OR id = ${id}::uuid)
      RETURNING id, person_id`,
  );
}

/** Ends what a provider's session signed in, or every sign-in of a subject where it names no session. */
export function deleteProviderSessions(
  tx: Transaction,
  { issuer, subject, session }: { issuer: string; subject: string | null; session: string | null },
) {
  return many(
    tx,
    sql(Ended)`
      DELETE FROM web_sessions w
      WHERE w.issuer = ${issuer} AND (${session}::text IS NULL OR w.provider_session = ${session}::text)
        AND (${subject}::text IS NULL OR w.person_id = (
          SELECT i.person_id FROM identities i WHERE i.issuer = ${issuer} AND i.subject = ${subject}::text))
      RETURNING w.id, w.person_id`,
  );
}

/** @returns 0 when this logout token was taken before. */
export async function insertProviderLogout(
  tx: Transaction,
  { issuer, tokenId, expiresAt, now }: { issuer: string; tokenId: string; expiresAt: Date; now: Date },
): Promise<number> {
  await execute(tx, sql(z.never())`DELETE FROM provider_logouts WHERE expires_at <= ${now}`);
  return execute(
    tx,
    sql(z.never())`
      INSERT INTO provider_logouts (issuer, token_id, expires_at) VALUES (${issuer}, ${tokenId}, ${expiresAt})
      ON CONFLICT DO NOTHING`,
  );
}

/** A connection inside another one ends with the sign-in that let the outer one in. */
export async function inheritConnectionSignIn(db: Queryable, connectionId: string, outer: string): Promise<void> {
  await execute(
    db,
    sql(z.never())`
      INSERT INTO connection_sign_ins (connection_id, person_id, web_session_id, issuer, provider_session, signed_in_at,
        ended_at)
      SELECT ${connectionId}::uuid, person_id, web_session_id, issuer, provider_session, signed_in_at, ended_at FROM connection_sign_ins
      WHERE connection_id = ${outer}
      ON CONFLICT (connection_id) DO NOTHING`,
  );
}

/** Ends connections and certificates that these sign-ins at the console approved; every gateway is told by the trigger. */
export async function endWhatSignInsLetIn(tx: Transaction, webSessionIds: readonly string[], at: Date): Promise<void> {
  await execute(
    tx,
    sql(z.never())`
      UPDATE connection_sign_ins SET ended_at = ${at}
      WHERE web_session_id = ANY (${webSessionIds}::uuid[]) AND ended_at IS NULL`,
  );
  await execute(
    tx,
    sql(z.never())`
      UPDATE login_certificates c SET revoked_at = ${at}
      FROM logins l WHERE l.id = c.login_id AND l.web_session_id = ANY (${webSessionIds}::uuid[]) AND c.revoked_at IS NULL`,
  );
  await execute(
    tx,
    sql(z.never())`
      UPDATE api_tokens t SET revoked_at = ${at}
      FROM logins l WHERE l.id = t.login_id AND l.web_session_id = ANY (${webSessionIds}::uuid[]) AND t.revoked_at IS NULL`,
  );
}

/** The same of a session of the provider, also where the sign-in here that it made is over already. */
export async function endWhatProviderLetIn(
  tx: Transaction,
  { issuer, subject, session, at }: { issuer: string; subject: string | null; session: string | null; at: Date },
): Promise<void> {
  await execute(
    tx,
    sql(z.never())`
      UPDATE connection_sign_ins c SET ended_at = ${at}
      WHERE c.ended_at IS NULL AND c.issuer = ${issuer}
        AND (${session}::text IS NULL OR c.provider_session = ${session}::text)
        AND (${subject}::text IS NULL OR c.person_id = (
          SELECT i.person_id FROM identities i WHERE i.issuer = ${issuer} AND i.subject = ${subject}::text))`,
  );
  await execute(
    tx,
    sql(z.never())`
      UPDATE login_certificates c SET revoked_at = ${at}
      FROM logins l
      WHERE l.id = c.login_id AND c.revoked_at IS NULL AND l.issuer = ${issuer}
        AND (${session}::text IS NULL OR l.provider_session = ${session}::text)
        AND (${subject}::text IS NULL OR l.person_id = (
          SELECT i.person_id FROM identities i WHERE i.issuer = ${issuer} AND i.subject = ${subject}::text))`,
  );
  await execute(
    tx,
    sql(z.never())`
      UPDATE api_tokens t SET revoked_at = ${at}
      FROM logins l
      WHERE l.id = t.login_id AND t.revoked_at IS NULL AND l.issuer = ${issuer}
        AND (${session}::text IS NULL OR l.provider_session = ${session}::text)
        AND (${subject}::text IS NULL OR l.person_id = (
          SELECT i.person_id FROM identities i WHERE i.issuer = ${issuer} AND i.subject = ${subject}::text))`,
  );
}
