/** Locks: whatever is locked does nothing more, and every gateway ends what goes on with it. */
import { type Clock, GatewayError, LIMITS, newUuid, parseNetwork, type Transaction } from '../../foundation/index.ts';
import { type LockKind, lockableKinds, mayLock, type PersonId, type Principal } from '../../policy/index.ts';
import { type AuditEvent, appendAuditEvent } from '../../recorder/index.ts';
import { requireUnlocked } from '../persons/standing.ts';
import type { IdentityDeps } from '../rows.ts';
import {
  type FoundSubject,
  findSubjects,
  insertLock,
  markLifted,
  selectStanding,
  type StandingLock,
} from './queries.ts';

export interface LockRequest {
  readonly kind: LockKind;
  /**
   * An id or what people write: a person's address, a company's name, a key's fingerprint, an address or network,
   * `target` or `target%system`, a system's name, a ticket's number.
   */
  readonly subject: string;
  readonly reason: string;
  /** When it lifts itself; null: never. */
  readonly until?: Date | null | undefined;
}

/**
 * Locks a thing. A second lock of the same changes nothing.
 * @param principal null: at the gateway's own command line, by who may read its keys anyway.
 * @throws {GatewayError} `not_permitted` (the role is missing, or it is on oneself), `not_found`, `request_invalid`.
 */
export async function placeLock(deps: IdentityDeps, principal: Principal | null, asked: LockRequest): Promise<void> {
  const { kind } = asked;
  const reason = readReason(asked.reason);
  const at = deps.clock.now();
  const until = readUntil(asked.until ?? null, at);
  await deps.database.inTransaction(async (tx) => {
    const actor = principal === null ? null : await requireUnlocked(tx, principal.person.id);
    if (actor !== null && !lockableKinds(actor.roles).includes(kind)) throw new GatewayError('not_permitted');
    const by = actor?.id ?? null;
    const { subject, label, owned, own } = await oneSubject(tx, asked, by);
    if (actor !== null && !mayLock({ kind, roles: actor.roles, owned, own })) throw new GatewayError('not_permitted');
    const lock = { id: newUuid(at), kind, subject, reason, lockedBy: by, at, until };
    if ((await insertLock(tx, lock)) === 0) return;
    const body = { reason, until: until?.toISOString() ?? null };
    await appendAuditEvent(tx, deps.clock, {
      actor: by,
      ...(kind === 'person'
        ? { type: 'person.locked', body: { person: subject, ...body } }
        : { type: 'lock.placed', body: { kind, subject, label, ...body } }),
    });
  });
}

/**
 * Lifts a lock that stands.
 * @throws {GatewayError} `not_permitted` (the role is missing, or it stands on oneself), `not_found`, `person_locked`.
 */
export async function liftLock(deps: IdentityDeps, principal: Principal | null, id: string): Promise<void> {
  await deps.database.inTransaction(async (tx) => {
    const actor = principal === null ? null : await requireUnlocked(tx, principal.person.id);
    const [lock] = await selectStanding(tx, { viewer: actor?.id ?? null, id, limit: 1 });
    if (actor !== null && lockableKinds(actor.roles).length === 0) throw new GatewayError('not_permitted');
    if (lock === undefined) throw new GatewayError('not_found');
    if (actor !== null && !mayLock({ ...lock, roles: actor.roles })) throw new GatewayError('not_permitted');
    await lift(tx, deps.clock, lock, { liftedBy: actor?.id ?? null, by: 'person' });
  });
}

/** Lifts what was locked until a moment that is over. @returns how many. */
export async function liftOverdueLocks({ database, clock }: IdentityDeps): Promise<number> {
  return database.inTransaction(async (tx) => {
    const due = await selectStanding(tx, { viewer: null, due: clock.now(), limit: LIMITS.pageRowsMax });
    for (const lock of due) await lift(tx, clock, lock, { liftedBy: null, by: 'time' });
    return due.length;
  });
}

/** The locks that this person may see: all of them for the second line, auditors and administrators, else of what is theirs. */
export async function listLocks(
  deps: IdentityDeps,
  { person }: Principal,
): Promise<(StandingLock & { readonly mayLift: boolean })[]> {
  const every = person.roles.some((role) => role !== 'maintainer' && role !== 'owner');
  const locks = await selectStanding(deps.database, { viewer: person.id, limit: LIMITS.pageRowsMax });
  return locks
    .filter(({ owned, own }) => every || owned || own)
    .map((lock) => ({ ...lock, mayLift: mayLock({ ...lock, roles: person.roles }) }));
}

/** Everything that is locked, newest first. */
export function listStandingLocks({ database }: IdentityDeps, limit: number): Promise<StandingLock[]> {
  return selectStanding(database, { viewer: null, limit });
}

async function lift(
  tx: Transaction,
  clock: Clock,
  { id, kind, subject, label }: StandingLock,
  { liftedBy, by }: { liftedBy: PersonId | null; by: 'person' | 'time' },
): Promise<void> {
  if ((await markLifted(tx, { id, liftedBy, at: clock.now() })) === 0) return;
  const told: AuditEvent =
    kind === 'person'
      ? { actor: liftedBy, type: 'person.unlocked', body: { person: subject, by } }
      : { actor: liftedBy, type: 'lock.lifted', body: { kind, subject, label, by } };
  await appendAuditEvent(tx, clock, told);
}

/** @throws {GatewayError} `not_found`; `request_invalid` when it names two, or is no address. */
async function oneSubject(tx: Transaction, asked: LockRequest, actor: PersonId | null): Promise<FoundSubject> {
  const written = asked.subject.trim();
  if (asked.kind === 'device') {
    const network = parseNetwork(written);
    // A lock on every address would keep out whoever has to lift it.
    if (network === undefined || network.prefix === 0) {
      throw new GatewayError('request_invalid', 'subject: an address, or a network such as 192.0.2.0/28.');
    }
    return { subject: written.toLowerCase(), label: written, owned: false, own: false };
  }
  const [found, second] = await findSubjects(tx, { kind: asked.kind, written, actor });
  if (found === undefined) throw new GatewayError('not_found');
  if (second !== undefined)
    throw new GatewayError('request_invalid', 'subject: names more than one; write target%system.');
  return found;
}

function readUntil(until: Date | null, now: Date): Date | null {
  if (until !== null && until <= now) throw new GatewayError('request_invalid', 'until: must be in the future.');
  return until;
}

function readReason(given: string): string {
  const reason = given.trim();
  if (reason === '' || reason.length > LIMITS.reasonCharactersMax || reason.includes('\0')) {
    throw new GatewayError('request_invalid', 'A lock needs a reason.');
  }
  return reason;
}
