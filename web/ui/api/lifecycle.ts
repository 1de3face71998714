/** Locks: what the pages read and change of them. */
import { useQuery } from '@tanstack/react-query';
import * as z from 'zod/mini';
import { call, callPlain } from './client.ts';
import { useCommand } from './commands.ts';
import { moment } from './schemas.ts';

const LockKind = z.enum(['person', 'company', 'key', 'device', 'target', 'system', 'ticket']);
export type LockKind = z.infer<typeof LockKind>;

const StandingLock = z.object({
  id: z.string(),
  kind: LockKind,
  label: z.string(),
  reason: z.string(),
  lockedAt: moment,
  lockedBy: z.nullable(z.object({ name: z.string() })),
  until: z.nullable(moment),
  mayLift: z.boolean(),
});
export type StandingLock = z.infer<typeof StandingLock>;

const LockAnswer = z.object({ kinds: z.array(LockKind), locks: z.array(StandingLock) });

const TOUCHED = ['locks', 'persons', 'sessions', 'tickets'];

export const useLocks = () =>
  useQuery({ queryKey: ['locks'], queryFn: () => call(LockAnswer, 'GET', '/api/locks'), refetchInterval: 15_000 });

export const usePlaceLock = () =>
  useCommand(
    (lock: { kind: LockKind; subject: string; reason: string; until: string | null }) =>
      callPlain('POST', '/api/locks', lock),
    TOUCHED,
  );

export const useLiftLock = (id: string) =>
  useCommand((_: string) => callPlain('POST', `/api/locks/${encodeURIComponent(id)}/lift`, {}), TOUCHED);

export const useLeave = (id: string) =>
  useCommand(
    (reason: string) => callPlain('POST', `/api/persons/${encodeURIComponent(id)}/leave`, { reason }),
    TOUCHED,
  );

const Flag = z.string();
const ACTIONS = ['shell', 'exec', 'upload', 'download', 'develop', 'web'] as const;
const Action = z.enum(ACTIONS);
export type Action = z.infer<typeof Action>;

const Review = z.object({
  id: z.string(),
  number: z.number(),
  scope: z.enum(['system', 'company']),
  subject: z.string(),
  dueAt: moment,
  startedBy: z.object({ name: z.string() }),
  startedAt: moment,
  signedBy: z.nullable(z.object({ name: z.string() })),
  signedAt: z.nullable(moment),
  evidenceSha256: z.nullable(z.string()),
  items: z.number(),
  open: z.number(),
});
export type Review = z.infer<typeof Review>;

const ReviewItem = z.object({
  id: z.string(),
  role: z.nullable(z.string()),
  snapshot: z.object({
    person: z.string(),
    employer: z.string(),
    target: z.nullable(z.string()),
    system: z.nullable(z.string()),
    actions: z.array(Action),
    expiresAt: z.nullable(moment),
    lastUsedAt: z.nullable(moment),
  }),
  flags: z.array(Flag),
  decisions: z.array(z.object({ decision: z.string(), reason: z.string(), by: z.nullable(z.string()), at: moment })),
  mayDecide: z.boolean(),
});
export type ReviewItem = z.infer<typeof ReviewItem>;

const ReviewAnswer = z.object({ review: Review, items: z.array(ReviewItem), maySign: z.boolean() });

const part = encodeURIComponent;

export const useReviews = () =>
  useQuery({
    queryKey: ['reviews', 'list'],
    queryFn: async () => (await call(z.object({ reviews: z.array(Review) }), 'GET', '/api/reviews')).reviews,
  });

export const useReview = (id: string) =>
  useQuery({ queryKey: ['reviews', 'one', id], queryFn: () => call(ReviewAnswer, 'GET', `/api/reviews/${part(id)}`) });

export const useStartReview = () =>
  useCommand(
    (start: { scope: 'system' | 'company'; subject: string; dueAt: string }) =>
      call(z.object({ id: z.string() }), 'POST', '/api/reviews', start),
    ['reviews'],
  );

export const useDecideItem = (review: string, item: string) =>
  useCommand(
    (asked: { decision: string; reason: string; actions?: readonly Action[] }) =>
      callPlain('POST', `/api/reviews/${part(review)}/items/${part(item)}/decision`, asked),
    ['reviews', 'persons', 'sessions'],
  );

export const useSignReview = (id: string) =>
  useCommand(
    (_: string) => call(z.object({ sha256: z.string() }), 'POST', `/api/reviews/${part(id)}/sign`, {}),
    ['reviews'],
  );
