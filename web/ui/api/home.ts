import { useQuery } from '@tanstack/react-query';
import * as z from 'zod/mini';
import { call } from './client.ts';
import { moment, Protection, titles } from './schemas.ts';

const n = z.number();

const RefusedLately = z.object({
  id: z.string(),
  text: z.string(),
  target: z.string(),
  refusedAt: moment,
  ticket: z.nullable(z.string()),
  ticketNumber: z.nullable(n),
});
export type RefusedLately = z.infer<typeof RefusedLately>;

const SystemWeek = z.object({
  ...{ id: z.string(), title: titles },
  ...{ exports: n, rows: n, bytes: n, refusals: n, sessions: n, live: n },
});
export type SystemWeek = z.infer<typeof SystemWeek>;

const PersonWeek = z.object({
  ...{ id: z.string(), name: z.string(), employer: z.string() },
  ...{ refusals: n, exports: n, rows: n, emergencies: n, locked: z.boolean() },
});
export type PersonWeek = z.infer<typeof PersonWeek>;

const Overdue = z.object({ emergencies: n, reviews: n, deviations: n });
export type Overdue = z.infer<typeof Overdue>;

const Home = z.object({
  since: moment,
  maintainer: z.nullable(z.object({ refused: z.array(RefusedLately) })),
  owner: z.nullable(z.object({ waiting: n, oldestAt: z.nullable(moment), systems: z.array(SystemWeek) })),
  auditor: z.nullable(
    z.object({
      checks: z.object({ verified: n, tampered: n, unchecked: n, unsealed: n }),
      overdue: Overdue,
      protection: Protection,
      index: z.object({ state: z.enum(['complete', 'behind', 'failed']), waiting: n }),
    }),
  ),
  security: z.nullable(z.object({ systems: z.array(SystemWeek), persons: z.array(PersonWeek), overdue: Overdue })),
  administrator: z.nullable(
    z.object({
      estate: z.object({ persons: n, locked: n, targets: n, keys: n, live: n }),
      workers: z.object({ wanted: n, serving: n }),
      protection: Protection,
    }),
  ),
});
export type Home = z.infer<typeof Home>;

export const useHome = () =>
  useQuery({ queryKey: ['home'], queryFn: () => call(Home, 'GET', '/api/home'), refetchInterval: 30_000 });
