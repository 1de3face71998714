import { z } from 'zod';
import { execute, many, maybeOne, one, type Queryable, sql, type Transaction } from '../../foundation/index.ts';
import type { PersonId } from '../../policy/index.ts';
import { PersonIdSchema } from '../rows.ts';

export type LoginState = 'pending' | 'approved' | 'denied' | 'expired' | 'issued';

/** One `sekisho login` that waits for its person to say yes in the browser. */
export interface LoginRecord {
  readonly id: string;
  /** What the person reads in the terminal and compares in the browser: XXXX-XXXX. */
  readonly code: string;
  readonly state: LoginState;
  /** SSH blob of the key the certificate is asked for. */
  readonly publicKey: Buffer;
  readonly fingerprint: string;
  readonly sourceAddress: string;
  readonly expiresAt: Date;
  readonly decidedBy: PersonId | null;
}

const LoginRow = z
  .strictObject({
    id: z.uuid(),
    code: z.string(),
    state: z.enum(['pending', 'approved', 'denied', 'expired', 'issued']),
    public_key: z.instanceof(Buffer),
    fingerprint: z.string(),
    source_address: z.string(),
    expires_at: z.date(),
    person_id: PersonIdSchema.nullable(),
  })
  .transform(
    (row): LoginRecord => ({
      id: row.id,
      code: row.code,
      state: row.state,
      publicKey: row.public_key,
      fingerprint: row.fingerprint,
      sourceAddress: row.source_address,
      expiresAt: row.expires_at,
      decidedBy: row.person_id,
    }),
  );

