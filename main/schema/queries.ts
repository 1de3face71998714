import { Client } from 'pg';
import { z } from 'zod';
import { type Database, many, type Secret, sql } from '../../foundation/index.ts';

export const MIGRATIONS_TABLE = 'schema_migrations';

export type AppliedMigrations = readonly string[];

/** Names of the migrations that ran, in their order. */
export async function findAppliedMigrations(database: Database): Promise<AppliedMigrations> {
  const rows = await many(
    database,
    sql(z.object({ name: z.string() }))`SELECT name FROM schema_migrations ORDER BY id`,
  );
  return rows.map(({ name }) => name);
}

/** Lets the gateway's role see which migrations ran, so that a start without the owner's URL can check. */
export async function letGatewayReadMigrations(ownerUrl: Secret<string>, role: string): Promise<void> {
  const client = new Client({ connectionString: ownerUrl.expose() });
  client.on('error', () => undefined); // Every failure surfaces in the awaited calls below.
  await client.connect();
  try {
    await client.query(`GRANT SELECT ON ${MIGRATIONS_TABLE} TO ${client.escapeIdentifier(role)}`);
  } finally {
    await client.end();
  }
}

/** What the connected role could do to evidence, e.g. `UPDATE on approvals`; empty is right. */
export async function findDangerousRights(database: Database): Promise<string[]> {
  const rows = await many(
    database,
    sql(z.object({ danger: z.string() }))`
      SELECT 'superuser' AS danger FROM pg_roles WHERE rolname = current_user AND rolsuper
      UNION ALL
      SELECT 'owner of ' || evidence.relname FROM pg_class AS evidence
        WHERE evidence.oid IN ('audit_events'::regclass, 'approvals'::regclass, 'recordings'::regclass)
          AND pg_has_role(current_user, evidence.relowner, 'USAGE')
      UNION ALL
      SELECT privilege || ' on ' || evidence
        FROM unnest(ARRAY['audit_events', 'approvals', 'recordings']) AS evidence,
             unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER']) AS privilege
        WHERE has_table_privilege(current_user, evidence, privilege)
           OR (privilege = 'UPDATE' AND has_any_column_privilege(current_user, evidence, privilege))`,
  );
  return rows.map(({ danger }) => danger);
}
