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

/** Our own number for the lock below, beside the migration tool's and the queue's. */
const MIGRATING = 0x73656b69;

/**
 * Runs `work` while no other process does so on this database. The migration tool and the queue each lock their own
 * part; what stands between them, the granting of rights, fails when two do it at once.
 */
export async function whileOnlyMigrating(ownerUrl: Secret<string>, work: () => Promise<void>): Promise<void> {
  await withClient(ownerUrl, async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATING]);
    await work(); // The lock ends with the connection, also when this process dies.
  });
}

/** Lets the gateway's role see which migrations ran, so that a start without the owner's URL can check. */
export async function letGatewayReadMigrations(ownerUrl: Secret<string>, role: string): Promise<void> {
  await withClient(ownerUrl, (client) =>
    client.query(`GRANT SELECT ON ${MIGRATIONS_TABLE} TO ${client.escapeIdentifier(role)}`),
  );
}

async function withClient(url: Secret<string>, work: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString: url.expose(), application_name: 'sekisho-migrate' });
  client.on('error', () => undefined); // Every failure surfaces in the awaited calls below.
  try {
    await client.connect();
    await work(client);
  } finally {
    await client.end().catch(() => undefined);
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
