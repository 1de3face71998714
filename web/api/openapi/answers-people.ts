/** People, their factors, locks and reviews as the API answers with them. */
import { z } from 'zod';
import { LOCK_KINDS, ROLES } from '../../../policy/index.ts';
import { count, id, named, text, when, whenOrNull } from './answers.ts';

export const ListedPerson = z
  .object({
    ...{ id, name: text, employer: text, email: text.nullable(), roles: z.array(z.enum(ROLES)) },
    ...{ locked: z.boolean(), companyLocked: z.boolean(), contractEndsAt: whenOrNull, deactivatedAt: whenOrNull },
    looksLike: z.array(text),
  })
  .meta({ id: 'Person' });

const StandingLock = z
  .object({
    ...{ id, kind: z.enum(LOCK_KINDS), label: text, reason: text, lockedAt: when, until: whenOrNull },
    mayLift: z.boolean(),
  })
  .meta({ id: 'Lock' });
export const Locks = z.object({ kinds: z.array(z.enum(LOCK_KINDS)), locks: z.array(StandingLock) });

export const Review = z
  .object({
    ...{ id, number: count, scope: z.enum(['system', 'company']), subject: text, dueAt: when, startedAt: when },
    ...{ signedAt: whenOrNull, evidenceSha256: text.nullable(), items: count, open: count },
  })
  .meta({ id: 'Review' });
const ReviewItem = z
  .object({ id, role: text.nullable(), flags: z.array(text), mayDecide: z.boolean() })
  .meta({ id: 'ReviewItem' });
export const WholeReview = z.object({ review: Review, items: z.array(ReviewItem), maySign: z.boolean() });

export const Factors = z
  .object({
    ...{ required: z.boolean(), minutes: count, servesUntil: whenOrNull, passkeysPossible: z.boolean() },
    passkeys: z.array(z.object({ id: text, label: text, registeredAt: when, lastUsedAt: whenOrNull })),
    totp: z.object({ addedAt: when, lastUsedAt: whenOrNull }).nullable(),
  })
  .meta({ id: 'Factors' });
export const WebSession = z
  .object({ id, issuer: text, assurance: text, sourceAddress: text, createdAt: when, expiresAt: when })
  .meta({ id: 'WebSession' });
export const Substitutes = z.object({
  substitutes: z.array(z.object({ id, owner: named, substitute: named, startsAt: when, endsAt: when })),
  owners: z.array(named),
});
/** What a browser's `navigator.credentials` is asked with. */
export const Options = z.object({ options: z.record(text, z.unknown()) });
export const Login = z
  .object({
    ...{ code: text, state: z.enum(['pending', 'approved', 'denied', 'expired', 'issued']), fingerprint: text },
    ...{ sourceAddress: text, expiresAt: when },
  })
  .meta({ id: 'Login' });
export const SignIn = z
  .object({
    ...{ code: text, loginName: text, sourceAddress: text, expiresAt: when },
    state: z.enum(['pending', 'approved', 'denied', 'expired']),
    purpose: z.enum(['sign_in', 'budget', 'session']),
  })
  .meta({ id: 'SshSignIn' });
export const Polled = z
  .object({ state: z.enum(['pending', 'denied', 'expired', 'issued']) })
  .meta({ id: 'LoginState' });