export interface NewLogin {
  readonly id: string;
  readonly code: string;
  readonly pollTokenHash: Buffer;
  readonly publicKey: Buffer;
  readonly fingerprint: string;
  readonly sourceAddress: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** @returns 0 when the code is in use. */
export function insertLogin(tx: Transaction, login: NewLogin): Promise<number> {
  return execute(
    tx,
    sql(z.never())`
      INSERT INTO logins (id, code, poll_token_hash, state, public_key, fingerprint, source_address, created_at, expires_at)
      VALUES (${login.id}, ${login.code}, ${login.pollTokenHash}, 'pending', ${login.publicKey}, ${login.fingerprint},
        ${login.sourceAddress}, ${login.createdAt}, ${login.expiresAt})
      ON CONFLICT (code) DO NOTHING`,
  );
}

const count = z.strictObject({ all: z.coerce.number(), here: z.coerce.number() });

/** How many wait at this moment: of all, and of one source address. */
export function countPending(db: Queryable, sourceAddress: string, now: Date) {
  return one(
    db,
    sql(count)`
      SELECT count(*) AS all, count(*) FILTER (WHERE source_address = ${sourceAddress}) AS here
      FROM logins WHERE state = 'pending' AND expires_at > ${now}`,
  );
}

export function selectLoginByCode(db: Queryable, code: string): Promise<LoginRecord | undefined> {
  return maybeOne(
    db,
    sql(LoginRow)`
      SELECT id, code, state, public_key, fingerprint, source_address, expires_at, person_id
      FROM logins WHERE code = ${code}`,
  );
}

export function selectLoginByToken(db: Queryable, pollTokenHash: Buffer): Promise<LoginRecord | undefined> {
  return maybeOne(
    db,
    sql(LoginRow)`
      SELECT id, code, state, public_key, fingerprint, source_address, expires_at, person_id
      FROM logins WHERE poll_token_hash = ${pollTokenHash}`,
  );
}

/** The request, whose row stays locked to the end of the transaction: of two at once the second sees what the first did. */
export function lockLogin(tx: Transaction, code: string): Promise<LoginRecord | undefined> {
  return maybeOne(
    tx,
    sql(LoginRow)`
      SELECT id, code, state, public_key, fingerprint, source_address, expires_at, person_id
      FROM logins WHERE code = ${code} FOR UPDATE`,
  );
}

export function decideLoginRow(
  tx: Transaction,
  decision: { id: string; state: 'approved' | 'denied'; personId: PersonId; webSessionId: string | null; at: Date },
): Promise<number> {
  return execute(
    tx,
    sql(z.never())`
      UPDATE logins SET state = ${decision.state}, person_id = ${decision.personId}, decided_at = ${decision.at},
        web_session_id = ${decision.webSessionId},
        issuer = (SELECT w.issuer FROM web_sessions w WHERE w.id = ${decision.webSessionId}),
        provider_session = (SELECT w.provider_session FROM web_sessions w WHERE w.id = ${decision.webSessionId})
      WHERE id = ${decision.id} AND state = 'pending'`,
  );
}

/** @returns 0 when it was not approved, or its one certificate was made already. */
export function markIssued(tx: Transaction, id: string): Promise<number> {
  return execute(tx, sql(z.never())`UPDATE logins SET state = 'issued' WHERE id = ${id} AND state = 'approved'`);
}

/** Ends a request nobody decided, or whose approval nobody fetched: neither may be used later. */
export function expireLogin(db: Queryable, id: string): Promise<number> {
  return execute(
    db,
    sql(z.never())`
      UPDATE logins SET state = 'expired', person_id = NULL WHERE id = ${id} AND state IN ('pending', 'approved')`,
  );
}

export interface NewCertificate {
  readonly serial: bigint;
  readonly loginId: string;
  readonly personId: PersonId;
  readonly publicKey: Buffer;
  readonly fingerprint: string;
  readonly sourceAddress: string;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

export async function insertCertificate(tx: Transaction, certificate: NewCertificate): Promise<void> {
  const { serial, loginId, personId, publicKey, fingerprint, sourceAddress, issuedAt, expiresAt } = certificate;
  await execute(
    tx,
    sql(z.never())`
      INSERT INTO login_certificates
        (serial, login_id, person_id, public_key, fingerprint, source_address, issued_at, expires_at)
      VALUES (${serial.toString()}, ${loginId}, ${personId}, ${publicKey}, ${fingerprint}, ${sourceAddress}, ${issuedAt},
        ${expiresAt})`,
  );
}

/** One certificate as its person sees it. */
export interface LoginCertificate {
  readonly serial: string;
  readonly fingerprint: string;
  readonly sourceAddress: string;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
  readonly lastUsedAt: Date | null;
}

const CertificateRow = z
  .strictObject({
    serial: z.string(),
    fingerprint: z.string(),
    source_address: z.string(),
    issued_at: z.date(),
    expires_at: z.date(),
    last_used_at: z.date().nullable(),
  })
  .transform(
    (row): LoginCertificate => ({
      serial: row.serial,
      fingerprint: row.fingerprint,
      sourceAddress: row.source_address,
      issuedAt: row.issued_at,
      expiresAt: row.expires_at,
      lastUsedAt: row.last_used_at,
    }),
  );

/** The person's certificates in force, newest first. */
export function listCertificates(db: Queryable, personId: PersonId, now: Date): Promise<LoginCertificate[]> {
  return many(
    db,
    sql(CertificateRow)`
      SELECT serial, fingerprint, source_address, issued_at, expires_at, last_used_at FROM login_certificates
      WHERE person_id = ${personId} AND revoked_at IS NULL AND expires_at > ${now} ORDER BY issued_at DESC, serial`,
  );
}

/** @returns 0 when the person has no such certificate in force. */
export function revokeCertificate(
  tx: Transaction,
  { serial, personId, at }: { serial: bigint; personId: PersonId; at: Date },
): Promise<number> {
  return execute(
    tx,
    sql(z.never())`
      UPDATE login_certificates SET revoked_at = ${at}
      WHERE serial = ${serial.toString()} AND person_id = ${personId} AND revoked_at IS NULL`,
  );
}

/** Whose certificate it is, by serial and key together, unless it is revoked, or its hours are over at `at`. */
export async function findCertificateHolder(
  db: Queryable,
  { serial, publicKey }: { serial: bigint; publicKey: Buffer },
  at: Date | null = null,
): Promise<PersonId | undefined> {
  const row = await maybeOne(
    db,
    sql(z.strictObject({ person_id: PersonIdSchema }))`
      SELECT person_id FROM login_certificates
      WHERE serial = ${serial.toString()} AND public_key = ${publicKey} AND revoked_at IS NULL
        AND (${at}::timestamptz IS NULL OR expires_at > ${at}::timestamptz)`,
  );
  return row?.person_id;
}

export async function updateCertificateUsed(db: Queryable, serial: bigint, at: Date): Promise<void> {
  await execute(
    db,
    sql(z.never())`UPDATE login_certificates SET last_used_at = ${at} WHERE serial = ${serial.toString()}`,
  );
}
