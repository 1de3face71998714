import { z } from 'zod';
import { execute, maybeOne, type Queryable, sql, type Transaction } from '../../foundation/index.ts';
import type { ConnectionId, PersonId, TargetId } from '../../policy/index.ts';
import { PersonIdSchema, TargetIdSchema } from '../rows.ts';
import type { WordPair } from './words.ts';

type SignInState = 'pending' | 'approved' | 'denied' | 'expired';

/** One SSH connection that waits for its person to say yes in the browser. */
export interface SignInRequest {
  readonly id: string;
  /** What the person reads in the terminal and compares in the browser: XXXX-XXXX. */
  readonly code: string;
  readonly loginName: string;
  readonly sourceAddress: string;
  readonly state: SignInState;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  /** The key whose second factor the approval is; null when the connection showed no known key. */
  readonly factor: SignInFactor | null;
  /** Who alone may approve it, and what for; null: a sign-in that anybody may take for theirs. */
  readonly confirmation: Confirmation | null;
  /** What the terminal shows beside the code and who approves has to pick; null: nothing to pick. */
  readonly words: WordPair | null;
}

/** Somebody signed in already confirms that they go on near a limit, or begin a session that asks for a second factor. */
export interface Confirmation {
  readonly purpose: 'budget' | 'session';
  readonly holder: PersonId;
  readonly connectionId: ConnectionId;
  readonly targetId: TargetId;
}

/** A key that signed already; only its holder may approve. */
export interface SignInFactor {
  readonly holder: PersonId;
  readonly fingerprint: string;
}

/** With who decided; for this room alone. */
export interface SignInRecord extends SignInRequest {
  readonly decidedBy: PersonId | null;
}

const SignInRow = z
  .strictObject({
    id: z.uuid(),
    code: z.string(),
    state: z.enum(['pending', 'approved', 'denied', 'expired']),
    login_name: z.string(),
    source_address: z.string(),
    created_at: z.date(),
    expires_at: z.date(),
    person_id: PersonIdSchema.nullable(),
    for_person_id: PersonIdSchema.nullable(),
    key_fingerprint: z.string().nullable(),
    connection_id: z.custom<ConnectionId>((value) => z.uuid().safeParse(value).success).nullable(),
    target_id: TargetIdSchema.nullable(),
    purpose: z.enum(['sign_in', 'budget', 'session']),
    words: z.tuple([z.number(), z.number()]).nullable(),
  })
  .transform(
    (row): SignInRecord => ({
      id: row.id,
      code: row.code,
      state: row.state,
      loginName: row.login_name,
      sourceAddress: row.source_address,
      createdAt: row.created_at,
      expiresAt: row.expires_at,
      decidedBy: row.person_id,
      factor:
        row.for_person_id === null || row.key_fingerprint === null
          ? null
          : { holder: row.for_person_id, fingerprint: row.key_fingerprint },
      confirmation:
        row.for_person_id === null || row.connection_id === null || row.target_id === null || row.purpose === 'sign_in'
          ? null
          : {
              purpose: row.purpose,
              holder: row.for_person_id,
              connectionId: row.connection_id,
              targetId: row.target_id,
            },
      words: row.words,
    }),
  );

/** @returns 0 when the code is in use. */
export function insertSignIn(tx: Transaction, request: Omit<SignInRequest, 'state'>): Promise<number> {
  return execute(
    tx,
    sql(z.never())`
      INSERT INTO ssh_sign_ins (id, code, state, login_name, source_address, created_at, expires_at, for_person_id,
        key_fingerprint, purpose, connection_id, target_id, words)
      VALUES (${request.id}, ${request.code}, 'pending', ${request.loginName}, ${request.sourceAddress},
        ${request.createdAt}, ${request.expiresAt}, ${request.factor?.holder ?? request.confirmation?.holder ?? null},
        ${request.factor?.fingerprint ?? null}, ${request.confirmation?.purpose ?? 'sign_in'},
        ${request.confirmation?.connectionId ?? null}, ${request.confirmation?.targetId ?? null},
        ${request.words === null ? null : [...request.words]})
      ON CONFLICT (code) DO NOTHING`,
  );
}

export function selectSignInByCode(db: Queryable, code: string): Promise<SignInRecord | undefined> {
  return maybeOne(
    db,
    sql(SignInRow)`
      SELECT id, code, state, login_name, source_address, created_at, expires_at, person_id, for_person_id,
        key_fingerprint, connection_id, target_id, purpose, words
      FROM ssh_sign_ins WHERE code = ${code}`,
  );
}

export function selectSignInById(db: Queryable, id: string): Promise<SignInRecord | undefined> {
  return maybeOne(
    db,
    sql(SignInRow)`
      SELECT id, code, state, login_name, source_address, created_at, expires_at, person_id, for_person_id,
        key_fingerprint, connection_id, target_id, purpose, words
      FROM ssh_sign_ins WHERE id = ${id}`,
  );
}

/** The request, whose row stays locked to the end of the transaction: of two deciders the second sees the first. */
export function lockSignIn(tx: Transaction, code: string): Promise<SignInRecord | undefined> {
  return maybeOne(
    tx,
    sql(SignInRow)`
      SELECT id, code, state, login_name, source_address, created_at, expires_at, person_id, for_person_id,
        key_fingerprint, connection_id, target_id, purpose, words
      FROM ssh_sign_ins WHERE code = ${code} FOR UPDATE`,
  );
}

export function updateDecision(
  tx: Transaction,
  decision: { id: string; state: 'approved' | 'denied'; personId: PersonId; webSessionId: string | null; at: Date },
): Promise<number> {
  return execute(
    tx,
    sql(z.never())`
      UPDATE ssh_sign_ins SET state = ${decision.state}, person_id = ${decision.personId}, decided_at = ${decision.at},
        web_session_id = ${decision.webSessionId}
      WHERE id = ${decision.id} AND state = 'pending'`,
  );
}

/** Ends a request nobody decided. @returns 0 when somebody did. */
export function expireSignIn(db: Queryable, id: string): Promise<number> {
  return execute(db, sql(z.never())`UPDATE ssh_sign_ins SET state = 'expired' WHERE id = ${id} AND state = 'pending'`);
}

/**
 * Keeps which sign-in at the console let this connection in. When that one is gone already, the connection begins
 * nothing: the provider may have ended it between the approval and now.
 */
export async function insertApprovedConnection(
  db: Queryable,
  { connectionId, signInId, at }: { connectionId: ConnectionId; signInId: string; at: Date },
): Promise<void> {
  await execute(
    db,
    sql(z.never())`
      INSERT INTO connection_sign_ins (connection_id, person_id, web_session_id, issuer, provider_session, signed_in_at,
        ended_at)
      SELECT ${connectionId}::uuid, s.person_id, s.web_session_id, w.issuer, w.provider_session, ${at}::timestamptz,
        CASE WHEN w.id IS NULL THEN ${at}::timestamptz END
      FROM ssh_sign_ins s LEFT JOIN web_sessions w ON w.id = s.web_session_id WHERE s.id = ${signInId} AND s.person_id IS NOT NULL AND s.web_session_id IS NOT NULL
      ON CONFLICT (connection_id) DO NOTHING`,
  );
}

/** The sign-in at the console that let this connection in; undefined when none did. */
export async function selectSignInBehind(db: Queryable, connectionId: ConnectionId): Promise<string | undefined> {
  const row = await maybeOne(
    db,
    sql(z.strictObject({ id: z.uuid() }))`
      SELECT web_session_id AS id FROM connection_sign_ins WHERE connection_id = ${connectionId}`,
  );
  return row?.id;
}
