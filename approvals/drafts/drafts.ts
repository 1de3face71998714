/** What somebody is still writing: theirs alone, incomplete, and no ticket until it is asked. */
import { z } from 'zod';
import { GatewayError, LIMITS, newUuid } from '../../foundation/index.ts';
import type { Person, TicketKind } from '../../policy/index.ts';
import type { ApprovalsDeps } from '../model.ts';
import { countDrafts, deleteDraft, type Draft, selectDrafts, upsertDraft } from './queries.ts';

/** Whatever stands in the form; what it means is checked when it is asked. */
const Content = z.record(z.string().max(100), z.unknown());
const CONTENT_BYTES_MAX = 100_000;

export interface DraftToSave {
  /** Undefined: a new one. */
  readonly id: string | undefined;
  readonly kind: TicketKind;
  readonly content: unknown;
}

/** @throws {GatewayError} `request_too_large`, `too_many_requests`, `not_found` for somebody else's. */
export async function saveDraft(deps: ApprovalsDeps, person: Person, draft: DraftToSave): Promise<Draft> {
  const { database, clock } = deps;
  const parsed = Content.safeParse(draft.content);
  if (!parsed.success) throw new GatewayError('request_invalid', 'content: must be what stands in the form.');
  if (Buffer.byteLength(JSON.stringify(parsed.data)) > CONTENT_BYTES_MAX) throw new GatewayError('request_too_large');
  const now = clock.now();
  if (draft.id === undefined && (await countDrafts(database, person.id)) >= LIMITS.ticketDraftsMax) {
    throw new GatewayError('too_many_requests', 'Too many drafts; delete some first.');
  }
  const { kind } = draft;
  const id = draft.id ?? newUuid(now);
  const saved = await upsertDraft(database, {
    ...{ id, kind, content: parsed.data, person: person.id, now, isNew: draft.id === undefined },
  });
  if (saved === undefined) throw new GatewayError('not_found');
  return saved;
}

export function listDrafts({ database }: ApprovalsDeps, person: Person): Promise<Draft[]> {
  return selectDrafts(database, person.id, LIMITS.ticketDraftsMax);
}

/** @throws {GatewayError} `not_found`, also for somebody else's. */
export async function discardDraft({ database }: ApprovalsDeps, person: Person, id: string): Promise<void> {
  if (!(await deleteDraft(database, person.id, id))) throw new GatewayError('not_found');
}
