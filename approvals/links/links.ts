/** Links in messages: each opens the page of one ticket, for one person, once. It decides nothing. */
import { GatewayError, type ErrorCode, type Transaction } from '../../foundation/index.ts';
import type { Principal, TicketId } from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import type { ApprovalsDeps } from '../model.ts';
import { type Link, lockLink, markLinkUsed } from './queries.ts';
import { isSignedFor, linkIdOf } from './token.ts';

export interface OpenedLink {
  readonly ticket: TicketId;
  readonly purpose: Link['purpose'];
}

const REFUSALS = {
  altered: 'link_altered',
  foreign: 'link_foreign',
  expired: 'link_expired',
  replayed: 'link_replayed',
} as const satisfies Record<string, ErrorCode>;
type Refusal = keyof typeof REFUSALS;

/**
 * Uses the link up and says which ticket it is for. Only for who is signed in as the person it was made for: a message
 * that was forwarded, or read by somebody else, opens nothing.
 * @throws {GatewayError} `link_altered`, `link_foreign`, `link_expired`, `link_replayed`; each leaves an audit event.
 */
export async function openLink(
  deps: ApprovalsDeps & { readonly linkKey: Buffer },
  { person }: Principal,
  token: string,
): Promise<OpenedLink> {
  const { database, clock, linkKey } = deps;
  const result = await database.inTransaction(async (tx): Promise<OpenedLink | Refusal> => {
    const id = linkIdOf(token);
    const link = id === undefined ? undefined : await lockLink(tx, id);
    const refused = refusalOf(link, { token, linkKey, person: person.id, now: clock.now() });
    if (refused !== undefined || link === undefined) {
      const reason = refused ?? 'altered';
      // What was altered names no link: which it was made from is not proven.
      const body = { reason, link: reason === 'altered' ? null : (link?.id ?? null) };
      const about = reason === 'altered' || link === undefined ? {} : { ticket: link.ticket };
      await appendAuditEvent(tx, clock, { type: 'link.refused', actor: person.id, ...about, body });
      return reason;
    }
    await markLinkUsed(tx, link.id, clock.now());
    await noteOpened(tx, deps, link);
    return { ticket: link.ticket, purpose: link.purpose };
  });
  if (typeof result === 'string') throw new GatewayError(REFUSALS[result]);
  return result;
}

/** In this order, so that nobody learns of a link that is not theirs whether it was used. */
function refusalOf(
  link: Link | undefined,
  asked: { readonly token: string; readonly linkKey: Buffer; readonly person: string; readonly now: Date },
): Refusal | undefined {
  if (link === undefined || !isSignedFor(asked.linkKey, asked.token, link)) return 'altered';
  if (link.person !== asked.person) return 'foreign';
  if (link.usedAt !== null) return 'replayed';
  return link.expiresAt <= asked.now ? 'expired' : undefined;
}

async function noteOpened(tx: Transaction, { clock }: ApprovalsDeps, link: Link): Promise<void> {
  await appendAuditEvent(tx, clock, {
    type: 'link.opened',
    actor: link.person,
    ticket: link.ticket,
    body: { link: link.id, purpose: link.purpose },
  });
}
