/** Whom an owner chose to act for them while they are away. */
import { GatewayError, LIMITS, newUuid } from '../../foundation/index.ts';
import { findPerson, isLocked } from '../../identity/index.ts';
import type { Person, PersonId } from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import type { ApprovalsDeps } from '../model.ts';
import { insertSubstitute, revokeRow, selectSubstitutes, type Substitute } from './queries.ts';

const DAY_MS = 86_400_000;

export interface NewSubstitute {
  readonly substitute: PersonId;
  readonly startsAt: Date;
  readonly endsAt: Date;
}

/**
 * Chooses who acts for this owner. They count for tickets asked for from now on, and only as far as they could decide
 * on their own: an owner in role and contract, not locked, who neither asks nor reports to who asks.
 * @throws {GatewayError} `not_permitted` (not an owner), `person_locked`, `not_found`, `request_invalid`.
 */
export async function chooseSubstitute(deps: ApprovalsDeps, owner: Person, asked: NewSubstitute): Promise<void> {
  const { database, clock } = deps;
  const now = clock.now();
  if (!owner.roles.includes('owner')) throw new GatewayError('not_permitted');
  const { substitute, startsAt, endsAt } = asked;
  if (substitute === owner.id) throw new GatewayError('request_invalid', 'substitute: must be another person.');
  if (!(endsAt > startsAt && endsAt > now)) throw new GatewayError('request_invalid', 'endsAt: must be later.');
  if (endsAt.getTime() - startsAt.getTime() > LIMITS.substituteDaysMax * DAY_MS) {
    throw new GatewayError('request_invalid', `endsAt: ${LIMITS.substituteDaysMax} days at most.`);
  }
  await database.inTransaction(async (tx) => {
    if (await isLocked(tx, owner.id)) throw new GatewayError('person_locked');
    const person = await findPerson(tx, substitute);
    if (person === undefined) throw new GatewayError('not_found');
    if (!person.roles.includes('owner')) {
      throw new GatewayError('request_invalid', 'substitute: must be an owner themselves.');
    }
    await insertSubstitute(tx, { id: newUuid(now), owner: owner.id, substitute, startsAt, endsAt, now });
    await appendAuditEvent(tx, clock, {
      type: 'substitute.chosen',
      actor: owner.id,
      body: { substitute, from: startsAt.toISOString(), until: endsAt.toISOString() },
    });
  });
}

/** Ends it. @throws {GatewayError} `not_found`, also for somebody else's. */
export async function dismissSubstitute(deps: ApprovalsDeps, owner: Person, id: string): Promise<void> {
  const { database, clock } = deps;
  await database.inTransaction(async (tx) => {
    const substitute = await revokeRow(tx, { id, owner: owner.id, now: clock.now() });
    if (substitute === undefined) throw new GatewayError('not_found');
    await appendAuditEvent(tx, clock, { type: 'substitute.dismissed', actor: owner.id, body: { substitute } });
  });
}

/** Those this person chose and those they were chosen for, that are not over; and who could be chosen. */
export function listSubstitutes(
  { database, clock }: ApprovalsDeps,
  person: Person,
): Promise<{
  readonly substitutes: readonly Substitute[];
  readonly owners: readonly { id: PersonId; name: string }[];
}> {
  return selectSubstitutes(database, person.id, clock.now());
}
