/** What may be known of kept secrets, and what sets and exchanges them. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import * as z from 'zod/mini';
import { call, callPlain } from './client.ts';
import { moment } from './schemas.ts';

const TargetSecret = z.object({
  ...{ targetId: z.string(), target: z.string(), system: z.string(), personId: z.string(), person: z.string() },
  ...{ account: z.string(), rotates: z.boolean(), setAt: z.nullable(moment), setBy: z.nullable(z.string()) },
  ...{ rotationAsked: z.boolean(), rotationFailedAt: z.nullable(moment) },
});
export type TargetSecret = z.infer<typeof TargetSecret>;

const KEY = ['target-secrets'];
const Secrets = z.object({ secrets: z.array(TargetSecret) });

export const useTargetSecrets = () =>
  useQuery({
    queryKey: KEY,
    queryFn: async () => (await call(Secrets, 'GET', '/api/target-secrets')).secrets,
    refetchInterval: 10_000,
  });

/** `mutate(secret)`; it is nowhere kept in the page. */
export function useSetSecret({ targetId, personId }: TargetSecret) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (secret: string) => callPlain('POST', '/api/target-secrets', { targetId, personId, secret }),
    gcTime: 0,
    onSuccess: () => client.invalidateQueries({ queryKey: KEY }),
  });
}

export function useRotateSecret({ targetId, personId }: TargetSecret) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (_: string) => callPlain('POST', '/api/target-secrets/rotation', { targetId, personId }),
    onSuccess: () => client.invalidateQueries({ queryKey: KEY }),
  });
}
