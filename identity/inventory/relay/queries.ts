/** What the inventory says of a system towards the relay. */
import { z } from 'zod';
import { execute, many, maybeOne, sql, type Transaction } from '../../../foundation/index.ts';
import type { SystemId } from '../../../policy/index.ts';

/** @returns how many systems changed: 0 or 1. */
export function updateProtectionClass(tx: Transaction, system: SystemId, protectionClass: number): Promise<number> {
  return execute(
    tx,
    sql(z.never())`
      UPDATE systems SET protection_class = ${protectionClass}
      WHERE id = ${system} AND protection_class <> ${protectionClass}`,
  );
}

const ChangeRow = z.strictObject({ added: z.boolean() });

/** @returns undefined when nothing changed. @throws what the database says of a key that two names have. */
export function upsertRelayIdentity(
  tx: Transaction,
  identity: {
    readonly id: string;
    readonly system: SystemId;
    readonly name: string;
    readonly publicKey: string;
    readonly fingerprint: string;
    readonly sources: readonly string[];
    readonly at: Date;
  },
): Promise<z.output<typeof ChangeRow> | undefined> {
  const { id, system, name, publicKey, fingerprint, sources, at } = identity;
  return maybeOne(
    tx,
    sql(ChangeRow)`
      INSERT INTO relay_identities AS i (id, system_id, name, public_key, fingerprint, sources, created_at)
      VALUES (${id}, ${system}, ${name}, ${publicKey}, ${fingerprint}, ${[...sources]}::text[], ${at})
      ON CONFLICT (system_id, name) DO UPDATE SET public_key = excluded.public_key,
          fingerprint = excluded.fingerprint, sources = excluded.sources, revoked_at = NULL
        WHERE (i.fingerprint, i.sources) IS DISTINCT FROM (excluded.fingerprint, excluded.sources)
          OR i.revoked_at IS NOT NULL
      RETURNING (xmax = 0) AS added`,
  );
}

const RevokedRow = z.strictObject({ name: z.string() });

/** Takes away every identity of the system that is not among `kept`. */
export async function revokeOtherIdentities(
  tx: Transaction,
  { system, kept, at }: { readonly system: SystemId; readonly kept: readonly string[]; readonly at: Date },
): Promise<string[]> {
  const rows = await many(
    tx,
    sql(RevokedRow)`
      UPDATE relay_identities SET revoked_at = ${at}
      WHERE system_id = ${system} AND revoked_at IS NULL AND name <> ALL (${[...kept]}::text[]) RETURNING name`,
  );
  return rows.map(({ name }) => name);
}
