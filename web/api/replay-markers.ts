import { z } from 'zod';
import type { Queryable } from '../../foundation/index.ts';
import { LIMITS } from '../../foundation/index.ts';
import { type AuditEventType, listAuditEvents, type Marker, type ReplayIndex } from '../../recorder/index.ts';

/** `tags`: the classes of the findings for which it was refused. */
export type TaggedMarker = Marker & { readonly tags?: readonly string[] };

/** What was decided while the session went on, which the recording itself does not tell. */
const KINDS = {
  'act.refused': 'refusal',
  'file.refused': 'refusal',
  'ticket.redeemed': 'ticket',
  'ticket.redemption_refused': 'ticket',
  'ticket.completed': 'ticket',
  'budget.exceeded': 'limit',
  'budget.confirm_asked': 'limit',
  'output.refused': 'limit',
  'output.transfer_cancelled': 'refusal',
} as const satisfies Partial<Record<AuditEventType, Marker['kind']>>;

const isMarked = (type: string): type is keyof typeof KINDS => Object.hasOwn(KINDS, type);
const MARKED = Object.keys(KINDS).filter(isMarked);
const TEXTS = ['text', 'path', 'outcome', 'reason', 'kind'];

/** The latest `LIMITS.pageRowsMax` of them as markers. The text of one without words of its own is the event's type. */
export async function markersOfEvents(db: Queryable, { sessionId, startedAt }: ReplayIndex): Promise<TaggedMarker[]> {
  const events = await listAuditEvents(db, { sessionId, types: MARKED, limit: LIMITS.pageRowsMax });
  return events.flatMap(({ type, at, body }) => {
    if (!isMarked(type)) return [];
    const said = TEXTS.map((name) => body[name]).find((value) => typeof value === 'string');
    const text = typeof said === 'string' ? said : type;
    const tags = classesOf(body['findings']);
    return [
      { at: Math.max(0, at.getTime() - startedAt), kind: KINDS[type], text, ...(tags.length === 0 ? {} : { tags }) },
    ];
  });
}

const Found = z.array(z.looseObject({ class: z.string() }));

/** What was recognised in an act, each kind once. An event of an older program may tell it in another shape. */
function classesOf(findings: unknown): string[] {
  const found = Found.safeParse(findings);
  return found.success ? [...new Set(found.data.map((finding) => finding.class))] : [];
}
