import { z } from 'zod';
import { maybeOne, type Queryable, sql } from '../../foundation/index.ts';
import { systemId } from '../journey/queries.ts';

const IdentityRow = z
  .strictObject({
    id: z.uuid(),
    name: z.string(),
    public_key: z.string(),
    fingerprint: z.string(),
    sources: z.array(z.string()),
    system_id: systemId,
    system_name: z.string(),
    locked: z.boolean(),
  })
  .transform((row) => ({
    id: row.id,
    name: row.name,
    publicKey: row.public_key,
    fingerprint: row.fingerprint,
    /** CIDRs. */
    sources: row.sources,
    system: row.system_id,
    systemName: row.system_name,
    locked: row.locked,
  }));
/** A system, as it comes to the relay by one of its keys. */
export type RelayIdentity = z.output<typeof IdentityRow>;

/** Undefined: nobody has this key, or it was taken away. */
export function findIdentity(db: Queryable, fingerprint: string): Promise<RelayIdentity | undefined> {
  return maybeOne(
    db,
    sql(IdentityRow)`
      SELECT i.id, i.name, i.public_key, i.fingerprint, i.sources, i.system_id, s.name AS system_name,
        EXISTS (SELECT FROM locks l WHERE l.lifted_at IS NULL AND l.kind = 'system' AND l.subject = s.id::text) AS locked
      FROM relay_identities i JOIN systems s ON s.id = i.system_id
      WHERE i.fingerprint = ${fingerprint} AND i.revoked_at IS NULL`,
  );
}
