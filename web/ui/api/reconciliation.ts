/** Asked and done: what the pages read of the reports. */
import { useQuery } from '@tanstack/react-query';
import * as z from 'zod/mini';
import { ApiError, call } from './client.ts';
import { moment } from './schemas.ts';

const verdict = z.enum(['deviation', 'unexplained', 'match']);
const values = z.array(z.union([z.string(), z.number()]));

const ReportLine = z.object({
  what: z.string(),
  verdict,
  asked: values,
  done: values,
  evidence: z.array(
    z.object({ session: z.optional(z.string()), event: z.optional(z.number()), leaf: z.optional(z.number()) }),
  ),
});
export type ReportLine = z.infer<typeof ReportLine>;

const Report = z.object({
  ticket: z.string(),
  number: z.number(),
  kind: z.string(),
  requester: z.string(),
  verdict,
  lines: z.array(ReportLine),
  madeAt: moment,
});
export type Report = z.infer<typeof Report>;

const Unmatched = z.object({
  sessions: z.array(z.object({ id: z.string(), person: z.string(), target: z.string(), openedAt: moment })),
  tickets: z.array(
    z.object({ id: z.string(), number: z.number(), requester: z.string(), kind: z.string(), notAfter: moment }),
  ),
});
export type Unmatched = z.infer<typeof Unmatched>;

export const useReports = () =>
  useQuery({
    queryKey: ['tickets', 'reconciliations'],
    queryFn: async () => (await call(z.object({ reports: z.array(Report) }), 'GET', '/api/reconciliations')).reports,
  });

/** The report of one ticket; null while it was not compared yet. */
export const useTicketReport = (ticket: string) =>
  useQuery({
    queryKey: ['tickets', 'reconciliations', ticket],
    queryFn: async () => {
      try {
        return (await call(z.object({ report: Report }), 'GET', `/api/reconciliations/${ticket}`)).report;
      } catch (thrown) {
        if (thrown instanceof ApiError && thrown.code === 'not_found') return null;
        throw thrown;
      }
    },
  });

/** Of a day as the reader's own calendar has it. */
export const useUnmatched = (from: Date, until: Date) =>
  useQuery({
    queryKey: ['tickets', 'unmatched', from.toISOString(), until.toISOString()],
    queryFn: () => {
      const span = new URLSearchParams({ from: from.toISOString(), until: until.toISOString() });
      return call(Unmatched, 'GET', `/api/reconciliations/unmatched?${span.toString()}`);
    },
  });
