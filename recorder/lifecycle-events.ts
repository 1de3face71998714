/** Audit events of locks, access reviews and who comes and goes. */
import { z } from 'zod';
import { ACCOUNT_FINDINGS, LOCK_KINDS } from '../policy/index.ts';

const id = z.uuid();
const text = z.string().max(16_384);

const body = <Shape extends z.ZodRawShape>(description: string, shape: Shape) =>
  z.strictObject(shape).describe(description);

/** How many of each ended when somebody left. */
export const ENDED = z.strictObject({
  ...{ signIns: z.number().int(), certificates: z.number().int(), keys: z.number().int() },
  ...{ grants: z.number().int(), substitutes: z.number().int(), tickets: z.number().int() },
});

export const LIFECYCLE_EVENTS = {
  'lock.placed': body('A company, key, device, target, system or ticket was locked; live sessions with it end.', {
    ...{ kind: z.enum(LOCK_KINDS), subject: text, label: text, reason: text },
    until: text.nullable(),
  }),
  'lock.lifted': body('A lock on something other than a person was lifted.', {
    ...{ kind: z.enum(LOCK_KINDS), subject: text, label: text },
    by: z.enum(['person', 'time']),
  }),
  'review.started': body('An access review began; its items are frozen as they were.', {
    ...{ review: id, scope: z.enum(['system', 'company']), subject: text, dueAt: text, items: z.number().int() },
    sha256: text,
  }),
  'review.decided': body('Somebody decided on what a person has; it took effect at once.', {
    ...{ review: id, item: id, person: id, decision: z.enum(['keep', 'reduce', 'remove', 'ask']), reason: text },
    ...{ actions: z.array(text).nullable(), target: text.nullable(), role: text.nullable() },
  }),
  'review.overdue': body('An access review is late: 1 owners reminded, 2 the second line told, 3 open grants held.', {
    ...{ review: id, step: z.number().int() },
  }),
  'review.signed': body('An access review was signed off; the hash is of everything in it.', {
    ...{ review: id, items: z.number().int(), sha256: text },
  }),
  'review.exported': body('Somebody took an access review as a table.', { review: id, items: z.number().int() }),
  'person.left': body('A person left: sign-ins, sessions, keys, certificates, grants and substitutes ended at once.', {
    ...{ person: id, reason: text, ended: ENDED },
  }),
  'accounts.compared': body('The accounts of a target were looked at, beside those that are known.', {
    ...{ target: id, accounts: z.number().int(), fresh: z.number().int().describe('New since the time before.') },
    found: z.record(z.enum(ACCOUNT_FINDINGS), z.array(text)),
  }),
  'accounts.unread': body('The accounts of a target could not be looked at.', {
    ...{ target: id, code: text, detail: text },
  }),
  'authority.keys_changed': body('Which key of an authority signs, or which are trusted, is not as it was before.', {
    ...{ authority: z.enum(['user', 'host', 'login']), signs: text, trusted: z.array(text) },
  }),
  'target_secret.set': body('An administrator set the secret of an account on a target that knows no certificates.', {
    ...{ target: id, person: id, account: text },
  }),
  'target_secret.used': body('A session signs in to its target with the secret that is kept for the account.', {
    ...{ target: id, account: text },
  }),
  'target_secret.rotation_asked': body('An administrator asked for a new secret of an account on a target.', {
    ...{ target: id, person: id },
  }),
  'target_secret.rotated': body(
    'The gateway changed the secret of an account on its target; nobody knows the new one.',
    {
      ...{ target: id, person: id, account: text },
    },
  ),
  'target_secret.rotation_failed': body(
    'The secret of an account could not be changed on its target; it is tried again.',
    {
      ...{ target: id, person: id, account: text, code: text, detail: text },
    },
  ),
  'contract.ended': body(
    'The contract of a person is over; everything of theirs ended, and who vouches for them was told.',
    {
      ...{ person: id, endsAt: text, sponsor: id.nullable(), ended: ENDED },
    },
  ),
} as const;
