/** A person's own second factors and sign-ins: adding, removing, showing one, and leaving everywhere. */
import { isIP } from 'node:net';
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import { Router } from 'express';
import { z } from 'zod';
import {
  beginPasskey,
  beginPasskeyProof,
  beginTotp,
  endWebSessions,
  factorServesUntil,
  finishPasskey,
  listFactors,
  listWebSessions,
  provePasskey,
  proveTotp,
  removeFactor,
  requireFactorForChange,
  type WebPrincipal,
} from '../../identity/index.ts';
import type { WebApiDeps } from './deps.ts';
import { principalOf } from './guards.ts';
import { body, params, typed } from './request.ts';

const LABEL_CHARACTERS_MAX = 100;
const base64url = z
  .string()
  .regex(/^[A-Za-z0-9_-]*$/)
  .max(16_384);
const Nothing = z.strictObject({});
export const Code = z.strictObject({ code: z.string().max(12) });
const common = {
  id: base64url,
  rawId: base64url,
  type: z.literal('public-key'),
  authenticatorAttachment: z.string().max(32).optional(),
  clientExtensionResults: z.looseObject({}),
};
const clientDataJSON = base64url;
/** RegistrationResponseJSON (WebAuthn Level 3 §5.1); what a browser adds to it is dropped unread. */
const Made = z.object({
  ...common,
  response: z.object({
    ...{ clientDataJSON, attestationObject: base64url },
    transports: z.array(z.string().max(32)).max(10).optional(),
  }),
});
/** AuthenticationResponseJSON. */
const Shown = z.object({
  ...common,
  response: z.object({
    ...{ clientDataJSON, authenticatorData: base64url, signature: base64url },
    userHandle: base64url.optional(),
  }),
});
// The library checks each byte; these guards say that the parts it reads are there.
const made = z
  .custom<RegistrationResponseJSON>((value) => Made.safeParse(value).success)
  .meta({
    ...{ type: 'object', description: 'RegistrationResponseJSON of WebAuthn Level 3' },
  });
const shown = z
  .custom<AuthenticationResponseJSON>((value) => Shown.safeParse(value).success)
  .meta({
    ...{ type: 'object', description: 'AuthenticationResponseJSON of WebAuthn Level 3' },
  });

export const NewPasskey = z.strictObject({ label: typed(LABEL_CHARACTERS_MAX), response: made });
export const ShownPasskey = z.strictObject({ response: shown });

export function factorRoutes(deps: WebApiDeps): Router {
  const { factorRules: rules, publicUrl } = deps;
  const withParty = { ...deps, relyingParty: { origin: publicUrl.origin, id: publicUrl.hostname } };
  const router = Router();
  const change = async (principal: WebPrincipal): Promise<WebPrincipal> => {
    await requireFactorForChange(deps, principal, rules);
    return principal;
  };

  router.get('/factors', async (request, response) => {
    const principal = principalOf(request);
    response.json({
      required: rules.web === 'required',
      minutes: rules.webMinutes,
      servesUntil: factorServesUntil(principal, rules, deps.clock.now()),
      // Browsers know keys by the name of a site, and an address is none.
      passkeysPossible: isIP(publicUrl.hostname) === 0,
      ...(await listFactors(deps, principal)),
    });
  });

  router.post('/factors/passkeys/options', async (request, response) => {
    body(Nothing, request);
    response.json({ options: await beginPasskey(withParty, await change(principalOf(request))) });
  });
  router.post('/factors/passkeys', async (request, response) => {
    const given = body(NewPasskey, request);
    await finishPasskey(withParty, await change(principalOf(request)), given);
    response.status(201).end();
  });
  router.delete('/factors/passkeys/:id', async (request, response) => {
    const { id } = params(z.strictObject({ id: base64url }), request);
    await removeFactor(deps, await change(principalOf(request)), { id, rules });
    response.status(204).end();
  });

  router.post('/factors/totp', async (request, response) => {
    body(Nothing, request);
    response.status(201).json(await beginTotp(deps, (await change(principalOf(request))).person));
  });
  router.post('/factors/totp/confirm', async (request, response) => {
    const { code } = body(Code, request);
    await proveTotp(deps, await change(principalOf(request)), { code, confirms: true });
    response.status(204).end();
  });
  router.delete('/factors/totp', async (request, response) => {
    await removeFactor(deps, await change(principalOf(request)), { id: null, rules });
    response.status(204).end();
  });

  router.post('/factors/step-up/options', async (request, response) => {
    body(Nothing, request);
    response.json({ options: await beginPasskeyProof(withParty, principalOf(request)) });
  });
  router.post('/factors/step-up/passkey', async (request, response) => {
    const given = body(ShownPasskey, request);
    await provePasskey(withParty, principalOf(request), given.response);
    response.status(204).end();
  });
  router.post('/factors/step-up/totp', async (request, response) => {
    await proveTotp(deps, principalOf(request), { ...body(Code, request), confirms: false });
    response.status(204).end();
  });

  return router;
}

/** One's own sign-ins at the console. */
export function webSessionRoutes(deps: WebApiDeps): Router {
  const router = Router();

  router.get('/web-sessions', async (request, response) => {
    const principal = principalOf(request);
    const found = await listWebSessions(deps, principal);
    response.json({
      webSessions: found.map(({ id, issuer, assurance, sourceAddress, createdAt, expiresAt }) => ({
        ...{ id, issuer, assurance, sourceAddress, createdAt, expiresAt, current: id === principal.session.id },
      })),
    });
  });
  router.post('/web-sessions/end-all', async (request, response) => {
    body(Nothing, request);
    await endWebSessions(deps, principalOf(request), null);
    response.status(204).end();
  });
  router.post('/web-sessions/:id/end', async (request, response) => {
    const { id } = params(z.strictObject({ id: z.uuid() }), request);
    body(Nothing, request);
    await endWebSessions(deps, principalOf(request), id);
    response.status(204).end();
  });
  return router;
}
