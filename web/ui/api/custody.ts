/** Legal holds and erasures: what their page reads and changes. */
import { useQuery } from '@tanstack/react-query';
import * as z from 'zod/mini';
import { call, callPlain } from './client.ts';
import { useCommand } from './commands.ts';
import { moment } from './schemas.ts';

export const STREAMS = ['screen', 'keystrokes'] as const;
export type Stream = (typeof STREAMS)[number];

const Hold = z.object({
  id: z.string(),
  session: z.string(),
  reason: z.string(),
  placedBy: z.string(),
  placedAt: moment,
});
export type Hold = z.infer<typeof Hold>;

const Erasure = z.object({
  id: z.string(),
  session: z.string(),
  stream: z.enum(STREAMS),
  reason: z.string(),
  basis: z.string(),
  requestedBy: z.string(),
  requestedAt: moment,
  verdict: z.nullable(z.enum(['approved', 'rejected'])),
  decidedBy: z.nullable(z.string()),
  erasedAt: z.nullable(moment),
});
export type Erasure = z.infer<typeof Erasure>;

const Custody = z.object({
  holds: z.array(Hold),
  erasures: z.array(Erasure),
  /** By the id of a person. */
  names: z.record(z.string(), z.string()),
  /** The viewer's id: nobody decides about what they asked for. */
  me: z.string(),
});
export type Custody = z.infer<typeof Custody>;

const TOUCHED = ['custody', 'sessions', 'audit'];
const of = (session: string, act: string): string => `/api/sessions/${encodeURIComponent(session)}/${act}`;

export const useCustody = () =>
  useQuery({ queryKey: ['custody'], queryFn: () => call(Custody, 'GET', '/api/custody') });

export const usePlaceHold = () =>
  useCommand(
    ({ session, reason }: { session: string; reason: string }) => callPlain('POST', of(session, 'hold'), { reason }),
    TOUCHED,
  );

export const useRelease = (session: string) =>
  useCommand((reason: string) => callPlain('POST', of(session, 'release'), { reason }), TOUCHED);

export const useRequestErasure = () =>
  useCommand(
    ({ session, ...asked }: { session: string; streams: readonly Stream[]; reason: string; basis: string }) =>
      callPlain('POST', of(session, 'erasures'), asked),
    TOUCHED,
  );

export const useDecideErasure = (id: string, verdict: 'approved' | 'rejected') =>
  useCommand(
    (_: string) => callPlain('POST', `/api/erasures/${encodeURIComponent(id)}/decision`, { verdict }),
    TOUCHED,
  );
