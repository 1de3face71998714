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
