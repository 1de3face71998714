/** The accounts that exist on servers: what the page reads, and asks for. */
import { useMutation, useQuery } from '@tanstack/react-query';
import * as z from 'zod/mini';
import { call } from './client.ts';
import { moment } from './schemas.ts';

const AccountReport = z.object({
  targetId: z.string(),
  target: z.string(),
  system: z.string(),
  inspectAs: z.nullable(z.string()),
  madeAt: z.nullable(moment),
  code: z.nullable(z.string()),
  accounts: z.number(),
  findings: z.array(z.object({ kind: z.string(), account: z.string(), about: z.string() })),
});
export type AccountReport = z.infer<typeof AccountReport>;

const Reports = z.object({ reports: z.array(AccountReport) });

export const useAccountReports = () =>
  useQuery({
    queryKey: ['account-reports'],
    queryFn: async () => (await call(Reports, 'GET', '/api/account-reports')).reports,
    refetchInterval: 10_000,
  });

export const useLookAtAccounts = () =>
  useMutation({ mutationFn: () => call(z.object({}), 'POST', '/api/account-reports', {}) });
