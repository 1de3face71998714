/** The audit events of tickets, emergencies and substitutes; see audit-events.ts. */
import { z } from 'zod';

const id = z.uuid();
const text = z.string().max(16_384);

const body = <Shape extends z.ZodRawShape>(description: string, shape: Shape) =>
  z.strictObject(shape).describe(description);

export const TICKET_EVENTS = {
  'ticket.requested': body('A person asked for one export.', {
    target: id,
    actText: text,
    actDigest: text,
    rowsMax: z.number().int(),
    bytesMax: z.number().int(),
    notBefore: text,
    notAfter: text,
    purpose: text,
    destination: z.enum(['workstation', 'vault', 'system', 'outside', 'page']).optional(),
    usesMax: z.number().int().optional(),
    actClass: text.nullable().optional().describe('The class of acts it is for; null: this act alone.'),
    lastsSeconds: z.number().int().nullable().optional().describe('The time runs from the approval for so long.'),
  }),
  'ticket.work_requested': body('A person asked for work on targets, or for a transfer between two systems.', {
    kind: z.enum(['access', 'transfer']),
    systems: z.array(id),
    targets: z.array(id),
    purpose: text,
    actDigest: text,
    notBefore: text,
    notAfter: text,
    lastsSeconds: z.number().int().nullable(),
  }),
  'ticket.asked_back': body('Somebody who could decide asked the requester something instead.', { text }),
  'ticket.answered': body('The requester answered; the request waits for its decision again.', { text }),
  'ticket.entered': body('The first session inside an approved access ticket began.', {}),
  'ticket.work_reported': body('The person of approved work wrote the work report its systems ask for.', { text }),
  'emergency.started': body('A person opened targets for an emergency, with nobody’s approval.', {
    targets: z.array(id),
    reason: text,
    until: text,
    reviewBy: text,
  }),
  'emergency.ended': body('An emergency is over, by its person or by its time; its review is due.', {
    by: z.enum(['person', 'time']),
  }),
  'emergency.reported': body('The person of an emergency wrote their work report.', { text }),
  'emergency.reviewed': body('Somebody else reviewed an emergency after the fact.', {
    finding: z.enum(['in_order', 'deviation']),
    reason: text,
  }),
  'emergency.review_overdue': body('The review of an emergency was not done in time.', { person: id }),
  'emergency.right_locked': body('The review is long overdue: its person has no other emergency until it is done.', {
    person: id,
  }),
  'link.opened': body('A person opened the ticket by the link in a message; the link is used up and decided nothing.', {
    link: id,
    purpose: z.enum(['decide', 'review']),
  }),
  'link.refused': body('A link in a message was refused to who opened it.', {
    reason: z.enum(['altered', 'foreign', 'expired', 'replayed']),
    link: id.nullable().describe('Null: nothing proves which one it was.'),
  }),
  'delivery.dead': body('A message to people was given up; an administrator can send it again.', {
    delivery: id,
    channel: text,
    topic: text,
    person: id.nullable(),
    reason: text,
    attempts: z.number().int(),
  }),
  'delivery.resent': body('An administrator had dead letters sent again.', { channel: text, deliveries: z.array(id) }),
  'notifications.mail_switched': body('A person switched mail that may be switched off on or off.', {
    mail: z.boolean(),
  }),
  'substitute.chosen': body('An owner chose who acts for them while they are away.', {
    substitute: id,
    from: text,
    until: text,
  }),
  'substitute.dismissed': body('An owner ended that somebody acts for them.', { substitute: id }),
  'ticket.approved': body('Somebody whose yes was needed approved exactly this; nothing is missing at `missing` 0.', {
    reason: text,
    actDigest: text,
    as: z.enum(['owner', 'second_line']).optional(),
    missing: z.number().int().optional(),
    allowed: z
      .strictObject({
        rowsMax: z.number().int(),
        bytesMax: z.number().int(),
        usesMax: z.number().int(),
        notAfter: text,
        lastsSeconds: z.number().int().nullable(),
      })
      .optional()
      .describe('What is allowed where it is less than was asked.'),
  }),
  'ticket.rejected': body('An owner rejected the request.', { reason: text }),
  'ticket.decision_refused': body("A decision was refused, for example on a request of one's own.", {
    decision: text,
    reason: text,
  }),
  'ticket.withdrawn': body('The requester withdrew the request.', {}),
  'ticket.revoked': body('An owner took an approval back before its use.', { reason: text }),
  'ticket.expired': body('Nobody decided, or nobody used the approval, in time.', { from: text }),
  'ticket.redeemed': body('A use of the ticket began.', { actDigest: text, use: z.number().int().optional() }),
  'ticket.redemption_refused': body('An act that needs a ticket found none it may use.', {
    text,
    digest: text,
    reason: text,
  }),
  'export.intent': body('An approved export is about to leave; its intent stands in the ledger.', {
    intent: z.number().int().describe('Its index in the export ledger.'),
    use: z.number().int(),
    destination: z.enum(['workstation', 'vault', 'system', 'outside', 'page']),
  }),
  'export.result': body('What an export brought out, or that it never began, stands in the ledger.', {
    intent: z.number().int(),
    outcome: text,
    rows: z.number().int(),
    bytes: z.number().int(),
    sha256: text,
    customers: z.number().int().nullable(),
  }),
  'ticket.reminded': body('A ticket waited too long: who can move it was told, by a rung of the ladder.', {
    phase: z.enum(['decision', 'answer', 'report', 'review']),
    step: z.enum(['remind', 'substitutes', 'second_line']),
    since: text,
  }),
  'ticket.reconciled': body('A ticket is over: what was asked and what was done were compared.', {
    verdict: z.enum(['match', 'deviation', 'unexplained']),
    deviations: z.array(text),
    unexplained: z.array(text),
  }),
  'ticket.completed': body('A use ended; what really left.', {
    use: z.number().int().optional(),
    customers: z.number().int().optional().describe('Different customers found in it.'),
    outcome: text,
    rows: z.number().int(),
    bytes: z.number().int(),
    sha256: text,
    exitStatus: z.number().int().nullable(),
  }),
  'parcel.sealed': body('An export is in the vault, durable and with its manifest.', {
    parcel: z.number().int(),
    files: z.number().int(),
    bytes: z.number().int(),
    manifestSha256: text,
  }),
  'parcel.discarded': body('An export did not come to its end; nothing of it is kept in the vault.', {
    parcel: z.number().int(),
  }),
} as const;
