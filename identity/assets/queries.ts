import { z } from 'zod';
import { execute, sql, type Transaction } from '../../foundation/index.ts';
import type { SessionId, TargetId } from '../../policy/index.ts';

export interface NewCopy {
  readonly id: string;
  readonly targetId: TargetId;
  readonly kind: 'table' | 'path';
  readonly name: string;
  readonly copyOf: string;
  readonly sessionId: SessionId;
  readonly madeAt: Date;
  readonly protectedUntil: Date;
}

/** Keeps a copy, or renews its protection. */
export async function upsertCopy(tx: Transaction, copy: NewCopy): Promise<void> {
  await execute(
    tx,
    sql(z.never())`
      INSERT INTO protected_copies (id, target_id, kind, name, copy_of, session_id, made_at, protected_until)
      VALUES (${copy.id}, ${copy.targetId}, ${copy.kind}, ${copy.name}, ${copy.copyOf}, ${copy.sessionId},
        ${copy.madeAt}, ${copy.protectedUntil})
      ON CONFLICT (target_id, kind, name) DO UPDATE SET copy_of = EXCLUDED.copy_of, session_id = EXCLUDED.session_id,
        made_at = EXCLUDED.made_at, protected_until = greatest(protected_copies.protected_until, EXCLUDED.protected_until)`,
  );
}
