/** A person's own second factors and sign-ins, as the console asks about and changes them. */
import {
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  startAuthentication,
  startRegistration,
} from '@simplewebauthn/browser';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import * as z from 'zod/mini';
import { ApiError, call, callPlain } from './client.ts';
import { moment } from './schemas.ts';

const Passkey = z.object({
  id: z.string(),
  label: z.string(),
  backedUp: z.boolean(),
  registeredAt: moment,
  lastUsedAt: z.nullable(moment),
});
export type Passkey = z.infer<typeof Passkey>;

const Factors = z.object({
  required: z.boolean(),
  servesUntil: z.nullable(moment),
  passkeysPossible: z.boolean(),
  passkeys: z.array(Passkey),
  totp: z.nullable(z.object({ addedAt: moment, lastUsedAt: z.nullable(moment) })),
});
export type Factors = z.infer<typeof Factors>;

const WebSession = z.object({
  id: z.string(),
  assurance: z.enum(['single', 'multi']),
  sourceAddress: z.string(),
  createdAt: moment,
  current: z.boolean(),
});
export type WebSession = z.infer<typeof WebSession>;

const Providers = z.object({ providers: z.array(z.object({ name: z.string(), title: z.string() })) });

/** Whoever is not signed in may ask this. */
export const useProviders = () =>
  useQuery({
    queryKey: ['providers'],
    queryFn: async () => (await call(Providers, 'GET', '/auth/providers')).providers,
  });

export const useFactors = () =>
  useQuery({ queryKey: ['factors'], queryFn: () => call(Factors, 'GET', '/api/factors') });

export const useWebSessions = () =>
  useQuery({
    queryKey: ['web-sessions'],
    queryFn: async () =>
      (await call(z.object({ webSessions: z.array(WebSession) }), 'GET', '/api/web-sessions')).webSessions,
  });

function useChange<Input, Output>(run: (input: Input) => Promise<Output>, touches: readonly string[] = ['factors']) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: run,
    onSettled: () => Promise.all(touches.map((key) => client.invalidateQueries({ queryKey: [key] }))),
  });
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;
const Creation = z.object({ options: z.custom<PublicKeyCredentialCreationOptionsJSON>(isObject) });
const Proof = z.object({ options: z.custom<PublicKeyCredentialRequestOptionsJSON>(isObject) });

/** The browser's own refusals (closed, timed out, no key) are one to the person. */
function inBrowser<Value>(act: Promise<Value>): Promise<Value> {
  return act.catch((thrown: unknown) => {
    throw new ApiError('passkey_not_shown', 0, String(thrown));
  });
}

export const useAddPasskey = () =>
  useChange(async (label: string) => {
    const { options } = await call(Creation, 'POST', '/api/factors/passkeys/options', {});
    const response = await inBrowser(startRegistration({ optionsJSON: options }));
    await callPlain('POST', '/api/factors/passkeys', { label, response });
  });

export const useRemovePasskey = () =>
  useChange((id: string) => callPlain('DELETE', `/api/factors/passkeys/${encodeURIComponent(id)}`));

const Begun = z.object({ secret: z.string(), uri: z.string() });

export const useBeginTotp = () => useChange((_: undefined) => call(Begun, 'POST', '/api/factors/totp', {}));
export const useConfirmTotp = () =>
  useChange((code: string) => callPlain('POST', '/api/factors/totp/confirm', { code }));
export const useRemoveTotp = () => useChange((_: string) => callPlain('DELETE', '/api/factors/totp'));

export const useShowPasskey = () =>
  useChange(async (_: undefined) => {
    const { options } = await call(Proof, 'POST', '/api/factors/step-up/options', {});
    const response = await inBrowser(startAuthentication({ optionsJSON: options }));
    await callPlain('POST', '/api/factors/step-up/passkey', { response });
  });
export const useShowTotp = () => useChange((code: string) => callPlain('POST', '/api/factors/step-up/totp', { code }));

export const useEndWebSession = () =>
  useChange((id: string) => callPlain('POST', `/api/web-sessions/${encodeURIComponent(id)}/end`, {}), ['web-sessions']);
export const useEndAllWebSessions = () =>
  useChange((_: string) => callPlain('POST', '/api/web-sessions/end-all', {}), ['me']);
