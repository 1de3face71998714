/** Systems, targets and what the running gateway goes by: what the administration pages read and change. */
import { useQuery } from '@tanstack/react-query';
import * as z from 'zod/mini';
import { call, callPlain } from './client.ts';
import { useCommand } from './commands.ts';
import { Asset, moment, Protection, strings, titles } from './schemas.ts';

const part = encodeURIComponent;

const SystemEntry = z.object({
  id: z.string(),
  name: z.string(),
  title: titles,
  protectionClass: z.number(),
  owners: z.array(z.object({ id: z.string(), name: z.string() })),
  assets: z.array(Asset),
  targets: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      host: z.string(),
      port: z.number(),
      mode: z.string(),
      legacy: z.boolean(),
      people: z.number(),
    }),
  ),
});
export type SystemEntry = z.infer<typeof SystemEntry>;

const TargetEntry = z.object({
  id: z.string(),
  name: z.string(),
  systemName: z.string(),
  systemTitle: titles,
  host: z.string(),
  port: z.number(),
  mode: z.string(),
  owned: z.boolean(),
  isSite: z.boolean(),
  via: z.nullable(z.string()),
  inspectAs: z.nullable(z.string()),
  hostKey: z.nullable(z.string()),
  hostCa: z.nullable(z.string()),
  legacyAlgorithms: z.boolean(),
  sourceAddress: z.nullable(z.string()),
  pinnedAt: z.nullable(moment),
  pinnedBy: z.nullable(z.string()),
  accounts: z.array(z.object({ person: z.string(), account: z.string() })),
  grants: z.array(
    z.object({ id: z.string(), personId: z.string(), person: z.string(), actions: strings, expiresAt: moment }),
  ),
});
export type TargetEntry = z.infer<typeof TargetEntry>;
export type GrantEntry = TargetEntry['grants'][number];

const TargetCheck = z.object({
  outcome: z.enum(['known', 'other', 'failed', 'behind']),
  ident: z.nullable(z.string()),
  shown: z.nullable(z.object({ algorithm: z.string(), fingerprint: z.string() })),
  legacy: strings,
  signIn: z.nullable(z.string()),
  code: z.nullable(z.string()),
  detail: z.nullable(z.string()),
});
export type TargetCheck = z.infer<typeof TargetCheck>;

const Configuration = z.object({
  mode: z.enum(['demo', 'production']),
  version: z.string(),
  entries: z.array(z.object({ key: z.string(), value: z.string() })),
  workers: z.object({ wanted: z.number(), serving: z.number() }),
  protection: Protection,
  authorities: z.array(
    z.object({
      kind: z.enum(['user', 'host', 'login']),
      step: z.enum(['none', 'announced', 'switched']),
      keys: z.array(z.object({ line: z.string(), fingerprint: z.string() })),
    }),
  ),
  witnesses: z.object({
    origin: z.string(),
    graceMinutes: z.number(),
    policy: z.string(),
    lateSince: z.nullable(moment),
  }),
});
export type Configuration = z.infer<typeof Configuration>;

export const useSystems = () =>
  useQuery({
    queryKey: ['systems'],
    queryFn: async () => (await call(z.object({ systems: z.array(SystemEntry) }), 'GET', '/api/systems')).systems,
  });

export const useTarget = (id: string) =>
  useQuery({
    queryKey: ['systems', 'target', id],
    queryFn: async () =>
      (await call(z.object({ target: TargetEntry }), 'GET', `/api/systems/targets/${part(id)}`)).target,
  });

export const useConfiguration = () =>
  useQuery({ queryKey: ['configuration'], queryFn: () => call(Configuration, 'GET', '/api/configuration') });

export const useCheckTarget = (id: string) =>
  useCommand(
    async (_: undefined) =>
      (await call(z.object({ check: TargetCheck }), 'POST', `/api/systems/targets/${part(id)}/check`, {})).check,
    [],
  );

export const usePinHostKey = (id: string) =>
  useCommand(
    (asked: { fingerprint: string; reason: string }) =>
      callPlain('POST', `/api/systems/targets/${part(id)}/host-key`, asked),
    ['systems'],
  );

export const useEndGrant = (id: string) =>
  useCommand((reason: string) => callPlain('POST', `/api/grants/${part(id)}/end`, { reason }), ['systems']);
