/** What was let out of its protected place on a target stays protected where it is now. */
import { GatewayError, LIMITS, newUuid } from '../../foundation/index.ts';
import type { AssetCopy, PersonId, SessionId, TargetId } from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import type { IdentityDeps } from '../rows.ts';
import { upsertCopy } from './queries.ts';

const DAY_MS = 86_400_000;
const NAME_CHARACTERS_MAX = 1_024;

/**
 * Protects the copies an act is about to leave, for 30 days. Call it before the act runs: a copy that was never made
 * is protected in vain, one made before it is known is not protected at all.
 * @throws {GatewayError} `copies_too_many`: more of them, or longer names, than are remembered; the act must not run.
 */
export async function protectCopies(
  { database, clock }: IdentityDeps,
  made: {
    readonly copies: readonly AssetCopy[];
    readonly targetId: TargetId;
    readonly sessionId: SessionId;
    readonly personId: PersonId;
  },
): Promise<void> {
  const { targetId, sessionId, personId } = made;
  const { copies } = made;
  if (copies.length === 0) return;
  // A copy that is not remembered would be open to anybody a moment later.
  if (copies.length > LIMITS.copiesPerActMax || copies.some(({ path }) => path.length > NAME_CHARACTERS_MAX)) {
    throw new GatewayError('copies_too_many');
  }
  await database.inTransaction(async (tx) => {
    const madeAt = clock.now();
    const protectedUntil = new Date(madeAt.getTime() + LIMITS.protectedCopyDays * DAY_MS);
    for (const { asset, path } of copies) {
      const kind = path.startsWith('/') ? 'path' : 'table';
      const id = newUuid(madeAt);
      await upsertCopy(tx, { id, targetId, kind, name: path, copyOf: asset, sessionId, madeAt, protectedUntil });
    }
    await appendAuditEvent(tx, clock, {
      type: 'copies.protected',
      actor: personId,
      session: sessionId,
      body: {
        target: targetId,
        copies: copies.map(({ asset, path }) => ({ asset, copy: path })),
        until: protectedUntil.toISOString(),
      },
    });
  });
}
