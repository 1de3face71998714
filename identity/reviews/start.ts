/** Begins an access review: everything in its scope becomes an item, frozen as it is now. */
import { GatewayError, LIMITS, newUuid, sha256, type Transaction } from '../../foundation/index.ts';
import { canonicalJson } from '../../evidence/index.ts';
import { type PersonId, type Principal, type ReviewedFacts, reviewFlags } from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import { requireUnlocked } from '../persons/standing.ts';
import type { IdentityDeps } from '../rows.ts';
import { REVIEW_RULES, type ReviewItem } from './model.ts';
import { type Candidate, insertItem, insertReview, ownsNamedSystem, selectCandidates } from './queries.ts';

export interface ReviewStart {
  readonly scope: 'system' | 'company';
  /** The name of the system, or of the company. */
  readonly subject: string;
  readonly dueAt: Date;
}

type NewItem = Pick<ReviewItem, 'id' | 'personId' | 'systemId' | 'grantId' | 'role' | 'snapshot' | 'flags'>;

/**
 * Started by security officers and administrators, and by owners for their own systems.
 * @throws {GatewayError} `not_permitted`, `request_invalid`, `not_found` (nobody has anything there), `person_locked`.
 */
export async function startReview(deps: IdentityDeps, principal: Principal, asked: ReviewStart): Promise<string> {
  const at = deps.clock.now();
  const days = (asked.dueAt.getTime() - at.getTime()) / 86_400_000;
  if (!(days > 0 && days <= LIMITS.reviewDaysMax)) {
    throw new GatewayError('request_invalid', `dueAt: at most ${LIMITS.reviewDaysMax} days from now.`);
  }
  const subject = asked.subject.trim();
  return deps.database.inTransaction(async (tx) => {
    const actor = await requireUnlocked(tx, principal.person.id);
    if (!(await mayStart(tx, actor, { ...asked, subject }))) throw new GatewayError('not_permitted');
    const candidates = await selectCandidates(tx, { scope: asked.scope, subject, now: at });
    const items = candidates.flatMap((candidate) => itemsOf(candidate, at));
    if (items.length === 0) throw new GatewayError('not_found', 'Nobody has anything there.');
    if (items.length > LIMITS.reviewItemsMax) {
      throw new GatewayError('request_invalid', `subject: more than ${LIMITS.reviewItemsMax} items; review systems.`);
    }
    const id = newUuid(at);
    await insertReview(tx, { id, scope: asked.scope, subject, dueAt: asked.dueAt, startedBy: actor.id, at });
    for (const item of items) await insertItem(tx, id, item);
    const frozen = canonicalJson(items.map(({ snapshot, flags, role }) => ({ ...snapshot, flags, role })));
    await appendAuditEvent(tx, deps.clock, {
      type: 'review.started',
      actor: actor.id,
      body: {
        ...{ review: id, scope: asked.scope, subject, dueAt: asked.dueAt.toISOString(), items: items.length },
        sha256: sha256(frozen).toString('hex'),
      },
    });
    return id;
  });
}

async function mayStart(
  tx: Transaction,
  { id, roles }: { id: PersonId; roles: readonly string[] },
  { scope, subject }: Pick<ReviewStart, 'scope' | 'subject'>,
): Promise<boolean> {
  if (roles.includes('security_officer') || roles.includes('administrator')) return true;
  return scope === 'system' && roles.includes('owner') && (await ownsNamedSystem(tx, id, subject));
}

function itemsOf(candidate: Candidate, now: Date): readonly NewItem[] {
  const base = {
    person: candidate.name,
    employer: candidate.employer,
    contractEndsAt: candidate.contract_ends_at?.toISOString() ?? null,
  };
  const grants = candidate.grants.map((grant): NewItem => {
    const unusedActions = grant.actions.filter(
      (action) => !USED_BY[action].some((kind) => grant.used_kinds.includes(kind)),
    );
    const flags = reviewFlags(
      factsOf(candidate, now, {
        ...{ since: grant.since, lastUsedAt: grant.last_used_at, lastTicketAt: grant.last_ticket_at, unusedActions },
        ownsSystem: grant.owns_system,
      }),
      REVIEW_RULES,
    );
    const snapshot = {
      ...{ ...base, target: grant.target, system: grant.system, actions: grant.actions },
      ...{ expiresAt: grant.expires_at.toISOString(), lastUsedAt: grant.last_used_at?.toISOString() ?? null },
    };
    return {
      ...{ id: newUuid(now), personId: candidate.person_id, systemId: grant.system_id, grantId: grant.id, role: null },
      ...{ snapshot, flags },
    };
  });
  const roles = [...new Set([...candidate.roles, ...candidate.withheld_roles])].map((role): NewItem => {
    const snapshot = { ...base, target: null, system: null, actions: [], expiresAt: null, lastUsedAt: null };
    const flags = reviewFlags(factsOf(candidate, now, null), REVIEW_RULES);
    return { id: newUuid(now), personId: candidate.person_id, systemId: null, grantId: null, role, snapshot, flags };
  });
  return [...grants, ...roles];
}

/** Kinds of sessions that make use of an action. */
const USED_BY: Readonly<Record<Candidate['grants'][number]['actions'][number], readonly string[]>> = {
  shell: ['shell'],
  exec: ['exec'],
  upload: ['files'],
  download: ['files'],
  develop: ['exec'],
  web: ['web'],
};

function factsOf(candidate: Candidate, now: Date, grant: ReviewedFacts['grant']): ReviewedFacts {
  return {
    ...{ now, grant, deactivated: candidate.deactivated, locked: candidate.locked, roles: candidate.roles },
    contractEndsAt: candidate.contract_ends_at,
    sponsorLeft: candidate.sponsor_left,
    looksShared: candidate.looks_shared,
    hasSecondFactor: candidate.has_second_factor,
  };
}
