import { z } from 'zod';
import { execute, many, maybeOne, type Queryable, sql, type Transaction } from '../../foundation/index.ts';
import { type PersonId, type Target, type TargetId, type WebSettings, WebSettingsSchema } from '../../policy/index.ts';
import { PersonIdSchema, TargetIdSchema, TargetRow } from '../rows.ts';

/** A target that is reached by browsers. */
export interface Site {
  readonly target: Target;
  readonly web: WebSettings;
  /** Each way in shows a second factor, as its system asks. */
  readonly factorAlways: boolean;
}

const SiteRow = z.strictObject({ target: TargetRow, web: WebSettingsSchema, factorAlways: z.boolean() });

/** The sites that this label of a host name stands for: `name`, or `name--system` where two systems have one. */
export function selectSites(db: Queryable, label: string): Promise<Site[]> {
  return many(
    db,
    sql(SiteRow)`
      SELECT jsonb_build_object('id', t.id, 'system_id', t.system_id, 'system_name', s.name, 'name', t.name,
          'host', t.host, 'port', t.port, 'host_key', t.host_key, 'host_ca', t.host_ca, 'mode', t.mode,
          'legacy_algorithms', t.legacy_algorithms, 'source_address', t.source_address) AS target, t.web,
        coalesce(s.risk ->> 'secondFactor' = 'always', false) AS "factorAlways"
      FROM targets t JOIN systems s ON s.id = t.system_id
      WHERE t.web IS NOT NULL AND (t.name = ${label} OR t.name || '--' || s.name = ${label})`,
  );
}

export interface NewSiteSignIn {
  readonly id: string;
  readonly connectionId: string;
  readonly personId: PersonId;
  readonly targetId: TargetId;
  readonly webSessionId: string;
  readonly codeHash: Buffer;
  readonly stateHash: Buffer;
  readonly codeExpiresAt: Date;
  readonly sourceAddress: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** The way in, and by which sign-in at the console: where that ends, so does what it let in. */
export async function insertSiteSignIn(tx: Transaction, made: NewSiteSignIn): Promise<void> {
  await execute(tx, sql(z.never())`DELETE FROM site_sign_ins WHERE expires_at <= ${made.createdAt}`);
  await execute(
    tx,
    sql(z.never())`
      INSERT INTO site_sign_ins (id, connection_id, person_id, target_id, code_hash, state_hash, code_expires_at,
        source_address, created_at, expires_at)
      VALUES (${made.id}, ${made.connectionId}, ${made.personId}, ${made.targetId}, ${made.codeHash}, ${made.stateHash},
        ${made.codeExpiresAt}, ${made.sourceAddress}, ${made.createdAt}, ${made.expiresAt})`,
  );
  await execute(
    tx,
    sql(z.never())`
      INSERT INTO connection_sign_ins (connection_id, person_id, web_session_id, issuer, provider_session, signed_in_at)
      SELECT ${made.connectionId}::uuid, person_id, id, issuer, provider_session, ${made.createdAt}::timestamptz
      FROM web_sessions WHERE id = ${made.webSessionId}`,
  );
}

const SiteSignInRow = z
  .strictObject({
    id: z.uuid(),
    connection_id: z.uuid(),
    person_id: PersonIdSchema,
    target_id: TargetIdSchema,
    source_address: z.string(),
    expires_at: z.date(),
  })
  .transform((row) => ({
    id: row.id,
    connectionId: row.connection_id,
    personId: row.person_id,
    targetId: row.target_id,
    sourceAddress: row.source_address,
    expiresAt: row.expires_at,
  }));

export type SiteSignIn = z.output<typeof SiteSignInRow>;

/** Turns a code into the cookie it is for, once. */
export function redeemSiteCode(
  tx: Transaction,
  given: { codeHash: Buffer; stateHash: Buffer; targetId: TargetId; tokenHash: Buffer; now: Date },
): Promise<SiteSignIn | undefined> {
  return maybeOne(
    tx,
    sql(SiteSignInRow)`
      UPDATE site_sign_ins SET token_hash = ${given.tokenHash}, entered_at = ${given.now}
      WHERE code_hash = ${given.codeHash} AND state_hash = ${given.stateHash} AND target_id = ${given.targetId}
        AND code_expires_at > ${given.now} AND token_hash IS NULL
      RETURNING id, connection_id, person_id, target_id, source_address, expires_at`,
  );
}

/** Who the cookie signs in at this one target, while the sign-in at the console behind it lasts. */
export function selectSiteSignIn(
  db: Queryable,
  { tokenHash, targetId, now }: { tokenHash: Buffer; targetId: TargetId; now: Date },
): Promise<SiteSignIn | undefined> {
  return maybeOne(
    db,
    sql(SiteSignInRow)`
      SELECT i.id, i.connection_id, i.person_id, i.target_id, i.source_address, i.expires_at
      FROM site_sign_ins i JOIN connection_sign_ins c ON c.connection_id = i.connection_id
      WHERE i.token_hash = ${tokenHash} AND i.target_id = ${targetId} AND i.expires_at > ${now} AND c.ended_at IS NULL`,
  );
}

/** Ends the ways into sites that a sign-in at the console opened, or one of them; every gateway is told by the trigger. */
export async function endSiteSignIns(
  db: Queryable,
  of: { readonly webSessionId: string } | { readonly connectionId: string },
  at: Date,
): Promise<void> {
  const webSession = 'webSessionId' in of ? of.webSessionId : null;
  const connection = 'connectionId' in of ? of.connectionId : null;
  await execute(
    db,
    sql(z.never())`
      UPDATE connection_sign_ins c SET ended_at = ${at}
      FROM site_sign_ins i
      WHERE i.connection_id = c.connection_id AND c.ended_at IS NULL
        AND (${webSession}::uuid IS NULL OR c.web_session_id = ${webSession}::uuid)
        AND (${connection}::uuid IS NULL OR c.connection_id = ${connection}::uuid)`,
  );
}

const CredentialRow = z.strictObject({
  account: z.string(),
  sealed: z.custom<Buffer>((value) => Buffer.isBuffer(value)),
});

export function selectCredential(
  db: Queryable,
  { targetId, personId }: { targetId: TargetId; personId: PersonId },
): Promise<z.output<typeof CredentialRow> | undefined> {
  return maybeOne(
    db,
    sql(CredentialRow)`
      SELECT account, sealed FROM site_credentials WHERE target_id = ${targetId} AND person_id = ${personId}`,
  );
}

export async function upsertCredential(
  tx: Transaction,
  kept: { targetId: TargetId; personId: PersonId; account: string; sealed: Buffer; at: Date },
): Promise<void> {
  await execute(
    tx,
    sql(z.never())`
      INSERT INTO site_credentials (target_id, person_id, account, sealed, set_at)
      VALUES (${kept.targetId}, ${kept.personId}, ${kept.account}, ${kept.sealed}, ${kept.at})
      ON CONFLICT (target_id, person_id) DO UPDATE SET account = excluded.account, sealed = excluded.sealed,
        set_at = excluded.set_at`,
  );
}
