/** Reads access reviews, and hands one out as a table. */
import { GatewayError, LIMITS } from '../../foundation/index.ts';
import { mayReviewItem, type Principal, signOffRefusal } from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import type { IdentityDeps } from '../rows.ts';
import type { Review, ReviewItem } from './model.ts';
import { selectItems, selectReviews } from './queries.ts';

const EVERY = ['security_officer', 'auditor', 'administrator'] as const;

const seesEvery = ({ person }: Principal): boolean => EVERY.some((role) => person.roles.includes(role));

/** The reviews this person may see, newest first. */
export function listReviews({ database }: IdentityDeps, principal: Principal): Promise<Review[]> {
  const viewer = principal.person.id;
  return selectReviews(database, { viewer, every: seesEvery(principal), limit: LIMITS.pageRowsMax });
}

export interface ReviewView {
  readonly review: Review;
  readonly items: readonly (ReviewItem & { readonly mayDecide: boolean })[];
  readonly maySign: boolean;
}

/** One review with its items: owners see those of their systems. @throws {GatewayError} `not_found`. */
export async function readReview({ database }: IdentityDeps, principal: Principal, id: string): Promise<ReviewView> {
  const { id: actor, roles } = principal.person;
  const every = seesEvery(principal);
  const [review] = await selectReviews(database, { viewer: actor, every, id, limit: 1 });
  if (review === undefined) throw new GatewayError('not_found');
  const all = await selectItems(database, { review: id, viewer: actor });
  const open = review.signedAt === null;
  const items = all
    .filter(({ owned }) => every || owned)
    .map((item) => {
      const kind = item.grantId === null ? ('role' as const) : ('grant' as const);
      const may = mayReviewItem({ ...item, actor, roles, person: item.personId, kind });
      return { ...item, mayDecide: open && !item.decided && may };
    });
  const reviewed = all.map(({ personId }) => personId);
  const refused = signOffRefusal({ actor, roles, startedBy: review.startedBy.id, reviewed, open: review.open });
  return { review, items, maySign: open && refused === undefined };
}

/**
 * A review as CSV (RFC 4180), UTF-8 with a byte order mark, which spreadsheets need to read Japanese. That it was taken
 * is written before it is handed out. @throws {GatewayError} `not_found`.
 */
export async function exportReview(deps: IdentityDeps, principal: Principal, id: string): Promise<string> {
  const { review, items } = await readReview(deps, principal, id);
  const rows = [HEADER, ...items.map(rowOf)];
  await appendAuditEvent(deps.database, deps.clock, {
    type: 'review.exported',
    actor: principal.person.id,
    body: { review: review.id, items: items.length },
  });
  return `\ufeff${rows.map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`;
}

const HEADER = [
  ...['person', 'employer', 'contract_ends_at', 'system', 'target', 'actions', 'role', 'expires_at', 'last_used_at'],
  ...['flags', 'decision', 'reason', 'decided_by', 'decided_at'],
];

function rowOf({ snapshot, role, flags, decisions }: ReviewItem): readonly string[] {
  const last = decisions.at(-1);
  return [
    ...[
      snapshot.person,
      snapshot.employer,
      snapshot.contractEndsAt ?? '',
      snapshot.system ?? '',
      snapshot.target ?? '',
    ],
    ...[snapshot.actions.join(' '), role ?? '', snapshot.expiresAt ?? '', snapshot.lastUsedAt ?? '', flags.join(' ')],
    ...[last?.decision ?? '', last?.reason ?? '', last?.by ?? '', last?.at ?? ''],
  ];
}

/** A cell that begins as a formula would run in the reader's spreadsheet (CSV injection): it becomes plain text. */
function cell(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${plain.replaceAll('"', '""')}"`;
}
